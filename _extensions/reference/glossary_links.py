"""Links each chapter's first use of a glossary term to the glossary, and fills the index.

The terms are those of glossary.md, matched in running text: singular or plural, either spelling
of -ization, longest term first, so that "convolution" in "transposed convolution" is left to the
longer term. Headings, code, mathematics, captions, links and a chapter's goals stay as they are.
Words that mean other things as well (BY_HAND) are linked only where an author writes {term}`...`.
Each such {term} is also an entry of the index, with the chapter's title below the term.
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

GLOSSARY = "glossary.md"
CHAPTERS = "chapters/"
# Words of everyday language, or of Python: only an author can tell which is meant.
_WORDS = "activation block bottleneck class degradation feature filter label loss stem switches"
BY_HAND = frozenset(_WORDS.split())
# Where text is not running text.
_LEFT_ALONE = (
    nodes.title,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.reference,
    nodes.caption,
    nodes.rubric,
    nodes.raw,
    nodes.comment,
    addnodes.pending_xref,
)


def glossary_terms(text: str) -> list[str]:
    """The terms of a glossary: the lines at the margin inside its directive."""
    inside = re.search(r"```\{glossary\}.*?\n(.*?)\n```", text, re.DOTALL)
    return re.findall(r"^([^\s:`].*?) *$", inside.group(1), re.MULTILINE) if inside else []


def term_pattern(terms: tuple[str, ...]) -> re.Pattern:
    """One pattern for all terms; the number of the group that matches is the term's place."""
    longest_first = sorted(terms, key=len, reverse=True)
    forms = "|".join(rf"(?P<t{terms.index(t)}>{_forms(t)})" for t in longest_first)
    # The look behind stands before all terms: only where a word begins are they tried at all.
    return re.compile(rf"(?<![\w×-])(?:{forms})(?![\w-])", re.I)


def _forms(term: str) -> str:
    """Singular and plural, both spellings, space or hyphen or line break between words."""
    form = re.escape(term).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]")
    form = re.sub(r"i[sz](ation|er)\b", r"i[sz]\1", form).replace("×", r"[ \u00a0]?×[ \u00a0]?")
    if form.endswith("x"):
        form = f"{form[:-1]}(?:x|ces)"
    elif form.endswith("y"):
        form = f"{form[:-1]}(?:y|ies)"
    elif not form.endswith("s"):
        form += "(?:s|es)?"
    else:
        form += "(?:es)?" if form.endswith("ss") else ""
    return form


@cache
def _automatic(path: str, time: float) -> tuple[tuple[str, ...], re.Pattern]:
    terms = tuple(glossary_terms(Path(path).read_text(encoding="utf-8")))
    return terms, term_pattern(terms)


class LinkTerms(SphinxTransform):
    """Goes through a chapter once, in reading order."""

    default_priority = 840  # after all text is in place, before the index is collected

    def apply(self) -> None:
        if not self.env.docname.startswith(CHAPTERS):
            return
        path = Path(self.env.srcdir) / GLOSSARY
        self.env.note_dependency(str(path))
        terms, pattern = _automatic(str(path), path.stat().st_mtime)
        spelled = {term.lower(): term for term in terms}
        linked: set[str] = set()
        for node in list(self.document.findall(nodes.TextElement)):
            _join_lines(node)
        for node in list(self.document.findall(_is_text_or_link)):
            if isinstance(node, addnodes.pending_xref):
                term = node["reftarget"].lower()
                linked.add(term)
                self._index(node, spelled.get(term, node["reftarget"]))
            elif _is_running(node):
                _link(node, self.env.docname, terms, pattern, linked)

    def _index(self, link: addnodes.pending_xref, term: str) -> None:
        """Enter a term, spelled as in the glossary, into the index, under this chapter's title."""
        title = next(self.document.findall(nodes.title)).astext()
        key = f"index-{self.env.new_serialno('index')}"
        target = nodes.target("", "", ids=[key])
        entry = ("single", f"{term}; {title}", key, "", None)
        parent, place = link.parent, link.parent.index(link)
        parent[place:place] = [addnodes.index(entries=[entry], inline=True), target]


def _join_lines(element: nodes.TextElement) -> None:
    """Make one text of neighbouring ones: Markdown gives one a line, and a term may span two."""
    for place in range(len(element) - 1, 0, -1):
        before, after = element[place - 1], element[place]
        if isinstance(before, nodes.Text) and isinstance(after, nodes.Text):
            element[place - 1 : place + 1] = [nodes.Text(before + after)]


def _is_text_or_link(node: nodes.Node) -> bool:
    if isinstance(node, addnodes.pending_xref):
        return node.get("reftype") == "term"
    return isinstance(node, nodes.Text)


def _is_running(text: nodes.Text) -> bool:
    node = text.parent
    while node is not None:
        if isinstance(node, _LEFT_ALONE) or "cell_output" in node.get("classes", ()):
            return False
        if isinstance(node, nodes.admonition) and "At a glance" in node[0].astext():
            return False
        if isinstance(node, nodes.section) and node[0].astext() == "Goals":
            return False
        node = node.parent
    return True


def _link(text: nodes.Text, docname, terms, pattern, linked: set[str]) -> None:
    """Replace the first use of each term in a text by a link."""
    content, parts, end = str(text), [], 0
    for match in pattern.finditer(content):
        term = terms[int(match.lastgroup[1:])]
        if term.lower() in linked or term.lower() in BY_HAND:
            continue
        linked.add(term.lower())
        parts += [
            nodes.Text(content[end : match.start()]),
            _reference(match.group(), term, docname),
        ]
        end = match.end()
    if parts:
        text.parent.replace(text, [*parts, nodes.Text(content[end:])])


def _reference(shown: str, term: str, docname: str) -> addnodes.pending_xref:
    inner = nodes.inline(shown, shown, classes=["xref", "std", "std-term"])
    return addnodes.pending_xref(
        shown,
        inner,
        refdomain="std",
        reftype="term",
        reftarget=term,
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
        **{"by-build": True},
    )


def setup(app):
    app.add_transform(LinkTerms)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
