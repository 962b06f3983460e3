"""Which axes of a tensor are places in the image, however a ``forward`` turns and folds them.

A layer that mixes channels leaves a unit's window on the input as it is. One that mixes places
widens it: to everything, if it mixes all places, or to what is no window any more.
"""

from dataclasses import dataclass
from math import prod

from d2lkit.accounting.fields import EVERYTHING, behind
from d2lkit.geometry import Window


@dataclass(frozen=True)
class Places:
    """The axes of a tensor along which its units lie in different places of the image.

    Args:
        axes: their numbers, in the order of the image's axes.
        folded: whether one of them holds several axes of the image, or channels as well, so that
            no window can slide along it.
    """

    axes: tuple[int, ...]
    folded: bool = False

    def wide(self, shape) -> set[int]:
        """Return those of the axes along which there is more than one place."""
        return {axis for axis in self.axes if shape[axis] > 1}


#: Of an input (N, C, L) or (N, L, C): the first layer that slides a window tells which it is.
RAW = Places((-1,), folded=True)


def of_input(ndim: int) -> Places:
    """Return the places of a network's input: of images their height and width.

    >>> of_input(4), of_input(2)
    (Places(axes=(2, 3), folded=False), Places(axes=(1,), folded=False))
    """
    if ndim == 3:
        return RAW
    return Places(tuple(range(2, ndim)) if ndim > 2 else (ndim - 1,))


def moved(name: str, args: tuple, kwargs: dict, places: Places | None, shape, output_shape):
    """Return where the places are behind a function, or None where that is not known.

    >>> moved("permute", (None, 0, 2, 3, 1), {}, Places((2, 3)), (1, 8, 5, 5), (1, 5, 5, 8))
    Places(axes=(1, 2), folded=False)
    >>> moved("flatten", (None, 2), {}, Places((2, 3)), (1, 8, 5, 5), (1, 8, 25))
    Places(axes=(2,), folded=True)
    """
    if places is None or (places == RAW and len(shape) == len(output_shape)):
        return places
    if places == RAW:
        return None
    if name in ("permute", "transpose"):
        order = _order(name, args, kwargs, len(shape))
        return Places(tuple(order.index(axis) for axis in places.axes), places.folded)
    if name in ("flatten", "reshape", "squeeze", "unsqueeze", "view"):
        return _folded(places, shape, output_shape)
    return places if len(shape) == len(output_shape) else None


def behind_linear(seen, places: Places | None, shape) -> Window | str | None:
    """Return the window behind a linear layer, which mixes what lies along the last axis.

    >>> behind_linear(Window(3), Places((1, 2)), (1, 5, 5, 8))
    Window(kernel_size=3, stride=1, padding=0, dilation=1)
    >>> behind_linear(Window(3), Places((2,), folded=True), (1, 8, 25))
    'all'
    >>> behind_linear(Window(3), Places((2, 3)), (1, 8, 5, 5))  # whole rows: no window
    """
    if seen == EVERYTHING:
        return EVERYTHING
    if places in (None, RAW):  # a vector for each image, after all that came before
        return EVERYTHING if len(shape) < 3 else None
    wide = places.wide(shape)
    if not wide:
        return EVERYTHING if len(shape) < 3 else seen
    if len(shape) - 1 not in wide:
        return seen
    return EVERYTHING if len(wide) == 1 else None


def behind_window(seen, window: Window, places: Places | None, shape, axes: int):
    """Return the window behind a layer that slides ``window`` along the last axes.

    >>> behind_window(Window(3), Window(3), Places((2, 3)), (1, 8, 5, 5), 2)
    Window(kernel_size=5, stride=1, padding=0, dilation=1)
    >>> behind_window(Window(3), Window(3), Places((1, 2)), (1, 5, 5, 8), 2)  # over channels
    """
    slides = tuple(range(len(shape) - axes, len(shape)))
    if seen == EVERYTHING or places == RAW:
        return behind(seen, window)
    if places is None:
        return None
    if not places.wide(shape):  # one place: only channels can be mixed
        return behind(seen, window) if places.axes == slides else seen
    fits = not places.folded and tuple(sorted(places.axes)) == slides
    return behind(seen, window) if fits and (places.axes == slides or is_square(window)) else None


def slid(places: Places | None, shape, axes: int) -> Places | None:
    """Return the places behind a layer that slides a window along the last axes.

    >>> slid(RAW, (1, 8, 25), 1)
    Places(axes=(2,), folded=False)
    """
    return Places(tuple(range(len(shape) - axes, len(shape)))) if places == RAW else places


def joint(places: list[Places | None], shapes: list) -> tuple[Places | None, bool]:
    """Return the places of tensors that meet, and whether each number meets those of its place.

    >>> joint([Places((2, 3)), Places(())], [(1, 8, 5, 5), (1, 8, 1, 1)])
    (Places(axes=(2, 3), folded=False), True)
    >>> joint([Places((2, 3)), Places((3, 2))], [(1, 8, 5, 5)] * 2)
    (None, False)
    """
    wide = {p for p, shape in zip(places, shapes, strict=True) if p is None or p.wide(shape)}
    found = wide or set(places)
    known = found - {None, RAW}
    if None in found or len(known) > 1:
        return None, len(known) <= 1
    return next(iter(known or found), None), True


def is_square(window) -> bool:
    """Whether a window is the same along both axes, so that turning them changes nothing.

    >>> is_square(Window(3)), is_square(Window((3, 5)))
    (True, False)
    """
    if not isinstance(window, Window):
        return True
    sides = (window.kernel_size, window.stride, window.padding, window.dilation)
    return all(not isinstance(side, tuple) or side[0] == side[1] for side in sides)


def _order(name: str, args: tuple, kwargs: dict, ndim: int) -> list[int]:
    """Return which axis of the input stands where behind permute or transpose."""
    given = [*args[1:], *(v for k, v in kwargs.items() if k in ("dims", "dim0", "dim1"))]
    axes = given[0] if len(given) == 1 else given
    axes = [axis % ndim for axis in axes]
    if name == "permute":
        return axes
    order, (a, b) = list(range(ndim)), axes
    order[a], order[b] = order[b], order[a]
    return order


def _folded(places: Places, shape, output_shape) -> Places | None:
    """Return the places behind a reshaping, which joins neighbouring axes or divides one."""
    if prod(shape) == 0 or prod(shape) != prod(output_shape):  # empty, or seen as another dtype
        return None
    before = [axis for axis, size in enumerate(shape) if size > 1]
    after = [axis for axis, size in enumerate(output_shape) if size > 1]
    new, folded = {}, places.folded
    while before:
        joined, divided, size, new_size = [], [], 1, 1
        while not joined or size != new_size:
            if size <= new_size:
                joined.append(before.pop(0))
                size *= shape[joined[-1]]
            else:
                divided.append(after.pop(0))
                new_size *= output_shape[divided[-1]]
        found = [axis for axis in joined if axis in places.axes]
        new |= dict.fromkeys(found, divided)
        folded = folded or (bool(found) and len(joined) + len(divided) > 2)
    kept = [axis for axis in places.axes if axis in new]
    # An axis of one place has gone, and with it what the others were: height or width.
    folded = folded or 0 < len(kept) < len(places.axes)
    return Places(tuple(dict.fromkeys(axis for old in kept for axis in new[old])), folded)
