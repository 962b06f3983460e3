"""Named points, such as the accuracy of networks against their cost."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from d2lkit.arguments import number, one_of
from d2lkit.plotting.arrays import as_array
from d2lkit.plotting.legends import whole_ticks
from d2lkit.plotting.style import PALETTE, in_style, new_figure

# Where a name may stand beside its point: offset in points, and the side that it starts from.
# The first spots are tried first; the last ones lie further away, for crowds.
_SPOTS = [
    ((7, 0), "left", "center"),
    ((-7, 0), "right", "center"),
    ((0, 8), "center", "bottom"),
    ((0, -8), "center", "top"),
    *(((x, y), "left" if x > 0 else "right", "center") for y in (12, -12) for x in (5, -5)),
    *(((x, y), "left" if x > 0 else "right", "center") for y in (24, -24) for x in (5, -5)),
]


@in_style
def plot_points(
    points,
    xlabel: str,
    ylabel: str,
    title: str | None = None,
    *,
    xscale: str = "linear",
    yscale: str = "linear",
    highlight=(),
    height: float = 3.6,
) -> Figure:
    """Plot named points, each with its name beside it.

    Args:
        points: ``{name: (x, y)}`` or ``{name: (x, y, spread)}`` for a bar y ± spread.
        xlabel: what the x axis shows, with its unit.
        ylabel: what the y axis shows, with its unit.
        title: a heading.
        xscale: "linear" or "log".
        yscale: the same for the y axis.
        highlight: names whose points are drawn in vermillion instead of blue.
        height: height in inches.

    Raises:
        TypeError: if the points are not a dict of tuples of numbers.
        ValueError: for no points, nan or inf, a negative spread or an unknown name to highlight.

    >>> points = {"LeNet": (0.42, 0.97, 0.01), "VGG": (120.0, 0.99, 0.002)}
    >>> plot_points(points, "MFLOPs", "accuracy", xscale="log")
    <Figure size 600x360 with 1 Axes>
    """
    if not isinstance(points, dict):
        raise TypeError(f"points must be a dict of names and places, got {type(points).__name__}")
    if not points:
        raise ValueError("points must hold at least one point, got {}")
    one_of("xscale", xscale, ["linear", "log"])
    one_of("yscale", yscale, ["linear", "log"])
    highlight = [highlight] if isinstance(highlight, str) else list(highlight)
    for name in highlight:
        one_of("highlight", name, list(points))
    places = {name: _place(name, point) for name, point in points.items()}
    figure = new_figure(6.0, number("height", height, above=0), title=title, layout="constrained")
    axes = figure.subplots()
    for name, (x, y, spread) in places.items():
        colour = PALETTE["vermillion" if name in highlight else "blue"]
        axes.errorbar(x, y, spread, fmt="o", color=colour, markersize=6, capsize=3, elinewidth=1.2)
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    whole_ticks(axes.xaxis, *(x for x, _, _ in places.values()))
    whole_ticks(axes.yaxis, *(y for _, y, _ in places.values()))
    axes.margins(x=0.18, y=0.14)  # for the names
    _label(axes, places)
    return figure


def _place(name, point) -> tuple[float, float, float | None]:
    if not isinstance(point, tuple | list) or len(point) not in (2, 3):
        raise TypeError(f"point {name!r} must be (x, y) or (x, y, spread), got {point!r}")
    x, y, *spread = (as_array(f"point {name!r}", part, ndim=(0,)).item() for part in point)
    if spread and spread[0] < 0:
        raise ValueError(f"spread of {name!r} must not be negative, got {spread[0]:g}")
    return x, y, (spread[0] or None) if spread else None


def _label(axes: Axes, places) -> None:
    """Write each name where it hides neither a point nor a name."""
    figure = axes.figure
    figure.draw_without_rendering()  # settles the axes' size
    points = [axes.transData.transform((x, y)) for x, y, _ in places.values()]
    scale = figure.dpi / 72
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    inside = axes.get_window_extent().extents
    for (name, (x, y, _)), point in zip(places.items(), points, strict=True):
        label = axes.annotate(
            str(name), (x, y), (0, 0), textcoords="offset points", fontsize=9, in_layout=False
        )
        size = label.get_window_extent().size
        boxes = [_box(point, spot, *size, scale) for spot in _SPOTS]
        hidden = [sum(_overlap(box, other) for other in taken) for box in boxes]
        outside = [box[0] < inside[0] or box[2] > inside[2] for box in boxes]
        best = min(range(len(_SPOTS)), key=lambda i: (outside[i], hidden[i], i))
        taken.append(boxes[best])
        offset, ha, va = _SPOTS[best]
        label.set(position=offset, ha=ha, va=va)


def _box(point, spot, width, height, scale):
    (dx, dy), ha, va = spot
    left = point[0] + dx * scale - {"left": 0.0, "center": 0.5, "right": 1.0}[ha] * width
    bottom = point[1] + dy * scale - {"bottom": 0.0, "center": 0.5, "top": 1.0}[va] * height
    return left, bottom, left + width, bottom + height


def _overlap(a, b) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
