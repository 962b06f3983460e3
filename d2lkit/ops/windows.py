"""The two moves behind every layer of this package: cut windows out, add windows up.

They are each other's transpose: what cutting does forward, adding does backward.
"""

from torch import Tensor

from d2lkit.arguments import number, pair, tensor
from d2lkit.geometry import kernel_span, output_size, padding_per_side


def pad2d(input: Tensor, padding, value: float = 0.0) -> Tensor:
    """Put a frame of ``value`` around the last two axes.

    Args:
        input: images or feature maps.
        padding: pixels, one int, ``(ph, pw)`` or ``((top, bottom), (left, right))``.
        value: what the frame is filled with.

    Shape: (..., H, W) -> (..., top + H + bottom, left + W + right)

    >>> import torch
    >>> pad2d(torch.ones(1, 2, dtype=torch.int64), 1)
    tensor([[0, 0, 0, 0],
            [0, 1, 1, 0],
            [0, 0, 0, 0]])
    """
    tensor("input", input, ndim=(2, 3, 4))
    number("value", value)
    (top, bottom), (left, right) = padding_per_side(padding)
    height, width = input.shape[-2:]
    output = input.new_full((*input.shape[:-2], top + height + bottom, left + width + right), value)
    output[..., top : top + height, left : left + width] = input
    return output


def sliding_windows(input: Tensor, kernel_size, stride=1, dilation=1) -> Tensor:
    """Return every window of the input, as a view that copies nothing.

    ``windows[..., i, j, :, :]`` is what output pixel (i, j) of a convolution sees.

    Args:
        input: images or feature maps, already padded.
        kernel_size: size of a window, one int or (kh, kw).
        stride: pixels from one window to the next.
        dilation: pixels from one entry of a window to the next.

    Shape: (..., H, W) -> (..., H_out, W_out, kh, kw)

    >>> import torch
    >>> sliding_windows(torch.arange(9).reshape(3, 3), 2)[0, 1]
    tensor([[1, 2],
            [4, 5]])
    """
    tensor("input", input, ndim=(2, 3, 4))
    height, width = pair("kernel_size", kernel_size, minimum=1)
    step_down, step_right = pair("stride", stride, minimum=1)
    apart_down, apart_right = pair("dilation", dilation, minimum=1)
    # Refuses windows larger than the input, in words that a reader of a chapter knows.
    output_size(tuple(input.shape[-2:]), (height, width), stride=stride, dilation=dilation)
    windows = input.unfold(-2, kernel_span(height, apart_down), step_down)
    windows = windows.unfold(-2, kernel_span(width, apart_right), step_right)
    return windows[..., ::apart_down, ::apart_right]


def add_windows(windows: Tensor, size, stride=1, dilation=1) -> Tensor:
    """Add every window back to the place it was cut from; overlapping pixels add up.

    The transpose of :func:`sliding_windows`, and so its backward pass.

    Args:
        windows: one window per output pixel.
        size: (H, W) of the result, in pixels.
        stride: pixels from one window to the next.
        dilation: pixels from one entry of a window to the next.

    Shape: (..., H_out, W_out, kh, kw) -> (..., H, W)

    >>> import torch
    >>> add_windows(sliding_windows(torch.ones(3, 3), 2), (3, 3))  # uses of each pixel
    tensor([[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]])
    """
    tensor("windows", windows, ndim=(4, 5, 6))
    size = pair("size", size, minimum=1)
    step_down, step_right = pair("stride", stride, minimum=1)
    apart_down, apart_right = pair("dilation", dilation, minimum=1)
    rows, columns, height, width = windows.shape[-4:]
    expected = output_size(size, (height, width), stride=stride, dilation=dilation)
    if (rows, columns) != expected:
        raise ValueError(
            f"windows must number {expected} for size {size}, kernel_size {(height, width)}, "
            f"stride {stride}, dilation {dilation}; got shape {tuple(windows.shape)}"
        )
    output = windows.new_zeros((*windows.shape[:-4], *size))
    for a in range(height):
        for b in range(width):
            # Entry (a, b) of all windows at once: they lie a stride apart, never on each other.
            down = slice(a * apart_down, a * apart_down + (rows - 1) * step_down + 1, step_down)
            right = slice(
                b * apart_right, b * apart_right + (columns - 1) * step_right + 1, step_right
            )
            output[..., down, right] += windows[..., a, b]
    return output
