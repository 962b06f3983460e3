"""Average pooling and its relative with powers, Lp pooling, forward and backward."""

import math

import torch
from torch import Tensor

from d2lkit.arguments import integer, number
from d2lkit.ops.settings import (
    Pooling,
    check_floating,
    check_input_shape,
    check_shape,
    read_pooling,
)
from d2lkit.ops.windows import add_windows, pad2d, sliding_windows


def avg_pool2d(
    input: Tensor,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Take the mean of each window, in each channel by itself.

    Args:
        input: feature maps of a floating-point dtype.
        kernel_size: size of the window, one int or (kh, kw).
        stride: pixels from one window to the next; None means ``kernel_size``.
        padding: zeros on each side, in pixels, at most half of the window.
        ceil_mode: round the output size up. What hangs over beyond the padding is not counted.
        count_include_pad: divide by the pixels of the window including the padding.
        divisor_override: divide by this number instead.

    Shape: (..., H, W) -> (..., H_out, W_out), at most four axes

    >>> import torch
    >>> avg_pool2d(torch.arange(16.0).reshape(4, 4), 2)
    tensor([[ 2.5000,  4.5000],
            [10.5000, 12.5000]])

    Source: ``torch.nn.AvgPool2d``.
    """
    check_floating("input", input)
    p = read_pooling(input.shape, kernel_size, stride, padding, ceil_mode=ceil_mode)
    divisor = _divisor(p, count_include_pad, divisor_override).to(input)
    windows = sliding_windows(pad2d(input, _padding_used(p)), p.kernel_size, p.stride)
    rows, columns = p.output_size
    return windows[..., :rows, :columns, :, :].sum(dim=(-2, -1)) / divisor


def avg_pool2d_backward(
    grad_output: Tensor,
    input_shape,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Share the gradient of each window among its pixels alike; gradients add up.

    Args:
        grad_output: gradient with respect to the output of :func:`avg_pool2d`.
        input_shape: shape of its input; the rest as given to ``avg_pool2d``.

    Shape: (..., H_out, W_out) -> (..., H, W)

    >>> import torch
    >>> avg_pool2d_backward(torch.ones(1, 2), (2, 4), 2)
    tensor([[0.2500, 0.2500, 0.2500, 0.2500],
            [0.2500, 0.2500, 0.2500, 0.2500]])
    """
    shape = check_input_shape(input_shape)
    p = read_pooling(shape, kernel_size, stride, padding, ceil_mode=ceil_mode)
    check_shape("grad_output", grad_output, (*shape[:-2], *p.output_size))
    share = grad_output / _divisor(p, count_include_pad, divisor_override).to(grad_output)
    windows = share[..., None, None].expand(*share.shape, *p.kernel_size)
    (top, bottom), (left, right) = _padding_used(p)
    height, width = p.size
    padded = add_windows(windows, (top + height + bottom, left + width + right), p.stride)
    return padded[..., top : top + height, left : left + width]


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size, stride=None, ceil_mode: bool = False
) -> Tensor:
    """Take the p-norm of each window, the p-th root of the sum of the p-th powers.

    p = 2 is the "L2 pooling" of early networks; p = 1 is the sum, and a growing p comes close
    to the maximum. As in PyTorch the powers are taken of the values, not of their magnitudes,
    so that an odd p wants values that are not negative; and a window that hangs over the end
    in ceil_mode is scaled up to a full one.

    Args:
        input: feature maps of a floating-point dtype.
        norm_type: p, greater than 0.
        kernel_size, stride, ceil_mode: as for :func:`avg_pool2d`.

    Shape: (..., H, W) -> (..., H_out, W_out), at most four axes

    >>> import torch
    >>> lp_pool2d(torch.tensor([[3.0, 4.0]]), 2, (1, 2))
    tensor([[5.]])

    Source: ``torch.nn.LPPool2d``.
    """
    check_floating("input", input)
    power = _power(norm_type)
    mean = avg_pool2d(input**power, kernel_size, stride, ceil_mode=ceil_mode)
    return (mean * _area(kernel_size)) ** (1 / power)


def lp_pool2d_backward(
    grad_output: Tensor,
    input: Tensor,
    norm_type: float,
    kernel_size,
    stride=None,
    ceil_mode: bool = False,
) -> Tensor:
    """Share the gradient of each window in proportion to (value / norm) ** (p - 1).

    A window of zeros has no gradient there; like PyTorch we take zero.

    Args:
        grad_output: gradient with respect to the output of :func:`lp_pool2d`.
        input, norm_type, kernel_size, stride, ceil_mode: as given to ``lp_pool2d``.

    Shape: (..., H_out, W_out) -> (..., H, W)

    >>> import torch
    >>> lp_pool2d_backward(torch.ones(1, 1), torch.tensor([[3.0, 4.0]]), 2, (1, 2))
    tensor([[0.6000, 0.8000]])
    """
    power = _power(norm_type)
    norm = lp_pool2d(input, power, kernel_size, stride, ceil_mode)
    check_shape("grad_output", grad_output, norm.shape)
    inner = torch.where(norm == 0, 0.0, grad_output * norm ** (1 - power))
    inner = inner * _area(kernel_size)
    shared = avg_pool2d_backward(inner, input.shape, kernel_size, stride, ceil_mode=ceil_mode)
    return shared * input ** (power - 1)


def _padding_used(p: Pooling) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the padding, longer at the end where the last window hangs over."""
    sides = []
    for axis in (0, 1):
        before, after = p.padding[axis]
        end = (p.output_size[axis] - 1) * p.stride[axis] + p.kernel_size[axis]
        sides.append((before, max(after, end - before - p.size[axis])))
    return tuple(sides)


def _divisor(p: Pooling, count_include_pad: bool, divisor_override: int | None) -> Tensor:
    """Return how many pixels each window counts, (H_out, W_out), or the number given."""
    if not isinstance(count_include_pad, bool):
        raise TypeError(f"count_include_pad must be a bool, got {count_include_pad!r}")
    if divisor_override is not None:
        return torch.tensor(integer("divisor_override", divisor_override, minimum=1))
    counts = []
    for axis in (0, 1):
        before, after = p.padding[axis]
        start = torch.arange(p.output_size[axis]) * p.stride[axis] - before
        end = (start + p.kernel_size[axis]).clamp(max=p.size[axis] + after)
        if not count_include_pad:
            start, end = start.clamp(min=0), end.clamp(max=p.size[axis])
        counts.append(end - start)
    return counts[0][:, None] * counts[1]


def _area(kernel_size) -> int:
    return math.prod(kernel_size) if isinstance(kernel_size, tuple | list) else kernel_size**2


def _power(norm_type: float) -> float:
    power = number("norm_type", norm_type, above=0)
    if math.isinf(power):
        raise ValueError(f"norm_type must be finite, got {norm_type}; its limit is max_pool2d")
    return power
