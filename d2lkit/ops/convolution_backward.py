"""The gradients of a convolution, which are convolutions again."""

import torch
from torch import Tensor

from d2lkit.geometry import kernel_span
from d2lkit.ops.convolution import conv2d, flip_kernel
from d2lkit.ops.settings import Convolution, check_shape, read_convolution
from d2lkit.ops.windows import pad2d, sliding_windows


def corr2d_backward(
    grad_output: Tensor,
    input: Tensor,
    weight: Tensor,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute the gradients of a loss with respect to the arguments of :func:`corr2d`.

    Args:
        grad_output: gradient of the loss with respect to the output of ``corr2d``.
        input, weight, stride, padding, dilation, groups: as given to ``corr2d``.

    Shape: (N, C_out, H_out, W_out) -> the shapes of input, of weight, and (C_out,);
        fewer axes as in :func:`corr2d`

    Returns:
        ``(grad_input, grad_weight, grad_bias)``.

    Raises:
        ValueError: ``grad_output`` has not the shape of the output.

    >>> import torch
    >>> input, weight = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    >>> grad_input, grad_weight, grad_bias = corr2d_backward(torch.ones(2, 2), input, weight)
    >>> grad_input  # how much of the kernel each pixel has met
    tensor([[0., 1., 1.],
            [2., 6., 4.],
            [2., 5., 3.]])
    >>> grad_weight  # the sum of the pixels that each entry has met
    tensor([[ 8., 12.],
            [20., 24.]])
    >>> grad_bias
    tensor([4.])

    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016,
    chapter 4.
    """
    c = read_convolution(input, weight, None, stride, padding, dilation, groups)
    output_shape = (len(c.input), len(c.weight), *c.output_size)
    check_shape("grad_output", grad_output, output_shape[c.added_axes :])
    grad_output = grad_output.reshape(output_shape)
    grad_input = c.like_input(_input_gradient(grad_output, c))
    grad_weight = _weight_gradient(grad_output, c).reshape(weight.shape)
    grad_bias = grad_output.sum(dim=(0, 2, 3))  # the bias is added at every pixel
    return grad_input, grad_weight, grad_bias


def conv2d_backward(
    grad_output: Tensor,
    input: Tensor,
    weight: Tensor,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute the gradients with respect to the arguments of :func:`conv2d`, true convolution.

    **Not the backward pass of** ``torch.nn.functional.conv2d``: that is
    :func:`corr2d_backward`.

    Args, Shape, Returns, Raises: as :func:`corr2d_backward`.

    >>> import torch
    >>> input, weight = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    >>> conv2d_backward(torch.ones(2, 2), input, weight)[1]
    tensor([[24., 20.],
            [12.,  8.]])
    """
    grad_input, grad_flipped, grad_bias = corr2d_backward(
        grad_output, input, flip_kernel(weight), stride, padding, dilation, groups
    )
    return grad_input, flip_kernel(grad_flipped), grad_bias


def _weight_gradient(grad_output: Tensor, c: Convolution) -> Tensor:
    """Correlate the input with the gradient: each kernel entry collects over all windows."""
    windows = sliding_windows(pad2d(c.input, c.padding), c.weight.shape[2:], c.stride, c.dilation)
    windows = windows.unflatten(1, (c.groups, -1))  # (N, G, C_in/G, H_out, W_out, kh, kw)
    gradient = grad_output.unflatten(1, (c.groups, -1))  # (N, G, C_out/G, H_out, W_out)
    return torch.einsum("ngchwab,ngohw->gocab", windows, gradient).flatten(0, 1)


def _input_gradient(grad_output: Tensor, c: Convolution) -> Tensor:
    """Convolve the gradient with the kernels, whose input and output channels change places."""
    step_down, step_right = c.stride
    rows, columns = c.output_size
    # A stride skipped windows. Zeros in their place make it a convolution of stride 1.
    spread = grad_output.new_zeros(
        *grad_output.shape[:2], (rows - 1) * step_down + 1, (columns - 1) * step_right + 1
    )
    spread[:, :, ::step_down, ::step_right] = grad_output
    # With a frame of span - 1 every pixel meets every kernel entry. Pixels at the end that no
    # window reached, because the settings did not fit, get a gradient of zero.
    frame = []
    for axis in (0, 1):
        reach = kernel_span(c.weight.shape[2 + axis], c.dilation[axis]) - 1
        padded_size = c.input.shape[2 + axis] + sum(c.padding[axis])
        unseen = padded_size - (spread.shape[2 + axis] + reach)
        frame.append((reach, reach + unseen))
    kernels = c.weight.unflatten(0, (c.groups, -1)).transpose(1, 2).flatten(0, 1)
    padded = conv2d(spread, kernels, padding=tuple(frame), dilation=c.dilation, groups=c.groups)
    height, width = c.input.shape[2:]
    (top, _), (left, _) = c.padding
    return padded[:, :, top : top + height, left : left + width]
