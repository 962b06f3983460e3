"""Volumes of numbers, height × width × channels, drawn as boxes in a row."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from d2lkit.arguments import integer, number
from d2lkit.plotting.style import INK, PAGE_WIDTH, PALETTE, in_style, new_figure

_BACK = np.array([0.62, 0.42])  # where one unit of depth leads on the page
_LEAST = 0.13  # inches: the shortest edge that is still seen
_FACES = ("#d6e6f2", "#c0d8ea", "#a9c9e0")  # front, top, side
_MARK = PALETTE["vermillion"]
_SLICES = 24  # more channels than this are drawn without lines between them


@in_style
def show_volumes(volumes, *, windows=None, height: float = 1.5, title=None) -> Figure:
    """Show the shapes of a network's inputs and outputs as boxes, from left to right.

    The front of a box is the picture (height and width share one scale), its depth the channels
    (another scale). A vector is a bar: all depth. Below each box stand its name and its size.

    Args:
        volumes: ``{name: (C, H, W)}`` or ``{name: (F,)}``.
        windows: ``{name: (top, left, height, width)}``: a window through all channels of that box,
            in pixels. Windows of two boxes that stand side by side are joined by lines.
        height: height of the tallest box in inches; less where the row would not fit the page.
        title: a heading.

    Raises:
        TypeError: if volumes or windows are not a dict of tuples of whole numbers.
        ValueError: for no volumes, sizes below 1, or a window that leaves its volume.

    >>> show_volumes({"input": (3, 32, 32), "scores": (10,)}, windows={"input": (4, 4, 5, 5)})
    <Figure size 319x222 with 1 Axes>
    """
    shapes = _shapes(volumes)
    windows = _windows(windows or {}, shapes)
    height = number("height", height, above=0)
    boxes = _boxes(shapes, height)
    span = boxes[-1].right - boxes[0].left
    if span > PAGE_WIDTH - 0.3:
        shrink = (PAGE_WIDTH - 0.3) / span
        boxes = [
            Box(b.left * shrink, b.size * shrink, b.shape, b.label_width * shrink) for b in boxes
        ]
    total_width = boxes[-1].right - boxes[0].left + 0.3
    head, foot = 0.35 if title is not None else 0.08, 0.5
    top = max(box.corner(0, box.size[1], box.size[2])[1] for box in boxes)
    total_height = head + top + foot
    figure = new_figure(total_width, total_height, title=title, layout="none")
    axes = figure.add_axes([0, 0, 1, 1])
    left = boxes[0].left - 0.15
    axes.set(xlim=(left, left + total_width), ylim=(-foot, total_height - foot))
    axes.set_axis_off()
    for name, box in zip(shapes, boxes, strict=True):
        _draw(axes, box)
        _label(axes, box, name)
    _draw_windows(axes, dict(zip(shapes, boxes, strict=True)), windows)
    return figure


@dataclass(frozen=True)
class Box:
    """A box on the page: its lower left corner at (left, 0), its size in inches."""

    left: float
    size: np.ndarray  # width, height, depth
    shape: tuple[int, int, int]  # channels, height, width
    label_width: float

    def corner(self, across: float, up: float, back: float) -> np.ndarray:
        """Return the place on the page of a point in the box, all in inches."""
        return np.array([self.left + across, up]) + back * _BACK

    @property
    def right(self) -> float:
        """Where the box, or its label, ends."""
        return self.left + max(self.size[0] + self.size[2] * _BACK[0], self.label_width)

    def block(self, top: int, left: int, height: int, width: int) -> list[np.ndarray]:
        """Return the front, top and side face of a window through all channels."""
        _, rows, columns = self.shape
        x0, x1 = (self.size[0] * c / columns for c in (left, left + width))
        y1, y0 = (self.size[1] * (1 - r / rows) for r in (top, top + height))
        back = self.size[2]
        front = [(x0, y0, 0), (x1, y0, 0), (x1, y1, 0), (x0, y1, 0)]
        above = [(x0, y1, 0), (x1, y1, 0), (x1, y1, back), (x0, y1, back)]
        side = [(x1, y0, 0), (x1, y1, 0), (x1, y1, back), (x1, y0, back)]
        return [np.array([self.corner(*p) for p in face]) for face in (front, above, side)]


def _shapes(volumes) -> dict[str, tuple[int, int, int]]:
    if not isinstance(volumes, dict):
        raise TypeError(f"volumes must be a dict of names and shapes, got {volumes!r}")
    if not volumes:
        raise ValueError("volumes must hold at least one volume, got {}")
    shapes = {}
    for name, shape in volumes.items():
        if not isinstance(shape, tuple | list):
            raise TypeError(f"volume {name!r} must be a shape (C, H, W) or (F,), got {shape!r}")
        if len(shape) not in (1, 3):
            raise ValueError(f"volume {name!r} must be (C, H, W) or (F,), got {tuple(shape)}")
        sizes = [integer(f"volume {name!r}", size, minimum=1) for size in shape]
        shapes[str(name)] = tuple(sizes) if len(sizes) == 3 else (sizes[0], 1, 1)
    return shapes


def _windows(windows, shapes) -> dict[str, tuple[int, int, int, int]]:
    if not isinstance(windows, dict):
        raise TypeError(f"windows must be a dict of names and windows, got {windows!r}")
    for name, window in windows.items():
        if name not in shapes:
            raise ValueError(f"windows must be of {', '.join(map(repr, shapes))}, got {name!r}")
        if not isinstance(window, tuple | list) or len(window) != 4:
            raise TypeError(
                f"window of {name!r} must be (top, left, height, width), got {window!r}"
            )
        top, left = (integer(f"window of {name!r}", part, minimum=0) for part in window[:2])
        height, width = (integer(f"window of {name!r}", part, minimum=1) for part in window[2:])
        if top + height > shapes[name][1] or left + width > shapes[name][2]:
            raise ValueError(
                f"window of {name!r} must lie inside {shapes[name]}, got {tuple(window)}"
            )
    return {name: tuple(window) for name, window in windows.items()}


def _boxes(shapes, height: float) -> list[Box]:
    """Place boxes side by side; the tallest is as tall, the deepest as deep, as asked."""
    pixel = height / max(max(h, w) for _, h, w in shapes.values())
    channel = 0.75 * height / max(c for c, _, _ in shapes.values())
    boxes, left = [], 0.0
    for name, (c, h, w) in shapes.items():
        size = np.maximum([w * pixel, h * pixel, c * channel], _LEAST)
        label_width = 0.085 * max(len(line) for line in [*name.split("\n"), _size(c, h, w)])
        box = Box(left, size, (c, h, w), label_width)
        boxes.append(box)
        left = box.right + 0.35
    return boxes


def _size(c: int, h: int, w: int) -> str:
    return f"{h} × {w} × {c}" if h * w > 1 else f"{c}"


def _draw(axes: Axes, box: Box) -> None:
    _, rows, columns = box.shape
    for points, colour in zip(box.block(0, 0, rows, columns), _FACES, strict=True):
        axes.add_patch(
            Polygon(points, facecolor=colour, edgecolor="#35566e", linewidth=0.9, joinstyle="round")
        )
    channels = box.shape[0]
    if channels > _SLICES:
        return
    width, height, depth = box.size
    for channel in range(1, channels):
        back = depth * channel / channels
        edge = [box.corner(0, height, back), box.corner(width, height, back)]
        edge.append(box.corner(width, 0, back))
        axes.plot(*np.array(edge).T, color="#35566e", linewidth=0.5, linestyle="-")


def _label(axes: Axes, box: Box, name: str) -> None:
    text = f"{name}\n{_size(*box.shape)}"
    axes.text(box.left, -0.08, text, ha="left", va="top", fontsize=9, color=INK, linespacing=1.4)


def _draw_windows(axes: Axes, boxes, windows) -> None:
    order = list(boxes)
    for name, window in windows.items():
        for points in boxes[name].block(*window):
            axes.add_patch(Polygon(points, facecolor=_MARK, alpha=0.35, edgecolor="none", zorder=3))
            axes.add_patch(Polygon(points, fill=False, edgecolor=_MARK, linewidth=1.2, zorder=3))
        following = order[order.index(name) + 1 :][:1]
        if following and following[0] in windows:
            start, end = (
                boxes[name].block(*window)[0],
                boxes[following[0]].block(*windows[following[0]])[0],
            )
            for corner in (1, 2):  # lower right and upper right of the window's front
                axes.plot(
                    *np.array([start[corner], end[0 if corner == 1 else 3]]).T,
                    color=_MARK,
                    linewidth=0.9,
                    linestyle="-",
                    zorder=4,
                )
