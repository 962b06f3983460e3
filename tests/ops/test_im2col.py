"""im2col and col2im against ``unfold`` and ``fold``, and the figures of a known network."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.geometry import kernel_span
from d2lkit.ops import col2im, corr2d_im2col, im2col


@st.composite
def unfoldings(draw):
    small = st.integers(1, 3)
    keywords = {
        "kernel_size": draw(st.tuples(small, small)),
        "stride": draw(st.tuples(small, small)),
        "padding": draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        "dilation": draw(st.tuples(small, small)),
    }
    size = []
    for kernel, padding, dilation in zip(
        keywords["kernel_size"], keywords["padding"], keywords["dilation"], strict=True
    ):
        least = max(1, kernel_span(kernel, dilation) - 2 * padding)
        size.append(draw(st.integers(least, least + 3)))
    shape = (draw(st.integers(0, 2)), draw(small), *size)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    return torch.randn(shape, generator=generator, dtype=torch.float64), keywords


@given(unfoldings())
def test_im2col_equals_unfold(arguments):
    x, keywords = arguments
    expected = F.unfold(x, **keywords)
    assert torch.equal(im2col(x, **keywords), expected)
    for image, matrix in zip(x, expected, strict=True):
        assert torch.equal(im2col(image, **keywords), matrix)


@given(unfoldings())
def test_col2im_equals_fold(arguments):
    x, keywords = arguments
    size = tuple(x.shape[2:])
    columns = torch.randn_like(F.unfold(x, **keywords))
    expected = F.fold(columns, size, **keywords)
    torch.testing.assert_close(col2im(columns, size, **keywords), expected)
    for matrix, image in zip(columns, expected, strict=True):
        torch.testing.assert_close(col2im(matrix, size, **keywords), image)


@given(unfoldings())
def test_col2im_is_the_transpose_of_im2col(arguments):
    x, keywords = arguments
    columns = im2col(x, **keywords)
    other = torch.randn_like(columns)
    image = col2im(other, tuple(x.shape[2:]), **keywords)
    torch.testing.assert_close((columns * other).sum(), (x * image).sum())


def test_padding_per_side():
    x = torch.randn(1, 2, 3, 4)
    keywords = {"kernel_size": 2, "padding": ((0, 1), (2, 0))}
    framed = F.pad(x, (2, 0, 0, 1))
    assert torch.equal(im2col(x, **keywords), F.unfold(framed, 2))
    ones = torch.ones_like(im2col(x, **keywords))
    expected = F.fold(ones, (4, 6), 2)[:, :, :3, 2:]
    assert torch.equal(col2im(ones, (3, 4), **keywords), expected)


def test_integers_by_hand():
    columns = im2col(torch.arange(9).reshape(1, 3, 3), 2)
    assert columns[:, 0].tolist() == [0, 1, 3, 4]  # the first window
    assert columns[0].tolist() == [0, 1, 3, 4]  # the first entry of every window
    assert columns.dtype == torch.int64


@pytest.mark.parametrize("bias", [False, True])
def test_first_layer_of_alexnet(bias):
    image, kernels = torch.randn(1, 3, 227, 227), torch.randn(96, 3, 11, 11)
    biases = torch.randn(96) if bias else None
    columns = im2col(image, 11, stride=4)
    assert columns.shape == (1, 363, 3025)
    assert kernels.flatten(1).shape == (96, 363)
    output = corr2d_im2col(image, kernels, biases, stride=4)
    assert output.shape == (1, 96, 55, 55)
    expected = F.conv2d(image, kernels, biases, stride=4)
    torch.testing.assert_close(output, expected, rtol=1e-4, atol=1e-3)


def test_gradients():
    x = torch.randn(1, 2, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: im2col(x, (3, 2), 2, 1), x)
    columns = torch.randn(1, 12, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda c: col2im(c, (4, 3), (3, 2), 2, 1), columns)
