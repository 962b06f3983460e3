"""What else happens after each step and each epoch: stopping early, keeping the best weights."""

import math
import os
from collections.abc import Sequence

from d2lkit.arguments import integer, number, one_of
from d2lkit.training import distributed
from d2lkit.training.checkpoint import load_checkpoint, save_checkpoint
from d2lkit.training.run import Run
from d2lkit.training.saver import writable_file


class Callback:
    """Something that happens beside the training loop; this one does nothing.

    A subclass writes the methods that it needs. The run has ``model``, ``optimizer``,
    ``history``, ``epoch`` and ``train_batch_idx``. To ask for the value of a tensor after each
    step makes the processor wait for the GPU; after an epoch everything in the history is there.

    Attributes:
        stop: set it to True to end the training after this epoch.

    >>> class Count(Callback):
    ...     def begin(self, run):
    ...         self.steps = 0
    ...     def after_step(self, run):
    ...         self.steps += 1
    """

    stop = False

    def begin(self, run: Run) -> None:
        """Called before the first step, and before a checkpoint is loaded."""

    def after_step(self, run: Run) -> None:
        """Called after each step of the optimiser."""

    def after_epoch(self, run: Run) -> None:
        """Called after each epoch, before it is saved: ``run.history.last`` is this epoch."""

    def state_dict(self) -> dict:
        """Return what a resumed run must know, as plain values; it goes into the checkpoint."""
        return {}

    def load_state_dict(self, state: dict) -> None:
        """Go on from what :meth:`state_dict` returned."""


class _Watching(Callback):
    """A callback that knows the best value of one metric so far."""

    def __init__(self, metric: str, mode: str | None) -> None:
        self.metric = metric
        if mode is None:  # what is lost is to be small, what is right is to be much
            known = {"loss": "min", "error": "min", "accuracy": "max"}
            mode = known.get(str(metric).rsplit("_", 1)[-1])
        self.mode = one_of("mode", mode, ["min", "max"])
        self.best, self.best_epoch = None, 0

    def begin(self, run: Run) -> None:
        """Forget what an earlier training has reached."""
        self.best, self.best_epoch = None, 0

    def improved(self, run: Run, by: float = 0.0) -> bool:
        """Return whether the epoch's value is the best so far, and note it if so."""
        last = run.history.last
        value = last[one_of("metric", self.metric, list(last))]
        sign = 1 if self.mode == "max" else -1
        if math.isnan(value) or not (self.best is None or sign * (value - self.best) > by):
            return False
        self.best, self.best_epoch = value, run.epoch
        return True

    def state_dict(self) -> dict:
        """Return the metric, its best value so far and the epoch of that."""
        return {"metric": self.metric, "best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state: dict) -> None:
        """Go on from what :meth:`state_dict` returned; refuse the best value of another metric."""
        if (watched := state.get("metric", self.metric)) != self.metric:
            name = type(self).__name__
            raise ValueError(f"its {name} watches {watched!r}, this one's {self.metric!r}")
        self.best, self.best_epoch = state["best"], state["best_epoch"]


class EarlyStopping(_Watching):
    """Ends the training when a metric has not improved for some epochs.

    Args:
        metric: one of the history's, such as ``"val_loss"``.
        patience: epochs without improvement that are waited for.
        min_delta: what counts as an improvement must be larger than this.
        mode: ``"min"`` or ``"max"``; None knows it for a loss, an error and an accuracy.

    Attributes:
        best, best_epoch: the best value and its epoch, from 1.

    Raises:
        TypeError: if an argument has the wrong type.
        ValueError: if its value is not allowed; after an epoch, if there is no such metric.

    >>> EarlyStopping("val_accuracy", patience=5).mode
    'max'
    """

    def __init__(
        self,
        metric: str = "val_loss",
        patience: int = 3,
        *,
        min_delta: float = 0.0,
        mode: str | None = None,
    ) -> None:
        super().__init__(metric, mode)
        self.patience = integer("patience", patience, minimum=1)
        self.min_delta = number("min_delta", min_delta, minimum=0)

        self.waited = 0  # epochs since the last improvement

    @property
    def stop(self) -> bool:
        """Whether the last improvement was too long ago."""
        return self.waited >= self.patience

    def begin(self, run: Run) -> None:
        """Forget what an earlier training has reached."""
        super().begin(run)
        self.waited = 0

    def after_epoch(self, run: Run) -> None:
        """Count the epochs since the last improvement."""
        self.waited = 0 if self.improved(run, by=self.min_delta) else self.waited + 1

    def state_dict(self) -> dict:
        """Return the best value, its epoch, and how many epochs were waited for."""
        return {**super().state_dict(), "waited": self.waited}

    def load_state_dict(self, state: dict) -> None:
        """Go on from what :meth:`state_dict` returned."""
        super().load_state_dict(state)
        self.waited = state["waited"]


class BestCheckpoint(_Watching):
    """Keeps the weights of the epoch in which a metric was best.

    ``torch.load(path, weights_only=True)["model"]`` is the model's ``state_dict`` then.

    Args:
        path: the file.
        metric: one of the history's, such as ``"val_accuracy"``.
        mode: ``"min"`` or ``"max"``; None knows it for a loss, an error and an accuracy.

    Attributes:
        best, best_epoch: the best value and its epoch, from 1.

    Raises:
        TypeError: if an argument has the wrong type.
        ValueError: if its value is not allowed; after an epoch, if there is no such metric.

    >>> import tempfile
    >>> best = BestCheckpoint(os.path.join(tempfile.mkdtemp(), "best.pt"))
    >>> best.metric, best.mode
    ('val_accuracy', 'max')
    """

    def __init__(
        self, path: str | os.PathLike, metric: str = "val_accuracy", *, mode: str | None = None
    ) -> None:
        super().__init__(metric, mode)
        self.path = writable_file("path", path)

    def after_epoch(self, run: Run) -> None:
        """Save the weights if they are the best so far."""
        if self.improved(run) and distributed.rank() == 0:
            what = {"model": run.model.state_dict(), "epoch": run.epoch, self.metric: self.best}
            save_checkpoint(self.path, what)

    def restore(self, model) -> None:
        """Put the best weights into a model.

        Args:
            model: the one that was trained, or one like it.
        """
        model.load_state_dict(load_checkpoint(self.path)["model"])


def check_callbacks(callbacks: Sequence[Callback]) -> list[Callback]:
    """Return callbacks as a list; refuse what is none.

    >>> check_callbacks([print])
    Traceback (most recent call last):
    ...
    TypeError: callbacks must be Callback objects, got builtin_function_or_method
    """
    if isinstance(callbacks, Callback) or not isinstance(callbacks, Sequence):
        raise TypeError(f"callbacks must be a list, got {type(callbacks).__name__}")
    for one in callbacks:
        if not isinstance(one, Callback):
            raise TypeError(f"callbacks must be Callback objects, got {type(one).__name__}")
    return list(callbacks)
