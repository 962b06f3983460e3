"""What all poolings share: their settings, checked once and brought to one form."""

from d2lkit.arguments import boolean, pair
from d2lkit.geometry import padding_per_side
from d2lkit.geometry.output_sizes import count_windows


def unpack_pooling(size, kernel_size, stride, padding=0, dilation=1, ceil_mode=False) -> tuple:
    """Check the settings of a pooling over an image of ``size`` = (H, W).

    A stride of None is the size of the window, so that windows touch and do not overlap.

    Returns:
        ``(kernel_size, stride, dilation, padding, overhang)``: pairs, and frames as
        ``((top, bottom), (left, right))``. The overhang is what the last window of ceil_mode
        needs beyond the padding; without it, zeros.
    """
    boolean("ceil_mode", ceil_mode)
    if 0 in size:
        raise ValueError(f"input must have at least one pixel, got size {tuple(size)}")
    kernel_size = pair("kernel_size", kernel_size, minimum=1)
    stride = kernel_size if stride is None else pair("stride", stride, minimum=1)
    dilation = pair("dilation", dilation, minimum=1)
    sides = padding_per_side(padding)
    for length, (before, after) in zip(kernel_size, sides, strict=True):
        if max(before, after) > length // 2:
            raise ValueError(
                "padding must be at most half of kernel_size, so that every window sees the "
                f"input, got padding={padding} for kernel_size={kernel_size}"
            )
    overhang = []
    for axis in zip(size, kernel_size, stride, sides, dilation, strict=True):
        length, span, step, around, spread = axis
        windows = count_windows(*axis, ceil_mode)
        end = (windows - 1) * step + spread * (span - 1) + 1
        overhang.append((0, max(0, end - length - sum(around))))
    return kernel_size, stride, dilation, sides, tuple(overhang)
