"""Links inside the book: targets, figures, equations, terms, numbers, citations, documents."""

import dataclasses
import re
from pathlib import Path

from bookform.reading import ROOT, code_cells, markdown_cells, where

_ROLE = re.compile(r"\{([\w:-]+)\}`([^`]+)`")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_WITH_TARGET = re.compile(r".*<([^<>]+)>", re.DOTALL)
# role -> the kind of target it needs
_KINDS = {
    "ref": "label",
    "numref": "label",
    "prf:ref": "label",
    "eq": "equation",
    "term": "term",
    "cite": "citation",
    "cite:p": "citation",
    "cite:t": "citation",
    "cite:ps": "citation",
    "cite:ts": "citation",
    "glue": "number",
    "glue:text": "number",
    "glue:md": "number",
    "doc": "document",
}


@dataclasses.dataclass
class Targets:
    """What can be linked to, each with the number of places that define it."""

    label: dict[str, int] = dataclasses.field(default_factory=dict)
    equation: dict[str, int] = dataclasses.field(default_factory=dict)
    term: dict[str, int] = dataclasses.field(default_factory=dict)
    citation: dict[str, int] = dataclasses.field(default_factory=dict)
    number: dict[str, int] = dataclasses.field(default_factory=dict)
    document: dict[str, int] = dataclasses.field(default_factory=dict)

    def add(self, kind: str, *names: str) -> None:
        """Note that a target is defined."""
        found = getattr(self, kind)
        for name in names:
            found[name] = found.get(name, 0) + 1


def text_of(notebook) -> str:
    """All Markdown of a notebook."""
    return "\n\n".join(cell.source for cell in markdown_cells(notebook))


def collect(text: str, targets: Targets) -> None:
    """Add what a Markdown text defines: targets, directive names, equations, glossary terms."""
    targets.add("label", *re.findall(r"^\(([\w:.-]+)\)=", text, re.MULTILINE))
    # :name: and :label: stand below a directive; the label of {math} names an equation.
    for block in re.finditer(r"(?:`{3,}|:{3,})\{([\w:-]+)\}[^\n]*\n((?::[\w-]+:.*\n)+)", text):
        kind = "equation" if block.group(1) == "math" else "label"
        targets.add(kind, *re.findall(r"^:(?:name|label): *(\S+)", block.group(2), re.MULTILINE))
    targets.add("equation", *re.findall(r"\$\$ *\(([\w:.-]+)\)", text))
    targets.add("equation", *re.findall(r"\\label\{([^}]+)\}", text))
    for glossary in re.findall(
        r"(?:`{3,}|:{3,})\{glossary\}.*?\n(.*?)\n(?:`{3,}|:{3,})", text, re.DOTALL
    ):
        # A line that begins at the margin is a term; its explanation is indented.
        targets.add("term", *re.findall(r"^([^\s:`].*?) *$", glossary, re.MULTILINE))


def collect_notebook(notebook, targets: Targets) -> None:
    """Add what a notebook defines: its text, its figures, and the numbers that it glues."""
    collect(text_of(notebook), targets)
    for cell in code_cells(notebook):
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        if name:
            targets.add("label", name)
        targets.add("number", *glued(cell))


def glued(cell) -> list[str]:
    """The names of the numbers that a cell publishes for the text."""
    found = [output.get("metadata", {}).get("scrapbook", {}).get("name") for output in cell.outputs]
    return [name for name in found if name]


def check_glued_numbers_are_quoted(notebook) -> list[str]:
    """A number that a cell publishes is read somewhere: in the text, a caption, an alt text."""
    described = [str(cell.metadata.get("mystnb", {})) for cell in code_cells(notebook)]
    quoted = re.findall(r"\{glue:?\w*\}`([^`:]+)", "\n".join([text_of(notebook), *described]))
    return [
        f"{where(notebook, cell)}: the glued number {name!r} is quoted nowhere"
        for cell in code_cells(notebook)
        for name in glued(cell)
        if name not in quoted
    ]


def citation_keys(bibliography: str) -> list[str]:
    """The keys of a BibTeX file."""
    return re.findall(r"^@\w+\{([^,\s]+),", bibliography, re.MULTILINE)


def check_references(text: str, targets: Targets, folder: Path = ROOT) -> list[str]:
    """Every role and every link of a text has a target."""
    faults = []
    text = re.sub(r"`` ?.*? ?``", " ", text)  # roles that are shown, not used
    for role, content in _ROLE.findall(text):
        if role not in _KINDS:
            continue
        for name in _names(role, content):
            if not _known(name, _KINDS[role], targets, folder):
                faults.append(f"{{{role}}}`{content}`: nothing is called {name!r}")
    for link in _LINK.findall(text):
        if link.startswith("#"):
            known = link[1:] in targets.label
        else:
            path = link.split("#")[0]
            known = re.match(r"[a-z]+:", link) or (folder / path).exists()
        if not known:
            faults.append(f"the link {link!r} leads nowhere")
    return faults


def check_doubled_words(text: str) -> list[str]:
    """A reference brings its word along: 'Figure {numref}`fig-a`' reads 'Figure Figure 1.2'."""
    pattern = r"\b(?:Fig\.|Figure|Table)s? \{numref\}`[^`<]+`|\bExercises? \{ref\}`ex-[^`]+`"
    return [f"{found!r} says its word twice" for found in re.findall(pattern, text)]


def _names(role: str, content: str) -> list[str]:
    explicit = _WITH_TARGET.fullmatch(content)
    name = explicit.group(1) if explicit else content
    if role.startswith("cite"):
        return [key.strip() for key in name.split(",")]
    if role.startswith("glue"):
        return [name.split(":")[0]]  # what follows the colon is a format
    return [" ".join(name.split())]


def _known(name: str, kind: str, targets: Targets, folder: Path) -> bool:
    if kind == "document":
        start = ROOT / name.lstrip("/") if name.startswith("/") else folder / name
        return any(start.with_name(start.name + end).exists() for end in (".md", ".ipynb"))
    names = getattr(targets, kind)
    if kind == "term":
        return name in names or name.lower() in {term.lower() for term in names}
    return name in names


def check_duplicates(targets: Targets) -> list[str]:
    """Nothing that can be linked to is defined twice. (Numbers belong to one notebook each.)"""
    kinds = ("label", "equation", "term", "citation")
    return [
        f"{kind} {name!r} is defined {count} times"
        for kind in kinds
        for name, count in getattr(targets, kind).items()
        if count > 1
    ]
