"""Metrics on their way to other programs while a model is trained."""

import csv
import os

from d2lkit.training import distributed
from d2lkit.training.callbacks import Callback
from d2lkit.training.run import Run
from d2lkit.training.saver import writable_file


class CSVLogger(Callback):
    """Writes a table with a line for each epoch, which any program can read while it grows.

    Args:
        path: the file.

    Raises:
        TypeError: if the path is none.
        ValueError: if it cannot be that of a file that this process may write.

    >>> import tempfile
    >>> CSVLogger(os.path.join(tempfile.mkdtemp(), "run.csv")).path.name
    'run.csv'
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = writable_file("path", path)

    def after_epoch(self, run: Run) -> None:
        """Write the whole table: what a resumed run finds there need not fit."""
        if distributed.rank() != 0:
            return
        rows = run.history.epochs
        names = list(dict.fromkeys(name for row in rows for name in row))
        with open(self.path, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, names)
            table.writeheader()
            table.writerows(rows)


class TensorBoardLogger(Callback):
    """Writes the metrics of every step and epoch for TensorBoard, which is to be installed.

    ``step/<metric>`` has a value for each step of the optimiser, counted from 1, and
    ``epoch/<metric>`` one for each epoch. The tests read what was written with TensorBoard itself
    where it is installed, and elsewhere through a stand-in of its ``SummaryWriter``.

    Args:
        folder: where TensorBoard looks for runs: ``tensorboard --logdir folder``.

    Raises:
        ImportError: when the training begins, if the package tensorboard is missing.

    >>> TensorBoardLogger("runs/lenet").folder
    'runs/lenet'
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self.folder = os.fspath(folder)

    def begin(self, run: Run) -> None:
        """Open the files."""
        self._writer = None
        if distributed.rank() != 0:
            return
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise ImportError(
                "TensorBoardLogger needs the package tensorboard: pip install tensorboard"
            ) from error
        self._writer = SummaryWriter(self.folder)

    def after_epoch(self, run: Run) -> None:
        """Write the epoch, and the steps in it."""
        if self._writer is None:
            return
        first = len(run.history.steps) - run.num_train_batches
        for i, row in enumerate(run.history.steps[first:], start=first + 1):
            for name in row.keys() - {"epoch", "images"}:
                self._writer.add_scalar(f"step/{name}", row[name], i)
        for name in run.history.last.keys() - {"epoch"}:
            self._writer.add_scalar(f"epoch/{name}", run.history.last[name], run.epoch)
        self._writer.flush()
