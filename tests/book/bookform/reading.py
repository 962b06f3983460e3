"""What the checks read: notebooks, pages, and the parts of their text."""

import functools
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[3]
CHAPTER = "the chapter"  # has a fault that no single cell has


def notebook_paths() -> list[Path]:
    """Every notebook of the book, in reading order."""
    return sorted((ROOT / "chapters").glob("*/*.ipynb"))


@functools.cache
def read_notebook(path: Path):
    """Read a notebook once. Whoever changes it has to copy it."""
    return nbformat.read(path, as_version=4)


def page_paths() -> list[Path]:
    """The Markdown pages that the table of contents names."""
    paths = [ROOT / f"{name}.md" for name in toc_files(read_toc())]
    return [path for path in paths if path.exists()]


def read_toc() -> dict:
    """The table of contents."""
    import yaml  # not where notebooks run with nothing but the wheel (alone.py)

    return yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))


def toc_files(toc: dict) -> list[str]:
    """The files that a table of contents names, in reading order."""
    files = [toc["root"]]
    waiting = [chapter for part in toc.get("parts", []) for chapter in part.get("chapters", [])]
    while waiting:
        chapter = waiting.pop(0)
        files.append(chapter["file"])
        waiting[:0] = chapter.get("sections", [])
    return files


def name(path: Path) -> str:
    """The path of a file from the root of the book: also the name of its test."""
    return path.relative_to(ROOT).as_posix()


def tags(cell) -> set[str]:
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))


def code_cells(notebook) -> list:
    """The code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def markdown_cells(notebook) -> list:
    """The Markdown cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def where(notebook, cell) -> str:
    """Name a cell in a message: its place among all cells, from 1, and how it begins.

    nbval's reports (``nbval_hooks``) and the strict build (``cell_names``) say the same.
    """
    number = next(i for i, other in enumerate(notebook.cells, 1) if other is cell)
    lines = cell.source.strip().splitlines() or ["(empty)"]
    return f"cell {number} ({lines[0][:50]!r})"


def at(notebook, index: int) -> str:
    """Name the cell at an index; the chapter, if it has none there."""
    cells = notebook.cells[index : index + 1 or None]
    return where(notebook, cells[0]) if cells else CHAPTER


def each_text(notebook, check) -> list[str]:
    """What a check of texts says of the Markdown cells and captions, each with its cell."""
    faults = []
    for cell in notebook.cells:
        caption = str(cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", ""))
        text = cell.source if cell.cell_type == "markdown" else caption
        faults += [f"{where(notebook, cell)}: {fault}" for fault in check(text)]
    return faults


def without_fences(text: str) -> str:
    """Markdown without the contents of its code blocks; directives keep theirs."""
    kept, closing = [], None
    for line in text.splitlines():
        stripped = line.strip()
        if closing:
            if stripped.startswith(closing) and not stripped.strip(closing[0]):
                closing = None
            continue
        fence = re.match(r"(`{3,}|~{3,})(.*)", stripped)
        # A fence with {name} is a directive, whose text is read; a bare one is code.
        if fence and fence.group(2).strip() and not fence.group(2).strip().startswith("{"):
            closing = fence.group(1)
            continue
        kept.append(line)
    return "\n".join(kept)


def headings(notebook) -> list[tuple[int, str, int]]:
    """The headings of a notebook: level, text, index of the cell."""
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for line in without_fences(cell.source).splitlines():
                match = re.match(r"(#{1,6}) +(.+?) *$", line)
                if match:
                    found.append((len(match.group(1)), match.group(2), index))
    return found


def section(notebook, title: str) -> list:
    """The cells from the heading `## title` to the next heading of that level."""
    marks = [(index, text) for level, text, index in headings(notebook) if level == 2]
    for position, (index, text) in enumerate(marks):
        if text == title:
            end = marks[position + 1][0] if position + 1 < len(marks) else len(notebook.cells)
            return notebook.cells[index : max(end, index + 1)]
    return []


def list_items(text: str) -> list[str]:
    """The items of the top-level lists of a text."""
    return re.findall(r"^(?:[-*+]|\d+\.) +(.+)$", text, re.MULTILINE)


def words(text: str) -> list[str]:
    """The words of the prose: no code, mathematics, targets, options or directive names."""
    text = without_fences(text)
    text = re.sub(r"\$\$.*?\$\$(?: *\([\w:.-]+\))?", " ", text, flags=re.DOTALL)
    text = re.sub(r"^\s*(`{3,}|:{3,}).*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*(:[\w-]+:.*|\([\w-]+\)=|---|#+)\s*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"\$[^$\n]*\$|`[^`\n]*`|\{[\w:-]+\}", " x ", text)
    return re.findall(r"[A-Za-zÀ-ỹ][\w'’-]*", text)
