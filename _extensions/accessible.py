"""Repair what the tools write that a screen reader stumbles over."""

import re

# An entry of a list of references is a paragraph like any other; its role is deprecated.
_BIBLIOGRAPHY = re.compile(
    r' role="doc-biblioentry"|(?<=<div) role="list"(?= class="citation-list")'
)
# A table that needs no heading in one column has an empty cell there, and no empty heading.
_EMPTY_HEADING = re.compile(r'<th class="([^"]*)">(\s*(?:<p>\s*</p>)?\s*)</th>')


def repair(body):
    """Give the HTML of a page's text without those faults."""
    return _EMPTY_HEADING.sub(r'<td class="\1">\2</td>', _BIBLIOGRAPHY.sub("", body))


def repair_page(app, pagename, templatename, context, doctree):
    if app.builder.format == "html" and context.get("body"):
        context["body"] = repair(context["body"])


def setup(app):
    app.connect("html-page-context", repair_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
