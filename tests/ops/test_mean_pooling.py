"""Average and Lp pooling against PyTorch, forward and backward."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lkit.ops import avg_pool2d, avg_pool2d_backward, lp_pool2d, lp_pool2d_backward


@st.composite
def poolings(draw, padded=True):
    kernel_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, length // 2 * padded)) for length in kernel_size)
    size = []
    for kernel, pad in zip(kernel_size, padding, strict=True):
        least = max(1, kernel - 2 * pad)
        size.append(draw(st.integers(least, least + 4)))
    keywords = {
        "kernel_size": kernel_size,
        "stride": draw(st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "ceil_mode": draw(st.booleans()),
    }
    if padded:
        keywords["padding"] = padding
        keywords["count_include_pad"] = draw(st.booleans())
        keywords["divisor_override"] = draw(st.none() | st.integers(1, 5))
    shape = (draw(st.integers(0, 2)), draw(st.integers(1, 2)), *size)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    return torch.randn(shape, generator=generator, dtype=torch.float64), keywords


@given(poolings())
@settings(max_examples=80)
def test_average_equals_torch(arguments):
    x, keywords = arguments
    x.requires_grad_()
    expected = F.avg_pool2d(x, **keywords)
    torch.testing.assert_close(avg_pool2d(x, **keywords), expected)
    grad_output = torch.randn_like(expected)
    (reference,) = torch.autograd.grad(expected, x, grad_output)
    ours = avg_pool2d_backward(grad_output, x.shape, **keywords)
    torch.testing.assert_close(ours, reference)


@given(poolings(padded=False), st.sampled_from([1, 2, 2.0, 3, 1.5, 4.0]))
@settings(max_examples=80)
def test_lp_equals_torch(arguments, norm_type):
    x, keywords = arguments
    if norm_type % 2:  # an odd or broken power of a negative number has no real root
        x = x.abs()
    x.requires_grad_()
    expected = F.lp_pool2d(x, norm_type, **keywords)
    torch.testing.assert_close(lp_pool2d(x, norm_type, **keywords), expected)
    grad_output = torch.randn_like(expected)
    (reference,) = torch.autograd.grad(expected, x, grad_output)
    ours = lp_pool2d_backward(grad_output, x.detach(), norm_type, **keywords)
    torch.testing.assert_close(ours, reference)


def test_lp_runs_from_the_sum_to_the_maximum():
    x = torch.rand(1, 1, 4, 4, dtype=torch.float64)
    torch.testing.assert_close(lp_pool2d(x, 1, 2), 4 * F.avg_pool2d(x, 2))
    torch.testing.assert_close(
        lp_pool2d(x, 2, 2), x.unfold(2, 2, 2).unfold(3, 2, 2).norm(dim=(4, 5))
    )
    torch.testing.assert_close(lp_pool2d(x, 200, 2), F.max_pool2d(x, 2), rtol=0.01, atol=0.01)


def test_a_window_of_zeros_has_gradient_zero():
    x = torch.zeros(1, 1, 2, 4, dtype=torch.float64)
    x[..., 2:] = 1
    ours = lp_pool2d_backward(torch.ones(1, 1, 1, 2, dtype=torch.float64), x, 2, 2)
    leaf = x.clone().requires_grad_()
    F.lp_pool2d(leaf, 2.0, 2).sum().backward()
    assert torch.equal(ours, leaf.grad)
    assert ours[..., :2].abs().sum() == 0


@given(poolings(padded=False), st.sampled_from([1, 2, 3, 1.5, 4.0]))
def test_autograd_through_windows_of_zeros_equals_torch(arguments, norm_type):
    """As behind a ReLU, where whole windows are zero."""
    x, keywords = arguments
    expected, ours = (x.relu().requires_grad_() for _ in "ab")
    F.lp_pool2d(expected, norm_type, **keywords).sum().backward()
    lp_pool2d(ours, norm_type, **keywords).sum().backward()
    assert ours.grad.isfinite().all()
    torch.testing.assert_close(ours.grad, expected.grad)


@pytest.mark.parametrize("shape", [(4, 6), (3, 4, 6), (0, 3, 4, 6)])
def test_any_number_of_leading_axes(shape):
    x = torch.rand(shape)
    wide = x[None] if x.ndim == 2 else x
    for ours, expected in [
        (avg_pool2d(x, 2), F.avg_pool2d(wide, 2)),
        (lp_pool2d(x, 2, 2), F.lp_pool2d(wide, 2.0, 2)),
    ]:
        torch.testing.assert_close(ours, expected.reshape(ours.shape))
    assert avg_pool2d_backward(avg_pool2d(x, 2), shape, 2).shape == shape


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_dtypes(dtype):
    x = torch.rand(2, 3, 6, 7).to(dtype)
    ours = avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    assert ours.dtype == dtype
    expected = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    torch.testing.assert_close(ours, expected, rtol=2e-2, atol=2e-2)


def test_gradcheck():
    x = torch.rand(1, 1, 4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: avg_pool2d(x, 3, 2, 1, True, False), x)
    assert torch.autograd.gradcheck(lambda x: lp_pool2d(x, 2, 2, 1), x)
