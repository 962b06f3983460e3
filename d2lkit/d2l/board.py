"""Pictures: curves of a training run, curves in general, rows of images."""

from collections import OrderedDict, namedtuple

from d2lkit import plotting
from d2lkit.d2l.hyperparameters import HyperParameters
from d2lkit.plotting.style import ipython_shell

Point = namedtuple("Point", ["x", "y"])


class ProgressBoard(HyperParameters):
    """Curves that grow point by point.

    A model that is trained collects its points here; they are drawn when the training ends.
    :meth:`draw` called by hand draws at once. Outside a notebook nothing is shown;
    :meth:`figure` returns the picture anywhere.

    Args:
        xlabel, ylabel, xlim, ylim, xscale, yscale: of the axes.
        figsize: width and height in inches; the width is the book's.
        display: whether to show anything at all.

    Attributes:
        data: the points of each curve by its label.

    >>> board = ProgressBoard("epoch")
    >>> for i in range(4):
    ...     board.draw(i, i * i, "square", every_n=2)
    >>> board.data["square"]
    [Point(x=0.5, y=0.5), Point(x=2.5, y=6.5)]
    """

    def __init__(
        self,
        xlabel=None,
        ylabel=None,
        xlim=None,
        ylim=None,
        xscale="linear",
        yscale="linear",
        figsize=(3.5, 2.5),
        display=True,
    ) -> None:
        self.save_hyperparameters()
        self.raw_points: dict[str, list[Point]] = OrderedDict()
        self.data: dict[str, list[Point]] = OrderedDict()
        self._handle = None

    def add(self, x: float, y, label: str, every_n: int = 1) -> bool:
        """Collect a point without drawing; return whether the curve has grown.

        Args:
            x, y: the point; ``y`` may be a tensor, which stays on its device.
            label: the name of its curve.
            every_n: how many points are averaged into one.
        """
        waiting = self.raw_points.setdefault(label, [])
        curve = self.data.setdefault(label, [])
        waiting.append(Point(x, y))
        if len(waiting) < every_n:
            return False
        n = len(waiting)
        curve.append(Point(sum(p.x for p in waiting) / n, sum(p.y for p in waiting) / n))
        waiting.clear()
        return True

    def draw(self, x: float, y, label: str, every_n: int = 1) -> None:
        """Collect a point and draw the curves if they have grown."""
        if self.add(x, y, label, every_n):
            self.show()

    def show(self) -> None:
        """Show the curves in the notebook, in the place of those shown before."""
        if not self.display or not any(self.data.values()) or ipython_shell() is None:
            return
        from IPython.display import display

        if self._handle is None:
            self._handle = display(self.figure(), display_id=True)
        else:
            self._handle.update(self.figure())

    def figure(self):
        """Return the curves as a figure."""
        curves = {
            label: ([p.x for p in points], [float(p.y) for p in points])
            for label, points in self.data.items()
            if points
        }
        figure = plotting.plot_curves(
            curves,
            self.xlabel,
            self.ylabel,
            xscale=self.xscale,
            yscale=self.yscale,
            ylim=self.ylim,
            height=self.figsize[1],
        )
        if self.xlim is not None:
            figure.axes[0].set_xlim(*self.xlim)
        return figure


def plot(
    X,
    Y=None,
    xlabel=None,
    ylabel=None,
    legend=(),
    xlim=None,
    ylim=None,
    xscale="linear",
    yscale="linear",
    figsize=(3.5, 2.5),
):
    """Show one curve or several, and return the figure's axes.

    Args:
        X: the common x values, or one list of them per curve; without ``Y`` the y values.
        Y: the y values of one curve or a list of several curves.
        legend: the names of the curves.
        xlabel, ylabel, xlim, ylim, xscale, yscale: of the axes.
        figsize: width and height in inches; the width is the book's.

    >>> plot([0, 1, 2], [[0, 1, 4], [0, 1, 8]], "x", legend=["square", "cube"])
    <Axes: xlabel='x'>
    """
    if Y is None:
        X, Y = None, X
    Y = [Y] if _is_one_curve(Y) else list(Y)
    if X is None:
        X = [range(len(y)) for y in Y]
    X = [X] * len(Y) if _is_one_curve(X) else list(X)
    X = X * len(Y) if len(X) == 1 else X
    names = [*legend, *(f"curve {i + 1}" for i in range(len(legend), len(Y)))]
    board = ProgressBoard(xlabel, ylabel, xlim, ylim, xscale, yscale, figsize)
    for name, xs, ys in zip(names, X, Y, strict=True):
        for x, y in zip(xs, ys, strict=True):
            board.add(float(x), float(y), name)
    board.show()
    return board.figure().axes[0]


def show_images(imgs, num_rows: int, num_cols: int, titles=None, scale: float = 1.5):
    """Show images in rows, and return their axes.

    Args:
        imgs: images of shape (H, W), (1, H, W) or (3, H, W).
        num_rows, num_cols: how many fit; more images are left out.
        titles: one label per image.
        scale: width of an image in inches.

    >>> import torch
    >>> [axes.get_title() for axes in show_images(torch.rand(2, 6, 6), 1, 2, titles="ab")]
    ['a', 'b']
    """
    count = min(len(imgs), num_rows * num_cols)
    titles = None if titles is None else list(titles)[:count]
    figure = plotting.show_images(imgs[:count], titles, columns=num_cols, scale=scale)
    if ipython_shell() is not None:
        from IPython.display import display

        display(figure)
    return figure.axes


def use_svg_display() -> None:
    """Let a notebook show matplotlib's figures as SVG; elsewhere do nothing.

    >>> use_svg_display()
    """
    if ipython_shell() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")


def set_figsize(figsize=(3.5, 2.5)) -> None:
    """Set the size of the figures that you draw with pyplot.

    Args:
        figsize: width and height in inches.

    >>> set_figsize((3.5, 2.5))
    """
    import matplotlib

    use_svg_display()
    matplotlib.rcParams["figure.figsize"] = figsize


def _is_one_curve(values) -> bool:
    return getattr(values, "ndim", None) == 1 or not hasattr(values[0], "__len__")
