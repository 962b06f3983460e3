"""When a training run is saved, what is saved of it, and how it goes on from there."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from d2lkit.arguments import integer
from d2lkit.training import distributed
from d2lkit.training.checkpoint import (
    CheckpointError,
    has_checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from d2lkit.training.interrupt import DeferredInterrupt
from d2lkit.training.seed import random_state, restore_random_state

if TYPE_CHECKING:
    from d2lkit.training.trainer import Trainer


class RunSaver:
    """Saves a Trainer's run as often as was asked for, and before Ctrl-C ends it.

    Args:
        path: the checkpoint; None saves nothing.
        every: steps of the optimiser between two saves; None saves after each epoch.

    Raises:
        TypeError: if an argument has the wrong type.
        ValueError: if the path cannot be that of a file that this process may write.
    """

    def __init__(self, path: str | os.PathLike | None, every: int | None) -> None:
        if every is not None:
            every = integer("checkpoint_every", every, minimum=1)
            if path is None:
                raise ValueError(f"checkpoint must name a file for checkpoint_every={every}")
        self.path = None if path is None else _writable_file(path)
        self.every = every
        # Several processes would not notice Ctrl-C in the same step, so they could not save
        # together; they go on from their last regular checkpoint.
        waits = path is not None and distributed.world_size() == 1
        self._interrupt = DeferredInterrupt(waits)

    def __enter__(self) -> "RunSaver":
        self._interrupt.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self._interrupt.__exit__(*error)

    def begin(self, trainer: "Trainer", resume: bool) -> None:
        """Bring the trainer to where its checkpoint stands, if it is to be resumed."""
        if resume and self.path is None:
            raise ValueError("checkpoint must name a file for resume=True, got None")
        if resume and has_checkpoint(self.path):
            self._restore(trainer)

    def after_step(self, trainer: "Trainer") -> None:
        """Save if it is time, unless the epoch is about to end with a save of its own."""
        self.stop_if_interrupted(trainer)
        if self._is_due(trainer) and trainer.train_batch_idx % trainer.num_train_batches:
            self.save(trainer)

    def after_epoch(self, trainer: "Trainer") -> None:
        """Save if every epoch is saved, if it is time, or if the training is complete."""
        if self.path is None:
            return
        if self.every is None or self._is_due(trainer) or trainer.epoch == trainer.max_epochs:
            self.save(trainer)

    def stop_if_interrupted(self, trainer: "Trainer") -> None:
        """Save and raise KeyboardInterrupt if Ctrl-C was pressed."""
        if self._interrupt.arrived:
            self.save(trainer)
            raise KeyboardInterrupt(
                f"stopped after step {trainer.train_batch_idx} and saved in {self.path}: "
                "fit(..., resume=True) goes on from there"
            )

    def save(self, trainer: "Trainer") -> None:
        """Write everything that the rest of the run depends on; only rank 0 writes."""
        random = {
            "now": random_state(trainer.device),
            "at_epoch_start": trainer.random_at_epoch_start,
        }
        state = {
            "model": trainer.model.state_dict(),
            "optimizer": trainer.optimizer.state_dict(),
            "optimizer_name": type(trainer.optimizer).__name__,
            "scheduler": trainer.scheduler and trainer.scheduler.state_dict(),
            "history": trainer.history.state_dict(),
            "epoch": trainer.epoch,
            "train_batch_idx": trainer.train_batch_idx,
            "num_train_batches": trainer.num_train_batches,
            "seconds_in_epoch": trainer.seconds_in_epoch(),
            "random": distributed.gather(random),
        }
        if distributed.rank() == 0:
            save_checkpoint(self.path, state)

    def _restore(self, trainer: "Trainer") -> None:
        state = load_checkpoint(self.path)
        try:
            name = type(trainer.optimizer).__name__
            if state["optimizer_name"] != name:
                raise ValueError(f"its optimizer is {state['optimizer_name']}, this one is {name}")
            if state["num_train_batches"] != trainer.num_train_batches:
                raise ValueError(
                    f"it has {state['num_train_batches']} batches in an epoch, "
                    f"these data have {trainer.num_train_batches}"
                )
            if (state["scheduler"] is None) != (trainer.scheduler is None):
                raise ValueError("one of both has a scheduler, the other has none")
            trainer.model.load_state_dict(state["model"])
            trainer.optimizer.load_state_dict(state["optimizer"])
            if trainer.scheduler is not None:
                trainer.scheduler.load_state_dict(state["scheduler"])
            trainer.history.load_state_dict(state["history"])
            trainer.epoch = state["epoch"]
            trainer.train_batch_idx = state["train_batch_idx"]
            # An epoch that is about to begin starts its own clock.
            if trainer.train_batch_idx > trainer.epoch * trainer.num_train_batches:
                trainer.seconds_before = state["seconds_in_epoch"]
            # A run that goes on with more processes than before has no state for the new ones.
            random = state["random"][min(distributed.rank(), len(state["random"]) - 1)]
            restore_random_state(random["now"], trainer.device)
            trainer.random_at_epoch_start = random["at_epoch_start"]
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise CheckpointError(
                f"file {self.path} is of another run: {error}; resume with the model, the "
                "optimizer and the data it was saved with, or remove it to train from the start"
            ) from error

    def _is_due(self, trainer: "Trainer") -> bool:
        return self.every is not None and trainer.train_batch_idx % self.every == 0


def _writable_file(path: object) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"checkpoint must be a path, got {path!r} ({type(path).__name__})")
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"checkpoint must name a file, got the folder {str(path)!r}")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise ValueError(
            f"checkpoint must lie in a folder that exists and can be written, got {str(path)!r}"
        )
    return path
