"""What a built page hands on of its notebook: alternative texts, title, first paragraph.

Each function takes the HTML of a page and gives sentences, none where it says what was written.
"""

import html
import json
import re
from pathlib import Path

from bs4 import BeautifulSoup
from heads import content

_WORD = re.compile(r"[a-z]{3,}")
_FIGURE = re.compile(r'<figure\b[^>]*? id="([^"]+)".*?</figure>', re.DOTALL)
_ALT = re.compile(r'<img\b[^>]*? alt="([^"]*)"')
_BEGINNING = 40_000  # characters in which the first paragraph stands: a whole page is slow to read


def cells_of(path: Path) -> list[dict]:
    """The cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def article(page: str) -> str:
    """The text of a page, without what the theme puts around it."""
    return page.split("<article", 1)[1].rsplit("</article>", 1)[0]


def alternative_texts(cells: list[dict]) -> dict[str, str]:
    """The alternative texts that the cells give to their figures, by the figures' names."""
    found = {}
    for cell in cells:
        kinds = [kind for output in cell.get("outputs", ()) for kind in output.get("data", ())]
        if any(kind.startswith("image/") for kind in kinds):
            given = cell["metadata"]["mystnb"]
            found[given["figure"]["name"]] = given["image"]["alt"]
    return found


def alt_faults(page: str, cells: list[dict]) -> list[str]:
    """Figures whose picture says something else than its cell does, or that are missing."""
    figures = {match[1]: _ALT.findall(match[0]) for match in _FIGURE.finditer(article(page))}
    return [
        f"{name} says {figures.get(name)}, not {alt!r}"
        for name, alt in alternative_texts(cells).items()
        if [html.unescape(one) for one in figures.get(name, ())] != [alt]
    ]


def title_faults(page: str, cells: list[dict], book: str) -> list[str]:
    """Places of a page that name another title than the notebook's first heading.

    Args:
        page: its HTML. cells: of its notebook. book: how the heads of pages call the book.
    """
    wanted = re.search(r"^# (.+)$", "".join(cells[0]["source"]), re.M)[1].strip()
    wanted = wanted.replace("'", "’")
    head, body = page.split("</head>")[0], article(page)
    heading = BeautifulSoup(re.search(r"<h1>.*?</h1>", body, re.DOTALL)[0], "html.parser")
    for sign in heading.select(".headerlink, .section-number"):
        sign.extract()
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)[1]
    title = html.unescape(re.search(r"<title>(.*?)</title>", head, re.DOTALL)[1])
    said = {
        "the heading": heading.get_text().strip(),
        "og:title": html.unescape(content(head, "og:title")),
        "citation_title": html.unescape(content(head, "citation_title")),
        "schema.org's name": json.loads(data)["name"],
        "the window's title": title.strip().removesuffix(f" – {book}"),
    }
    faults = [f"{place} is {text!r}, not {wanted!r}" for place, text in said.items()
              if text != wanted]  # fmt: skip
    foot = html.unescape(body.split('<details class="cite-this-page">')[-1])
    return faults + [f"the citation is not of {wanted!r}"] * (f"). {wanted}. In: " not in foot)


def description_faults(page: str) -> list[str]:
    """A description that is not the beginning of the page's first paragraph, formulas aside."""
    said = html.unescape(content(page.split("</head>")[0], "description"))
    body = article(page)
    beginning = body[body.index("<h1") :][:_BEGINNING]
    first = BeautifulSoup(f"<section>{beginning}", "html.parser").select_one("section > p")
    for formula in first.select(".math"):
        formula.extract()
    wanted, found, place = _WORD.findall(first.get_text().lower()), _WORD.findall(said.lower()), 0
    if said.endswith("…"):
        wanted = wanted[: max(1, len(found) - 5)]  # of which some may stand in formulas
    for word in wanted:
        if word not in found[place:]:
            return [f"the description {said!r} is not the first paragraph: it lacks {word!r}"]
        place = found.index(word, place) + 1
    return [] if wanted else ["the first paragraph has no words"]
