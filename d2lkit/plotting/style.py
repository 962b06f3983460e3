"""One look for every figure of the book: colours, fonts, sizes, and how notebooks show them."""

import functools
import sys

import matplotlib
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

#: Okabe and Ito's eight colours, told apart by nearly all colour-blind readers.
PALETTE = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "black": "#000000",
    "yellow": "#F0E442",
}

#: Widest figure in inches: 700 pixels at 100 dpi, the width of the book's text column.
PAGE_WIDTH = 7.0

#: Blue for negative, white for zero, vermillion for positive numbers.
DIVERGING = LinearSegmentedColormap.from_list(
    "d2lkit_diverging", [PALETTE["blue"], "#ffffff", PALETTE["vermillion"]]
)

INK = "#222222"
FAINT = "#d9d9d9"

# Yellow is left out of the lines: it is too pale on white. Each colour comes with its own
# dashes, so that the lines differ in a black-and-white print too.
_LINES = cycler(color=[PALETTE[name] for name in list(PALETTE)[:7]]) + cycler(
    linestyle=["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), "-"]
)

STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#666666",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.prop_cycle": _LINES,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.figsize": (6.0, 3.4),
    "figure.titlesize": 12,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same on every machine
    "font.size": 10,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "image.cmap": "viridis",
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "mathtext.fontset": "dejavusans",
    "savefig.dpi": 200,
    "savefig.facecolor": "white",
    "svg.hashsalt": "d2lkit",  # without it the ids in an SVG file change at every save
    "text.color": INK,
    "xtick.color": "#444444",
    "xtick.labelsize": 9,
    "ytick.color": "#444444",
    "ytick.labelsize": 9,
}


def in_style(draw):
    """Decorate a function that draws, so that its figures look alike without ``use_style()``."""

    @functools.wraps(draw)
    def drawn(*args, **kwargs):
        shell = ipython_shell()
        # This must happen outside the context, which would undo what IPython's backend sets.
        if shell is not None and Figure not in shell.display_formatter.formatters["image/png"]:
            show_in_notebooks()
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return drawn


def use_style() -> None:
    """Give your own matplotlib figures the book's look, and show figures sharply in notebooks.

    The functions of ``d2lkit.plotting`` do not need it.

    >>> use_style()
    >>> matplotlib.rcParams["figure.dpi"]
    100.0
    """
    matplotlib.rcParams.update(STYLE)
    show_in_notebooks()


def show_in_notebooks() -> None:
    """Let IPython show figures as PNG with two pixels per point; elsewhere do nothing."""
    shell = ipython_shell()
    if shell is None:
        return
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib_inline.config import InlineBackend

    # pyplot resets the formats when it starts, to those that the configuration names.
    config = InlineBackend.instance(parent=shell)
    config.figure_formats = {"retina"}
    select_figure_formats(shell, {"retina"}, **config.print_figure_kwargs)


def ipython_shell():
    """Return the running IPython shell, or None."""
    # Nothing can run inside IPython before IPython is imported.
    if "IPython" not in sys.modules:
        return None
    return sys.modules["IPython"].get_ipython()


def new_figure(width: float, height: float, *, title: str | None = None, **settings) -> Figure:
    """Return an empty figure of so many inches that pyplot does not know.

    A notebook shows such a figure once, as the value of the cell's last expression.
    """
    size = round(width, 2), round(height, 2)  # whole pixels at 100 dpi
    figure = Figure(figsize=size, **settings)
    if title is not None:
        # The layout engine moves the heading only where no height is asked for.
        figure.suptitle(
            str(title), y=1 - 0.06 / height if settings.get("layout") == "none" else None
        )
    return figure
