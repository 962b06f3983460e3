"""Make the notebooks for students: the exported ones without their solutions.

Usage: python _extensions/export/student_set.py _build/notebooks _build/student

The cells tagged `solution` go. In their place comes room for an answer, and, where the book can
check the answer, the call that does so, with three dots to be replaced.
"""

import itertools
import re
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat import v4

CALL = re.compile(r"""check\.answer\(\s*["']([\w-]+)["']""")
# A chapter may import `check` in a solution only.
CHECK = 'from d2lkit import check\n\ncheck.answer("{}", ...)  # your answer in place of the dots'
TAGS = {"tags": ["answer"]}


def is_solution(cell) -> bool:
    """Whether a cell belongs to a solution."""
    return "solution" in cell.metadata.get("tags", [])


def without_solutions(notebook):
    """A copy of an exported notebook in which each solution has become room for an answer.

    Raises:
        ValueError: if there is no solution.
    """
    if not any(map(is_solution, notebook.cells)):
        raise ValueError("no cell of the notebook is tagged 'solution'")
    cells = []
    for solved, run in itertools.groupby(notebook.cells, is_solution):
        same = list(run)
        cells += room_for_answer(same) if solved else [cell.copy() for cell in same]
    for position, cell in enumerate(cells):
        cell["id"] = f"cell-{position}"
    return v4.new_notebook(cells=cells, metadata=notebook.metadata)


def room_for_answer(solution):
    """The cells in place of a solution: for words, for code, and for the check of the answer."""
    labels = dict.fromkeys(CALL.findall("\n".join(cell.source for cell in solution)))
    checks = [CHECK.format(label) for label in labels]
    return [
        v4.new_markdown_cell("*Your answer:*", metadata=TAGS),
        *(v4.new_code_cell(source, metadata=TAGS) for source in ["", *checks]),
    ]


def main(source: str, target: str) -> int:
    """Write the set; the target folder is made anew."""
    paths = sorted(Path(source).glob("**/*.ipynb"))
    shutil.rmtree(target, ignore_errors=True)
    for path in paths:
        try:
            notebook = without_solutions(nbformat.read(path, as_version=4))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        nbformat.validate(notebook)
        written = Path(target, path.relative_to(source))
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(paths)} notebooks without solutions are in {target}")
    return 0 if paths else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
