"""Which input pixels an output unit of a stack of layers can see."""

from collections.abc import Iterable
from dataclasses import dataclass

from d2lkit.arguments import integer, pair
from d2lkit.geometry.axes import Padding, Size, is_pair, kernel_span, padding_per_side


@dataclass(frozen=True)
class Window:
    """The window of one convolution or pooling layer.

    Each argument is an int, for one axis or for both alike, or a pair (height, width);
    ``padding`` may also be ``((top, bottom), (left, right))``.

    >>> Window(3, stride=2)
    Window(kernel_size=3, stride=2, padding=0, dilation=1)
    """

    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1

    def __post_init__(self):
        pair("kernel_size", self.kernel_size, minimum=1)
        pair("stride", self.stride, minimum=1)
        padding_per_side(self.padding)
        pair("dilation", self.dilation, minimum=1)

    @property
    def has_two_axes(self) -> bool:
        """Whether any argument tells height and width apart."""
        return any(map(is_pair, vars(self).values()))


@dataclass(frozen=True)
class ReceptiveField:
    """The pixels that a unit sees: along one axis as numbers, along two as pairs.

    Attributes:
        size: pixels from the first to the last one seen.
        jump: pixels by which the field moves from one unit to the next.
        start: position of the centre of unit 0's field; pixel 0 has its centre at 0.0.

    >>> field = receptive_field([Window(3), Window(2, stride=2)])
    >>> field.size, field.jump, field.start
    (4, 2, 1.5)
    """

    size: Size
    jump: Size
    start: float | tuple[float, float]

    def centre(self, index: Size) -> float | tuple[float, float]:
        """Return the centre of the field of output unit ``index`` in input pixels.

        >>> receptive_field([Window(3, padding=1), Window(2, stride=2)]).centre(5)
        10.5
        """
        if is_pair(self.size):
            rows, columns = pair("index", index, minimum=0)
            return self.start[0] + rows * self.jump[0], self.start[1] + columns * self.jump[1]
        return self.start + integer("index", index, minimum=0) * self.jump

    def pixels(self, index: Size) -> tuple:
        """Return the first and the last pixel seen by unit ``index``, per axis.

        Numbers below 0 or beyond the image lie in the padding.

        >>> receptive_field([Window(3, padding=1), Window(2, stride=2)]).pixels(0)
        (-1, 2)
        """
        centre = self.centre(index)
        if is_pair(self.size):
            return tuple(_ends(*axis) for axis in zip(centre, self.size, strict=True))
        return _ends(centre, self.size)


def receptive_field(windows: Iterable[Window]) -> ReceptiveField:
    """Return the receptive field of a unit behind a stack of windows.

    Layer by layer the field grows by (span - 1) times the jump of the layers before it, and
    the jump is multiplied by the stride.

    Args:
        windows: the layers from input to output. Where one of them tells height and width
            apart, the answer does too.

    >>> receptive_field([Window(3), Window(3)])
    ReceptiveField(size=5, jump=1, start=2.0)
    >>> receptive_field([Window((3, 5), stride=2, padding=1)])
    ReceptiveField(size=(3, 5), jump=(2, 2), start=(0.0, 1.0))

    Source: Araujo, Norris and Sim, "Computing receptive fields of convolutional neural
    networks", Distill 2019, equations for size, jump and start.
    """
    if not isinstance(windows, Iterable):
        raise TypeError(f"windows must be an iterable of geometry.Window objects, got {windows!r}")
    windows = list(windows)
    for window in windows:
        if not isinstance(window, Window):
            raise TypeError(f"windows must contain geometry.Window objects, got {window!r}")
    height = _field_of_axis(windows, axis=0)
    if not any(window.has_two_axes for window in windows):
        return ReceptiveField(*height)
    width = _field_of_axis(windows, axis=1)
    return ReceptiveField(*zip(height, width, strict=True))


def _field_of_axis(windows: list[Window], axis: int) -> tuple[int, int, float]:
    size, jump, start = 1, 1, 0.0
    for window in windows:
        kernel_size = pair("kernel_size", window.kernel_size)[axis]
        dilation = pair("dilation", window.dilation)[axis]
        before, _ = padding_per_side(window.padding)[axis]
        reach = kernel_span(kernel_size, dilation) - 1
        size += reach * jump
        start += (reach / 2 - before) * jump
        jump *= pair("stride", window.stride)[axis]
    return size, jump, start


def _ends(centre: float, size: int) -> tuple[int, int]:
    first = int(centre - (size - 1) / 2)
    return first, first + size - 1
