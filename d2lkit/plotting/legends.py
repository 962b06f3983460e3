"""What explains a chart without standing in its way: the legend, and ticks on whole numbers."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogFormatter, MaxNLocator, NullLocator

_CORNERS = ["upper right", "upper left", "lower left", "lower right"]
_SIDES = ["center right", "center left", "lower center", "upper center", "center"]


def place_legends(figure: Figure) -> None:
    """Give the axes with several named curves a legend that covers none of them.

    Inside where a corner or a side is free of curves and their bands, above the axes otherwise.
    """
    wanted = [axes for axes in figure.axes if len(axes.get_legend_handles_labels()[1]) > 1]
    for axes in wanted:
        axes.legend(handlelength=2.6, loc=_CORNERS[0])
    if not wanted:
        return
    figure.draw_without_rendering()  # settles the sizes; a legend inside changes none
    crowded = [axes for axes in wanted if not _move_to_free_place(axes)]
    for axes in crowded:
        _put_above(axes)


def covered(axes: Axes) -> int:
    """Count the curves and bands that lie under the legend of axes that have been drawn."""
    box = axes.get_legend().get_window_extent()
    paths = [(line.get_transform().transform_path(line.get_path()), False) for line in axes.lines]
    for band in axes.collections:
        transform = band.get_transform()
        paths += [(transform.transform_path(path), True) for path in band.get_paths()]
    return sum(path.intersects_bbox(box, filled) for path, filled in paths if len(path.vertices))


def whole_ticks(axis: Axis, *values) -> None:
    """Let ticks be whole numbers on a linear axis if all that it shows are, and plain on a log one.

    A logarithmic axis of less than a factor 100, between 1 and 10,000, would get powers of ten and
    numbers such as 6 × 10⁰ between them. At most eight whole numbers get a tick each instead.
    """
    shown = np.unique(np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in values]))
    shown = shown[np.isfinite(shown)]
    whole = shown.size and (shown == np.round(shown)).all()
    if axis.get_scale() == "linear" and whole:
        axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    elif axis.get_scale() == "log" and shown.size and _short(shown[0], shown[-1]):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(LogFormatter())
        if whole and len(shown) <= 8:
            axis.set_major_locator(FixedLocator(shown))
            axis.set_minor_locator(NullLocator())


def _short(low: float, high: float) -> bool:
    return low >= 1 and high < min(100 * low, 10_000)


def _move_to_free_place(axes: Axes) -> bool:
    for place in [*_CORNERS, *_SIDES]:
        axes.get_legend().set_loc(place)
        if not covered(axes):
            return True
    return False


def _put_above(axes: Axes) -> None:
    """Write the legend above the axes, in as many columns as there is room for."""
    room = axes.get_window_extent().width
    for columns in range(len(axes.get_legend().get_texts()), 0, -1):
        legend = axes.legend(
            handlelength=2.6,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns,
            columnspacing=1.4,
        )
        if legend.get_window_extent().width <= room:
            return
