"""Write the numbers of a table below each other, point below point.

A column of numbers, in a table of any origin, stands to the right, its heading too. Where some have
fewer digits after the point than others, the style sheet leaves room for those that are missing
(`data-pad`); they are no part of the text.
"""

import re

from bs4 import BeautifulSoup

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_NUMBER = re.compile(
    r"[+\u2212-]?(?P<whole>\d[\d,]*)(?P<rest>(?:\.\d+)?(?:e[+\u2212-]?\d+)?"
    r"(?:\s?±\s?\d+(?:\.\d+)?)?)\s?(?:%|[A-Za-zµ/²]{1,8})?"
)
_NOTHING = {"", "–", "—", "-", "n/a"}


def missing_digits(texts):
    """Give what each number of a column lacks after its point, beside the longest of them.

    Numbers with an exponent in some places only, or a spread in some only, stay as they are.

    >>> missing_digits(["0.5", "12.25", "3"])
    ['0', '', '.00']
    """
    rests = [_NUMBER.fullmatch(text)["rest"] for text in texts]
    if len({re.sub(r"[\d.]", "", rest) for rest in rests}) > 1:
        return [""] * len(texts)
    points = [rest.count(".") for rest in rests]
    digits = [len(re.sub(r"\D", "", rest)) for rest in rests]
    return [
        "." * (max(points) - point) + "0" * (max(digits) - digit)
        for point, digit in zip(points, digits, strict=True)
    ]


def arranged(html):
    """Give the HTML of a table with its columns of numbers marked."""
    soup = BeautifulSoup(html, "html.parser")
    rows = [row.find_all(["td", "th"], recursive=False) for row in soup.find_all("tr")]
    widths = {len(row) for row in rows}
    if len(widths) != 1 or soup.find(attrs={"colspan": True}) or soup.find(class_="indextable"):
        return html
    heads = [row for row in rows if row[0].find_parent("thead")]
    body = [row for row in rows if row not in heads]
    changed = False
    for column in range(widths.pop()):
        cells = [row[column] for row in body if row[column].name == "td"]
        cells = [cell for cell in cells if _text(cell) not in _NOTHING]
        if not cells or not all(_NUMBER.fullmatch(_text(cell)) for cell in cells):
            continue
        for cell, pad in zip(cells, missing_digits([_text(c) for c in cells]), strict=True):
            if pad:
                cell["data-pad"] = pad
        for cell in [*cells, *(row[column] for row in heads)]:
            cell["class"] = [*cell.get("class", []), "number"]
        changed = True
    return str(soup) if changed else html


def _text(cell):
    return " ".join(cell.get_text().split())


def arrange_page(app, pagename, templatename, context, doctree):
    if app.builder.format == "html" and context.get("body"):
        context["body"] = _TABLE.sub(lambda table: arranged(table[0]), context["body"])


def setup(app):
    app.connect("html-page-context", arrange_page, priority=860)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
