"""What happened during a training run: every step, every epoch, and the curves."""

import torch
from torch import Tensor

from d2lkit.arguments import one_of

_CURVES = ("loss", "val_loss", "accuracy", "val_accuracy")


class History:
    """Metrics of a training run, per step and per epoch.

    Attributes:
        steps: one dict per step of the optimiser: ``"epoch"`` (from 1), ``"loss"``, and what
            the model logged, such as ``"accuracy"``.
        epochs: one dict per epoch: ``"epoch"`` (from 1), the means of the steps' metrics,
            the validation metrics with ``val_`` before their names, and ``"seconds"``.

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
        self._sizes: list[int] = []  # images in each step of the current epoch
        self._waiting: list[dict[str, Tensor]] = []  # steps whose metrics are on the device

    @property
    def last(self) -> dict[str, float]:
        """The metrics of the last epoch."""
        if not self.epochs:
            raise ValueError("last must be asked for after an epoch, got a history with none")
        return self.epochs[-1]

    def __getitem__(self, name: str) -> list[float]:
        """Return one metric of every epoch that has it."""
        names = list(dict.fromkeys(key for epoch in self.epochs for key in epoch))
        one_of("metric", name, names)
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
        self._waiting.append(metrics)
        self._sizes.append(size)

    def collect(self) -> None:
        """Fetch the metrics of the steps so far from the device, each kind at one go."""
        rows: list[dict[str, float]] = [{"epoch": len(self.epochs) + 1} for _ in self._waiting]
        for name in dict.fromkeys(key for metrics in self._waiting for key in metrics):
            having = [i for i, metrics in enumerate(self._waiting) if name in metrics]
            values = torch.stack([self._waiting[i][name].detach() for i in having])
            for i, value in zip(having, values.tolist(), strict=True):
                rows[i][name] = value
        self.steps += rows
        self._waiting.clear()

    def end_epoch(self, validation: dict[str, float], *, seconds: float) -> None:
        """Close an epoch: the mean of its steps, and what validation gave.

        Args:
            validation: metrics by name, without ``val_``.
            seconds: how long the epoch took.
        """
        self.collect()
        rows = self.steps[len(self.steps) - len(self._sizes) :]
        epoch: dict[str, float] = {"epoch": len(self.epochs) + 1}
        for name in dict.fromkeys(key for row in rows for key in row if key != "epoch"):
            pairs = [(r[name], n) for r, n in zip(rows, self._sizes, strict=True) if name in r]
            epoch[name] = sum(v * n for v, n in pairs) / sum(n for _, n in pairs)
        epoch |= {f"val_{name.removeprefix('val_')}": v for name, v in validation.items()}
        self.epochs.append(epoch | {"seconds": seconds})
        self._sizes.clear()

    def plot(self, *names: str, title: str | None = None):
        """Return a figure of metrics over the epochs.

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
        return plot_curves(curves, "epoch", " and ".join(kinds), title=title)
