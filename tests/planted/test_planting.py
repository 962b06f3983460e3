"""Faults can be planted: each changes its file, and a judge that is asked sees the change."""

import os
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

import court
import in_library
import in_notebooks
import in_repository
import judges
import nbformat
import plan
import publish
import pytest
import run
from fault import Fault

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def faults():
    """The faults of a seed, a few of each kind."""
    return plan.draw(ROOT, seed=0, library=6, each=2)


def test_every_fault_changes_its_file(faults, tmp_path):
    assert len(faults) > 40
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
    again = plan.draw(ROOT, seed=0, library=6, each=2)
    others = plan.draw(ROOT, seed=8, library=6, each=2)
    assert [fault.name for fault in again] == [fault.name for fault in faults]
    assert [fault.name for fault in others] != [fault.name for fault in faults]


def test_mutants_of_a_line():
    text = 'def half(n):\n    """Say 1 < 2."""\n    return n // 2 if n > 0 else None\n'
    changed = {change(text).split("\n")[2].strip() for _, change in in_library.mutants(text)}
    assert "return (n * 2) if n > 0 else None" in changed
    assert "return n // 2 if (n >= 0) else None" in changed
    assert all('"""Say 1 < 2."""' in change(text) for _, change in in_library.mutants(text))


def test_every_judge_has_a_question(faults):
    judged = {judge for fault in faults for judge in fault.judges}
    for judge in judged:
        mode, asked = judges.question(judge, ROOT)
        words = asked.get("files") or asked["pytest"]
        files = [ROOT / word for word in words if word.startswith(("tests/", "d2lkit/"))]
        assert mode in ("fresh", "collected")
        assert 0 <= judges.cost(judge) < len(judges.ORDER)
        assert files, judge
        assert all(path.exists() for path in files), judge
        if mode == "collected":
            assert all(file.startswith(court.COLLECTED) for file in asked["files"]), judge
    assert {judge.partition(":")[0] for judge in judged} >= {"ledger", "nbval", "book", "nearest"}
    with pytest.raises(ValueError, match="'nobody'"):
        judges.question("nobody:x", ROOT)


def test_the_nearest_tests_of_a_module_come_first():
    assert judges.nearest("d2lkit/ops/im2col.py", ROOT)[0] == "tests/ops/test_im2col.py"
    assert judges.tests_of("d2lkit/arguments.py", ROOT) == ["tests/test_arguments.py"]
    assert judges.tests_of("d2lkit/tables.py", ROOT) == ["tests/test_package.py"]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork beside threads
def test_a_court_answers_in_a_child():
    def answer(question):
        if question == "die":
            os._exit(1)
        if question == "wait":
            time.sleep(60)
        return {"failed": 1 / question > 1, "test": "t", "says": str(os.getpid()), "count": 1}

    answers = [court.ask(answer, question) for question in (0.5, 2)]
    assert [found["failed"] for found in answers] == [True, False]
    assert str(os.getpid()) not in [found["says"] for found in answers]
    assert court.ask(answer, "die")["says"] == "the process dies"
    assert court.ask(answer, "wait", limit=0.2)["failed"] is True
    broken = court.ask(answer, 0)
    assert broken["failed"] is None
    assert "ZeroDivisionError" in broken["says"]


def test_a_record_goes_on_where_it_was(tmp_path):
    def same(text):
        return text

    one = Fault("kind", "a.md", "x", same, ("form:a", "nbval:a"))
    two = Fault("library", "b.py", "y", same, ("near:b",))
    record = run.Record(tmp_path / "planted.jsonl")
    assert record.waiting([two, one]) == [(one, "form:a")]  # the quicker judge
    said = {"says": "", "seconds": 1.0}
    for fault, judge, caught in ((one, "form:a", False), (two, "near:b", True)):
        line = {"fault": fault.name, "kind": fault.kind, "judge": judge, "caught": caught}
        record.add(line | said)
    record = run.Record(record.path)
    assert record.waiting([one, two]) == [(one, "nbval:a")]
    (judged,) = record.verdicts([one, two])  # the other one is not judged to the end
    assert (judged["fault"], judged["caught_by"]) == (two.name, "near:b")
    record.add(
        {**line, "fault": one.name, "kind": "kind", "judge": "nbval:a", "caught": False} | said
    )
    assert [v["caught_by"] for v in record.verdicts([one, two])] == [None, "near:b"]


def test_what_counts_as_caught():
    """A judge that fails, and passes in the clean tree."""

    class Copy:
        def __init__(self, root, clean):
            self.root, self.clean, self.asked = root, clean, []

        def ask(self, judge, test=None):
            spoiled = (self.root / "a.md").read_text() == "spoiled"
            self.asked.append((judge, test, spoiled))
            return {"failed": spoiled or not self.clean, "test": "t", "says": "no", "count": 1}

    fault = Fault("kind", "a.md", "x", lambda text: "spoiled", ("form:a",))
    for clean in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.md").write_text("right")
            copies = run.Copies(Path(folder), 0)
            copy = Copy(Path(folder), clean)
            copies.free.put(copy)
            line = copies.judge(fault, "form:a")
            assert (line["caught"], "broken" in line) == (clean, not clean)
            assert copy.asked == [("form:a", None, True), ("form:a", "t", False)]
            assert (Path(folder) / "a.md").read_text() == "right"


def test_a_part_holds_every_kind(faults):
    part = run.part_of(faults, 0.5)
    assert {fault.kind for fault in part} == {fault.kind for fault in faults}
    assert len(part) < 0.7 * len(faults)
    assert run.part_of(faults, 1) == faults


def test_the_table_counts_by_kind_and_names_survivors():
    verdicts = [
        {"fault": "one | a", "kind": "one", "caught_by": "form:x", "says": ""},
        {"fault": "one | b", "kind": "one", "caught_by": None, "says": ""},
    ]
    seed = publish.summary(["one | a", "one | b", "two | c"], verdicts)
    assert (seed["planted"], seed["caught"], seed["open"]) == (3, 1, ["two | c"])
    assert seed["caught_by"] == {"form": 1}
    machine = {"date": "2026-01-01", "cpu": "c", "python": "3", "torch": "2"}
    text = publish.table({"0": seed | {"machine": machine}})
    assert "| one | 1 of 2 |" in text
    assert "of 3 faults 1 are caught, 1 has survived, 1 are open" in text
    whole = publish.summary(["one | a", "one | b"], verdicts) | {"machine": machine}
    assert "Seed 0: 50 % are caught." in publish.table({"0": whole})
    assert "Survived:\n\n- one: `b`\n\nOpen:\n\n- two: `c`\n" in text


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


def test_a_plan_is_kept_when_places_move(tmp_path):
    """A moved fault is planted where it is now; one that has gone counts only if it was caught."""
    file = "d2lkit/ops/im2col.py"
    places = in_library.of_module(ROOT, file)
    texts = [fault.what.partition(": ")[2] for fault in places]
    moved, gone, same = [p for p, t in zip(places, texts, strict=True) if texts.count(t) == 1][:3]
    old = moved.name.replace("line ", "line 9")
    lost = f"library | {file} | line 3: 41 -> 42"
    names = [old, lost, f"{lost} again", same.name, gone.name]
    found = plan.kept(ROOT, names, caught={lost})
    assert [fault.name for fault in found] == [moved.name, lost, same.name, gone.name]
    record = run.Record(tmp_path / "planted-3.jsonl")
    drawn = plan.of_seed(ROOT, 3, 2, 1, record)
    assert [f.name for f in plan.of_seed(ROOT, 4, 2, 1, record)] == [f.name for f in drawn]
    assert (tmp_path / "planted-3.plan").read_text().splitlines() == [f.name for f in drawn]


def test_everything_that_is_drawn_has_its_place(faults):
    places = {fault.name for fault in plan.everything(ROOT, {fault.file for fault in faults})}
    assert {fault.name for fault in faults} <= places
