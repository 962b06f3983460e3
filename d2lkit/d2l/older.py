"""Names of d2l's older editions: batches, sums and curves."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from d2lkit.d2l.board import ProgressBoard
from d2lkit.d2l.data import TEXT_LABELS, FashionMNIST


class Accumulator:
    """Sums of ``n`` quantities.

    Args:
        n: how many.

    >>> sums = Accumulator(2)
    >>> sums.add(1, 0.5), sums.add(2, 0.5)
    (None, None)
    >>> sums[0], sums[1]
    (3.0, 1.0)
    """

    def __init__(self, n: int) -> None:
        self.data = [0.0] * n

    def add(self, *args) -> None:
        """Add one number to each sum."""
        self.data = [a + float(b) for a, b in zip(self.data, args, strict=True)]

    def reset(self) -> None:
        """Begin again from zero."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, idx):
        return self.data[idx]


class Animator:
    """Curves that grow point by point.

    Args:
        xlabel, ylabel, xlim, ylim, xscale, yscale: of the axes.
        legend: the names of the curves.
        fmts, nrows, ncols: taken and ignored: the book's style draws one panel.
        figsize: width and height in inches; the width is the book's.

    >>> animator = Animator("epoch", legend=["loss", "accuracy"])
    >>> animator.add(1, (0.5, None))
    >>> animator.add(2, (0.25, 0.75))
    >>> animator.board.data["loss"]
    [Point(x=1.0, y=0.5), Point(x=2.0, y=0.25)]
    """

    def __init__(
        self,
        xlabel=None,
        ylabel=None,
        legend=None,
        xlim=None,
        ylim=None,
        xscale="linear",
        yscale="linear",
        fmts=("-", "m--", "g-.", "r:"),
        nrows=1,
        ncols=1,
        figsize=(3.5, 2.5),
    ) -> None:
        self.legend = list(legend or ())
        if xlim is not None and xlim[0] == xlim[1]:  # a training of one epoch
            xlim = None
        self.board = ProgressBoard(xlabel, ylabel, xlim, ylim, xscale, yscale, figsize)

    def add(self, x, y) -> None:
        """Add a point to each curve; None leaves a curve as it is.

        Args:
            x: one number for all curves, or one for each.
            y: one number for each curve, or one for the only curve.
        """
        ys = y if hasattr(y, "__len__") else [y]
        xs = x if hasattr(x, "__len__") else [x] * len(ys)
        for i, (a, b) in enumerate(zip(xs, ys, strict=True)):
            if a is not None and b is not None:
                name = self.legend[i] if i < len(self.legend) else f"curve {i + 1}"
                self.board.add(a, b, name)
        self.board.show()


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True):
    """Return batches from tensors whose rows belong together.

    Args:
        data_arrays: such as ``(images, labels)``.
        batch_size: rows in a batch.
        is_train: whether to shuffle.

    >>> X, y = next(iter(load_array((torch.zeros(5, 2), torch.zeros(5)), 3)))
    >>> X.shape, y.shape
    (torch.Size([3, 2]), torch.Size([3]))
    """
    rows = torch.utils.data.TensorDataset(*data_arrays)
    return torch.utils.data.DataLoader(rows, batch_size, shuffle=is_train)


def load_data_fashion_mnist(batch_size: int, resize: int | None = None) -> tuple:
    """Return the training and the test batches of Fashion-MNIST, numbers from 0 to 1.

    Args:
        batch_size: images in a batch.
        resize: height and width of the images in pixels; None keeps their 28.

    >>> load_data_fashion_mnist(64, resize=0)
    Traceback (most recent call last):
    ...
    ValueError: resize must be at least 1, got 0
    """
    data = FashionMNIST(batch_size, 28 if resize is None else resize)
    return data.train_dataloader(), data.val_dataloader()


def get_fashion_mnist_labels(labels: Iterable) -> list[str]:
    """Return the names of Fashion-MNIST's numbered classes.

    >>> get_fashion_mnist_labels([0, 9])
    ['t-shirt', 'ankle boot']
    """
    return [TEXT_LABELS[int(i)] for i in labels]


def get_dataloader_workers() -> int:
    """Return how many processes may read data; d2lkit's own data sets need none.

    >>> get_dataloader_workers()
    4
    """
    return 4
