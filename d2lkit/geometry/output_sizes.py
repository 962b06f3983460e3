"""How many outputs a sliding window gives, and how much padding it needs.

Each function treats one axis when ``size`` is an int and two axes, height and width, when
it is a pair. All sizes, strides and paddings are in pixels.
"""

from d2lkit.arguments import integer, pair
from d2lkit.geometry.axes import Padding, Size, is_pair, kernel_span, per_axis


def output_size(
    size: Size,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Size:
    """Return the output size of a convolution or pooling, rounded as PyTorch rounds it.

    Args:
        size: input size, one int for one axis or ``(height, width)``.
        kernel_size: size of the window.
        stride: steps between neighbouring windows.
        padding: added on *each* side: one int, ``(padding_height, padding_width)`` or
            ``((top, bottom), (left, right))``; for an int ``size`` also ``(before, after)``.
        dilation: distance between neighbouring entries of the kernel.
        ceil_mode: round up instead of down, as pooling may. The last window then hangs over
            the end, but must still start inside the input or the padding before it.

    Shape: size -> size, (H, W) -> (H_out, W_out)

    Raises:
        ValueError: the window is larger than the padded input.

    >>> output_size(7, 3)
    5
    >>> output_size((32, 48), 5, padding=2, stride=2)
    (16, 24)
    >>> output_size(10, 3, stride=2), output_size(10, 3, stride=2, ceil_mode=True)
    (4, 5)

    Source: ``torch.nn.Conv2d`` and ``torch.nn.MaxPool2d``, section Shape.
    """
    if not isinstance(ceil_mode, bool):
        raise TypeError(f"ceil_mode must be a bool, got {ceil_mode!r}")
    axes = per_axis(size, kernel_size, stride, padding, dilation)
    outputs = tuple(count_windows(*axis, ceil_mode) for axis in axes)
    return outputs if is_pair(size) else outputs[0]


def strict_output_size(
    size: Size,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
) -> Size:
    """Return the output size, and refuse settings under which pixels would be left over.

    Arguments are those of :func:`output_size`; where nothing is left over, rounding down
    and rounding up agree.

    Shape: size -> size, (H, W) -> (H_out, W_out)

    Raises:
        ValueError: the windows do not end exactly at the end of the padded input. The
            message names paddings and strides that would fit.

    >>> strict_output_size(7, 3, stride=2)
    3
    >>> strict_output_size(5, 3, stride=3, padding=1)
    Traceback (most recent call last):
    ...
    ValueError: the windows must fit without remainder, but (5 + 1 + 1 - 3) / 3 is not whole \
(size 5, padding 1 + 1, span of the kernel 3, stride 3): 1 left over; padding=2 fits, stride 2 \
or 4 fits

    Source: course notes of cs231n, Convolutional Networks, "Constraints on strides".
    """
    outputs = output_size(size, kernel_size, stride=stride, padding=padding, dilation=dilation)
    names = (" of the height", " of the width") if is_pair(size) else ("",)
    axes = per_axis(size, kernel_size, stride, padding, dilation)
    for name, axis in zip(names, axes, strict=True):
        _refuse_remainder(name, *axis)
    return outputs


def output_size_total_padding(
    size: Size, kernel_size: Size, total_padding: Size, stride: Size = 1
) -> Size:
    """Return the output size when the padding counts both sides of an axis together.

    Some texts write floor((n - k + p + s) / s), where p is the sum of both sides; PyTorch's
    ``padding`` is what each side gets, half of it.

    Shape: size -> size, (H, W) -> (H_out, W_out)

    >>> output_size_total_padding(8, 3, 2) == output_size(8, 3, padding=1)
    True
    """
    if is_pair(size):
        height, width = pair("total_padding", total_padding, minimum=0)
        padding = ((height // 2, height - height // 2), (width // 2, width - width // 2))
    else:
        total = integer("total_padding", total_padding, minimum=0)
        padding = (total // 2, total - total // 2)
    return output_size(size, kernel_size, stride=stride, padding=padding)


def same_padding(kernel_size: Size, dilation: Size = 1) -> Padding:
    """Return the padding that keeps the size at stride 1.

    An odd span needs the same padding on both sides. An even one needs one pixel more after
    than before, so it is answered per side, and only for a pair.

    Shape: size -> padding, (kh, kw) -> (ph, pw) or ((top, bottom), (left, right))

    Raises:
        ValueError: one int with an even span, for which no single padding exists.

    >>> same_padding(5), same_padding(3, dilation=2), same_padding((3, 7))
    (2, 2, (1, 3))
    >>> same_padding((2, 3))
    ((0, 1), (1, 1))
    """
    if not is_pair(kernel_size) and not is_pair(dilation):
        span = kernel_span(kernel_size, dilation)
        if span % 2 == 0:
            raise ValueError(
                "kernel_size must have an odd span to be padded alike on both sides, got "
                f"kernel_size {kernel_size} with dilation {dilation}, span {span}; "
                f"same_padding(({kernel_size}, {kernel_size})) gives the padding per side"
            )
        return span // 2
    kernel_size = pair("kernel_size", kernel_size, minimum=1)
    dilation = pair("dilation", dilation, minimum=1)
    missing = [kernel_span(*axis) - 1 for axis in zip(kernel_size, dilation, strict=True)]
    if all(total % 2 == 0 for total in missing):
        return missing[0] // 2, missing[1] // 2
    return tuple((total // 2, total - total // 2) for total in missing)


def transposed_output_size(
    size: Size,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    output_padding: Size = 0,
) -> Size:
    """Return the output size of a transposed convolution: the way back through output_size.

    Args: as :func:`output_size`; ``output_padding`` picks one of the input sizes that a
        convolution of this stride maps to ``size``, so it is smaller than the stride or, as
        PyTorch allows, than the dilation.

    Shape: size -> size, (H, W) -> (H_out, W_out)

    Raises:
        ValueError: ``output_padding`` is too large, or nothing would be left.

    >>> output_size(14, 4, stride=2, padding=1), transposed_output_size(
    ...     7, 4, stride=2, padding=1
    ... )
    (7, 14)

    Source: ``torch.nn.ConvTranspose2d``, section Shape.
    """
    axes = per_axis(size, kernel_size, stride, padding, dilation)
    if is_pair(size):
        extra = pair("output_padding", output_padding, minimum=0)
    else:
        extra = [integer("output_padding", output_padding, minimum=0)]
    outputs = []
    for (length, kernel, step, (before, after), spread), more in zip(axes, extra, strict=True):
        if more >= max(step, spread):
            raise ValueError(
                "output_padding must be smaller than stride or dilation, got output_padding "
                f"{more} for stride {step} and dilation {spread}"
            )
        output = (length - 1) * step + kernel_span(kernel, spread) - before - after + more
        if output < 1:
            raise ValueError(
                f"the output size must be at least 1, got {output} from size {length}, "
                f"kernel_size {kernel}, stride {step}, padding {before} + {after}"
            )
        outputs.append(output)
    return tuple(outputs) if is_pair(size) else outputs[0]


def count_windows(size, kernel_size, stride, padding, dilation, ceil_mode) -> int:
    """Return the output size along one axis, of numbers that are checked; padding (before, after).

    >>> count_windows(10, 3, 2, (0, 0), 1, ceil_mode=True)
    5
    """
    before, after = padding
    span = dilation * (kernel_size - 1) + 1  # kernel_span of numbers that are checked
    room = size + before + after - span  # how far the first window can be moved
    steps = room // stride
    if ceil_mode:
        steps = -(-room // stride)
        if steps * stride >= size + before:
            steps -= 1
    if steps < 0:
        raise ValueError(
            f"the kernel must fit into the padded input, got kernel_size {kernel_size} with "
            f"dilation {dilation}, span {span}, for size {size} with padding {before} + {after}"
        )
    return steps + 1


def _refuse_remainder(name, size, kernel_size, stride, padding, dilation) -> None:
    before, after = padding
    span = kernel_span(kernel_size, dilation)
    room = size + before + after - span
    left_over = room % stride
    if left_over == 0:
        return
    missing = stride - left_over
    symmetric = [more for more in range(1, stride) if (2 * more - missing) % stride == 0]
    if before == after and symmetric:
        paddings = f"padding={before + symmetric[0]} fits"
    else:
        paddings = f"padding {before} before and {after + missing} after fits"
    divisors = [step for step in range(1, room + 1) if room % step == 0]
    nearest = [max(step for step in divisors if step < stride)]
    nearest += [step for step in divisors if step > stride][:1]
    raise ValueError(
        f"the windows{name} must fit without remainder, but "
        f"({size} + {before} + {after} - {span}) / {stride} is not whole (size {size}, "
        f"padding {before} + {after}, span of the kernel {span}, stride {stride}): "
        f"{left_over} left over; {paddings}, stride {' or '.join(map(str, nearest))} fits"
    )
