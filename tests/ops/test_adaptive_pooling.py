"""Adaptive and global pooling against PyTorch, forward and backward."""

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.ops import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
)

sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))


@given(st.integers(0, 2), sizes, sizes | st.integers(1, 6))
def test_adaptive_equals_torch(batch, size, output_size):
    x = torch.randn(batch, 2, *size, dtype=torch.float64, requires_grad=True)
    expected = F.adaptive_avg_pool2d(x, output_size)
    torch.testing.assert_close(adaptive_avg_pool2d(x.detach(), output_size), expected)
    grad_output = torch.randn_like(expected)
    (reference,) = torch.autograd.grad(expected, x, grad_output)
    torch.testing.assert_close(adaptive_avg_pool2d_backward(grad_output, x.shape), reference)


@given(st.integers(0, 2), sizes)
def test_global_equals_torch(batch, size):
    x = torch.randn(batch, 3, *size, dtype=torch.float64, requires_grad=True)
    expected = F.adaptive_avg_pool2d(x, 1)
    torch.testing.assert_close(global_avg_pool2d(x.detach()), expected)
    grad_output = torch.randn_like(expected)
    (reference,) = torch.autograd.grad(expected, x, grad_output)
    torch.testing.assert_close(global_avg_pool2d_backward(grad_output, x.shape), reference)


def test_gradcheck_and_fewer_axes():
    x = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: adaptive_avg_pool2d(x, (2, 3)), x)
    assert torch.autograd.gradcheck(global_avg_pool2d, x)
    torch.testing.assert_close(global_avg_pool2d(x), adaptive_avg_pool2d(x[None], 1)[0])


def test_the_gradient_is_a_tensor_of_its_own():
    gradient = global_avg_pool2d_backward(torch.ones(1, 1, 1), (1, 2, 2))
    gradient[0, 0, 0] = 5  # an expanded view would change all four
    assert gradient.sum() == 5.75
