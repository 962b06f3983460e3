"""Fold what a reader opens when ready: solutions, fine print, checks.

Every box with the class `dropdown` becomes a `<details>` while its page is written: it opens by
mouse and keyboard without a script. `_static/book.js` opens the one that a link leads into, and all
of them before the page is printed. A folded cell with the tag `check` says that it is one.

With SOLUTIONS=no in the environment (it sets `book_solutions`) the pages have no solutions, and
their sources, which have, stay out. The index leads to where the solution would stand: that is
below its exercise, and gives nothing away.
"""

import os
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import depart_solution_node, solution_node, visit_solution_node

CHECK = "tag_check"
PROMPTS = {"prompt_show": "Show the check", "prompt_hide": "Hide the check"}
_TITLE = re.compile(r'<p class="admonition-title">(.*?)</p>', re.DOTALL)
_LINK = re.compile(r"</?a\b[^>]*>")


def folded(html):
    """Give the HTML of a box as a `<details>` whose summary is the title.

    A summary with a link inside would have two things to press: the link goes, its text stays.

    Raises:
        ValueError: if the box has no title that could stay when it is closed.
    """
    title = _TITLE.search(html)
    opening, closing = html.find("<div"), html.rfind("</div>")
    if not title or opening < 0:
        raise ValueError(f"a folded box needs a title; this one begins {html[:80]!r}")
    inner = html[opening + len("<div") : closing]
    summary = f'<summary class="admonition-title">{_LINK.sub("", title[1])}</summary>'
    inner = inner.replace(title[0], summary, 1)
    return f"{html[:opening]}<details{inner}</details>{html[closing + len('</div>') :]}"


def is_folded(node):
    """Whether the author wants a box closed."""
    return "dropdown" in node["classes"]


def _begin(writer, node):
    if is_folded(node):
        node["written-from"] = len(writer.body)


def _end(writer, node):
    if is_folded(node):
        start = node.attributes.pop("written-from")
        writer.body[start:] = [folded("".join(writer.body[start:]))]


def visit_box(writer, node, name=""):
    """Write a box; `name` is that of a note, a tip and the like."""
    _begin(writer, node)
    type(writer).visit_admonition(writer, node, name)


def depart_box(writer, node=None):
    type(writer).depart_admonition(writer, node)
    _end(writer, node)


def visit_solution(writer, node):
    if not writer.config.book_solutions:
        entries = [entry for index in node.findall(addnodes.index) for entry in index["entries"]]
        anchors = dict.fromkeys(target for _, _, target, *_ in entries)
        writer.body += [f'<span id="{anchor}"></span>' for anchor in anchors]
        raise nodes.SkipNode
    _begin(writer, node)
    visit_solution_node(writer, node)


def depart_solution(writer, node):
    depart_solution_node(writer, node)
    _end(writer, node)


class NameChecks(SphinxPostTransform):
    """Say of a folded cell that it holds a check."""

    default_priority = 190  # before MyST-NB folds it
    formats = ("html",)

    def run(self, **kwargs):
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and CHECK in cell["classes"]:
                cell.attributes.update(PROMPTS)


def keep_sources_back(app, config):
    """The source of a page has the solutions that the page leaves out."""
    if not config.book_solutions:
        config.html_copy_source = False


def setup(app):
    app.setup_extension("sphinx_exercise")
    app.add_config_value(
        "book_solutions", os.environ.get("SOLUTIONS", "yes") != "no", "html", [bool]
    )
    app.connect("config-inited", keep_sources_back)
    app.add_node(nodes.admonition, override=True, html=(visit_box, depart_box))
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_post_transform(NameChecks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
