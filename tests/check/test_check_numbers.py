"""Answers that are a number or a choice: each fault is named, and the solution is not."""

import numpy as np
import pytest
import torch

from d2lkit.check.kinds import Choice, Number

HINT = "Count the neurons first."


@pytest.fixture
def count():
    return Number(
        lambda: 55 * 55 * 96 * (11 * 11 * 3 + 1),
        hint=HINT,
        mistakes=[(lambda: 55 * 55 * 96 * 11 * 11 * 3, "Each neuron has a bias, too.")],
    )


@pytest.mark.parametrize(
    "value",
    [105_705_600, 105_705_600.0, np.int64(105_705_600), torch.tensor(105_705_600)],
    ids=["int", "float", "numpy", "tensor"],
)
def test_right_number_is_accepted_in_every_form(count, value):
    assert count.fault(value) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("12,000", "is text"),
        (None, "None came"),
        (True, "True came"),
        ([1, 2], "list with 2 entries"),
        ({"a": 1}, "dict with 1 entries"),
        (torch.zeros(2, 3), "shape (2, 3)"),
        (object(), "an object came"),
        (1j, "a complex came"),
        (float("nan"), "division by zero"),
        (105_415_200, "a bias, too"),
        (105_705_599, "off by one"),
        (105_705_601, "off by one"),
        (-105_705_600, "the sign is not"),
        (0.5, "not whole"),
        (211_411_200, "factor of exactly 2"),
        (52_852_800, "small by a factor of exactly 2"),
        (422_822_400, "four bytes"),
        (105_705_600 * 2**20, "MiB"),
        (7, "Too small, by more than a factor of ten"),
        (105_705_700, "Too large."),
        (-3, "The sign"),
    ],
)
def test_each_fault_is_named_without_the_solution(count, value, part):
    message = count.fault(value)
    assert part in message
    assert "105705600" not in message.replace(",", "").replace("_", "")


def test_counts_of_billions_are_exact():
    bytes_of_a_net = Number(1_644_232_704, hint=HINT, mistakes=[(1_644_232_706, "Two too many.")])
    assert bytes_of_a_net.fault(1_644_232_704.0) is None
    assert "off by one" in bytes_of_a_net.fault(1_644_232_705)
    assert bytes_of_a_net.fault(1_644_232_706) == "Two too many."


@pytest.mark.parametrize(
    ("factor", "part"),
    [
        (2, "one operation or two"),
        (4, "four bytes"),
        (8, "bits or bytes"),
        (1000, "thousand and million"),
        (1024, "KiB"),
        (2**20, "MiB"),
    ],
)
def test_a_unit_is_named_in_both_directions(factor, part):
    exercise = Number(3 * 2**20, hint=HINT, tolerance=1e-6)
    for value, word in [(3 * 2**20 * factor, "large"), (3 * 2**20 / factor, "small")]:
        message = exercise.fault(value)
        if word == "large" or float(value).is_integer():
            assert message.startswith(f"Too {word} by a factor of exactly {factor}: ")
            assert part in message
    assert "factor of exactly" not in exercise.fault(3 * 2**20 * factor * 1.03)


@pytest.mark.parametrize(
    ("expected", "value", "message"),
    [
        (5.0, 50.0, "Too large."),
        (5.0, 51.0, "Too large, by more than a factor of ten."),
        (5.0, 0.5, "Too small."),
        (-5.0, -6.0, "Too large."),
        (-5.0, -4.0, "Too small."),
        (-5.0, 4.0, "The sign is not right."),
    ],
)
def test_sizes_are_compared_without_their_sign(expected, value, message):
    assert Number(expected, hint=HINT).fault(value) == message


@pytest.mark.parametrize("value", [True, False])
def test_a_truth_value_is_no_number(value):
    assert Number(int(value), hint=HINT).fault(value) == f"A number is expected, {value} came."


def test_a_number_that_is_not_whole_has_no_more_room_than_its_tolerance():
    exact, loose = Number(2.25, hint=HINT), Number(2.25, hint=HINT, tolerance=0.002)
    assert exact.fault(2.25 + 1e-12) is None
    assert exact.fault(2.2501) == "Too large."
    assert loose.fault(2.254) is None
    assert loose.fault(2.256) == "Too large."


def test_tolerance_is_relative_and_mistakes_share_it():
    rate = Number(2.25, hint=HINT, tolerance=0.01, mistakes=[(4.5, "Stride two.")])
    assert rate.fault(2.26) is None
    assert rate.fault(2.3) == "Too large."
    assert rate.fault(4.51) == "Stride two."


def test_repr_hides_the_solution(count):
    assert repr(count) == "Number(...)"


def test_an_empty_hint_is_refused():
    with pytest.raises(ValueError, match="hint must say something"):
        Number(1, hint=" ")


@pytest.fixture
def fall():
    return Choice(
        "not at all",
        hint=HINT,
        others={"a little": "Which weight knows its neighbour?", "a lot": "What is lost, exactly?"},
    )


@pytest.mark.parametrize("value", ["not at all", " Not  at all "])
def test_right_choice_is_accepted(fall, value):
    assert fall.fault(value) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a lot", "What is lost, exactly?"),
        ("A Little", "Which weight knows its neighbour?"),
        ("maybe", "One of 'a little', 'a lot', 'not at all' is expected, 'maybe' came."),
        (3, "One of 'a little', 'a lot', 'not at all' is expected, an int came."),
    ],
)
def test_each_wrong_choice_has_its_answer(fall, value, message):
    assert fall.fault(value) == message
