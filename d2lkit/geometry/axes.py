"""One axis or two: how sizes, kernels and paddings are read, in every function alike."""

from collections.abc import Sequence

from d2lkit.arguments import integer, pair

Size = int | tuple[int, int]
Padding = int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]
_PADDING_RULE = "an int, a pair (height, width) or ((top, bottom), (left, right))"


def is_pair(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def kernel_span(kernel_size: int, dilation: int = 1) -> int:
    """Return the number of pixels from a kernel's first to its last entry.

    >>> kernel_span(3), kernel_span(3, dilation=2)
    (3, 5)
    """
    kernel_size = integer("kernel_size", kernel_size, minimum=1)
    dilation = integer("dilation", dilation, minimum=1)
    return dilation * (kernel_size - 1) + 1


def padding_per_side(padding: Padding) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return any allowed padding of two axes as ``((top, bottom), (left, right))``.

    >>> padding_per_side(1)
    ((1, 1), (1, 1))
    >>> padding_per_side((1, 2))
    ((1, 1), (2, 2))
    >>> padding_per_side(((0, 1), (0, 1)))
    ((0, 1), (0, 1))
    """
    if not is_pair(padding):
        return _axis_padding(padding), _axis_padding(padding)
    if len(padding) != 2:
        raise ValueError(f"padding must be {_PADDING_RULE}, got {padding!r}")
    return _axis_padding(padding[0]), _axis_padding(padding[1])


def _axis_padding(padding: object) -> tuple[int, int]:
    """Return the padding of one axis as ``(before, after)``."""
    if not is_pair(padding):
        if isinstance(padding, str):
            raise TypeError(
                f"padding must be {_PADDING_RULE}, got {padding!r}; "
                "same_padding(kernel_size) computes the padding that keeps the size"
            )
        amount = integer("padding", padding, minimum=0)
        return amount, amount
    if len(padding) != 2:
        raise ValueError(
            f"padding of one axis must be an int or a pair (before, after), got {padding!r}"
        )
    before, after = padding
    return integer("padding", before, minimum=0), integer("padding", after, minimum=0)


def per_axis(size, kernel_size, stride, padding, dilation) -> list[tuple]:
    """Return one tuple ``(size, kernel, stride, (before, after), dilation)`` per axis."""
    if not is_pair(size):
        return [
            (
                integer("size", size, minimum=1),
                integer("kernel_size", kernel_size, minimum=1),
                integer("stride", stride, minimum=1),
                _axis_padding(padding),
                integer("dilation", dilation, minimum=1),
            )
        ]
    columns = (
        pair("size", size, minimum=1),
        pair("kernel_size", kernel_size, minimum=1),
        pair("stride", stride, minimum=1),
        padding_per_side(padding),
        pair("dilation", dilation, minimum=1),
    )
    return list(zip(*columns, strict=True))
