"""One step of a sliding window: the window on the input, the kernel, the output cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from d2lkit.arguments import number, one_of, pair
from d2lkit.geometry import output_size
from d2lkit.plotting.arrays import as_array, short
from d2lkit.plotting.matrices import draw_cells, frame, panel, tint
from d2lkit.plotting.style import INK, PAGE_WIDTH, in_style, new_figure

PANELS = ("input", "kernel", "output")
_GREY = "#888888"
_PAD = "#f0f0f0"
_SIGN = 0.34  # inches for the sign between two panels
_HEAD = 0.28  # inches for a panel's name
_LINE = 0.24  # inches for a line of the sum
_TERMS = 9  # longest sum that is written out


@in_style
def show_window(
    input,
    kernel,
    output,
    position=(0, 0),
    *,
    stride=1,
    padding=0,
    dilation=1,
    operation: str = "sum",
    bias: float = 0.0,
    names: Sequence[str] = PANELS,
    title: str | None = None,
    scale: float = 0.42,
) -> Figure:
    """Show how one output cell comes from the window on the input, with the sum written out.

    The figure checks itself: an output of the wrong size, or a cell that is not what the window
    gives, is an error.

    Args:
        input: the input, before padding; its channels are drawn one below the other.
        kernel: the weights that are multiplied with the window (cross-correlation); or, for
            ``operation`` "max" and "mean", the size of the window: an int or (height, width).
        output: the whole output, one channel of it.
        position: the output cell (row, column).
        stride: step of the window in cells: an int or (vertical, horizontal).
        padding: cells added on each side: an int or (vertical, horizontal); zeros, or minus
            infinity for "max".
        dilation: distance between neighbouring cells of the window.
        operation: "sum" (weighted), "max" or "mean".
        bias: a number added to the weighted sum.
        names: what stands above input, kernel and output.
        title: a heading.
        scale: width of a cell in inches; less where the figure would not fit the page.

    Shape: input (H, W) or (C, H, W), kernel (kh, kw) or (C, kh, kw), output (H_out, W_out)

    Raises:
        ValueError: for shapes that do not belong together, a position outside the output, or an
            output cell that the window does not give, or for other than three names.

    >>> x = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    >>> show_window(x, [[0, 1], [2, 3]], [[19, 25], [37, 43]], (1, 0))
    <Figure size 378x190 with 3 Axes>
    """
    step = _step(input, kernel, output, position, stride, padding, dilation, operation, bias)
    scale = number("scale", scale, above=0)
    if isinstance(names, str) or len(names) != len(PANELS):
        raise ValueError(f"names must be three, for {', '.join(PANELS)}, got {names!r}")
    weighted = step.weights is not None

    # Rows of panels, one per channel, for input and kernel; the output stands in the middle.
    channels, height, width = step.padded.shape
    rows_out, columns_out = step.output.shape
    kernel_rows, kernel_columns = step.weights.shape[1:] if weighted else (0, 0)
    across = width + kernel_columns + columns_out
    signs = _SIGN * (2 if weighted else 1)
    scale = min(scale, (PAGE_WIDTH - signs - 0.16) / across)
    row_height = max(height, kernel_rows) * scale + _HEAD
    body = max(channels * row_height, rows_out * scale + _HEAD)
    foot = 0.12 + _LINE * len(step.lines)
    total_height = foot + body + (0.3 if title is not None else 0.0)
    # The sum may be longer than the panels are wide; a character takes about 0.085 inch.
    total_width = across * scale + signs + 0.16
    total_width = max(total_width, min(PAGE_WIDTH, 0.085 * max(map(len, step.lines)) + 0.2))
    figure = new_figure(total_width, total_height, title=title, layout="none")

    def place(name, rows, columns, left, middle):
        axes = panel(figure, left, middle - rows * scale / 2, columns * scale, rows * scale)
        axes.set_title(name, fontsize=9, pad=4)
        return axes

    def write(text, x, y, size):
        x, y = x / total_width, y / total_height
        figure.text(x, y, text, ha="center", va="center", fontsize=size)

    start = (total_width - across * scale - signs) / 2
    centre = foot + (body - _HEAD) / 2
    for channel in range(channels):
        middle = centre + ((channels - 1) / 2 - channel) * row_height
        suffix = f"[{channel}]" if channels > 1 else ""
        _draw_input(place(names[0] + suffix, height, width, start, middle), step, channel)
        if weighted:
            left = start + width * scale
            write("⋆", left + _SIGN / 2, middle, 13)
            axes = place(names[1] + suffix, kernel_rows, kernel_columns, left + _SIGN, middle)
            draw_cells(axes, _texts(step.weights[channel]))
    left = start + (across - columns_out) * scale + signs
    write("=" if weighted else "→", left - _SIGN / 2, centre, 13)
    axes = place(names[2], rows_out, columns_out, left, centre)
    draw_cells(axes, _texts(step.output))
    tint(axes, *step.position, 1, 1)
    frame(axes, *step.position, 1, 1)
    for index, line in enumerate(step.lines):
        write(line, total_width / 2, foot - 0.12 - _LINE * (index + 0.5), 9)
    return figure


@dataclass
class _Step:
    """What is drawn: checked, and computed from the window itself."""

    padded: np.ndarray  # (C, H + padding, W + padding)
    inside: np.ndarray  # (H + padding, W + padding), False in the padding
    touched: list[tuple[int, int]]  # cells of the padded input that the window reads
    window: tuple[int, int, int, int]  # top, left, height, width in the padded input
    weights: np.ndarray | None  # (C, kh, kw)
    output: np.ndarray  # (H_out, W_out)
    position: tuple[int, int]
    lines: list[str]  # the sum, written out


def _step(input, kernel, output, position, stride, padding, dilation, operation, bias) -> _Step:
    one_of("operation", operation, ["sum", "max", "mean"])
    x = as_array("input", input, ndim=(2, 3)).astype(float)
    y = as_array("output", output, ndim=(2,)).astype(float)
    weights = None
    if operation == "sum":
        weights = as_array("kernel", kernel, ndim=(2, 3)).astype(float)
        if weights.ndim != x.ndim or weights.shape[:-2] != x.shape[:-2]:
            raise ValueError(
                "kernel and input must have the same channels, "
                f"got shapes {weights.shape} and {x.shape}"
            )
        weights = weights.reshape(-1, *weights.shape[-2:])
    elif x.ndim != 2:
        raise ValueError(f"input of {operation!r} must be one channel, got shape {x.shape}")
    size = weights.shape[1:] if weights is not None else pair("kernel", kernel, minimum=1)
    x = x.reshape(-1, *x.shape[-2:])
    stride = pair("stride", stride, minimum=1)
    padding = pair("padding", padding, minimum=0)
    dilation = pair("dilation", dilation, minimum=1)
    bias = number("bias", bias)

    shape = tuple(output_size(x.shape[1:], size, stride=stride, padding=padding, dilation=dilation))
    if y.shape != shape:
        raise ValueError(f"output must have shape {shape}, got {y.shape}")
    row, column = pair("position", position, minimum=0)
    if row >= shape[0] or column >= shape[1]:
        raise ValueError(f"position must lie in the output of shape {shape}, got {position!r}")

    sides = [(0, 0), (padding[0], padding[0]), (padding[1], padding[1])]
    # Padding must never win a maximum.
    padded = np.pad(x, sides, constant_values=-np.inf if operation == "max" else 0.0)
    inside = np.pad(np.ones(x.shape[1:], dtype=bool), sides[1:])
    top, left = row * stride[0], column * stride[1]
    rows = [top + i * dilation[0] for i in range(size[0])]
    columns = [left + j * dilation[1] for j in range(size[1])]
    cells = padded[:, rows][:, :, columns]
    if weights is not None:
        result, lines = (cells * weights).sum() + bias, _sum(cells, weights, bias)
    else:
        result = cells.max() if operation == "max" else cells.mean()
        lines = [f"{operation} of " + _shortened([_value(v) for v in cells.ravel()], ", ")]
    if not np.isclose(result, y[row, column], rtol=1e-4, atol=1e-6):
        raise ValueError(
            f"output[{row}, {column}] is {y[row, column]:g}, but the window gives {result:g}"
        )
    lines[-1] += f" = {short(result)}"
    return _Step(
        padded,
        inside,
        [(i, j) for i in rows for j in columns],
        (top, left, rows[-1] - top + 1, columns[-1] - left + 1),
        weights,
        y,
        (row, column),
        lines,
    )


def _draw_input(axes: Axes, step: _Step, channel: int) -> None:
    draw_cells(
        axes,
        _texts(step.padded[channel]),
        colours=np.where(step.inside, "white", _PAD),
        ink=np.where(step.inside, INK, _GREY),
    )
    for cell in step.touched:
        tint(axes, *cell, 1, 1)
    frame(axes, *step.window)


def _texts(values: np.ndarray) -> list[list[str]]:
    return [[_value(value) for value in row] for row in values]


def _value(value: float) -> str:
    return "−∞" if np.isneginf(value) else short(value)


def _shortened(parts: list[str], joint: str) -> str:
    if len(parts) > _TERMS:
        parts = [*parts[:3], "…", parts[-1]]
    return joint.join(parts)


def _sum(cells, weights, bias) -> list[str]:
    """Return the sum of products as text, a line per channel."""
    lines = []
    for window, kernel in zip(cells, weights, strict=True):
        factors = zip(window.ravel(), kernel.ravel(), strict=True)
        lines.append(_shortened([f"{_factor(a)}·{_factor(b)}" for a, b in factors], " + "))
    lines[1:] = ["+ " + line for line in lines[1:]]
    if bias:
        lines[-1] += f" + {_factor(bias)}"
    return lines


def _factor(value: float) -> str:
    return short(value) if value >= 0 else f"({short(value)})"
