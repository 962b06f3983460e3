"""Average pooling and its relative with powers, Lp pooling, forward and backward."""

import math

import torch
from torch import Tensor

from d2lkit.arguments import boolean, image_shape, integer, number, pair, tensor
from d2lkit.ops.pooling import unpack_pooling
from d2lkit.ops.windows import crop, cut_windows, pad, sum_windows


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
    tensor("input", input, ndim=(2, 3, 4), floating=True)
    settings = unpack_pooling(input.shape[-2:], kernel_size, stride, padding, ceil_mode=ceil_mode)
    kernel_size, stride, _, padding, overhang = settings
    windows = cut_windows(pad(pad(input, padding), overhang), kernel_size, stride)
    divisor = _divisor(input.shape[-2:], settings, count_include_pad, divisor_override)
    return windows.sum(dim=(-2, -1)) / divisor.to(input)


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
    *leading, height, width = image_shape("input_shape", input_shape)
    settings = unpack_pooling((height, width), kernel_size, stride, padding, ceil_mode=ceil_mode)
    kernel_size, stride, _, padding, overhang = settings
    divisor = _divisor((height, width), settings, count_include_pad, divisor_override)
    tensor("grad_output", grad_output, shape=(*leading, *divisor.shape))
    share = grad_output / divisor.to(grad_output)
    windows = share[..., None, None].expand(*share.shape, *kernel_size)
    (top, bottom), (left, right) = padding
    below, beside = overhang[0][1], overhang[1][1]
    padded_size = (top + height + bottom + below, left + width + right + beside)
    return crop(sum_windows(windows, padded_size, stride), (height, width), padding)


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
    tensor("input", input, ndim=(2, 3, 4), floating=True)
    power = _power(norm_type)
    height, width = pair("kernel_size", kernel_size, minimum=1)
    total = height * width * avg_pool2d(input**power, kernel_size, stride, ceil_mode=ceil_mode)
    # The root has no slope at 0. Autograd takes none there: the root is taken of 1 instead.
    is_zero = total == 0
    return torch.where(is_zero, 0.0, torch.where(is_zero, 1.0, total) ** (1 / power))


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
    tensor("grad_output", grad_output, shape=norm.shape)
    height, width = pair("kernel_size", kernel_size, minimum=1)
    inner = torch.where(norm == 0, 0.0, grad_output * norm ** (1 - power)) * (height * width)
    shared = avg_pool2d_backward(inner, input.shape, kernel_size, stride, ceil_mode=ceil_mode)
    return shared * input ** (power - 1)


def _divisor(size, settings, count_include_pad: bool, divisor_override: int | None) -> Tensor:
    """Return how many pixels each window counts, (H_out, W_out), or the number given."""
    boolean("count_include_pad", count_include_pad)
    kernel_size, stride, _, padding, overhang = settings
    ones = pad(torch.ones(tuple(size)), padding, value=float(count_include_pad))
    counts = cut_windows(pad(ones, overhang), kernel_size, stride).sum(dim=(-2, -1))
    if divisor_override is not None:
        counts.fill_(integer("divisor_override", divisor_override, minimum=1))
    return counts


def _power(norm_type: float) -> float:
    power = number("norm_type", norm_type, above=0)
    if math.isinf(power):
        raise ValueError(f"norm_type must be finite, got {norm_type}; its limit is max_pool2d")
    return power
