"""Matrices with their numbers in the cells: hand-worked examples and confusion matrices."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from d2lkit.arguments import integer, number
from d2lkit.plotting.arrays import as_array, labels, short
from d2lkit.plotting.style import INK, PAGE_WIDTH, PALETTE, in_style, new_figure

#: White to blue, for shares and counts.
SEQUENTIAL = LinearSegmentedColormap.from_list("d2lkit_blue", ["#ffffff", PALETTE["blue"]])
_TINT = "#fbe3b0"  # a pale orange that black numbers stay readable on


@in_style
def show_matrix(
    values, highlight=None, *, title=None, cmap=None, scale: float = 0.5, decimals=None
) -> Figure:
    """Show the numbers of a small matrix in cells.

    Args:
        values: the numbers; a vector is shown as one row.
        highlight: a window ``(top, left, height, width)`` in cells to frame, or a list of them.
        title: a heading.
        cmap: colour map for the cells, white by default; a diverging one is centred on zero.
        scale: width of a cell in inches; less where the matrix would not fit the page.
        decimals: digits after the point; by default three significant digits.

    Shape: (H, W) or (W,)

    Raises:
        ValueError: for other shapes, nan or inf, or a window that leaves the matrix.

    >>> show_matrix([[0, 1, 2], [3, 4, 5], [6, 7, 8]], highlight=(0, 0, 2, 2))
    <Figure size 162x162 with 1 Axes>
    """
    array = np.atleast_2d(as_array("values", values, ndim=(1, 2)))
    rows, columns = array.shape
    windows = _windows(highlight, array.shape)
    scale = min(number("scale", scale, above=0), (PAGE_WIDTH - 0.12) / columns)
    texts = [[_text(value, decimals) for value in row] for row in array]
    head = 0.35 if title is not None else 0.0
    width, height = columns * scale + 0.12, rows * scale + 0.12 + head
    figure = new_figure(width, height, title=title, layout="none")
    axes = panel(figure, 0.06, 0.06, columns * scale, rows * scale)
    draw_cells(axes, texts, colours=_colours(array, cmap))
    for window in windows:
        if cmap is None:
            tint(axes, *window)
        frame(axes, *window)
    return figure


@in_style
def plot_confusion(matrix, class_names=None, *, normalise: bool = False, title=None) -> Figure:
    """Show a confusion matrix: a row per true class, a column per predicted class.

    The colour of a cell is its share of the row, so that classes of different size compare.

    Args:
        matrix: ``matrix[i][j]`` counts the examples of class i that were taken for class j.
        class_names: one name per class; numbers by default.
        normalise: write percentages of the row instead of counts.
        title: a heading.

    Shape: (K, K)

    Raises:
        ValueError: if the matrix is not square, holds negative numbers, or the names do not match.

    >>> plot_confusion([[9, 1], [2, 8]], ["cat", "dog"])
    <Figure size 198x176 with 1 Axes>
    """
    array = as_array("matrix", matrix, ndim=(2,)).astype(float)
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"matrix must be square, got shape {array.shape}")
    if array.min() < 0:
        raise ValueError(f"matrix must hold counts, got {array.min():g}")
    count = len(array)
    names = labels("class_names", class_names, count) or [str(i) for i in range(count)]
    totals = array.sum(axis=1, keepdims=True)
    shares = array / np.where(totals > 0, totals, 1.0)
    texts = [
        [f"{100 * shares[i, j]:.0f} %" if normalise else short(array[i, j]) for j in range(count)]
        for i in range(count)
    ]
    longest = max(map(len, names))
    turned = longest > 6 or (longest > 4 and count > 6)
    left, bottom = 0.5 + 0.075 * longest, 0.5 + 0.055 * longest * turned
    cell = min(0.58, (PAGE_WIDTH - left - 0.1) / count)
    head = 0.35 if title is not None else 0.1
    width, height = left + count * cell + 0.1, bottom + count * cell + head
    figure = new_figure(width, height, title=title, layout="none")
    axes = panel(figure, left, bottom, count * cell, count * cell)
    draw_cells(axes, texts, colours=SEQUENTIAL(shares))
    axes.set_xticks(
        np.arange(count) + 0.5, names, rotation=45 * turned, ha="right" if turned else "center"
    )
    axes.set_yticks(np.arange(count) + 0.5, names)
    axes.tick_params(length=0)
    axes.set(xlabel="predicted class", ylabel="true class")
    return figure


def draw_cells(axes: Axes, texts, *, colours=None, ink=None) -> None:
    """Draw a lattice of cells, row 0 on top, cell (i, j) from (j, i) to (j+1, i+1)."""
    rows, columns = len(texts), len(texts[0])
    axes.set(xlim=(-0.02, columns + 0.02), ylim=(rows + 0.02, -0.02), xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    # A character is about 0.6 of the font size wide, a point is 1/72 inch.
    cell = axes.get_position().width * axes.figure.get_figwidth() / columns
    longest = max(len(text) for row in texts for text in row)
    size = min(11.0, cell * 72 / (0.62 * max(longest, 2) + 0.5))
    for i in range(rows):
        for j in range(columns):
            colour = "white" if colours is None else colours[i][j]
            axes.add_patch(
                Rectangle((j, i), 1, 1, facecolor=colour, edgecolor="#999999", linewidth=0.8)
            )
            axes.text(
                j + 0.5,
                i + 0.52,
                texts[i][j],
                ha="center",
                va="center",
                fontsize=size,
                color=ink[i][j] if ink is not None else _readable(colour),
            )


def tint(axes: Axes, top, left, height, width) -> None:
    """Colour the cells of a window, behind their numbers."""
    for cell in axes.patches:
        x, y = cell.get_xy()
        if left <= x < left + width and top <= y < top + height:
            cell.set_facecolor(_TINT)


def frame(axes: Axes, top, left, height, width) -> None:
    """Draw a thick frame around a window of cells."""
    axes.add_patch(
        Rectangle(
            (left, top),
            width,
            height,
            fill=False,
            edgecolor=PALETTE["vermillion"],
            linewidth=2.4,
            joinstyle="round",
            clip_on=False,
        )
    )


def panel(figure: Figure, left, bottom, width, height) -> Axes:
    """Add axes at a place given in inches."""
    total_width, total_height = figure.get_size_inches()
    return figure.add_axes(
        [left / total_width, bottom / total_height, width / total_width, height / total_height]
    )


def _text(value, decimals) -> str:
    if decimals is None:
        return short(value)
    # Adding zero turns minus zero into zero.
    rounded = round(float(value), integer("decimals", decimals, minimum=0)) + 0.0
    return f"{rounded:.{decimals}f}".replace("-", "−")


def _colours(array, cmap):
    if cmap is None:
        return None
    cmap = cmap if isinstance(cmap, Colormap) else colormaps[cmap]
    limit = np.abs(array).max() or 1.0
    low = -limit if array.min() < 0 else 0.0
    return cmap((array - low) / (limit - low))


def _readable(colour) -> str:
    """Return the ink for numbers on a cell: dark on light cells, white on dark ones."""
    if isinstance(colour, str):
        return INK
    red, green, blue = (part**2.2 for part in colour[:3])
    # Where the luminance is 0.18, black and white stand out equally (WCAG's contrast ratio).
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else "white"


def _windows(highlight, shape) -> list[tuple[int, int, int, int]]:
    if highlight is None:
        return []
    if not isinstance(highlight, list | tuple) or not highlight:
        raise TypeError(f"highlight must be (top, left, height, width), got {highlight!r}")
    if not isinstance(highlight[0], list | tuple):
        highlight = [highlight]
    windows = []
    for window in highlight:
        if len(window) != 4:
            raise ValueError(f"highlight must be (top, left, height, width), got {window!r}")
        top, left = (integer("highlight", part, minimum=0) for part in window[:2])
        height, width = (integer("highlight", part, minimum=1) for part in window[2:])
        if top + height > shape[0] or left + width > shape[1]:
            raise ValueError(
                f"highlight must lie inside the matrix of shape {shape}, got {tuple(window)}"
            )
        windows.append((top, left, height, width))
    return windows
