"""Repair what the tools write that a screen reader stumbles over."""

import re

# An entry of a list of references is a paragraph like any other; its role is deprecated.
_BIBLIOGRAPHY = re.compile(
    r' role="doc-biblioentry"|(?<=<div) role="list"(?= class="citation-list")'
)
# sphinx-exercise gives the text of every exercise the same identifier.
_REPEATED = re.compile(r' id="(?:exercise|solution)-content"')
# A table that needs no heading in one column has an empty cell there, and no empty heading.
_EMPTY_HEADING = re.compile(r"<th\b([^>]*)>(\s*(?:<p>\s*</p>)?\s*)</th>")
# "Show the check" says more to a reader who listens than the label that MyST-NB puts in its place.
_LABEL = ' aria-label="Toggle hidden content"'
# A signature of several lines is no list of definitions.
_SIGNATURE = re.compile(
    r'<dl>\s*((?:<dd><em class="sig-param">.*?</em>,?</dd>\s*)+)</dl>', re.DOTALL
)


def repair(body):
    """Give the HTML of a page's text without those faults."""
    body = _BIBLIOGRAPHY.sub("", body)
    body = _REPEATED.sub("", body).replace(f"<summary{_LABEL}>", "<summary>")
    body = _SIGNATURE.sub(_signature, body)
    return _EMPTY_HEADING.sub(r"<td\1>\2</td>", body)


def _signature(match):
    lines = match[1].replace("<dd>", "<div>").replace("</dd>", "</div>")
    return f'<div class="sig-lines">{lines}</div>'


def name_toggles(sidebar):
    """Give the sidebar with a name on each sign that folds a part of it."""
    return sidebar.replace("<summary>", '<summary aria-label="Show or hide the pages below">')


def repair_page(app, pagename, templatename, context, doctree):
    if app.builder.format == "html" and context.get("body"):
        context["body"] = repair(context["body"])
    if sidebar := context.get("generate_toctree_html"):
        context["generate_toctree_html"] = lambda *a, **k: name_toggles(str(sidebar(*a, **k)))


def setup(app):
    # After the theme, whose sidebar it repairs.
    app.connect("html-page-context", repair_page, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
