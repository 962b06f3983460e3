"""Local response normalisation against PyTorch and against the formula of the paper."""

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.ops import local_response_norm, local_response_norm_backward

numbers = st.floats(0.05, 2)


@given(
    st.tuples(st.integers(0, 2), st.integers(1, 7), st.integers(1, 3), st.integers(1, 3)),
    st.integers(1, 6),
    numbers,
    numbers,
    numbers,
)
def test_equals_torch(shape, size, alpha, beta, k):
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    expected = F.local_response_norm(x, size, alpha, beta, k)
    torch.testing.assert_close(local_response_norm(x, size, alpha, beta, k), expected)
    grad_output = torch.randn_like(expected)
    (reference,) = torch.autograd.grad(expected, x, grad_output)
    ours = local_response_norm_backward(grad_output, x.detach(), size, alpha, beta, k)
    torch.testing.assert_close(ours, reference)


def test_defaults_equal_torch():
    x = torch.randn(2, 9, 3, 3) * 50
    torch.testing.assert_close(local_response_norm(x, 5), F.local_response_norm(x, 5))


def test_the_formula_of_the_paper():
    """k + alpha * sum, with the sum over channels c - n/2 to c + n/2; ours wants n * alpha."""
    n, k, alpha, beta = 5, 2.0, 1e-1, 0.75
    x = torch.randn(8, dtype=torch.float64)
    expected = []
    for c in range(8):
        window = x[max(0, c - n // 2) : min(8, c + n // 2 + 1)]
        expected.append(x[c] / (k + alpha * (window**2).sum()) ** beta)
    ours = local_response_norm(x.reshape(1, 8, 1, 1), n, n * alpha, beta, k)
    torch.testing.assert_close(ours.flatten(), torch.stack(expected))


def test_gradcheck():
    x = torch.randn(1, 5, 1, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: local_response_norm(x, 4, 0.5, 0.75, 1.0), x)
