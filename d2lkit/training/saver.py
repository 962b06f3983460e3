"""When a training run is saved: after an epoch, every so many steps, and before Ctrl-C ends it."""

import os
from pathlib import Path

from d2lkit.arguments import integer
from d2lkit.training import distributed
from d2lkit.training.checkpoint import (
    CheckpointError,
    check_plain,
    has_checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from d2lkit.training.interrupt import DeferredInterrupt
from d2lkit.training.run import Run


class RunSaver:
    """Saves a run as often as was asked for, and before Ctrl-C ends it.

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
        self.path = None if path is None else writable_file("checkpoint", path)
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

    def begin(self, run: Run, resume: bool) -> None:
        """Bring the run to where its checkpoint stands, if it is to be resumed."""
        if resume and self.path is None:
            raise ValueError("checkpoint must name a file for resume=True, got None")
        if resume and has_checkpoint(self.path):
            self._restore(run)
        elif self.path is not None:
            check_plain(run.state_dict())  # what cannot be saved shows now, not after an epoch

    def after_step(self, run: Run) -> None:
        """Save if it is time, unless the epoch is about to end with a save of its own."""
        self.stop_if_interrupted(run)
        if self._is_due(run) and run.steps_in_epoch < run.num_train_batches:
            self.save(run)

    def after_epoch(self, run: Run) -> None:
        """Save if every epoch is saved, if it is time, or if the training is complete."""
        if self.path is None:
            return
        over = run.epoch == run.max_epochs or any(one.stop for one in run.callbacks)
        if self.every is None or self._is_due(run) or over:
            self.save(run)

    def stop_if_interrupted(self, run: Run) -> None:
        """Save and raise KeyboardInterrupt if Ctrl-C was pressed."""
        if self._interrupt.arrived:
            self.save(run)
            raise KeyboardInterrupt(
                f"stopped after step {run.train_batch_idx} and saved in {self.path}: "
                "fit(..., resume=True) goes on from there"
            )

    def save(self, run: Run) -> None:
        """Write the run; all processes tell what is theirs, and rank 0 writes."""
        state = run.state_dict()
        if distributed.rank() == 0:
            save_checkpoint(self.path, state)

    def _restore(self, run: Run) -> None:
        state = load_checkpoint(self.path)
        try:
            run.load_state_dict(state)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise CheckpointError(
                f"file {self.path} is of another run: {error}; resume with the model, the "
                "optimizer and the data it was saved with, or remove it to train from the start"
            ) from error

    def _is_due(self, run: Run) -> bool:
        return self.every is not None and run.train_batch_idx % self.every == 0


def writable_file(name: str, path: object) -> Path:
    """Return the path of a file that this process may write.

    Args:
        name: of the argument, for the message.
        path: the file.

    Raises:
        TypeError: if it is no path.
        ValueError: if it is a folder, or in none that can be written.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path, got {path!r} ({type(path).__name__})")
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{name} must name a file, got the folder {str(path)!r}")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise ValueError(
            f"{name} must lie in a folder that exists and can be written, got {str(path)!r}"
        )
    return path
