"""Layers without shared weights, against convolutions of single windows."""

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.ops import corr2d, locally_connected2d, locally_connected2d_backward, pad2d

small = st.integers(1, 3)
sides = st.tuples(st.integers(0, 2), st.integers(0, 2))


@st.composite
def arguments_of_a_layer(draw):
    kernel_size, dilation = draw(st.tuples(small, small)), draw(st.tuples(small, small))
    stride, padding = draw(st.tuples(small, small)), draw(st.tuples(sides, sides))
    size = []
    for axis in (0, 1):
        least = dilation[axis] * (kernel_size[axis] - 1) + 1 - sum(padding[axis])
        size.append(draw(st.integers(max(1, least), max(1, least) + 3)))
    in_channels, out_channels = draw(small), draw(small)
    x = torch.randn(draw(st.integers(0, 2)), in_channels, *size, dtype=torch.float64)
    shared = torch.randn(out_channels, in_channels, *kernel_size, dtype=torch.float64)
    rows, columns = corr2d(x, shared, None, stride, padding, dilation).shape[2:]
    weight = torch.randn(rows, columns, *shared.shape, dtype=torch.float64)
    bias = torch.randn(rows, columns, out_channels, dtype=torch.float64)
    return x, weight, bias, stride, padding, dilation


@given(arguments_of_a_layer())
def test_each_position_is_a_convolution_of_its_window(arguments):
    x, weight, bias, stride, padding, dilation = arguments
    output = locally_connected2d(*arguments)
    framed = pad2d(x, padding)
    for i in range(output.shape[2]):
        for j in range(output.shape[3]):
            window = framed[:, :, i * stride[0] :, j * stride[1] :]
            pixel = F.conv2d(window, weight[i, j], bias[i, j], dilation=dilation)[:, :, 0, 0]
            torch.testing.assert_close(output[:, :, i, j], pixel)


@given(arguments_of_a_layer())
def test_backward_equals_autograd(arguments):
    leaves = [values.requires_grad_() for values in arguments[:3]]
    output = locally_connected2d(*leaves, *arguments[3:])
    grad_output = torch.randn_like(output)
    expected = torch.autograd.grad(output, leaves, grad_output)
    x, weight, _ = (leaf.detach() for leaf in leaves)
    ours = locally_connected2d_backward(grad_output, x, weight, *arguments[3:])
    assert len(ours) == 3
    for gradient, reference in zip(ours, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


def test_the_same_weights_everywhere_make_a_convolution():
    x = torch.randn(2, 3, 5, 6, dtype=torch.float64)
    kernels, biases = torch.randn(4, 3, 3, 2).double(), torch.randn(4).double()
    expected = F.conv2d(x, kernels, biases, stride=2, padding=1)
    rows, columns = expected.shape[2:]
    weight, bias = kernels.expand(rows, columns, 4, 3, 3, 2), biases.expand(rows, columns, 4)
    torch.testing.assert_close(locally_connected2d(x, weight, bias, 2, 1), expected)


def test_one_image_without_a_batch():
    x, weight = torch.randn(3, 4, 5), torch.randn(3, 4, 2, 3, 2, 2)
    output = locally_connected2d(x, weight)
    torch.testing.assert_close(output, locally_connected2d(x[None], weight)[0])
    ours = locally_connected2d_backward(output, x, weight)
    batch = locally_connected2d_backward(output[None], x[None], weight)
    for gradient, reference in zip(ours, (batch[0][0], *batch[1:]), strict=True):
        torch.testing.assert_close(gradient, reference)


def test_gradcheck():
    leaves = [
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in [(1, 2, 3, 3), (2, 2, 1, 2, 2, 2), (2, 2, 1)]
    ]
    assert torch.autograd.gradcheck(locally_connected2d, leaves)


def test_parameters_of_the_first_layer_of_alexnet():
    """55 x 55 x 96 neurons with 363 weights and a bias each."""
    weight = torch.empty(55, 55, 96, 3, 11, 11, device="meta")
    bias = torch.empty(55, 55, 96, device="meta")
    assert bias.numel() == 290_400
    assert weight.numel() + bias.numel() == 105_705_600
