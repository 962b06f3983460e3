"""A convolution that does not share its weights: each output pixel has kernels of its own."""

import torch
from torch import Tensor

from d2lkit.arguments import pair, tensor
from d2lkit.geometry import output_size, padding_per_side
from d2lkit.ops.precision import autocast
from d2lkit.ops.windows import crop, cut_windows, pad, sum_windows


def locally_connected2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
) -> Tensor:
    """Apply to each window the kernels of its position, ``weight[i, j]``.

    With the same kernels at every position it is :func:`corr2d`.

    Args:
        input: one image or a batch of images.
        weight: the kernels of each output pixel.
        bias: one number for each output pixel and channel.
        stride, padding, dilation: in pixels, as in :func:`corr2d`.

    Shape: input (N, C_in, H, W) or (C_in, H, W), weight (H_out, W_out, C_out, C_in, kh, kw),
        bias (H_out, W_out, C_out) -> (N, C_out, H_out, W_out) or (C_out, H_out, W_out)

    Raises:
        ValueError: the weights are not those of as many positions as the input has windows.

    >>> import torch
    >>> weight = torch.tensor([1.0, 10.0, 100.0]).reshape(1, 3, 1, 1, 1, 1)
    >>> locally_connected2d(torch.ones(1, 1, 3), weight)
    tensor([[[  1.,  10., 100.]]])

    Source: LeCun, "Generalization and network design strategies", 1989, network Net-3.
    """
    x, w, b, stride, padding, dilation = _unpack(input, weight, bias, stride, padding, dilation)
    windows = cut_windows(pad(x, padding), w.shape[4:], stride, dilation)
    output = torch.einsum("...chwab,hwocab->...ohw", windows, w)
    return output if b is None else output + b.movedim(2, 0)


def locally_connected2d_backward(
    grad_output: Tensor, input: Tensor, weight: Tensor, stride=1, padding=0, dilation=1
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute the gradients with respect to the arguments of :func:`locally_connected2d`.

    Summed over the positions i and j, the gradient of the weights is that of the shared
    kernels of a convolution.

    Args:
        grad_output: gradient with respect to the output.
        input, weight, stride, padding, dilation: as given to ``locally_connected2d``.

    Shape: (N, C_out, H_out, W_out) or (C_out, H_out, W_out) -> the shapes of input, of weight
        and (H_out, W_out, C_out)

    Returns:
        ``(grad_input, grad_weight, grad_bias)``.

    >>> import torch
    >>> weight = torch.tensor([1.0, 10.0, 100.0]).reshape(1, 3, 1, 1, 1, 1)
    >>> locally_connected2d_backward(torch.ones(1, 1, 3), torch.ones(1, 1, 3), weight)[0]
    tensor([[[  1.,  10., 100.]]])
    """
    x, w, _, stride, padding, dilation = _unpack(input, weight, None, stride, padding, dilation)
    rows, columns, out_channels = w.shape[:3]
    tensor("grad_output", grad_output, shape=(*x.shape[:-3], out_channels, rows, columns))
    padded = pad(x, padding)
    windows = cut_windows(padded, w.shape[4:], stride, dilation)
    grad_weight = torch.einsum("...ohw,...chwab->hwocab", grad_output, windows)
    grad_windows = torch.einsum("...ohw,hwocab->...chwab", grad_output, w)
    grad_padded = sum_windows(grad_windows, padded.shape[-2:], stride, dilation)
    grad_input = crop(grad_padded, x.shape[-2:], padding)
    grad_bias = grad_output.movedim(-3, -1)  # (N, H_out, W_out, C_out)
    return grad_input, grad_weight, grad_bias.sum(0) if x.ndim == 4 else grad_bias.clone()


def _unpack(input, weight, bias, stride, padding, dilation) -> tuple:
    """Check that the weights belong to the input, and bring the settings to one form."""
    tensor("input", input, ndim=(3, 4))
    tensor("weight", weight, ndim=6)
    if bias is not None:
        tensor("bias", bias, shape=weight.shape[:3])
    x, w, b = autocast(input, weight, bias)
    if x.dtype != w.dtype:
        raise TypeError(f"input and weight must have one dtype, got {x.dtype} and {w.dtype}")
    stride, dilation = pair("stride", stride, minimum=1), pair("dilation", dilation, minimum=1)
    padding = padding_per_side(padding)
    kernel_size = tuple(w.shape[4:])
    positions = output_size(
        tuple(x.shape[-2:]), kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    tensor("weight", w, shape=(*positions, w.shape[2], x.shape[-3], *kernel_size))
    return x, w, b, stride, padding, dilation
