"""The ledger of a chapter: its assertions, numbers, references and figures, written a second time.

An assertion that is deleted or loosened, a reference that leads to another figure that also exists,
"fewer" where "more" has stood: the notebook looks right by itself. So each chapter
has a ledger, `tests/book/ledger/NAME.txt`, made by `make ledger`. A test compares both; whoever
changes an assertion on purpose makes the ledger again, and the change is seen where it is read.
"""

import ast
import difflib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
from bookform.pictures import on_white
from bookform.reading import (
    CHAPTER,
    ROOT,
    notebook_paths,
    page_paths,
    read_notebook,
    where,
    without_fences,
)
from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "ledger"
EXCUSES = ("nbval-ignore-output", "nbval-skip", "raises-exception")
_REFERENCE = re.compile(r"\{(ref|numref|eq|doc|cite(?::\w+)?|term)\}`([^`]+)`")
_ROLE = re.compile(r"\{[\w:]+\}`[^`]*`|^:(?:name|label|class):.*$|^\([\w-]+\)=$", re.MULTILINE)
# What a sentence stands on: numbers, number words, comparisons, negations. "one" is mostly none.
_STANDS_ON = re.compile(
    r"\d(?:[\d,.]*\d)?|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|twenty|thirty|forty|fifty|hundred|thousand|million|billion|once|twice"
    r"|half|thirds?|quarters?|fifth|sixth|seventh|eighth|ninth|tenth|more|most|less|least|fewer|fewest"
    r"|larger|largest|smaller|smallest|higher|lower|longer|shorter|deeper|wider|narrower|faster|slower"
    r"|better|best|worse|worst|rises?|falls?|rose|fell|grows?|shrinks?|always|never|all|every|each"
    r"|none|no|not|nothing|cannot|neither|nor|without)\b",
    re.IGNORECASE,
)
_JUDGES = re.compile(r"(?:[\w.]+\.)?(?:assert_\w+|check\.\w+)\(")
_FIELD = re.compile(r"(author|year)\s*=\s*[{\"]+(.*?)[}\"]+,?\n", re.DOTALL)


def path_of(notebook: Path) -> Path:
    """Where the ledger of a notebook lies."""
    return FOLDER / f"{notebook.parent.name}.{notebook.stem}.txt"


def entries(notebook, known: dict[str, str]) -> list[str]:
    """The lines of a ledger, in the order of the notebook."""
    lines = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = _REFERENCE.finditer(cell.source)
            lines += [_reference(cell.source, reference, known) for reference in found]
            lines += stands_on(cell.source)
        elif cell.cell_type == "code":
            lines += _excused(cell) + assertions(cell.source) + _figure(cell)
    return lines


def changes(stored: list[str], found: list[str], notebook, known: dict[str, str]) -> list[str]:
    """What has come and gone since a ledger was written, with the cell where it came."""
    if stored == found:  # then no cell need be looked for, and no picture be measured again
        return []
    places = {
        line: where(notebook, cell)
        for cell in notebook.cells
        for line in entries(nbformat.NotebookNode(cells=[cell]), known)
    }
    says = {"-": "the ledger has", "+": "the ledger has not"}
    return [
        f"{places.get(line[2:], CHAPTER) if line[0] == '+' else CHAPTER}: "
        f"{says[line[0]]} {line[2:]!r}"
        for line in difflib.ndiff(stored, found)
        if line[0] in says
    ]


def _excused(cell) -> list[str]:
    """A cell from whose run less is asked, and the code of one that judges: few read it."""
    tags = cell.metadata.get("tags", [])
    found = [tag for tag in EXCUSES if tag in tags]
    if "tolerance" in cell.metadata:
        found.append(f"tolerance {cell.metadata['tolerance']:g}")
    lines = [f"{' '.join(found)}: {cell.source.strip().splitlines()[0]} …"] if found else []
    judges = "check" in tags or assertions(cell.source)
    return [*lines, f"a cell that judges: {code_of(cell)}"] if judges else lines


def assertions(source: str) -> list[str]:
    """What a cell holds its results to, in one line each, behind what has to come true for it.

    >>> assertions("for a in (1,\\n 2):\\n    assert a < 3\\ntorch.testing.assert_close(a, 2)")
    ['for a in (1, 2): assert a < 3', 'torch.testing.assert_close(a, 2)']
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with IPython's magic asserts nothing
        return []
    return list(_held_to(tree, ""))


def _held_to(node: ast.AST, inside: str) -> Iterator[str]:
    """The assertions and calls that judge below a node, behind the heads of the blocks around."""
    for child in ast.iter_child_nodes(node):
        said = ast.unparse(child) if isinstance(child, ast.Expr | ast.Assert) else ""
        if isinstance(child, ast.Assert) or _JUDGES.match(said):
            yield inside + said
        else:
            block = isinstance(child, ast.stmt) and hasattr(child, "body")
            head = ast.unparse(child).splitlines()[0] + " " if block else ""
            yield from _held_to(child, inside + head)


def stands_on(text: str) -> list[str]:
    """What the sentences of a text stand on, a line for each paragraph.

    >>> stands_on("The net reads 94 of {glue:text}`n`, two more than before.\\n\\nIt is done.")
    ['"The net reads": 94 two more']
    """
    lines = []
    for paragraph in re.split(r"\n\s*\n", _ROLE.sub(" ", without_fences(text))):
        found = _STANDS_ON.findall(paragraph)
        start = " ".join(re.sub(r"^[\s:`{#|>-]+", "", paragraph).split()[:3])
        lines += [f'"{start}": {" ".join(found)}'] if found else []
    return lines


def _reference(text: str, found: re.Match, known: dict[str, str]) -> str:
    """The words before a reference, the reference, and what it leads to."""
    before = " ".join(re.sub(r"\{[\w:]+\}`[^`]*`", "", text[: found.start()]).split()[-5:])
    targets = re.sub(r".*<([^<>]+)>", r"\1", found[2]).split(",")
    says = "; ".join(known.get(target.strip(), "") for target in targets)
    return f"… {before} {found[0]} = {says}".rstrip(" =")


def _figure(cell) -> list[str]:
    described = cell.metadata.get("mystnb", {})
    if "figure" not in described:
        return []
    figure, image = described["figure"], described.get("image", {})
    pictures = [output.get("data", {}).get("image/png") for output in cell.outputs]
    looks = " ".join(look(picture) for picture in pictures if picture) or "no picture"
    return [
        f"figure {figure.get('name')}: {looks}, drawn by a cell {code_of(cell)}",
        f"  caption: {_one_line(figure.get('caption', ''))}",
        f"  alt: {_one_line(image.get('alt', ''))}",
    ]


def code_of(cell) -> str:
    """A cell's code in eight digits."""
    return hashlib.sha256(cell.source.encode()).hexdigest()[:8]


def look(picture: str) -> str:
    """Sixty-four bits that say where a picture is dark: small shifts change few of them."""
    grey = on_white(picture).convert("L").resize((8, 8), Image.Resampling.BOX)
    values = np.asarray(grey, dtype=float)
    return np.packbits(values < values.mean()).tobytes().hex()


def known_targets() -> dict[str, str]:
    """What every label of the book stands for: a caption, a heading, authors and year."""
    known: dict[str, str] = {}
    texts = [path.read_text(encoding="utf-8") for path in page_paths()]
    for path in notebook_paths():
        notebook = read_notebook(path)
        texts += [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        for cell in notebook.cells:
            figure = cell.metadata.get("mystnb", {}).get("figure", {})
            if "name" in figure:
                known[figure["name"]] = _one_line(figure.get("caption", ""))[:60]
    for text in texts:
        for label, heading in re.findall(r"^\(([\w.:-]+)\)=\n+#+ (.*)", text, re.MULTILINE):
            known[label] = heading
        for formula, label in re.findall(r"\$\$(.*?)\$\$ *\(([\w.:-]+)\)", text, re.DOTALL):
            known[label] = _one_line(formula)[:60]
    bibliography = (ROOT / "references.bib").read_text(encoding="utf-8")
    for entry in re.split(r"^@", bibliography, flags=re.MULTILINE):
        key = re.match(r"\w+\{([^,]+),", entry)
        if key:
            fields = dict(_FIELD.findall(entry))
            author = _one_line(fields.get("author", "")).partition(" and ")[0]
            known[key[1]] = f"{author} {fields.get('year', '')}"
    return known


def _one_line(text) -> str:
    return " ".join(str(text).split())
