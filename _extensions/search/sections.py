"""What the search can find: every section, exercise, glossary entry and function, one record each.

The records are gathered while a page is read, and kept with it, so that a build that reads one page
anew still knows the others.
"""

import re
from dataclasses import dataclass, field

from docutils import nodes
from sphinx import addnodes
from sphinx_exercise.nodes import exercise_subtitle, is_exercise_node, is_solution_node

DESCRIPTION = 120  # letters of the text that a result shows
NOT_SEARCHED = ("genindex", "running-times", "search", "404")
_SILENT = (
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.comment,
    nodes.system_message,
    nodes.image,
    nodes.target,
    addnodes.index,
    addnodes.toctree,
)
ALSO = re.compile(r"Also (?:called|written) ([^.;:]+)")
ANOTHER = re.compile(r"Another name for (?:an? |the )?([^.;:,]+)")


@dataclass
class Record:
    """One thing to be found.

    Attributes:
        kind: "section", "term" or "object".
        title: of the section, or the name of the thing.
        anchor: its identifier on the page; empty for the page itself.
        text: all words of it that are not in another record.
        describing: what the list of results says about it.
        also: other names under which it shall be found.
        marked: terms that are explained here, as the author marked them.
    """

    kind: str
    title: str
    anchor: str
    text: str
    describing: str = ""
    also: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)


def words(node, own):
    """The text of a node on one line, without what is a record of its own or no text."""
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, _SILENT) or "cell_output" in getattr(node, "attributes", {}).get(
        "classes", ()
    ):
        return ""
    if own(node):
        return ""
    gap = "" if isinstance(node, nodes.TextElement) else " "
    text = gap.join(words(child, own) for child in node.children)
    return " ".join(text.split()) if isinstance(node, nodes.Structural) else text + gap


def is_record(node):
    """Whether a node is something to be found by itself."""
    return (
        isinstance(node, nodes.section)
        or is_exercise_node(node)
        or is_solution_node(node)
        or (isinstance(node, addnodes.desc) and bool(node[0]["ids"]))
        or isinstance(node, addnodes.glossary)
    )


def title_of(node):
    """The title of a section or a box."""
    title = next(iter(node.findall(nodes.title)), None)
    return " ".join(title.astext().split()) if title is not None else ""


def first_paragraph(node, own):
    """What a result says of a section: its first words."""
    for paragraph in node.findall(nodes.paragraph):
        holder = paragraph.parent
        if holder is not node and not isinstance(holder, addnodes.desc_content):
            continue
        text = " ".join(words(paragraph, own).split())
        if text:
            return shortened(text)
    return ""


def shortened(text):
    """The beginning of a text, cut at a word."""
    if len(text) <= DESCRIPTION:
        return text
    return text[:DESCRIPTION].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def records_of(doctree):
    """All records of a page."""
    found = []
    for node in doctree.findall(is_record):
        if isinstance(node, addnodes.glossary):
            found += entries_of(node)
        elif is_solution_node(node) or (is_exercise_node(node) and not node["ids"]):
            continue
        else:
            found.append(record_of(node, doctree))
    return [record for record in found if record.title]


def record_of(node, doctree):
    """The record of a section, an exercise or a function."""

    def own(inner):
        return inner is not node and is_record(inner)

    text = " ".join(words(node, own).split())
    anchor = node["ids"][0] if not isinstance(node, addnodes.desc) else node[0]["ids"][0]
    if isinstance(node, addnodes.desc):
        title = node[0]["ids"][0]
        first = first_paragraph(node[-1], own)
        return Record("object", title, anchor, f"{title.replace('.', ' ')} {text}", first)
    if node.parent is doctree and node is doctree.next_node(nodes.section):
        anchor = ""
    title = title_of(node)
    if is_exercise_node(node):
        own_title = next(iter(node.findall(exercise_subtitle)), None)
        title = f"Exercise: {own_title.astext().strip()}" if own_title is not None else "Exercise"
        return Record("section", title, anchor, text, shortened(text))
    marked = [
        link["reftarget"].lower()
        for link in node.findall(addnodes.pending_xref)
        if link.get("reftype") == "term" and not link.get("by-build") and _within(link, node)
    ]
    return Record("section", title, anchor, text, first_paragraph(node, own), marked=marked)


def _within(inner, section):
    """Whether a section is the innermost one around a node."""
    holder = inner.parent
    while holder is not None and not isinstance(holder, nodes.section):
        holder = holder.parent
    return holder is section


def entries_of(glossary):
    """A record for each term of the glossary; its other names are those that its text gives."""
    found = []
    for item in glossary.findall(nodes.definition_list_item):
        term = next(iter(item.findall(nodes.term)))
        definition = next(iter(item.findall(nodes.definition)))
        name = term.astext().strip()
        emphasis = next(iter(definition.findall(nodes.emphasis)), None)
        vietnamese = emphasis.astext().strip() if emphasis is not None else ""
        text = " ".join(words(definition, lambda node: False).split())
        english = text.removeprefix(vietnamese).strip()
        also = [one.strip() for one in vietnamese.split(",") if one.strip()]
        for names in ALSO.findall(english):
            also += [one.strip() for one in re.split(r", (?:or |and )?| or | and ", names)]
        identifier = term["ids"][0]
        found.append(Record("term", name, identifier, f"{name} {text}", shortened(text), also))
    return found
