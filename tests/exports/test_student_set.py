"""The notebooks for students: no solution is left, everything else is."""

import copy
import json

import nbformat
import pytest
from student_set import main, without_solutions


@pytest.fixture
def exported(small_site):
    path = small_site / "_notebooks/1-part/01-first.ipynb"
    return nbformat.read(path, as_version=4)


def test_solutions_become_room_for_an_answer(exported):
    student = without_solutions(exported)
    nbformat.validate(student)
    text = json.dumps(student)
    for word in ("olution", "seven", "Because", "cellView"):
        assert word not in text
    sources = [cell.source for cell in student.cells]
    at = next(i for i, source in enumerate(sources) if source.startswith("### Exercise 1.1"))
    assert sources[at + 1 : at + 4] == [
        "*Your answer:*",
        "",
        "from d2lkit import check\n\n"
        'check.answer("ex-first-1", ...)  # your answer in place of the dots',
    ]
    assert sources[at + 4].startswith("### Exercise 1.2")
    assert sources[at + 5 : at + 7] == ["*Your answer:*", ""]
    assert sources[at + 7].startswith("## 1.3. What comes next")


def test_all_else_is_kept(exported):
    before = copy.deepcopy(exported)
    student = without_solutions(exported)
    assert exported == before
    others = [c.source for c in exported.cells if "solution" not in c.metadata.get("tags", [])]
    kept = [c.source for c in student.cells if "answer" not in c.metadata.get("tags", [])]
    assert kept == others
    assert student.metadata == exported.metadata


def test_nothing_tagged(exported):
    exported.cells = [c for c in exported.cells if "solution" not in c.metadata.get("tags", [])]
    with pytest.raises(ValueError, match="no cell of the notebook is tagged 'solution'"):
        without_solutions(exported)


def test_set(exported, tmp_path, capsys):
    source, target = tmp_path / "notebooks", tmp_path / "student"
    (source / "1-part").mkdir(parents=True)
    nbformat.write(exported, source / "1-part/01-first.ipynb")
    (target / "old").mkdir(parents=True)
    assert main(str(source), str(target)) == 0
    assert [path.name for path in target.rglob("*.ipynb")] == ["01-first.ipynb"]
    assert not (target / "old").exists()
    assert "1 notebooks without solutions" in capsys.readouterr().out
    assert main(str(tmp_path / "none"), str(target)) == 1
