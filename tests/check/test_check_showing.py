"""A verdict shows wherever it stands in a cell, and once."""

import subprocess
import sys

import pytest

CELLS = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()
shell.run_cell("from d2lkit import check; label = 'ex-why-convolutions-1'")
for cell in {cells!r}:
    with capture_output() as shown:
        shell.run_cell(cell)
    print("CELL", *shown.stdout.splitlines(), sep="|")
"""


@pytest.fixture(scope="module")
def shown():
    """What each of some cells shows."""
    cells = [
        "check.answer(label, 9)",
        "check.answer(label, 9)\nx = 1",
        "for n in (3, 9):\n    check.answer(label, n)",
        "assert check.answer(label, 9)",
        "print(check.answer(label, 9))",
        "x = 2",
        "check.answer(label, ...)",
    ]
    run = subprocess.run(
        [sys.executable, "-c", CELLS.format(cells=cells)],
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    parts = [line.split("|")[1:] for line in run.stdout.splitlines() if line.startswith("CELL")]
    assert len(parts) == len(cells), run.stderr
    return dict(zip(cells, [" ".join(part).strip() for part in parts], strict=True))


def test_a_verdict_shows_once_in_any_place(shown):
    right = "ex-why-convolutions-1: right."
    found = list(shown.values())
    assert found[0].endswith(right)
    assert found[0].count("right.") == 1
    assert found[1] == right
    assert found[2].startswith("ex-why-convolutions-1: not yet.")
    assert found[2].endswith(right)
    assert found[3] == ""
    assert found[4] == right
    assert found[5] == ""


def test_an_exercise_that_is_not_done_gives_no_hint_away(shown):
    (text,) = [text for cell, text in shown.items() if "..." in cell]
    assert "There is no answer yet: put yours for the `...`." in text
    assert "Hint" not in text
