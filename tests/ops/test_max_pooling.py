"""Max pooling and its switches against PyTorch, ties and nan included."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lkit.geometry import kernel_span
from d2lkit.ops import max_pool2d, max_pool2d_backward


@st.composite
def poolings(draw):
    """Draw an input with many ties, and settings under which every window sees a pixel."""
    kernel_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, length // 2)) for length in kernel_size)
    dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    size = []
    for kernel, pad, spread in zip(kernel_size, padding, dilation, strict=True):
        # at least ``spread`` pixels: an entry of each window then falls on one of them
        least = max(kernel_span(kernel, spread) - 2 * pad, spread + 1)
        size.append(draw(st.integers(least, least + 4)))
    keywords = {
        "kernel_size": kernel_size,
        "stride": draw(st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "padding": padding,
        "dilation": dilation,
        "ceil_mode": draw(st.booleans()),
    }
    shape = (draw(st.integers(0, 2)), draw(st.integers(1, 2)), *size)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    return torch.randint(-2, 3, shape, generator=generator).double(), keywords


@given(poolings())
@settings(max_examples=80)
def test_values_and_switches_equal_torch(arguments):
    x, keywords = arguments
    expected, switches = F.max_pool2d(x, **keywords, return_indices=True)
    ours, ours_switches = max_pool2d(x, **keywords, return_indices=True)
    assert torch.equal(ours, expected)
    assert torch.equal(ours_switches, switches)
    assert torch.equal(max_pool2d(x, **keywords), expected)


@given(poolings())
def test_backward_equals_autograd(arguments):
    x, keywords = arguments
    leaf = x.clone().requires_grad_()
    expected = F.max_pool2d(leaf, **keywords)
    grad_output = torch.randn_like(expected)
    (reference,) = torch.autograd.grad(expected, leaf, grad_output)
    _, switches = max_pool2d(x, **keywords, return_indices=True)
    torch.testing.assert_close(max_pool2d_backward(grad_output, switches, x.shape), reference)
    (through_autograd,) = torch.autograd.grad(max_pool2d(leaf, **keywords), leaf, grad_output)
    torch.testing.assert_close(through_autograd, reference)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.uint8])
def test_dtypes(dtype):
    x = torch.randint(0, 9, (2, 3, 6, 7)).to(dtype)
    ours = max_pool2d(x, 3, 2, 1)
    assert ours.dtype == dtype
    assert torch.equal(ours, F.max_pool2d(x, 3, 2, 1))


@pytest.mark.parametrize("shape", [(4, 6), (3, 4, 6), (2, 3, 4, 6), (0, 3, 4, 6)])
def test_any_number_of_leading_axes(shape):
    x = torch.randn(shape)
    expected = F.max_pool2d(x[None] if x.ndim == 2 else x, 2)
    ours, switches = max_pool2d(x, 2, return_indices=True)
    assert torch.equal(ours, expected.reshape(ours.shape))
    assert max_pool2d_backward(ours, switches, x.shape).shape == shape


def test_overlapping_windows_add_their_gradients():
    x = torch.tensor([[0.0, 9.0, 0.0]])
    _, switches = max_pool2d(x, (1, 2), 1, return_indices=True)
    assert max_pool2d_backward(torch.tensor([[1.0, 10.0]]), switches, (1, 3)).tolist() == [
        [0, 11, 0]
    ]


@pytest.mark.parametrize("value", [-float("inf"), float("inf"), float("nan")])
def test_values_that_are_not_finite(value):
    x = torch.randn(1, 1, 5, 6)
    x[0, 0, 1:4, 2:5] = value
    ours, switches = max_pool2d(x, 2, 1, 1, return_indices=True)
    expected, expected_switches = F.max_pool2d(x, 2, 1, 1, return_indices=True)
    torch.testing.assert_close(ours, expected, rtol=0, atol=0, equal_nan=True)
    assert torch.equal(switches, expected_switches)


def test_padding_never_wins():
    assert max_pool2d(-torch.ones(2, 2), 2, 1, 1).max() == -1


def test_gradcheck():
    x = torch.randperm(30).double().reshape(1, 1, 5, 6).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: max_pool2d(x, 3, 2, 1, ceil_mode=True), x)
