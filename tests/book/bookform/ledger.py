"""The ledger of a chapter: its assertions, numbers, references and figures, written a second time.

An assertion that is deleted or loosened, a reference that leads to another figure that also exists,
"fewer" where "more" has stood: the notebook looks right by itself. So each chapter
has a ledger, `tests/book/ledger/NAME.txt`, made by `make ledger`. A test compares both; whoever
changes an assertion on purpose makes the ledger again, and the change is seen where it is read.
Whatever words and lines of code are spared a line of their own have digits: a paragraph or a cell
with other digits is one that nobody has read since.
"""

import ast
import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
from bookform.pictures import on_white
from bookform.reading import CHAPTER, ROOT, notebook_paths, page_paths, read_notebook, where
from bookform.stands import formulas, stands_on
from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "ledger"
SEALS = FOLDER / "stored.results.txt"
EXCUSES = ("nbval-ignore-output", "nbval-skip", "raises-exception")
_REFERENCE = re.compile(r"\{(ref|numref|eq|doc|cite(?::\w+)?|term)\}`([^`]+)`")
_JUDGES = re.compile(r"(?:[\w.]+\.)?(?:assert_\w+|check\.\w+)\(")
_FIELD = re.compile(r"(author|year)\s*=\s*[{\"]+(.*?)[}\"]+,?\n", re.DOTALL)


def path_of(file: Path) -> Path:
    """Where the ledger of a notebook or a page lies."""
    parts = file.relative_to(ROOT).parent.parts[-1:] or ("page",)
    return FOLDER / f"{parts[0]}.{file.stem}.txt"


def written_pages() -> list[Path]:
    """The pages with a ledger: those of the book, of the repository and of the benchmarks."""
    own = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*page_paths(), *own, *sorted((ROOT / "benchmarks").glob("*.md"))]


def seals() -> list[str]:
    """The files of stored results and the bibliography, each with its content in eight digits."""
    files = [*ROOT.glob("d2lkit/stored/**/*.json"), *ROOT.glob("benchmarks/results/*.json")]
    files.append(ROOT / "references.bib")
    return [
        f"{path.relative_to(ROOT).as_posix()} {_digits(path.read_bytes())}"
        for path in sorted(files)
    ]


def of_text(text: str, known: dict[str, str]) -> list[str]:
    """What a text refers to and stands on."""
    found = _REFERENCE.finditer(text)
    lines = [_reference(text, reference, known) for reference in found]
    return lines + stands_on(text) + formulas(text)


def entries(notebook, known: dict[str, str]) -> list[str]:
    """The lines of a ledger, in the order of the notebook."""
    lines = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            lines += of_text(cell.source, known)
        elif cell.cell_type == "code":
            lines += _code(cell) + _excused(cell)
            lines += assertions(cell.source) + _figure(cell)
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


def _code(cell) -> list[str]:
    """A cell's first line, and all its code in eight digits."""
    return [f"cell {cell.source.strip().splitlines()[0]} … {code_of(cell)}"]


def _excused(cell) -> list[str]:
    """From which cell's run less is asked, and what its stored output holds."""
    tags = cell.metadata.get("tags", [])
    found = [tag for tag in EXCUSES if tag in tags]
    if "tolerance" in cell.metadata:
        found.append(f"tolerance {cell.metadata['tolerance']:g}")
    lines = [f"  {' '.join(found)}"] if found else []
    pictures = [out for out in cell.outputs if "image/png" in out.get("data", {})]
    if cell.outputs and (found or pictures):  # nbval holds them to a tolerance, or not at all
        lines.append(f"  its stored output: {_digits(json.dumps(_content(cell)).encode())}")
    return lines


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
        f"figure {figure.get('name')}: {looks}",
        f"  caption: {_one_line(figure.get('caption', ''))}",
        f"  alt: {_one_line(image.get('alt', ''))}",
    ]


def _content(cell) -> list:
    """What the outputs of a cell hold, without their counts."""
    return [[out.output_type, out.get("data"), out.get("text")] for out in cell.outputs]


def code_of(cell) -> str:
    """A cell's code in eight digits."""
    return _digits(cell.source.encode())


def _digits(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


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
