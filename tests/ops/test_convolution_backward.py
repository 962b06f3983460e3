"""The gradients of a convolution against autograd, SciPy and finite differences."""

import pytest
import scipy.signal
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lkit.geometry import padding_per_side
from d2lkit.ops import (
    Corr2dFunction,
    col2im,
    conv2d,
    conv2d_backward,
    corr2d,
    corr2d_backward,
    corr2d_loops,
    im2col,
    locally_connected2d_backward,
)


@st.composite
def convolutions(draw):
    small, sides = st.integers(1, 3), st.tuples(st.integers(0, 3), st.integers(0, 3))
    groups = draw(small)
    in_group, out_group = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel_size, dilation = draw(st.tuples(small, small)), draw(st.tuples(small, small))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = draw(st.integers(0, 2) | sides | st.tuples(sides, sides))
    size = []
    for axis in (0, 1):
        span = dilation[axis] * (kernel_size[axis] - 1) + 1
        least = max(1, span - sum(padding_per_side(padding)[axis]))
        size.append(draw(st.integers(least, least + 4)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    shapes = (
        (draw(st.integers(0, 2)), groups * in_group, *size),
        (groups * out_group, in_group, *kernel_size),
        (groups * out_group,),
    )
    tensors = [
        torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()
        for shape in shapes
    ]
    return tensors, (stride, padding, dilation, groups)


def torch_corr2d(input, weight, bias, stride, padding, dilation, groups):
    (top, bottom), (left, right) = padding_per_side(padding)
    framed = F.pad(input, (left, right, top, bottom))
    return F.conv2d(framed, weight, bias, stride, 0, dilation, groups)


@given(convolutions())
@settings(max_examples=60)
def test_equals_autograd_of_torch(arguments):
    tensors, rest = arguments
    output = torch_corr2d(*tensors, *rest)
    grad_output = torch.randn_like(output)
    expected = torch.autograd.grad(output, tensors, grad_output)
    input, weight, _ = (values.detach() for values in tensors)
    ours = corr2d_backward(grad_output, input, weight, *rest)
    assert len(ours) == 3
    for gradient, reference in zip(ours, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


@given(convolutions())
def test_true_convolution_equals_autograd(arguments):
    tensors, rest = arguments
    output = conv2d(*tensors, *rest)
    grad_output = torch.randn_like(output)
    expected = torch.autograd.grad(output, tensors, grad_output)
    input, weight, _ = (values.detach() for values in tensors)
    ours = conv2d_backward(grad_output, input, weight, *rest)
    assert len(ours) == 3
    for gradient, reference in zip(ours, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


@pytest.mark.parametrize(
    "rest", [(1, 0, 1, 1), ((2, 3), (1, 0), (1, 2), 2), (1, ((0, 2), (1, 0)), 1, 1)]
)
def test_gradcheck(rest):
    """Finite differences of our forward pass, gradients of our backward pass."""
    x = torch.randn(2, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    w = torch.randn(2, 2 // rest[3], 1, 2, dtype=torch.float64, requires_grad=True)
    b = torch.randn(2, dtype=torch.float64, requires_grad=True)
    function = lambda *tensors: Corr2dFunction.apply(*tensors, *rest)  # noqa: E731
    assert torch.autograd.gradcheck(function, (x, w, b))


def test_the_backward_pass_has_gradients_too():
    x = torch.randn(1, 2, 2, 3, dtype=torch.float64, requires_grad=True)
    w = torch.randn(2, 1, 1, 2, dtype=torch.float64, requires_grad=True)
    function = lambda x, w: Corr2dFunction.apply(x, w, None, (2, 1), 0, 1, 2)  # noqa: E731
    assert torch.autograd.gradgradcheck(function, (x, w))


@pytest.mark.parametrize("ndim", [2, 3, 4])
def test_gradients_have_the_shapes_of_the_arguments(ndim):
    x = torch.randn((1, 1, 4, 5)[4 - ndim :], dtype=torch.float64, requires_grad=True)
    w = torch.randn((1, 1, 2, 3)[4 - (2 if ndim == 2 else 4) :], dtype=torch.float64)
    w.requires_grad_()
    output = corr2d_loops(x, w, padding=1)
    grad_output = torch.randn_like(output)
    expected = torch.autograd.grad(output, (x, w), grad_output)
    *ours, grad_bias = corr2d_backward(grad_output, x.detach(), w.detach(), padding=1)
    for gradient, reference in zip(ours, expected, strict=True):
        torch.testing.assert_close(gradient, reference)
    torch.testing.assert_close(grad_bias, grad_output.sum().reshape(1))


def test_scipy_agrees_on_the_two_convolutions():
    x, w, g = (torch.randn(*size, dtype=torch.float64) for size in [(6, 5), (3, 2), (4, 4)])
    grad_input, grad_weight, _ = corr2d_backward(g, x, w)
    full = torch.from_numpy(scipy.signal.convolve2d(g, w, mode="full"))
    valid = torch.from_numpy(scipy.signal.correlate2d(x, g, mode="valid"))
    torch.testing.assert_close(grad_input, full)
    torch.testing.assert_close(grad_weight, valid)


def test_the_same_through_matrices():
    """Y = W X gives dL/dW = dL/dY X^T and dL/dX = W^T dL/dY, columns added up by col2im."""
    x, w = torch.randn(3, 6, 7, dtype=torch.float64), torch.randn(4, 3, 3, 2, dtype=torch.float64)
    settings = {"stride": 2, "padding": 1}
    g = torch.randn_like(corr2d(x, w, **settings))
    columns, rows = im2col(x, (3, 2), **settings), g.flatten(1)
    grad_input, grad_weight, _ = corr2d_backward(g, x, w, **settings)
    torch.testing.assert_close(grad_weight.flatten(1), rows @ columns.T)
    image = col2im(w.flatten(1).T @ rows, (6, 7), (3, 2), **settings)
    torch.testing.assert_close(grad_input, image)


def test_gradients_of_shared_weights_are_sums_over_positions():
    x, w = (
        torch.randn(2, 3, 6, 5, dtype=torch.float64),
        torch.randn(4, 3, 3, 2, dtype=torch.float64),
    )
    g = torch.randn_like(corr2d(x, w, stride=2, padding=1))
    shared = corr2d_backward(g, x, w, stride=2, padding=1)
    own = w.expand(*g.shape[2:], *w.shape)
    unshared = locally_connected2d_backward(g, x, own, stride=2, padding=1)
    torch.testing.assert_close(unshared[0], shared[0])
    torch.testing.assert_close(unshared[1].sum((0, 1)), shared[1])
    torch.testing.assert_close(unshared[2].sum((0, 1)), shared[2])


def test_pixels_that_no_window_reaches_get_no_gradient():
    x, w = torch.ones(1, 1, 6, 7), torch.ones(1, 1, 2, 2)
    grad_input = corr2d_backward(torch.ones(1, 1, 2, 2), x, w, stride=3)[0]
    assert grad_input[0, 0, 5].tolist() == [0] * 7
    assert grad_input[0, 0, :, 5:].sum() == 0
