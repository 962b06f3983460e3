"""Assertions that prove nothing are listed: on a small chapter with one of each kind."""

from pathlib import Path

import causes
import mutate
import nbformat
import pytest
import recorder
import torch
from instrument import instrumented
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
TRAINING = """\
import torch
from torch.nn import functional as F
torch.manual_seed(0)
net = torch.nn.Linear(2, 2)
x = torch.randn(64, 2)
y = (x[:, 0] > 0).long()
optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
for _ in range(50):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
accuracy = (net(x).argmax(1) == y).float().mean().item()
others = []
"""
CHECK = """\
assert accuracy > 0.95
assert accuracy <= 1
assert net.weight.shape == (2, 2)
assert 10 < len(x)
assert 40 < len(x)
assert all(other < accuracy for other in others)
for other in others:
    assert other < accuracy
"""


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A chapter on disk; its records lie beside it."""
    monkeypatch.setattr(mutate, "RECORDS", tmp_path / "records")
    cells = [nbformat.v4.new_code_cell(source) for source in (TRAINING, CHECK)]
    path = tmp_path / "01-small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_weak_assertions_are_listed(chapter, capsys):
    found = mutate.judge(chapter, ["untrained", "shuffled"], {})
    assert len(found) == 4
    assert "cell 2: `assert accuracy <= 1` holds without the cause" in found[0]
    assert "`assert 10 < len(x)` holds with twice or half of its threshold (10; 64)" in found[1]
    assert "goes through nothing" in found[2]
    assert found[3].endswith("`assert other < accuracy` is never reached")
    assert capsys.readouterr().out == "01-small: 7 assertions, 2 touched, 4 listed\n"
    known = {("01-small", "accuracy <= 1"): "a share"}
    assert len(mutate.judge(chapter, ["untrained"], known)) == 3


def test_what_moves_from_run_to_run_is_touched_by_no_cause(chapter):
    notebook = nbformat.read(chapter, as_version=4)
    notebook.cells[1].source = "import time\nassert time.time() > 0\nassert accuracy <= 1"
    nbformat.write(notebook, chapter)
    (found,) = mutate.judge(chapter, ["untrained"], {})
    assert "assert accuracy <= 1` holds without the cause" in found


@pytest.mark.parametrize(
    ("source", "held"),
    [
        ("assert 1 < 2 < 3", True),
        ("assert 1 < 3 < 2, 'why'", False),
        ("assert 3 in [1, 3] and not 2 != 2", True),
        ("assert torch.equal(torch.ones(2), torch.zeros(2))", False),
        ("assert torch.equal(*[torch.ones(2), torch.ones(2)])", True),
        ("assert (torch.ones(2) > 0).all()", True),
        ("def f(n):\n    assert all(i < 2 for i in range(n))\nf(2)", True),
        ("def f(n):\n    assert all(i < 2 for i in range(n))\nf(3)", False),
    ],
)
def test_a_rewritten_assertion_means_the_same(source, held, monkeypatch):
    monkeypatch.setattr(recorder, "entries", {})
    exec(instrumented(source, 0), {"_recorder": recorder, "torch": torch})
    (entry,) = recorder.entries.values()
    assert (entry["times"], entry["held"], entry["raised"]) == (1, held, "")
    assert entry["sides"]


@pytest.mark.parametrize(
    ("source", "loose"),
    [
        ("assert eight > 3", True),
        ("assert eight > 5", False),
        ("assert 3 < eight", True),
        ("assert -eight < -3", True),
        ("assert -eight < -5", False),
        ("assert eight < 20 and eight > 3", True),
        ("assert eight < 20 and eight > 5", False),
        ("assert 5 < eight < 20", False),
        ("assert (torch.tensor([8, 9]) > 3).all()", True),
        ("assert (torch.tensor([8, 5]) > 3).all()", False),
        ("assert eight == 8 and eight > 3", False),
        ("assert eight < eight + 1", False),
        ("assert eight > 0", False),
        ("assert eight - 8 < 1e-6", False),
        ("assert torch.equal(torch.ones(2), torch.ones(2))", None),
    ],
)
def test_a_threshold_is_moved_by_the_margin(source, loose, monkeypatch):
    monkeypatch.setattr(recorder, "entries", {})
    exec(instrumented(source, 0), {"_recorder": recorder, "torch": torch, "eight": 8})
    (entry,) = recorder.entries.values()
    assert (entry["held"], entry["loose"]) == (True, loose)


def test_a_set_has_the_same_sides_in_whatever_order(monkeypatch):
    monkeypatch.setattr(recorder, "entries", {})
    names = [f"name {i}" for i in range(9)]
    for order, name in ((names, "a"), (names[::-1], "b")):
        recorder.entry(name)["times"] = 1
        assert recorder.side(name, set(order)) == set(names)
    sides = {entry["sides"] for entry in recorder.entries.values()}
    assert len(sides) == 1
    assert recorder.entries["a"]["first"].startswith("['name 0'")


def test_an_assertion_that_raises_does_not_stop_the_run(monkeypatch):
    monkeypatch.setattr(recorder, "entries", {})
    exec(instrumented("assert unknown < 1", 0), {"_recorder": recorder})
    assert recorder.entries["0|unknown < 1"]["raised"] == "NameError"


def test_the_last_value_of_a_cell_is_still_shown():
    assert instrumented("assert a\nb", 0).splitlines()[-1] == "b"
    assert instrumented("assert a", 0).splitlines()[-1] == "None"
    assert instrumented("b + 1 # as it was", 0) == "b + 1 # as it was"
    assert instrumented("%pip install d2lkit\nassert a", 0).startswith("%pip")


def test_the_causes_do_what_they_say(monkeypatch):
    for owner, name in ((torch.optim.SGD, "step"), (functional, "cross_entropy")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    right = functional.cross_entropy
    scores, labels = torch.eye(50).mul(9).requires_grad_(), torch.arange(50)
    causes.shuffled()
    assert functional.cross_entropy(scores, labels) > 5 * right(scores, labels)
    with torch.no_grad():  # an evaluation keeps its labels
        assert functional.cross_entropy(scores, labels) == right(scores, labels)
    for name in ("Adam", "AdamW", "RMSprop", "Adagrad"):
        owner = getattr(torch.optim, name)
        monkeypatch.setattr(owner, "step", owner.step)
    causes.untrained()
    before = scores.detach().clone()
    optimizer = torch.optim.SGD([scores], lr=1.0)
    right(scores, labels).backward()
    optimizer.step()
    assert torch.equal(scores, before)


@pytest.fixture
def spoiled(monkeypatch):
    """Stored runs as they are, and as a cause makes them answer."""
    import d2lkit.stored
    from d2lkit import results

    monkeypatch.setattr(d2lkit.stored, "stored", d2lkit.stored.stored)
    monkeypatch.setattr(results, "stored", results.stored)

    def spoiled(cause):
        right = results.stored("zfnet", "shorten_run")
        cause()
        return right, results.stored("zfnet", "shorten_run")

    return spoiled


def test_stored_runs_change_places(spoiled):
    right, wrong = spoiled(causes.exchanged)
    before, after = ([run["result"] for run in runs.runs] for runs in (right, wrong))
    assert sorted(before) == sorted(after)
    assert sum(b != a for b, a in zip(before, after, strict=True)) > len(before) / 2
    assert [run["without"] for run in wrong.runs] == [run["without"] for run in right.runs]


def test_stored_runs_answer_what_nobody_measured(spoiled):
    right, wrong = spoiled(causes.invented)
    assert len(wrong.runs) == len(right.runs) > 4
    for one, other in zip(wrong.runs, right.runs, strict=True):
        assert one["result"] == causes.halved(other["result"]) != other["result"]
    assert causes.halved([True, "a", 3]) == [True, "a", 1.5]


def test_what_is_accepted_stands_in_a_chapter():
    known = mutate.accepted(mutate.ACCEPTED.read_text(encoding="utf-8"))
    chapters = {path.stem: path for path in ROOT.glob("chapters/*/*.ipynb")}
    for chapter, assertion in known:
        held = {name.partition("|")[2] for name in mutate.expected(chapters[chapter])}
        assert assertion in held, f"{chapter} asserts no {assertion!r} any more: take the line out"
    with pytest.raises(ValueError, match="no reason for 'x < 1'"):
        mutate.accepted("01-small | x < 1 | ")
    assert mutate.accepted("# c\n01-small | x < 1 | a share") == {("01-small", "x < 1"): "a share"}
