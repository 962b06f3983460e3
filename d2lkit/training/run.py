"""Where a training run stands: all that its rest depends on, in one object."""

import time
from collections.abc import Sequence
from contextlib import contextmanager

import torch
from torch import nn
from torch.optim import Optimizer

from d2lkit.training import distributed
from d2lkit.training.history import History
from d2lkit.training.schedule import Schedule
from d2lkit.training.seed import random_state, restore_random_state
from d2lkit.training.settings import of_optimizer


class Run:
    """One training run, from its first step to its last; a checkpoint is its ``state_dict``.

    Args:
        model: the model that learns.
        optimizer: moves its parameters.
        schedule: moves the learning rate.
        num_train_batches: steps in an epoch.
        max_epochs: passes over the training data.
        device: where it trains.
        settings: plain values that a resumed run must share, by name.
        generators: random generators of the training data's own.
        callbacks: objects whose ``state_dict`` belongs to the run.

    Attributes:
        epoch: passes that are complete.
        train_batch_idx: steps of the optimiser so far.
        history: what happened.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer,
        schedule: Schedule,
        *,
        num_train_batches: int,
        max_epochs: int,
        device: torch.device,
        settings: dict | None = None,
        generators: Sequence[torch.Generator] = (),
        callbacks: Sequence = (),
    ) -> None:
        self.model, self.optimizer, self.schedule = model, optimizer, schedule
        self.num_train_batches, self.max_epochs = num_train_batches, max_epochs
        self.device = device
        self.generators, self.callbacks = list(generators), list(callbacks)
        self.settings = {**(settings or {}), **of_optimizer(optimizer), **schedule.settings()}
        self.epoch = self.train_batch_idx = 0
        self.history = History()
        self.random_at_epoch_start = self._random_state()
        self._seconds_before, self._epoch_started = 0.0, time.perf_counter()

    @property
    def scheduler(self):
        """What moves the learning rate, None if nothing does."""
        return self.schedule.scheduler

    @property
    def steps_in_epoch(self) -> int:
        """How many steps of this epoch are done."""
        return self.train_batch_idx - self.epoch * self.num_train_batches

    def begin_epoch(self) -> None:
        """Start the epoch's clock, and note where its random numbers begin."""
        self._epoch_started = time.perf_counter() - self._seconds_before
        if self.steps_in_epoch == 0:
            self.random_at_epoch_start = self._random_state()

    def seconds_in_epoch(self) -> float:
        """Return how long this epoch has been trained, before and after an interruption."""
        return time.perf_counter() - self._epoch_started

    def end_epoch(self, validation: dict[str, float]) -> None:
        """Close the epoch's books.

        Args:
            validation: metrics by name.
        """
        self.epoch += 1
        self.history.end_epoch(validation, seconds=self.seconds_in_epoch())
        self._seconds_before = 0.0
        self.schedule.after_epoch(self.history.last)

    @contextmanager
    def epoch_drawn_again(self):
        """Let the random numbers begin where this epoch began, within a with block."""
        now = self._random_state()
        self._restore_random_state(self.random_at_epoch_start)
        yield
        self._restore_random_state(now)

    def state_dict(self) -> dict:
        """Return all that the rest of the run depends on, as plain values and tensors."""
        random = {"now": self._random_state(), "at_epoch_start": self.random_at_epoch_start}
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "optimizer_name": type(self.optimizer).__name__,
            "scheduler": self.scheduler and self.scheduler.state_dict(),
            "history": self.history.state_dict(),
            "epoch": self.epoch,
            "max_epochs": self.max_epochs,
            "train_batch_idx": self.train_batch_idx,
            "num_train_batches": self.num_train_batches,
            "seconds_in_epoch": self.seconds_in_epoch(),
            "random": distributed.gather(random),
            "settings": self.settings,
            "callbacks": {name: one.state_dict() for name, one in self._named_callbacks()},
        }

    def load_state_dict(self, state: dict) -> None:
        """Go on from what :meth:`state_dict` returned.

        Args:
            state: that dict.

        Raises:
            ValueError: if it is of another run.
        """
        self._check(state)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
            self.schedule.check_rates()
        self.history.load_state_dict(state["history"])
        self.epoch, self.train_batch_idx = state["epoch"], state["train_batch_idx"]
        # An epoch that is about to begin starts its own clock.
        self._seconds_before = state["seconds_in_epoch"] if self.steps_in_epoch else 0.0
        # A run that goes on with more processes than before has no state for the new ones.
        random = state["random"][min(distributed.rank(), len(state["random"]) - 1)]
        self._restore_random_state(random["now"])
        self.random_at_epoch_start = random["at_epoch_start"]
        for name, callback in self._named_callbacks():
            if name in state.get("callbacks", {}):
                callback.load_state_dict(state["callbacks"][name])

    def _check(self, state: dict) -> None:
        name = type(self.optimizer).__name__
        if state["optimizer_name"] != name:
            raise ValueError(f"its optimizer is {state['optimizer_name']}, this one is {name}")
        if state["num_train_batches"] != self.num_train_batches:
            raise ValueError(
                f"it has {state['num_train_batches']} batches in an epoch, "
                f"these data have {self.num_train_batches}"
            )
        if (state["scheduler"] is None) != (self.scheduler is None):
            raise ValueError("one of both has a scheduler, the other has none")
        epochs = state.get("max_epochs", self.max_epochs)
        if epochs != self.max_epochs and self.schedule.has_an_end:
            raise ValueError(
                f"its {type(self.scheduler).__name__} was made for max_epochs={epochs} and cannot "
                f"be stretched to {self.max_epochs}: to train on, begin a new run from its weights"
            )
        theirs = state.get("settings", {})
        for key in [key for key in theirs if key in self.settings]:
            if theirs[key] != self.settings[key]:
                raise ValueError(f"its {key} is {theirs[key]!r}, this one's {self.settings[key]!r}")

    def _named_callbacks(self) -> list[tuple[str, object]]:
        kinds = [type(callback).__name__ for callback in self.callbacks]
        names = [f"{kind} {kinds[:i].count(kind)}" for i, kind in enumerate(kinds)]
        return list(zip(names, self.callbacks, strict=True))

    def _random_state(self) -> dict:
        return random_state(self.device, self.generators)

    def _restore_random_state(self, state: dict) -> None:
        restore_random_state(state, self.device, self.generators)


class OfRun:
    """An attribute of the Trainer that is one of its run.

    >>> class Worker:
    ...     epoch = OfRun()
    ...     run = None
    >>> hasattr(Worker(), "epoch")
    False
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, trainer, owner: type):
        if trainer is None:
            return self
        if trainer.run is not None:
            return getattr(trainer.run, self.name)
        if self.name in vars(trainer):
            return vars(trainer)[self.name]
        raise AttributeError(f"{self.name} is there once fit has begun, got a new Trainer")

    def __set__(self, trainer, value) -> None:
        if trainer.run is None:  # a subclass with a fit of its own keeps it itself
            vars(trainer)[self.name] = value
        else:
            setattr(trainer.run, self.name, value)
