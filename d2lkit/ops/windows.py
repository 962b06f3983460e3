"""The two moves behind every layer of this package: cut windows out, add windows up.

They are each other's transpose: what cutting does forward, adding does backward. The public
functions check what they are given; ``pad``, ``cut_windows`` and ``sum_windows`` do the work,
on pairs that an operator has checked already.
"""

import torch
from torch import Tensor

from d2lkit.arguments import number, one_of, pair, tensor
from d2lkit.geometry import output_size, padding_per_side

Pair = tuple[int, int]

# How an image of some size goes on beyond its edge: places -> pixels.
CONTINUED = {
    "reflect": lambda places, size: size - 1 - (size - 1 - places.abs()).abs(),
    "replicate": lambda places, size: places.clamp(0, size - 1),
    "circular": lambda places, size: places % size,
}


def pad2d(input: Tensor, padding, value: float = 0.0, mode: str = "constant") -> Tensor:
    """Put a frame around the last two axes.

    Args:
        input: images or feature maps.
        padding: pixels, one int, ``(ph, pw)`` or ``((top, bottom), (left, right))``.
        value: what a constant frame is filled with.
        mode: "constant"; "reflect" mirrors the image in its first and last row and column,
            "replicate" repeats them, "circular" goes on at the other side.

    Shape: (..., H, W) -> (..., top + H + bottom, left + W + right)

    Raises:
        ValueError: a mirror image or a second copy would not be long enough for the frame.

    >>> import torch
    >>> pad2d(torch.ones(1, 2, dtype=torch.int64), 1)
    tensor([[0, 0, 0, 0],
            [0, 1, 1, 0],
            [0, 0, 0, 0]])
    >>> pad2d(torch.arange(4)[None], (0, 2), mode="reflect")
    tensor([[2, 1, 0, 1, 2, 3, 2, 1]])

    Source: ``torch.nn.functional.pad``, which takes its numbers from the last axis backwards.
    """
    tensor("input", input, ndim=(2, 3, 4))
    number("value", value)
    one_of("mode", mode, ["constant", *CONTINUED])
    padding = padding_per_side(padding)
    if mode == "constant":
        output = pad(input, padding, value)
        return output.clone() if output is input else output
    height, width = input.shape[-2:]
    rows = _continued(height, padding[0], mode).to(input.device)
    columns = _continued(width, padding[1], mode).to(input.device)
    return input[..., rows[:, None], columns]


def _continued(size: int, padding: Pair, mode: str) -> Tensor:
    """Return which pixel stands at each place of a padded axis."""
    before, after = padding
    longest = {"reflect": size - 1, "circular": size}.get(mode, before + after)
    if max(before, after) > longest:
        raise ValueError(
            f"padding must be at most {longest} for {size} pixels with mode {mode!r}, "
            f"got {before} + {after}"
        )
    return CONTINUED[mode](torch.arange(-before, size + after), size)


def pad(x: Tensor, padding: tuple[Pair, Pair], value: float = 0.0) -> Tensor:
    """Put a frame of ``value`` around the last two axes; without a frame return ``x`` itself."""
    (top, bottom), (left, right) = padding
    if top == bottom == left == right == 0:
        return x
    height, width = x.shape[-2:]
    output = x.new_full((*x.shape[:-2], top + height + bottom, left + width + right), value)
    output[..., top : top + height, left : left + width] = x
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
    kernel_size = pair("kernel_size", kernel_size, minimum=1)
    stride = pair("stride", stride, minimum=1)
    dilation = pair("dilation", dilation, minimum=1)
    refuse_large_windows(input.shape[-2:], kernel_size, dilation=dilation)
    return cut_windows(input, kernel_size, stride, dilation)


def cut_windows(x: Tensor, kernel_size: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)):
    """Return every window of ``x``: (..., H, W) -> (..., H_out, W_out, kh, kw)."""
    kh, kw = kernel_size
    down, right = dilation
    windows = x.unfold(-2, (kh - 1) * down + 1, stride[0]).unfold(
        -2, (kw - 1) * right + 1, stride[1]
    )
    return windows if down == right == 1 else windows[..., ::down, ::right]


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
    rows, columns, *kernel_size = windows.shape[-4:]
    expected = output_size(size, tuple(kernel_size), stride=stride, dilation=dilation)
    if (rows, columns) != expected:
        raise ValueError(
            f"windows must number {expected} for size {size}, kernel_size {tuple(kernel_size)}, "
            f"stride {stride}, dilation {dilation}; got shape {tuple(windows.shape)}"
        )
    return sum_windows(windows, size, pair("stride", stride), pair("dilation", dilation))


def sum_windows(windows: Tensor, size: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)):
    """Add every window to its place: (..., H_out, W_out, kh, kw) -> (..., H, W)."""
    rows, columns, kh, kw = windows.shape[-4:]
    output = windows.new_zeros((*windows.shape[:-4], *size))
    for a in range(kh):
        for b in range(kw):
            # Entry (a, b) of all windows at once: they lie a stride apart, never on each other.
            top, left = a * dilation[0], b * dilation[1]
            down = slice(top, top + (rows - 1) * stride[0] + 1, stride[0])
            right = slice(left, left + (columns - 1) * stride[1] + 1, stride[1])
            output[..., down, right] += windows[..., a, b]
    return output


def refuse_large_windows(size, kernel_size: Pair, padding=((0, 0), (0, 0)), dilation=(1, 1)):
    """Refuse windows larger than the padded input, in the words of ``geometry.output_size``."""
    for axis in (0, 1):
        span = (kernel_size[axis] - 1) * dilation[axis] + 1
        if span > size[axis] + sum(padding[axis]):
            output_size(tuple(size), tuple(kernel_size), padding=padding, dilation=dilation)


def crop(x: Tensor, size: Pair, padding: tuple[Pair, Pair]) -> Tensor:
    """Take the frame off again: the backward pass of :func:`pad`."""
    (top, _), (left, _) = padding
    return x[..., top : top + size[0], left : left + size[1]]
