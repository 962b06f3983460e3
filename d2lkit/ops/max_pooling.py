"""Max pooling and its switches: which pixel of each window won, and so gets the gradient."""

import torch
from torch import Tensor

from d2lkit.arguments import tensor
from d2lkit.ops.settings import Pooling, check_input_shape, check_shape, read_pooling


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
    if not isinstance(return_indices, bool):
        raise TypeError(f"return_indices must be a bool, got {return_indices!r}")
    p = read_pooling(input.shape, kernel_size, stride, padding, dilation, ceil_mode)
    switches = _find_switches(input.detach(), p)
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
    shape = check_input_shape(input_shape)
    tensor("indices", indices, ndim=len(shape))
    if indices.dtype != torch.int64:
        raise TypeError(f"indices must have dtype torch.int64, got {indices.dtype}")
    check_shape("grad_output", grad_output, (*shape[:-2], *indices.shape[-2:]))
    check_shape("indices", indices, grad_output.shape)
    pixels = shape[-2] * shape[-1]
    if indices.numel() and not 0 <= indices.min() <= indices.max() < pixels:
        raise ValueError(
            f"indices must lie between 0 and {pixels - 1} for input_shape {shape}, "
            f"got {indices.min().item()} to {indices.max().item()}"
        )
    grad_input = grad_output.new_zeros(*shape[:-2], pixels)
    grad_input = grad_input.scatter_add(-1, indices.flatten(-2), grad_output.flatten(-2))
    return grad_input.view(shape)


def _find_switches(input: Tensor, p: Pooling) -> Tensor:
    """Return the position of the winner of every window, by a running maximum."""
    height, width = p.size
    rows = _positions(p, axis=0).to(input.device)  # (kh, H_out): rows[a, i] is row a of window i
    columns = _positions(p, axis=1).to(input.device)  # (kw, W_out)
    shape = (*input.shape[:-2], *p.output_size)
    best = input.new_zeros(shape)
    switches = torch.full(shape, -1, device=input.device)
    for row in rows:
        for column in columns:
            inside = ((row >= 0) & (row < height))[:, None] & (column >= 0) & (column < width)
            i, j = row.clamp(0, height - 1)[:, None], column.clamp(0, width - 1)
            value = input[..., i, j]  # one entry of all windows at once
            # nan != nan: as in PyTorch, a window that contains nan has nan as its maximum
            better = (value > best) | (value != value) | (switches == -1)
            wins = inside & better
            best = torch.where(wins, value, best)
            switches = torch.where(wins, i * width + j, switches)
    return switches


def _positions(p: Pooling, axis: int) -> Tensor:
    """Return which pixel each entry of each window stands on; refuse windows without any."""
    entries = torch.arange(p.kernel_size[axis]) * p.dilation[axis]
    starts = torch.arange(p.output_size[axis]) * p.stride[axis] - p.padding[axis][0]
    positions = entries[:, None] + starts
    inside = (positions >= 0) & (positions < p.size[axis])
    if not inside.any(dim=0).all():
        raise ValueError(
            f"every window must see a pixel of the input, got size {p.size} with kernel_size "
            f"{p.kernel_size}, padding {p.padding} and dilation {p.dilation}"
        )
    return positions
