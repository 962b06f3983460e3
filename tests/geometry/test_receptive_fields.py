"""Receptive fields against fields measured from gradients."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.geometry import ReceptiveField, Window, receptive_field

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
windows = st.builds(
    Window,
    kernel_size=pairs,
    stride=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
)


def pixels_with_gradient(stack, unit, size=64):
    """Return the first and last row and column of the input that ``unit`` depends on."""
    image = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    maps = image
    for window in stack:
        kernel = torch.ones(1, 1, *window.kernel_size, dtype=torch.float64)
        maps = F.conv2d(
            maps, kernel, stride=window.stride, padding=window.padding, dilation=window.dilation
        )
    (gradient,) = torch.autograd.grad(maps[0, 0, unit[0], unit[1]], image)
    rows, columns = gradient[0, 0].nonzero(as_tuple=True)
    return (rows.min().item(), rows.max().item()), (columns.min().item(), columns.max().item())


@given(st.lists(windows, min_size=1, max_size=3), st.integers(3, 4), st.integers(3, 4))
def test_field_is_where_the_gradient_is(stack, row, column):
    field = receptive_field(stack)
    # Units 3 and 4 of three such layers see only pixels inside an image of 64 x 64.
    assert pixels_with_gradient(stack, (row, column)) == field.pixels((row, column))


def test_a_field_by_hand():
    stack = [Window((3, 3), (2, 2), (1, 1), (2, 2))] * 3
    field = receptive_field(stack)
    assert field == ReceptiveField(size=(29, 29), jump=(8, 8), start=(7.0, 7.0))
    assert pixels_with_gradient(stack, (3, 2)) == field.pixels((3, 2)) == ((17, 45), (9, 37))


def test_padding_per_side_moves_the_centre():
    even = receptive_field([Window(2, padding=((0, 1), (1, 0)))])
    assert even == ReceptiveField(size=(2, 2), jump=(1, 1), start=(0.5, -0.5))


def test_growth_with_depth_and_dilation():
    plain = [receptive_field([Window(3)] * depth).size for depth in (1, 2, 3)]
    doubled = [Window(3, dilation=1), Window(3, dilation=2), Window(3, dilation=4)]
    dilated = [receptive_field(doubled[:depth]).size for depth in (1, 2, 3)]
    assert plain == [3, 5, 7]
    assert dilated == [3, 7, 15]


def test_no_layer_sees_one_pixel():
    assert receptive_field([]) == ReceptiveField(size=1, jump=1, start=0.0)


def test_numbers_and_pairs_mix():
    stack = [Window(3, padding=1), Window((2, 1), stride=2)]
    assert receptive_field(stack) == ReceptiveField(size=(4, 3), jump=(2, 2), start=(0.5, 0.0))


def test_known_networks():
    lenet = [Window(5, padding=2), Window(2, 2), Window(5), Window(2, 2)]
    assert receptive_field(lenet) == ReceptiveField(size=16, jump=4, start=5.5)
    block = [Window(3, padding=1), Window(3, padding=1), Window(2, 2)]
    assert receptive_field(block[:2]).size == receptive_field([Window(5, padding=2)]).size
    assert receptive_field([*block, *block]).size == 16


@pytest.mark.parametrize("index", [0, 3])
def test_centre_lies_between_the_pixels(index):
    field = receptive_field([Window(4, stride=3, padding=1)])
    first, last = field.pixels(index)
    assert field.centre(index) == (first + last) / 2
