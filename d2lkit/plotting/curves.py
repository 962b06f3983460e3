"""Curves with spread bands, and bars: the results of experiments."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from d2lkit.arguments import number, one_of
from d2lkit.plotting.arrays import as_array, short, with_spread
from d2lkit.plotting.legends import place_legends, whole_ticks
from d2lkit.plotting.style import PAGE_WIDTH, PALETTE, in_style, new_figure

_SCALES = ["linear", "log", "symlog", "logit"]


@in_style
def plot_curves(
    curves,
    xlabel: str,
    ylabel: str | None = None,
    title: str | None = None,
    *,
    xscale: str = "linear",
    yscale: str = "linear",
    ylim=None,
    markers: bool | None = None,
    height: float = 3.2,
    gaps: bool = False,
) -> Figure:
    """Plot named curves over a common axis, with a band where a spread is given.

    Args:
        curves: ``{name: values}`` over 0, 1, 2, ...; or ``{name: (x, y)}``; or
            ``{name: (x, mean, spread)}`` for a line with the band mean ± spread. A dict of such
            dicts draws one panel for each, side by side, its key on the y axis.
        xlabel: what the x axis shows, with its unit.
        ylabel: what the y axis shows, with its unit.
        title: a heading.
        xscale: "linear", "log", "symlog" or "logit".
        yscale: the same for the y axis.
        ylim: ``(bottom, top)`` of the y axis; None for either leaves it free.
        markers: mark the points; by default where a curve has at most 20.
        height: height in inches.
        gaps: draw nothing where a value is nan or infinite, instead of refusing it.

    Raises:
        TypeError: if the curves are not a dict.
        ValueError: for no curves, lengths that differ, a negative spread, nan or inf.

    >>> plot_curves({"loss": [2.3, 1.1, 0.6]}, "epoch", "cross-entropy")
    <Figure size 560x320 with 1 Axes>
    """
    if not isinstance(curves, dict):
        raise TypeError(f"curves must be a dict of names and values, got {type(curves).__name__}")
    if not curves:
        raise ValueError("curves must hold at least one curve, got {}")
    for name, value in [("xscale", xscale), ("yscale", yscale)]:
        one_of(name, value, _SCALES)
    height = number("height", height, above=0)
    nested = [isinstance(value, dict) for value in curves.values()]
    if any(nested) and not all(nested):
        raise TypeError("curves must be all curves or all panels (dicts), got both")
    panels = curves if all(nested) else {ylabel: curves}
    if not all(panels.values()):
        raise ValueError(f"curves must hold at least one curve in each panel, got {curves!r}")
    width = 5.6 if len(panels) == 1 else PAGE_WIDTH
    figure = new_figure(width, height, title=title, layout="constrained")
    for axes, (label, lines) in zip(
        np.ravel(figure.subplots(1, len(panels), squeeze=False)), panels.items(), strict=True
    ):
        for name, values in lines.items():
            _line(axes, str(name), values, markers, gaps)
        axes.set(xlabel=xlabel, ylabel=label, xscale=xscale, yscale=yscale)
        if ylim is not None:
            axes.set_ylim(*ylim)
        whole_ticks(axes.xaxis, *(line.get_xdata() for line in axes.lines))
        whole_ticks(axes.yaxis, *(line.get_ydata() for line in axes.lines))
    place_legends(figure)
    return figure


@in_style
def plot_bars(
    values,
    xlabel: str | None = None,
    title: str | None = None,
    *,
    xscale: str = "linear",
    fmt=None,
    highlight=(),
) -> Figure:
    """Plot one horizontal bar per name, the number at its end.

    Args:
        values: ``{name: value}`` or ``{name: (value, spread)}``, from top to bottom.
        xlabel: what the bars measure, with its unit.
        title: a heading.
        xscale: "linear" or "log".
        fmt: a function or a format string such as ``"{:.1%}"`` that writes a value; by default
            three digits, and with a spread as many as the spread leaves certain.
        highlight: names whose bars are drawn in vermillion instead of blue.

    Raises:
        TypeError: if the values are not a dict of numbers.
        ValueError: for no bars, a negative spread, nan or inf, or an unknown name to highlight.

    >>> plot_bars({"MLP": (0.91, 0.02), "LeNet": (0.98, 0.01)}, "accuracy", fmt="{:.0%}")
    <Figure size 560x144 with 1 Axes>
    """
    if not isinstance(values, dict):
        raise TypeError(f"values must be a dict of names and numbers, got {type(values).__name__}")
    if not values:
        raise ValueError("values must hold at least one bar, got {}")
    one_of("xscale", xscale, ["linear", "log"])
    fmt = fmt.format if isinstance(fmt, str) else fmt
    highlight = [highlight] if isinstance(highlight, str) else list(highlight)
    for name in highlight:
        one_of("highlight", name, list(values))
    figure = new_figure(5.6, 0.8 + 0.32 * len(values), title=title, layout="constrained")
    axes = figure.subplots()
    for row, (name, value) in enumerate(values.items()):
        length, spread = _value_and_spread(name, value)
        colour = PALETTE["vermillion" if name in highlight else "blue"]
        error = {"capsize": 3, "elinewidth": 1.2, "ecolor": "#222222"}
        axes.barh(row, length, 0.68, color=colour, xerr=spread, error_kw=error)
        end = max(length, 0) if xscale == "linear" else length
        text = _number_text(length, spread, fmt)
        axes.annotate(
            text, (end + (spread or 0), row), (6, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(range(len(values)), [str(name) for name in values])
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set(xlabel=xlabel, xscale=xscale, ylim=(len(values) - 0.5, -0.5))
    whole_ticks(axes.xaxis, *(bar.get_width() for bar in axes.patches))
    axes.margins(x=0.02)
    return figure


def _line(axes: Axes, name: str, values, markers, gaps: bool) -> None:
    if isinstance(values, tuple) and len(values) in (2, 3) and np.ndim(values[0]) == 1:
        parts = ["x", "y"] if len(values) == 2 else ["x", "mean", "spread"]
        x, y, *spread = (
            as_array(f"{part} of {name!r}", v, ndim=(1,), gaps=gaps and part != "x")
            for part, v in zip(parts, values, strict=True)
        )
    else:
        y = as_array(f"curve {name!r}", values, ndim=(1,), gaps=gaps)
        x, spread = np.arange(len(y)), []
    for other in [y, *spread]:
        if len(other) != len(x):
            raise ValueError(
                f"curve {name!r} must have as many y as x values, got {len(other)} and {len(x)}"
            )
    marked = len(x) <= 20 if markers is None else markers
    (line,) = axes.plot(x, y, label=name, marker="o" if marked else "", markersize=4)
    if spread:
        if (spread[0] < 0).any():
            raise ValueError(f"spread of {name!r} must not be negative, got {spread[0].min():g}")
        low, high = y - spread[0], y + spread[0]
        axes.fill_between(x, low, high, color=line.get_color(), alpha=0.18, linewidth=0)


def _number_text(value: float, spread: float | None, write) -> str:
    if not spread:
        return short(value) if write is None else write(value)
    return with_spread(value, spread) if write is None else f"{write(value)} ± {write(spread)}"


def _value_and_spread(name, value) -> tuple[float, float | None]:
    if isinstance(value, tuple):
        if len(value) != 2:
            raise ValueError(f"bar {name!r} must be a number or (value, spread), got {value!r}")
        length, spread = (as_array(f"bar {name!r}", part, ndim=(0,)).item() for part in value)
        if spread < 0:
            raise ValueError(f"spread of {name!r} must not be negative, got {spread:g}")
        return length, spread or None
    return as_array(f"bar {name!r}", value, ndim=(0,)).item(), None
