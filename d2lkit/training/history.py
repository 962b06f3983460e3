"""What happened during a training run: every step, every epoch, and the curves."""

import math
import warnings

import torch
from torch import Tensor

from d2lkit.arguments import one_of
from d2lkit.training.distributed import mean_over_processes

_CURVES = ("loss", "val_loss", "accuracy", "val_accuracy")


class History:
    """Metrics of a training run, per step and per epoch.

    Attributes:
        steps: one dict per step of the optimiser: ``"epoch"`` (from 1), ``"images"`` (how
            many were in the batch), ``"loss"``, and what the model logged, such as
            ``"accuracy"``.
        epochs: one dict per epoch: ``"epoch"`` (from 1), the means of the steps' metrics
            over the images, the validation metrics with ``val_`` before their names, and
            ``"seconds"``, the time that training and validation took.

    >>> history = History()
    >>> history.add_step({"loss": torch.tensor(2.0)}, size=3)
    >>> history.add_step({"loss": torch.tensor(1.0)}, size=1)
    >>> history.end_epoch({"loss": 1.5}, seconds=0.1)
    >>> history.last
    {'epoch': 1, 'loss': 1.75, 'val_loss': 1.5, 'seconds': 0.1}
    >>> history["val_loss"]
    [1.5]
    >>> history
    History(epochs=1, steps=2)
    """

    def __init__(self) -> None:
        self.steps: list[dict[str, float]] = []
        self.epochs: list[dict[str, float]] = []
        self._parts: list[tuple[dict[str, Tensor], int]] = []  # of the step that is under way
        # Steps whose metrics are still on the device: metrics, images, learning rate.
        self._waiting: list[tuple[dict[str, Tensor], int, float | None]] = []
        self._warned = False

    @property
    def last(self) -> dict[str, float]:
        """The metrics of the last epoch."""
        if not self.epochs:
            raise ValueError("last must be asked for after an epoch, got a history with none")
        return self.epochs[-1]

    def __getitem__(self, name: str) -> list[float]:
        """Return one metric of every epoch that has it."""
        names = list(dict.fromkeys(key for epoch in self.epochs for key in epoch))
        one_of("metric", name, names or self.last)
        return [epoch[name] for epoch in self.epochs if name in epoch]

    def __len__(self) -> int:
        return len(self.epochs)

    def __repr__(self) -> str:
        # No metric in here: a notebook stores it, and losses differ from device to device.
        return f"History(epochs={len(self.epochs)}, steps={len(self.steps) + len(self._waiting)})"

    def __str__(self) -> str:
        if not self.epochs:
            return repr(self)
        names = list(dict.fromkeys(key for epoch in self.epochs for key in epoch))
        rows = [names] + [
            [f"{row[n]:g}" if n == "epoch" else f"{row[n]:.4f}" if n in row else "" for n in names]
            for row in self.epochs
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        )

    def add_step(self, metrics: dict[str, Tensor], *, size: int) -> None:
        """Note the metrics of one step; they stay on their device for now.

        Args:
            metrics: scalar tensors.
            size: images in the batch, the step's weight in the epoch's mean.
        """
        self.add_part(metrics, size=size)
        self.end_step()

    def add_part(self, metrics: dict[str, Tensor], *, size: int) -> None:
        """Note the metrics of a part of a step's batch.

        Args:
            metrics: scalar tensors.
            size: images in the part.
        """
        self._parts.append((metrics, size))

    def end_step(self, lr: float | None = None) -> None:
        """Close a step: its metrics are the means over its parts.

        Args:
            lr: the learning rate of the step, for the warning when a loss is no number any more.
        """
        parts, self._parts = self._parts, []
        if parts:
            self._waiting.append((*_mean_of_parts(parts), lr))

    def collect(self) -> None:
        """Fetch the metrics of the steps so far from the device, each kind at one go."""
        waiting, self._waiting = self._waiting, []
        rows = [{"epoch": len(self.epochs) + 1, "images": size} for _, size, _ in waiting]
        for name in dict.fromkeys(key for metrics, _, _ in waiting for key in metrics):
            having = [i for i, (metrics, _, _) in enumerate(waiting) if name in metrics]
            means, sizes = mean_over_processes(
                torch.stack([waiting[i][0][name] for i in having]),
                torch.tensor([waiting[i][1] for i in having]),
            )
            for i, mean, size in zip(having, means.tolist(), sizes.tolist(), strict=True):
                rows[i] |= {name: mean, "images": int(size)}
        self._warn_of_divergence(rows, [lr for _, _, lr in waiting])
        self.steps += rows

    def _warn_of_divergence(self, rows: list[dict], rates: list[float | None]) -> None:
        for i, row in enumerate(rows):
            if not self._warned and not math.isfinite(row.get("loss", 0.0)):
                self._warned = True
                rate = "" if rates[i] is None else f", at a learning rate of {float(rates[i]):g}"
                warnings.warn(
                    f"the loss is {row['loss']} since step {len(self.steps) + i + 1} "
                    f"(epoch {row['epoch']}){rate}: what follows is no training any more; "
                    "try a smaller learning rate",
                    stacklevel=2,
                )

    def end_epoch(self, validation: dict[str, float], *, seconds: float) -> None:
        """Close an epoch: the mean of its steps, and what validation gave.

        Args:
            validation: metrics by name, without ``val_``.
            seconds: how long the epoch took.
        """
        self.collect()
        number = len(self.epochs) + 1
        rows = [row for row in self.steps if row["epoch"] == number]
        epoch: dict[str, float] = {"epoch": number}
        for name in dict.fromkeys(key for row in rows for key in row):
            if name not in ("epoch", "images"):
                having = [row for row in rows if name in row]
                images = sum(row["images"] for row in having)
                epoch[name] = sum(row[name] * row["images"] for row in having) / images
        epoch |= {f"val_{name.removeprefix('val_')}": v for name, v in validation.items()}
        self.epochs.append(epoch | {"seconds": seconds})

    def state_dict(self) -> dict:
        """Return the history as lists and dicts, for a checkpoint or a JSON file."""
        self.collect()
        return {"steps": self.steps, "epochs": self.epochs}

    def load_state_dict(self, state: dict) -> None:
        """Go on from what :meth:`state_dict` returned.

        Args:
            state: that dict.
        """
        self.steps, self.epochs = list(state["steps"]), list(state["epochs"])
        self._warned = any(not math.isfinite(row.get("loss", 0.0)) for row in self.steps)

    def plot(self, *names: str, title: str | None = None):
        """Return a figure of metrics over the epochs, with gaps where a metric is no number.

        Args:
            *names: which metrics; without any, losses and accuracies.
            title: above the figure.

        Raises:
            ValueError: if there is no epoch yet or no such metric.
        """
        from d2lkit.plotting import plot_curves

        names = names or tuple(name for name in _CURVES if name in self.last)
        curves = {
            name: ([row["epoch"] for row in self.epochs if name in row], self[name])
            for name in names
        }
        kinds = dict.fromkeys(name.removeprefix("val_") for name in names)
        return plot_curves(curves, "epoch", " and ".join(kinds), title=title, gaps=True)


def _mean_of_parts(parts: list[tuple[dict[str, Tensor], int]]) -> tuple[dict[str, Tensor], int]:
    """Return the means over all images of a step's parts, and how many images those are."""
    if len(parts) == 1:
        return parts[0]
    means = {}
    for name in dict.fromkeys(key for metrics, _ in parts for key in metrics):
        having = [(metrics[name], size) for metrics, size in parts if name in metrics]
        means[name] = sum(m * size for m, size in having) / sum(size for _, size in having)
    return means, sum(size for _, size in parts)
