"""The stored comparison: made by the chapter's cells as they stand, and by those alone."""

import importlib
import json
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from d2lkit import results

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RACE = """
contestants = {"first": 0.1, "second": 0.2}  # comment

def race(name, rate, seed, judge="test"):
    return contestants[name] + (rate if judge == "val" else seed / 100) + math.floor(0.5)
"""


@pytest.fixture
def comparison(monkeypatch):
    """The script as a module; it finds its neighbour `machine`."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("comparison")


@pytest.fixture
def chapter(tmp_path):
    """A chapter whose other cells must not be executed."""
    cells = [
        v4.new_code_cell("1 / 0", metadata={"tags": ["remove-cell"]}),
        v4.new_code_cell("import math"),
        v4.new_markdown_cell("Text."),
        v4.new_code_cell("1 / 0"),
        v4.new_code_cell(RACE, metadata={"tags": ["stored-run"]}),
    ]
    path = tmp_path / "chapter.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


def test_stored_runs_are_those_of_the_chapter_as_it_stands(comparison):
    code = comparison.chapter_code(comparison.CHAPTER)
    assert len(code) > 3
    assert comparison.fingerprint(code) == results.comparison()["cells"], (
        "the chapter's cells have changed since the runs: python benchmarks/comparison.py"
    )


def test_fingerprint_sees_code_and_no_layout(comparison):
    layout = RACE.replace("  # comment", "").replace(", seed, judge", ",\n        seed, judge")
    assert layout != RACE
    assert comparison.fingerprint([layout]) == comparison.fingerprint([RACE])
    assert comparison.fingerprint([RACE.replace("0.2", "0.3")]) != comparison.fingerprint([RACE])


def test_script_executes_the_marked_cells_and_stores_every_run(comparison, chapter, tmp_path):
    stored = tmp_path / "stored.json"
    comparison.main(chapter, stored)
    found = json.loads(stored.read_text(encoding="utf-8"))
    assert found["validation_accuracy"]["second"]["0.03"] == pytest.approx(0.23)
    assert found["test_accuracy"]["first"] == pytest.approx([0.1, 0.11, 0.12, 0.13, 0.14])
    assert found["cells"] == comparison.fingerprint(comparison.chapter_code(chapter))
    assert found["torch"]
