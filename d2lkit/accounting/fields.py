"""Receptive fields along the paths of a network.

However many windows lie between the input and a unit, together they look like one window on the
input. So one ``Window`` per tensor is carried along; where paths meet, it grows to cover the
windows of all of them.
"""

from d2lkit.geometry import ReceptiveField, Window, receptive_field

#: Instead of a window: the unit sees the whole input.
EVERYTHING = "all"

#: The window of the input itself: each unit sees its own pixel.
PIXEL = Window(1)


def behind(window: Window | str | None, layer: Window | None) -> Window | str | None:
    """Return the window on the input of a layer that slides its own window over ``window``.

    >>> behind(Window(3, stride=2, padding=1), Window(3))
    Window(kernel_size=7, stride=2, padding=1, dilation=1)
    """
    if window == EVERYTHING:
        return EVERYTHING
    if window is None or layer is None:
        return None
    return _as_window(receptive_field([window, layer]))


def merged(windows: list[Window | str | None]) -> Window | str | None:
    """Return the window that covers the windows of several paths, or None if they do not align.

    >>> merged([Window(1), Window(3, padding=1)])
    Window(kernel_size=3, stride=1, padding=1, dilation=1)
    """
    if None in windows:
        return None
    if EVERYTHING in windows:
        return EVERYTHING
    if len(set(windows)) == 1:
        return windows[0]
    fields = [_axes(receptive_field([window])) for window in windows]
    merged_axes = []
    for axis in zip(*fields, strict=True):
        firsts, lasts, jumps = zip(*axis, strict=True)
        if len(set(jumps)) > 1:  # units of the paths lie at different distances
            return None
        merged_axes.append((min(firsts), max(lasts), jumps[0]))
    return _window(merged_axes)


def field_of(window: Window | str | None) -> ReceptiveField | None:
    """Return the receptive field behind a window; None where no single window describes it."""
    return receptive_field([window]) if isinstance(window, Window) else None


def covers(window: Window | str | None, size: tuple[int, ...]) -> bool:
    """Whether unit 0 behind a window sees an image of (H, W) = ``size`` whole.

    >>> covers(Window(8, stride=8), (8, 8)), covers(Window(3), (8, 8))
    (True, False)
    """
    if not isinstance(window, Window) or len(size) != 2:
        return window == EVERYTHING
    axes = zip(_axes(receptive_field([window])), size, strict=True)
    return all(first <= 0 and last >= length - 1 for (first, last, _), length in axes)


def _axes(field: ReceptiveField) -> list[tuple[int, int, int]]:
    """Return (first pixel, last pixel, jump) of unit 0 for height and width."""
    if isinstance(field.size, tuple):
        (rows, columns), jumps = field.pixels((0, 0)), field.jump
        return [(*rows, jumps[0]), (*columns, jumps[1])]
    return [(*field.pixels(0), field.jump)] * 2


def _as_window(field: ReceptiveField) -> Window:
    return _window(_axes(field))


def _window(axes: list[tuple[int, int, int]]) -> Window:
    # The first unit starts as many pixels before the image as there is padding.
    sizes = [(last - first + 1, jump, -first) for first, last, jump in axes]
    if sizes[0] == sizes[1]:
        return Window(*sizes[0])
    kernel, stride, padding = zip(*sizes, strict=True)
    return Window(kernel, stride, padding)
