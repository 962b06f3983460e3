"""Cross-correlation and convolution: first the definition in loops, then in one expression.

A trap of names: ``torch.nn.functional.conv2d`` does *not* flip the kernel. It computes what
is called ``corr2d`` here. ``conv2d`` here is the convolution of mathematics, which does.
"""

from itertools import product

import torch
from torch import Tensor

from d2lkit.arguments import integer, pair, tensor
from d2lkit.geometry import padding_per_side
from d2lkit.ops.precision import autocast
from d2lkit.ops.windows import cut_windows, pad, refuse_large_windows


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
    x, w, b, stride, padding, dilation = unpack(
        input, weight, bias, stride, padding, dilation, groups
    )
    x = pad(x, padding)
    windows = cut_windows(x, w.shape[2:], stride, dilation)
    output = x.new_zeros(len(x), len(w), *windows.shape[2:4])
    for n, o, i, j in product(*map(range, output.shape)):
        group = o // (len(w) // groups)
        total = 0 if b is None else b[o]
        for k, p, q in product(*map(range, w.shape[1:])):
            channel = group * w.shape[1] + k
            row = i * stride[0] + p * dilation[0]
            column = j * stride[1] + q * dilation[1]
            total = total + x[n, channel, row, column] * w[o, k, p, q]
        output[n, o, i, j] = total
    return output.reshape(output.shape[-input.ndim :])


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
    x, w, b, stride, padding, dilation = unpack(
        input, weight, bias, stride, padding, dilation, groups
    )
    x = pad(x, padding)
    windows = cut_windows(x, w.shape[2:], stride, dilation)
    windows = windows.unflatten(1, (groups, -1))  # (N, G, C_in/G, H_out, W_out, kh, kw)
    kernels = w.unflatten(0, (groups, -1))  # (G, C_out/G, C_in/G, kh, kw)
    output = torch.einsum("ngchwab,gocab->ngohw", windows, kernels)
    output = output.flatten(1, 2)  # (N, C_out, H_out, W_out)
    if b is not None:
        output = output + b[:, None, None]
    return output.reshape(output.shape[-input.ndim :])


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


def unpack(input, weight, bias, stride, padding, dilation, groups) -> tuple:
    """Check the arguments of a convolution, once, and bring them to one form.

    Shape: input (H, W) with weight (kh, kw), or (C_in, H, W) or (N, C_in, H, W) with
        (C_out, C_in/groups, kh, kw)

    Returns:
        ``(x, w, b, stride, padding, dilation)``: x (N, C_in, H, W), w (C_out, C_in/groups, kh,
        kw), b (C_out,) or None, the settings in pairs, the padding as
        ``((top, bottom), (left, right))``.
    """
    tensor("input", input, ndim=(2, 3, 4))
    tensor("weight", weight, ndim=2 if input.ndim == 2 else 4)
    if bias is not None:
        tensor("bias", bias, ndim=(0, 1))
    x, w, b = autocast(input, weight, bias)
    for name, values in (("weight", w), ("bias", b)):
        if values is not None and values.dtype != x.dtype:
            raise TypeError(
                f"input and {name} must have one dtype, got {x.dtype} and {values.dtype}"
            )
    if x.ndim < 4:
        x = x[(None,) * (4 - x.ndim)]
    if w.ndim < 4:
        w = w[None, None]
    _check_channels(x.shape, w.shape, b, integer("groups", groups, minimum=1))
    stride = pair("stride", stride, minimum=1)
    padding = padding_per_side(padding)
    dilation = pair("dilation", dilation, minimum=1)
    refuse_large_windows(x.shape[2:], w.shape[2:], padding, dilation)
    return x, w, None if b is None else b.reshape(-1), stride, padding, dilation


def _check_channels(input_shape, weight_shape, bias, groups: int) -> None:
    if 0 in input_shape[1:] or 0 in weight_shape:
        raise ValueError(
            "only the batch may be empty, got shapes "
            f"{tuple(input_shape)} for input and {tuple(weight_shape)} for weight"
        )
    in_channels, out_channels = input_shape[1], weight_shape[0]
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"groups must divide the channels of input and output, got groups={groups} for "
            f"{in_channels} and {out_channels} channels"
        )
    if weight_shape[1] * groups != in_channels:
        raise ValueError(
            "weight must have shape (C_out, C_in/groups, kh, kw) with "
            f"C_in/groups = {in_channels // groups}, got {tuple(weight_shape)} for input "
            f"{tuple(input_shape)} and groups={groups}"
        )
    if bias is not None and bias.numel() != out_channels:
        raise ValueError(
            f"bias must have shape (C_out,) = ({out_channels},), got {tuple(bias.shape)}"
        )
