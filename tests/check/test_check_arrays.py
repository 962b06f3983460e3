"""Answers that are a shape or an array: each fault is named, and the solution is not."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.check.kinds import Shape, Values

HINT = "Where does the last window start?"


@pytest.fixture
def shape():
    return Shape(
        lambda: (8, 16, 6, 4),
        hint=HINT,
        axes="N C H W",
        mistakes=[((8, 16, 12, 8), "The stride is two.")],
    )


@pytest.mark.parametrize(
    "value",
    [
        (8, 16, 6, 4),
        [8, 16, 6, 4],
        torch.Size([8, 16, 6, 4]),
        (8.0, 16, 6.0, np.int64(4)),
        np.array([8, 16, 6, 4]),
    ],
)
def test_right_shape_is_accepted(shape, value):
    assert shape.fault(value) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (torch.zeros(8, 16, 6, 4), "ask it for its .shape"),
        (384, "an int came"),
        ((8, 16, 6.5, 4), "whole numbers only"),
        ((8, 16, True, 4), "whole numbers only"),
        ((8, 16, "6", 4), "whole numbers only"),
        ((8, 16, 12, 8), "The stride is two."),
        ((16, 6, 4), "The axis of the batch is missing"),
        ((8, 384), "2 axes came, 4 axes (N C H W) are expected"),
        ((8, 6, 4, 16), "The channels stand last"),
        ((8, 16, 4, 6), "Height and width are swapped"),
        ((8, 16, 9, 4), "axis 2 (H) the shape (8, 16, 9, 4) is too large."),
        ((8, 16, 6), "3 axes came, 4 axes (N C H W) are expected"),
        ((8, 16, 7, 4), "axis 2 (H) the shape (8, 16, 7, 4) is off by one."),
        ((8, 3, 9, 4), "axis 1 (C) the shape (8, 3, 9, 4) is too small, and 1 more."),
    ],
)
def test_each_fault_of_a_shape_is_named_without_the_solution(shape, value, part):
    message = shape.fault(value)
    assert part in message
    assert "(8, 16, 6, 4)" not in message


@pytest.fixture
def values():
    return Values(
        lambda: torch.tensor([[19.0, 25.0, 3.0], [37.0, 43.0, 8.0]]),
        hint=HINT,
        mistakes=[([[0, 0, 0], [0, 0, 0]], "Nothing has been added up.")],
    )


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_right_values_are_accepted_in_every_form(values, kind):
    assert values.fault(kind([[19, 25, 3], [37, 43, 8]])) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("19", "'19' came"),
        (None, "None came"),
        ([[1, 2], [3]], "a list that is not one"),
        ([[0, 0, 0], [0, 0, 0]], "Nothing has been added up."),
        ([[19, 25], [37, 43]], "axis 1 the shape (2, 2) is off by one"),
        ([[-19, -25, -3], [-37, -43, -8]], "wrong sign"),
        ([[8, 43, 37], [3, 25, 19]], "turned by half a turn."),
        ([[20, 26, 4], [38, 44, 9]], "off by the same amount"),
        ([[19, 25, 3], [37, 44, 9]], "2 of 6 entries are not, the first at [1, 1]."),
        ([[19, 25, 3], [37, 43, 9]], "1 of 6 entries is not, the first at [1, 2]."),
        ([[19, 25, 3], [37, 43, float("inf")]], "not finite"),
    ],
)
def test_each_fault_of_values_is_named(values, value, part):
    assert part in values.fault(value)


def test_the_batch_is_missed_only_in_front(shape):
    assert "batch" not in shape.fault((8, 16, 6))


def test_one_entry_is_not_off_everywhere():
    assert Values([3], hint=HINT).fault([4]).startswith("The shape is right; 1 of 1 entries is")


def test_an_entry_near_the_right_one_is_wrong():
    exercise = Values([0.0, 20.0], hint=HINT)
    assert exercise.fault([0.0, 20.0001]) is None
    for wrong in ([0.05, 20], [0, 20.2], [0, 21], [0.0001, 20]):
        assert "1 of 2 entries" in exercise.fault(wrong)


def test_swapped_rows_and_columns_are_seen():
    square = Values([[1, 2], [3, 4]], hint=HINT)
    assert square.fault([[1, 3], [2, 4]]) == "Rows and columns are swapped."


@given(
    values=st.lists(st.integers(-9, 9), min_size=1, max_size=6), where=st.lists(st.integers(0, 2))
)
def test_axes_of_one_may_be_missing_or_in_excess(values, where):
    def with_axes(numbers):
        array = torch.tensor(numbers)
        for axis in where:
            array = array.unsqueeze(min(axis, array.ndim))
        return array

    other = [value + 100 for value in values]
    exercise = Values(values, hint=HINT, mistakes=[(other, "A hundred too much.")])
    assert exercise.fault(with_axes(values)) is None
    assert exercise.fault(with_axes(other)) == "A hundred too much."
    assert exercise.fault(with_axes([*values, 0, 0])) is not None
    column = Values(torch.tensor(values)[:, None], hint=HINT)
    assert column.fault(with_axes(values)) is None


def test_a_kernel_is_spoken_of_where_there_is_one():
    turned = [[4, 3], [2, 1]]
    for kernel, says in ((True, "is a kernel flipped, or not flipped?"), (False, "half a turn.")):
        message = Values([[1, 2], [3, 4]], hint=HINT, kernel=kernel).fault(turned)
        assert message.endswith(says)
