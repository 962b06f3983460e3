"""Faults can be planted: each changes its file, and a judge that is asked sees the change."""

import random
import shutil
from collections import Counter
from pathlib import Path

import in_library
import in_notebooks
import in_repository
import judges
import nbformat
import pytest
import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def faults():
    """The faults of a seed, a few of each kind."""
    return run.all_faults(ROOT, seed=7, library=6, each=2)


def test_every_fault_changes_its_file(faults, tmp_path):
    for fault in faults:
        path = tmp_path / fault.file
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / fault.file, path)
        fault.plant(tmp_path)
        assert path.read_text() != (ROOT / fault.file).read_text(), fault.name
        if path.suffix == ".ipynb":
            nbformat.read(path, as_version=4)


def test_every_kind_has_places(faults):
    kinds = Counter(fault.kind for fault in faults)
    wanted = {kind.__name__ for kind in in_notebooks.KINDS} | {"library", "stored run", "table"}
    wanted |= {kind for kind, *_ in in_repository.FIXED}
    assert wanted - kinds.keys() == set()
    assert kinds["library"] == 6


def test_a_seed_plants_the_same_faults(faults):
    again = run.all_faults(ROOT, seed=7, library=6, each=2)
    others = run.all_faults(ROOT, seed=8, library=6, each=2)
    assert [fault.name for fault in again] == [fault.name for fault in faults]
    assert [fault.name for fault in others] != [fault.name for fault in faults]


def test_mutants_of_a_line():
    text = 'def half(n):\n    """Say 1 < 2."""\n    return n // 2 if n > 0 else None\n'
    changed = {change(text).split("\n")[2].strip() for _, change in in_library.mutants(text)}
    assert "return (n * 2) if n > 0 else None" in changed
    assert "return n // 2 if (n >= 0) else None" in changed
    assert all('"""Say 1 < 2."""' in change(text) for _, change in in_library.mutants(text))


def test_every_judge_has_a_command(faults):
    for judge in {judge for fault in faults for judge in fault.judges}:
        command = judges.command(judge, ROOT)
        files = [ROOT / word for word in command if word.startswith(("tests/", "d2lkit/"))]
        assert files, judge
        assert all(path.exists() for path in files), judge
    with pytest.raises(ValueError, match="'nobody'"):
        judges.command("nobody:x", ROOT)


def test_the_report_counts():
    records = [
        {"fault": "a", "kind": "one", "caught_by": "form:x", "says": ""},
        {"fault": "b", "kind": "one", "caught_by": None, "says": "why"},
    ]
    assert "1 of 2" in run.report(records)
    assert "not caught: b why" in run.report(records)


def test_chance_chooses():
    chosen = in_repository.some(list(range(100)), 5, random.Random(0))
    assert len(set(chosen)) == 5
