"""Cross-correlation and convolution against PyTorch and SciPy."""

import pytest
import scipy.signal
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lkit.geometry import padding_per_side
from d2lkit.ops import conv2d, conv2d_loops, corr2d, corr2d_im2col, corr2d_loops, flip_kernel

ALL = [corr2d_loops, corr2d, corr2d_im2col]
FAST = [corr2d, corr2d_im2col]


@st.composite
def convolutions(draw, largest_batch=2, longest=3):
    """Draw an input, weights, a bias and the settings of a convolution that exists."""
    small, sides = st.integers(1, longest), st.tuples(st.integers(0, 2), st.integers(0, 2))
    groups = draw(st.integers(1, 3))
    in_group, out_group = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel_size = draw(st.tuples(small, small))
    stride, dilation = draw(small | st.tuples(small, small)), draw(st.tuples(small, small))
    padding = draw(st.integers(0, 2) | sides | st.tuples(sides, sides))
    size = []
    for axis in (0, 1):
        span = dilation[axis] * (kernel_size[axis] - 1) + 1
        least = max(1, span - sum(padding_per_side(padding)[axis]))
        size.append(draw(st.integers(least, least + 3)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    random = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)  # noqa: E731
    batch = draw(st.integers(0, largest_batch))
    input = random(batch, groups * in_group, *size)
    weight = random(groups * out_group, in_group, *kernel_size)
    bias = random(groups * out_group) if draw(st.booleans()) else None
    return input, weight, bias, stride, padding, dilation, groups


def torch_corr2d(input, weight, bias, stride, padding, dilation, groups):
    (top, bottom), (left, right) = padding_per_side(padding)
    framed = F.pad(input, (left, right, top, bottom))
    return F.conv2d(framed, weight, bias, stride, 0, dilation, groups)


@given(convolutions())
@settings(max_examples=60)
def test_equals_torch(arguments):
    expected = torch_corr2d(*arguments)
    for function in FAST:
        torch.testing.assert_close(function(*arguments), expected)


@given(convolutions(largest_batch=1, longest=2))
@settings(max_examples=25)
def test_loops_equal_torch(arguments):
    torch.testing.assert_close(corr2d_loops(*arguments), torch_corr2d(*arguments))


@given(convolutions())
def test_true_convolution_is_that_of_a_flipped_kernel(arguments):
    input, weight, *rest = arguments
    expected = torch_corr2d(input, weight.flip(2, 3), *rest)
    torch.testing.assert_close(conv2d(*arguments), expected)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float32, 1e-4), (torch.float64, 1e-10), (torch.bfloat16, 5e-2), (torch.int64, 0)],
)
def test_dtypes(function, dtype, tolerance):
    x, w, b = torch.randn(2, 4, 5, 6), torch.randn(2, 2, 3, 2), torch.randn(2)
    x, w, b = [(values * 3).to(dtype) for values in (x, w, b)]
    expected = F.conv2d(x, w, b, 2, 1, 1, 2)
    ours = function(x, w, b, 2, 1, 1, 2)
    assert ours.dtype == dtype
    torch.testing.assert_close(ours, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("function", [*ALL, conv2d, conv2d_loops])
def test_fewer_axes_are_a_batch_of_one(function):
    x, w = torch.randn(5, 6, dtype=torch.float64), torch.randn(2, 3, dtype=torch.float64)
    full = function(x[None, None], w[None, None], torch.ones(1, dtype=torch.float64), 2, 1)
    matrix = function(x, w, torch.tensor(1.0, dtype=torch.float64), 2, 1)
    assert matrix.shape == (3, 3)
    torch.testing.assert_close(matrix, full[0, 0])
    image = function(x[None], w[None, None], torch.ones(1, dtype=torch.float64), 2, 1)
    torch.testing.assert_close(image, full[0])


@given(
    st.tuples(st.integers(3, 7), st.integers(3, 7)), st.tuples(st.integers(1, 3), st.integers(1, 3))
)
def test_scipy_agrees(size, kernel_size):
    generator = torch.Generator().manual_seed(sum(size))
    x = torch.randn(size, generator=generator, dtype=torch.float64)
    w = torch.randn(kernel_size, generator=generator, dtype=torch.float64)
    correlation = torch.from_numpy(scipy.signal.correlate2d(x, w, mode="valid"))
    convolution = torch.from_numpy(scipy.signal.convolve2d(x, w, mode="valid"))
    for function in ALL:
        torch.testing.assert_close(function(x, w), correlation)
    for function in (conv2d, conv2d_loops):
        torch.testing.assert_close(function(x, w), convolution)
    full = [(length - 1, length - 1) for length in kernel_size]
    everywhere = torch.from_numpy(scipy.signal.convolve2d(x, w, mode="full"))
    torch.testing.assert_close(conv2d(x, w, padding=tuple(full)), everywhere)


def test_worked_by_hand():
    x, w = torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2)
    assert corr2d(x, w).tolist() == [[19, 25], [37, 43]]
    assert conv2d(x, w).tolist() == [[5, 11], [23, 29]]
    assert torch.equal(conv2d(x, flip_kernel(w)), corr2d(x, w))


def test_convolution_commutes_and_correlation_does_not():
    x, w = torch.randn(3, 3), torch.randn(3, 3)
    torch.testing.assert_close(conv2d(x, w, padding=2), conv2d(w, x, padding=2))
    assert not torch.allclose(corr2d(x, w, padding=2), corr2d(w, x, padding=2))


@pytest.mark.parametrize("function", ALL)
def test_autograd_goes_through(function):
    x = torch.randn(1, 2, 2, 3, dtype=torch.float64, requires_grad=True)
    w = torch.randn(2, 1, 1, 2, dtype=torch.float64, requires_grad=True)
    b = torch.randn(2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *args: function(*args, (2, 1), 0, 1, 2), (x, w, b))


@pytest.mark.parametrize("function", ALL)
def test_arguments_stay_as_they_are(function):
    x, w, b = torch.randn(1, 2, 4, 4), torch.randn(2, 2, 2, 2), torch.randn(2)
    before = [values.clone() for values in (x, w, b)]
    function(x, w, b, padding=1)
    for old, new in zip(before, (x, w, b), strict=True):
        assert torch.equal(old, new)


@pytest.mark.parametrize("function", FAST)
def test_inputs_that_are_not_contiguous(function):
    x = torch.randn(2, 5, 6, 3).permute(0, 3, 1, 2)
    w = torch.randn(3, 3, 4, 2).transpose(0, 3)
    torch.testing.assert_close(function(x, w), F.conv2d(x, w), rtol=1e-4, atol=1e-4)
