"""Cross-correlation and convolution: first the definition in loops, then in one expression.

A trap of names: ``torch.nn.functional.conv2d`` does *not* flip the kernel. It computes what
is called ``corr2d`` here. ``conv2d`` here is the convolution of mathematics, which does.
"""

from itertools import product

import torch
from torch import Tensor

from d2lkit.arguments import tensor
from d2lkit.ops.settings import read_convolution
from d2lkit.ops.windows import pad2d, sliding_windows


def corr2d_loops(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> Tensor:
    """Compute the cross-correlation as it is defined, one multiplication at a time.

    It gives what :func:`corr2d` gives, thousands of times slower.

    Args, Shape, Raises: as :func:`corr2d`.

    >>> import torch
    >>> corr2d_loops(torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2))
    tensor([[19, 25],
            [37, 43]])
    """
    c = read_convolution(input, weight, bias, stride, padding, dilation, groups)
    x, w = pad2d(c.input, c.padding), c.weight
    images, out_channels = len(x), len(w)
    group_channels, height, width = w.shape[1:]
    output = x.new_zeros(images, out_channels, *c.output_size)
    for n, o, i, j in product(*map(range, output.shape)):
        first = o // (out_channels // groups) * group_channels  # first channel of o's group
        total = 0 if c.bias is None else c.bias[o]
        for k, a, b in product(range(group_channels), range(height), range(width)):
            row = i * c.stride[0] + a * c.dilation[0]
            column = j * c.stride[1] + b * c.dilation[1]
            total = total + x[n, first + k, row, column] * w[o, k, a, b]
        output[n, o, i, j] = total
    return c.like_input(output)


def corr2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> Tensor:
    """Compute the cross-correlation: what ``torch.nn.functional.conv2d`` computes.

    Each output value is the sum over a window of the input times the kernel, plus the bias.

    Args:
        input: one matrix, one image or a batch of images.
        weight: the kernels; their dtype is that of the input.
        bias: one number for each output channel.
        stride: pixels from one window to the next, one int or (height, width).
        padding: zeros around the input, in pixels on each side: one int, ``(ph, pw)`` or
            ``((top, bottom), (left, right))``.
        dilation: pixels from one entry of the kernel to the next.
        groups: the channels are split into this many groups, each with its own kernels.

    Shape:
        (H, W), (kh, kw) -> (H_out, W_out);
        (C_in, H, W), (C_out, C_in/groups, kh, kw) -> (C_out, H_out, W_out);
        (N, C_in, H, W), (C_out, C_in/groups, kh, kw) -> (N, C_out, H_out, W_out)

    Raises:
        TypeError: something is no tensor, or the dtypes differ.
        ValueError: shapes do not fit together, or the kernel does not fit into the input.

    >>> import torch
    >>> corr2d(torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2))
    tensor([[19, 25],
            [37, 43]])

    Source: ``torch.nn.Conv2d``, first equation.
    """
    c = read_convolution(input, weight, bias, stride, padding, dilation, groups)
    x = pad2d(c.input, c.padding)
    windows = sliding_windows(x, c.weight.shape[2:], c.stride, c.dilation)
    windows = windows.unflatten(1, (groups, -1))  # (N, G, C_in/G, H_out, W_out, kh, kw)
    kernels = c.weight.unflatten(0, (groups, -1))  # (G, C_out/G, C_in/G, kh, kw)
    output = torch.einsum("ngchwab,gocab->ngohw", windows, kernels)
    output = output.flatten(1, 2)  # (N, C_out, H_out, W_out)
    if c.bias is not None:
        output = output + c.bias[:, None, None]
    return c.like_input(output)


def flip_kernel(weight: Tensor) -> Tensor:
    """Turn every kernel by 180 degrees: last row first, last column first.

    Shape: (..., kh, kw) -> (..., kh, kw)

    >>> import torch
    >>> flip_kernel(torch.arange(4).reshape(2, 2))
    tensor([[3, 2],
            [1, 0]])
    """
    tensor("weight", weight, ndim=(2, 3, 4))
    return weight.flip(-2, -1)


def conv2d_loops(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> Tensor:
    """Compute the true convolution in loops: :func:`corr2d_loops` with the kernel flipped.

    **Not what ``torch.nn.functional.conv2d`` computes**: that is :func:`corr2d`.

    Args, Shape, Raises: as :func:`corr2d`.

    >>> import torch
    >>> conv2d_loops(torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2))
    tensor([[ 5, 11],
            [23, 29]])
    """
    return corr2d_loops(input, flip_kernel(weight), bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> Tensor:
    """Compute the true convolution, whose kernel is flipped in both axes.

    **Not what ``torch.nn.functional.conv2d`` computes**: that is :func:`corr2d`. Over several
    channels only the two axes of the image are flipped, never the channels.

    Args, Shape, Raises: as :func:`corr2d`.

    >>> import torch
    >>> conv2d(torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2))
    tensor([[ 5, 11],
            [23, 29]])

    Source: ``scipy.signal.convolve2d`` computes the same for matrices.
    """
    return corr2d(input, flip_kernel(weight), bias, stride, padding, dilation, groups)
