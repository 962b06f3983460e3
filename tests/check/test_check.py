"""The door to the exercises: labels, verdicts, and every exercise that the chapters register."""

import re
import sys
import types
from pathlib import Path

import pytest
import torch
from independent import ANSWERS, disagreement

from d2lkit import check
from d2lkit.check.kinds import Exercise, Function, Number, Shape, Values

REGISTERED = check.exercises()
BOOK = Path(__file__).parents[2]


@pytest.fixture
def chapter(monkeypatch):
    """A chapter that exists for one test, found as the real ones are."""
    module = types.ModuleType("d2lkit.check.chapters.two_words")
    module.EXERCISES = {
        "ex-two-words-2": Number(6, hint="Three times two."),
        "ex-two-words-10": Number(7, hint="One more than six."),
    }
    monkeypatch.setitem(sys.modules, "d2lkit.check.chapters.two_words", module)
    names = check._chapters()
    monkeypatch.setattr(check, "_chapters", lambda: [*names, "two_words"])


def test_a_right_answer(chapter):
    verdict = check.answer("ex-two-words-2", 6)
    assert verdict
    assert verdict.correct
    assert repr(verdict) == "ex-two-words-2: right."


def test_a_wrong_answer_says_what_is_wrong_and_gives_the_hint(chapter):
    verdict = check.answer("ex-two-words-2", 5)
    assert not verdict
    assert repr(verdict) == (
        "ex-two-words-2: not yet. You are off by one: are the first and the last one both\n"
        "counted, and once?\nHint: Three times two."
    )
    assert verdict.message.splitlines()[1] == "Hint: Three times two."


def test_the_hint_alone(chapter):
    assert check.hint("ex-two-words-10") == "One more than six."


def test_exercises_are_listed_in_the_order_of_their_numbers(chapter):
    ours = [label for label in check.exercises() if label.startswith("ex-two-words")]
    assert ours == ["ex-two-words-2", "ex-two-words-10"]


@pytest.mark.parametrize("label", ["ex-two-words-3", "ex-two-word-2", "two-words-2", "ex-kinds-1"])
def test_an_unknown_label_is_refused(chapter, label):
    with pytest.raises(ValueError, match=f"got '{label}'"):
        check.answer(label, 6)


def test_labels_nearby_are_named(chapter):
    with pytest.raises(ValueError, match=r"near it: .*ex-two-words-2"):
        check.answer("ex-two-word-2", 6)


def test_a_label_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="label must be a str"):
        check.answer(3, 6)


# Every exercise that a chapter registers.


def registered_faults(label: str, exercise: Exercise) -> list[str]:
    """What is wrong with an exercise as its author wrote it."""
    faults = []
    solution = exercise.solution()
    said = exercise.fault(solution)
    if said:
        faults.append(f"{label}: its own solution is refused: {said}")
    for wrong, says in exercise.wrong_answers():
        told = exercise.fault(wrong)
        if told is None:
            faults.append(f"{label}: a mistake counts as right: {says}")
        elif told != says:
            faults.append(f"{label}: a mistake gets another one's message: {told}")
    if isinstance(solution, int | float):
        texts = [exercise.hint, *(says for _, says in exercise.wrong_answers())]
        numbers = re.findall(r"\d[\d,_]*\.?\d*", " ".join(texts))
        if f"{solution}" in [number.replace(",", "").rstrip(".") for number in numbers]:
            faults.append(f"{label}: the solution stands in a hint")
    return faults


@pytest.mark.parametrize("label", REGISTERED)
def test_registered_exercise(label):
    exercise = check._find(label)
    assert isinstance(exercise, Exercise)
    assert registered_faults(label, exercise) == []


def test_every_exercise_has_a_hint_of_its_own():
    hints = [check._find(label).hint for label in REGISTERED]
    assert sorted(set(hints)) == sorted(hints)


@pytest.mark.parametrize("label", REGISTERED)
def test_the_answer_is_found_in_another_way(label):
    assert label in ANSWERS, f"give {label} an answer of its own in tests/check/independent.py"
    assert disagreement(check._find(label), ANSWERS[label]) is None


def near_misses(exercise: Exercise, answer: object) -> dict[str, object]:
    """Answers beside the right one: by a twentieth, in their sign, and by one in one place."""
    if isinstance(exercise, Function):
        times = {"a little more": 1.05, "a little less": 0.95, "the other sign": -1}
        return {name: times_of(answer, factor) for name, factor in times.items()}
    right = torch.as_tensor(answer() if callable(answer) else answer, dtype=torch.float64)
    whole = bool((right == right.round()).all())
    found = {"the other sign": -right, "a little more": 1.05 * right, "a little less": 0.95 * right}
    if isinstance(exercise, Shape):
        found = {}
    for place in range(right.numel() if whole else 0):
        for step in (-1, 1):
            near = right.clone()
            near.view(-1)[place] += step
            found[f"{step} at {place}"] = near
    for place in range(right.numel()):
        if right.view(-1)[place] and not isinstance(exercise, Shape):
            near = right.clone()
            near.view(-1)[place] *= 1.05
            found[f"a little more at {place}"] = near
    return {name: near.tolist() for name, near in found.items()}


def times_of(function, factor):
    def other(*args, **kwargs):
        result = function(*args, **kwargs)
        return tuple(factor * r for r in result) if isinstance(result, tuple) else factor * result

    return other


MEASURED = [
    label
    for label in REGISTERED
    if isinstance(check._find(label), Number | Values | Shape | Function)
]


@pytest.mark.parametrize("label", MEASURED)
def test_what_lies_beside_the_answer_is_not_right(label):
    misses = near_misses(check._find(label), ANSWERS[label])
    assert misses
    assert [name for name, near in misses.items() if check.answer(label, near)] == []


def test_an_answer_found_in_another_way_can_disagree():
    assert disagreement(Number(6, hint="Count."), 6) is None
    assert disagreement(Number(6, hint="Count."), 7) == "6 in d2lkit.check, 7 in another way"


@pytest.mark.parametrize("name", check._chapters())
def test_a_file_of_exercises_belongs_to_a_chapter(name):
    label = f"(sec-{name.replace('_', '-')})="
    chapters = [path.read_text(encoding="utf-8") for path in BOOK.glob("chapters/*/[0-9]*.ipynb")]
    assert sum(label in text for text in chapters) == 1


@pytest.mark.parametrize("name", check._chapters())
def test_labels_belong_to_their_module(name):
    slug = name.replace("_", "-")
    labels = [*check._load(name)]
    assert labels
    assert all(re.fullmatch(rf"ex-{slug}-\d+", label) for label in labels)


@pytest.mark.parametrize(
    ("exercise", "part"),
    [
        (Number(6, hint="Count."), None),
        (Number(6, hint="It is 6."), "stands in a hint"),
        (Number(6, hint="Count.", mistakes=[(6, "Twice.")]), "counts as right"),
        (Number(6, hint="Count.", mistakes=[(5, "A."), (5, "B.")]), "another one's message"),
        (Number(float("nan"), hint="Count."), "its own solution is refused"),
    ],
)
def test_faults_of_registered_exercises_are_seen(exercise, part):
    faults = registered_faults("ex-planted-1", exercise)
    if part is None:
        assert faults == []
    else:
        assert part in faults[0]
