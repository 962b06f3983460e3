"""Max pooling and its switches: which pixel of each window won, and so gets the gradient."""

from itertools import product

import torch
from torch import Tensor

from d2lkit.arguments import boolean, image_shape, tensor
from d2lkit.ops.pooling import unpack_pooling
from d2lkit.ops.windows import cut_windows, pad


def max_pool2d(
    input: Tensor,
    kernel_size,
    stride=None,
    padding=0,
    dilation=1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Take the largest value of each window, in each channel by itself.

    Among equal values the first wins, row by row. Padding never wins: it stands for minus
    infinity, not for zero.

    Args:
        input: feature maps of any dtype.
        kernel_size: size of the window, one int or (kh, kw).
        stride: pixels from one window to the next; None means ``kernel_size``.
        padding: pixels on each side, at most half of the window.
        dilation: pixels from one entry of the window to the next.
        ceil_mode: round the output size up, see :func:`d2lkit.geometry.output_size`.
        return_indices: also return the switches, positions in the flattened H*W.

    Shape: (..., H, W) -> (..., H_out, W_out), at most four axes

    Raises:
        ValueError: a window would see padding only; PyTorch answers minus infinity there
            and an index outside of the input.

    >>> import torch
    >>> max_pool2d(torch.arange(16).reshape(4, 4), 2)
    tensor([[ 5,  7],
            [13, 15]])

    Source: ``torch.nn.MaxPool2d``.
    """
    tensor("input", input, ndim=(2, 3, 4))
    boolean("return_indices", return_indices)
    height, width = input.shape[-2:]
    kernel_size, stride, dilation, padding, overhang = unpack_pooling(
        (height, width), kernel_size, stride, padding, dilation, ceil_mode
    )
    x = pad(pad(input.detach(), padding), overhang)
    windows = cut_windows(x, kernel_size, stride, dilation)
    numbers = torch.arange(height * width, device=input.device).view(height, width)
    numbers = pad(pad(numbers, padding, -1), overhang, -1)  # -1: no pixel of the input
    pixels = cut_windows(numbers, kernel_size, stride, dilation)
    if (pixels < 0).flatten(-2).all(dim=-1).any():
        raise ValueError(
            f"every window must see a pixel of the input, got size {(height, width)} with "
            f"kernel_size {kernel_size}, padding {padding} and dilation {dilation}"
        )
    switches = _find_switches(windows, pixels)
    # The switches alone give the values, and through them autograd gives the gradient.
    output = input.flatten(-2).gather(-1, switches.flatten(-2)).view(switches.shape)
    return (output, switches) if return_indices else output


def max_pool2d_backward(grad_output: Tensor, indices: Tensor, input_shape) -> Tensor:
    """Route the gradient of each window to the pixel that won it; gradients add up.

    Args:
        grad_output: gradient with respect to the output of :func:`max_pool2d`.
        indices: the switches that ``max_pool2d(..., return_indices=True)`` returned.
        input_shape: shape of the input of ``max_pool2d``.

    Shape: (..., H_out, W_out) -> (..., H, W)

    Raises:
        ValueError: shapes differ, or a switch lies outside of the input.

    >>> import torch
    >>> _, switches = max_pool2d(torch.arange(16).reshape(4, 4), 2, return_indices=True)
    >>> max_pool2d_backward(torch.ones(2, 2), switches, (4, 4))
    tensor([[0., 0., 0., 0.],
            [0., 1., 0., 1.],
            [0., 0., 0., 0.],
            [0., 1., 0., 1.]])
    """
    *leading, height, width = image_shape("input_shape", input_shape)
    tensor("indices", indices, ndim=len(leading) + 2)
    tensor("grad_output", grad_output, shape=(*leading, *indices.shape[-2:]))
    _check_indices(indices, grad_output.shape, (*leading, height, width))
    grad_input = grad_output.new_zeros(*leading, height * width)
    grad_input = grad_input.scatter_add(-1, indices.flatten(-2), grad_output.flatten(-2))
    return grad_input.unflatten(-1, (height, width))


def _find_switches(windows: Tensor, pixels: Tensor) -> Tensor:
    """Return the number of the pixel that wins each window, by a running maximum.

    Shape: windows (..., H_out, W_out, kh, kw), pixels (H_out, W_out, kh, kw)
        -> (..., H_out, W_out)
    """
    best = windows[..., 0, 0]
    switches = torch.full_like(best, -1, dtype=torch.int64)
    for a, b in product(*map(range, pixels.shape[-2:])):
        value, pixel = windows[..., a, b], pixels[..., a, b]  # one entry of all windows at once
        # As in PyTorch, a window that contains nan has nan as its maximum.
        better = (value > best) | value.isnan() | (switches < 0)
        wins = (pixel >= 0) & better
        best = torch.where(wins, value, best)
        switches = torch.where(wins, pixel, switches)
    return switches


def _check_indices(indices: Tensor, shape, input_shape) -> None:
    if indices.dtype != torch.int64:
        raise TypeError(f"indices must have dtype torch.int64, got {indices.dtype}")
    tensor("indices", indices, shape=shape)
    pixels = input_shape[-2] * input_shape[-1]
    if indices.numel() and not 0 <= indices.min() <= indices.max() < pixels:
        raise ValueError(
            f"indices must lie between 0 and {pixels - 1} for input_shape {input_shape}, "
            f"got {indices.min().item()} to {indices.max().item()}"
        )
