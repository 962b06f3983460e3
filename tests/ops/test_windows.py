"""Padding, cutting windows out and adding them up."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.ops import add_windows, pad2d, sliding_windows

sides = st.tuples(st.integers(0, 3), st.integers(0, 3))
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(st.sampled_from([(4, 5), (2, 4, 5), (2, 3, 4, 5), (0, 3, 4, 5)]), sides, sides)
def test_pad2d_equals_torch(shape, rows, columns):
    x = torch.arange(float(torch.Size(shape).numel())).reshape(shape)
    expected = F.pad(x, (*columns, *rows), value=-2.5)
    assert torch.equal(pad2d(x, (rows, columns), value=-2.5), expected)


@given(
    st.sampled_from(["reflect", "replicate", "circular"]),
    st.sampled_from([(2, 4, 5), (2, 3, 5, 4)]),
    sides,
    sides,
)
def test_pad2d_continues_images_as_torch_does(mode, shape, rows, columns):
    x = torch.arange(float(torch.Size(shape).numel())).reshape(shape).requires_grad_()
    expected, ours = F.pad(x, (*columns, *rows), mode=mode), pad2d(x, (rows, columns), mode=mode)
    assert torch.equal(ours, expected)
    grad_output = torch.randn_like(expected)
    reference = torch.autograd.grad(expected, x, grad_output)
    torch.testing.assert_close(torch.autograd.grad(ours, x, grad_output), reference)


def test_pad2d_of_one_number_pads_all_sides():
    assert pad2d(torch.ones(2, 3), 2).shape == (6, 7)
    assert pad2d(torch.ones(2, 3), (0, 2)).shape == (2, 7)


@given(pairs, pairs, pairs, st.sampled_from([(), (2,), (2, 3)]))
def test_a_window_holds_the_pixels_that_it_covers(kernel_size, stride, dilation, leading):
    x = torch.arange(float(9 * 8 * torch.Size(leading).numel())).reshape(*leading, 9, 8)
    windows = sliding_windows(x, kernel_size, stride, dilation)
    rows, columns = windows.shape[-4:-2]
    i, j = rows - 1, columns // 2
    for a in range(kernel_size[0]):
        for b in range(kernel_size[1]):
            row, column = i * stride[0] + a * dilation[0], j * stride[1] + b * dilation[1]
            assert torch.equal(windows[..., i, j, a, b], x[..., row, column])


def test_windows_are_a_view():
    x = torch.zeros(4, 4)
    windows = sliding_windows(x, 2)
    x[1, 1] = 7
    assert (windows == 7).sum() == 4
    assert windows.data_ptr() == x.data_ptr()


@given(pairs, pairs, pairs)
def test_adding_is_the_transpose_of_cutting(kernel_size, stride, dilation):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 9, 8, generator=generator, dtype=torch.float64)
    windows = sliding_windows(x, kernel_size, stride, dilation)
    other = torch.randn(windows.shape, generator=generator, dtype=torch.float64)
    added = add_windows(other, (9, 8), stride, dilation)
    torch.testing.assert_close((windows * other).sum(), (x * added).sum())


@pytest.mark.parametrize("stride", [1, 2])
def test_adding_counts_how_often_a_pixel_is_used(stride):
    uses = add_windows(sliding_windows(torch.ones(5, 5), 3, stride), (5, 5), stride)
    middle = {1: 9, 2: 4}[stride]
    assert uses[0, 0] == 1
    assert uses[2, 2] == middle
    assert uses.sum() == 9 * {1: 9, 2: 4}[stride]


def test_gradients():
    x = torch.randn(1, 4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: sliding_windows(pad2d(x, 1), (2, 3), 2), x)
    windows = torch.randn(1, 2, 2, 2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda w: add_windows(w, (4, 5), 2), windows)
