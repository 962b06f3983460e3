"""Single cells: length, tags, and outputs that cannot be the same twice."""

import ast
import re

from bookform.reading import (
    CHAPTER,
    code_cells,
    markdown_cells,
    section,
    tags,
    where,
    without_fences,
    words,
)

LINES = 25
COLUMNS = 96  # what a screen of 1440 pixels shows of a line of code, beside both sidebars
PARAGRAPH_WORDS = 160
IGNORE = "nbval-ignore-output"
TAGS = {
    "check",
    "d2lkit-listing",
    "full-width",
    "hide-cell",
    "hide-input",
    "hide-output",
    IGNORE,
    "raises-exception",
    "remove-cell",
    "remove-input",
    "remove-output",
    "stored-run",
}
# Words that claim instead of showing.
UNWANTED = (
    "clearly",
    "delve",
    "delves",
    "it is important to note",
    "obviously",
    "powerful",
    "revolutionary",
    "simply",
)


def check_cell_length(notebook) -> list[str]:
    """Code that fits on a screen; no empty cells."""
    faults = []
    for cell in notebook.cells:
        lines = len(cell.source.strip().splitlines())
        if lines == 0:
            faults.append(f"{where(notebook, cell)} is empty")
        if cell.cell_type == "code" and lines > LINES:
            faults.append(f"{where(notebook, cell)} has {lines} lines, {LINES} are allowed")
    return faults


def check_line_length(notebook) -> list[str]:
    """Lines of code that need not be scrolled sideways."""
    return [
        f"{where(notebook, cell)}: a line of {len(line)} characters, {COLUMNS} are allowed: {line}"
        for cell in code_cells(notebook)
        for line in cell.source.splitlines()
        if len(line) > COLUMNS
    ]


def check_paragraphs(notebook) -> list[str]:
    """Paragraphs short enough for one message each."""
    faults = []
    for cell in markdown_cells(notebook):
        for paragraph in re.split(r"\n\s*\n", without_fences(cell.source)):
            count = 0 if re.match(r"\s*([-*|]|\d+\.)", paragraph) else len(words(paragraph))
            if count > PARAGRAPH_WORDS:
                start = " ".join(paragraph.split()[:6])
                fault = (
                    f"a paragraph of {count} words ({start!r} ...), {PARAGRAPH_WORDS} are allowed"
                )
                faults.append(f"{where(notebook, cell)}: {fault}")
    return faults


def check_tags(notebook) -> list[str]:
    """Only tags that mean something here. nbval-skip is none of them: every cell is run."""
    return [
        f"{where(notebook, cell)}: the tag {tag!r} is not used in this book"
        for cell in notebook.cells
        for tag in sorted(tags(cell) - TAGS)
    ]


def check_ignored_outputs(notebook) -> list[str]:
    """Unstable outputs are rare, and what the text says of them is asserted in the same section.

    A run of such cells is followed by an untagged cell with an assertion, before the next of them
    and before the next section. A figure may stand in between.
    """
    cells = code_cells(notebook)
    number = sum(IGNORE in tags(cell) for cell in cells)
    faults = []
    if number and 5 * number >= len(cells):
        share = f"{number} of {len(cells)} code cells carry {IGNORE}: a fifth or more"
        faults.append(f"{CHAPTER}: {share}")
    waiting, others = None, False  # the last such cell without an assertion; untagged cells since
    for cell in [*notebook.cells, None]:
        ignored = cell is not None and IGNORE in tags(cell)
        ends = cell is None or _begins_section(cell)
        if waiting and (ends or (ignored and others)):
            faults.append(f"{where(notebook, waiting)}: no assertion in an untagged cell follows")
            waiting = None
        if cell is None or cell.cell_type == "markdown":
            continue
        if ignored:
            waiting, others = cell, False
        elif asserts(cell.source):
            waiting = None
        else:
            others = True
    return faults


def check_no_way_around(notebook) -> list[str]:
    """Nothing that lets a cell pass whatever it gives: caught, not reached, always true."""
    faults = []
    for cell in code_cells(notebook):
        place = where(notebook, cell)
        for comment in re.findall(r"#\s*(NBVAL_\w+|PYTEST_VALIDATE\w+)", cell.source):
            faults.append(f"{place}: the comment {comment} switches the comparison off")
        if "raises-exception" in tags(cell) and asserts(cell.source):
            faults.append(f"{place}: an assertion in a cell that may fail")
        for node in ast.walk(parse(cell.source)):
            if isinstance(node, ast.If | ast.While | ast.Assert) and _constant(node.test):
                faults.append(f"{place}: {ast.unparse(node).splitlines()[0]!r} decides nothing")
            if isinstance(node, ast.ExceptHandler) and _catches_assertions(node.type):
                faults.append(f"{place}: a failed assertion is caught")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                faults.append(f"{place}: suppress() hides what fails")
    return faults


def _constant(test) -> bool:
    """Whether a condition is the same on every run: a constant, or a value held against itself."""
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        return same and isinstance(test.ops[0], ast.Eq | ast.LtE | ast.GtE | ast.Is)
    if isinstance(test, ast.UnaryOp):
        return _constant(test.operand)
    return isinstance(test, ast.Constant)


def _catches_assertions(kind) -> bool:
    if kind is None:
        return True
    named = {ast.unparse(part) for part in getattr(kind, "elts", [kind])}
    return bool(named & {"AssertionError", "Exception", "BaseException"})


def check_tests_apart(notebook) -> list[str]:
    """An assertion stands in a cell that is folded and says so, not between reader and idea."""
    inside = {id(cell) for cell in section(notebook, "Exercises")}
    faults = []
    for cell in code_cells(notebook):
        folded = {"check", "hide-input"} <= tags(cell) or "remove-cell" in tags(cell)
        if "check" in tags(cell) and "hide-input" not in tags(cell):
            faults.append(f"{where(notebook, cell)}: a check carries hide-input too")
        if id(cell) not in inside and asserts(cell.source) and not folded:
            faults.append(f"{where(notebook, cell)}: an assertion in a cell without the tag check")
    return faults


def _begins_section(cell) -> bool:
    text = without_fences(cell.source)
    return cell.cell_type == "markdown" and bool(re.search(r"^## ", text, re.MULTILINE))


def asserts(source: str) -> bool:
    """Whether code asserts something: a statement, or a call such as assert_close()."""
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if called.startswith("assert_"):
                return True
    return False


def parse(source: str) -> ast.Module:
    """The syntax tree of a cell; an empty one if the cell is no Python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def check_syntax(notebook) -> list[str]:
    """Plain Python: a magic or a shell command would not run everywhere."""
    faults = []
    for cell in code_cells(notebook):
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            faults.append(f"{where(notebook, cell)} is no plain Python: {error.msg}")
    return faults


def check_voice(text: str) -> list[str]:
    """None of the words that claim instead of showing."""
    prose = " ".join(without_fences(text).lower().split())
    return [f"the text says {word!r}" for word in UNWANTED if re.search(rf"\b{word}\b", prose)]
