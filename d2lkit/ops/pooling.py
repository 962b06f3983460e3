"""What all poolings share: their settings, checked once and brought to one form."""

from d2lkit.arguments import pair
from d2lkit.geometry import output_size, padding_per_side


def unpack_pooling(size, kernel_size, stride, padding=0, dilation=1, ceil_mode=False) -> tuple:
    """Check the settings of a pooling over an image of ``size`` = (H, W).

    A stride of None is the size of the window, so that windows touch and do not overlap.

    Returns:
        ``(kernel_size, stride, dilation, padding, overhang)``: pairs, and frames as
        ``((top, bottom), (left, right))``. The overhang is what the last window of ceil_mode
        needs beyond the padding; without it, zeros.
    """
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
    outputs = output_size(
        tuple(size),
        kernel_size,
        stride=stride,
        padding=sides,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )
    overhang = []
    for axis in (0, 1):
        span = dilation[axis] * (kernel_size[axis] - 1) + 1
        end = (outputs[axis] - 1) * stride[axis] + span
        overhang.append((0, max(0, end - size[axis] - sum(sides[axis]))))
    return kernel_size, stride, dilation, sides, tuple(overhang)
