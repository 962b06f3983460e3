"""The training loop."""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, one_of
from d2lkit.training import contract, distributed
from d2lkit.training.data_module import SPLITS, DataModule
from d2lkit.training.device import as_device
from d2lkit.training.history import History
from d2lkit.training.progress import progress_bar
from d2lkit.training.saver import RunSaver
from d2lkit.training.seed import random_state, restore_random_state


class Trainer:
    """Trains a model on data, and measures it.

    Args:
        max_epochs: passes over the training data.
        device: where to train; None takes the fastest that is there.
        progress: whether to show a progress bar; None shows it in a terminal and in a
            notebook that a person has open.
        precision: ``"fp32"``, or ``"bf16"`` for matrix products and convolutions in bfloat16
            (autocast; the weights stay float32).
        channels_last: keep images and weights as N, H, W, C in memory, which GPUs prefer.
        compile: let ``torch.compile`` translate the model's forward pass.
        checkpoint: file to save the run in; None saves nothing.
        checkpoint_every: steps between two saves; None saves after each epoch. The end of the
            training and Ctrl-C save, too.

    Attributes:
        epoch: passes that are complete.
        train_batch_idx: steps of the optimiser so far.
        num_train_batches, num_val_batches: batches in an epoch.
        model, optimizer, scheduler, history: those of the last ``fit``.

    Raises:
        TypeError: if an argument has the wrong type.
        ValueError: if its value is not allowed, or the device or folder is not there.

    >>> from d2lkit.training import Classifier, DataModule
    >>> class Noise(DataModule):
    ...     def train_dataloader(self):
    ...         return [(torch.randn(8, 1, 4, 4), torch.arange(8) % 2)]
    ...     def val_dataloader(self):
    ...         return self.train_dataloader()
    >>> model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(16, 2)))
    >>> history = Trainer(max_epochs=3).fit(model, Noise())
    >>> len(history["val_accuracy"])
    3
    """

    def __init__(
        self,
        max_epochs: int = 5,
        *,
        device: str | torch.device | None = None,
        progress: bool | None = None,
        precision: str = "fp32",
        channels_last: bool = False,
        compile: bool = False,
        checkpoint: str | os.PathLike | None = None,
        checkpoint_every: int | None = None,
    ) -> None:
        self.max_epochs = integer("max_epochs", max_epochs, minimum=1)
        self.device = as_device(device)
        self.progress = one_of("progress", progress, [None, True, False])
        self.precision = one_of("precision", precision, ["fp32", "bf16"])
        self.channels_last = one_of("channels_last", channels_last, [True, False])
        self.compile = one_of("compile", compile, [True, False])
        self.saver = RunSaver(checkpoint, checkpoint_every)

    def fit(self, model: nn.Module, data: DataModule, *, resume: bool = False) -> History:
        """Train the model in place and return what happened.

        Args:
            model: has ``training_step``, ``validation_step`` and ``configure_optimizers``.
            data: has ``train_dataloader`` and, for validation, ``val_dataloader``.
            resume: go on from the checkpoint; if there is none yet, start from the beginning.

        Raises:
            TypeError: if model or data lack one of these methods.
            ValueError: if the training data are empty.
            CheckpointError: if the checkpoint cannot be read or written, or is of another run.
            KeyboardInterrupt: after Ctrl-C, once the step is complete and the run is saved.
        """
        contract.check_model(model)
        contract.check_data(data, "train")
        one_of("resume", resume, [True, False])
        try:
            self._prepare(model, data, resume)
            steps = self.max_epochs * self.num_train_batches
            with (
                self.saver,
                progress_bar(steps, done=self.train_batch_idx, show=self.progress) as self.bar,
            ):
                while self.epoch < self.max_epochs:
                    self.fit_epoch()
        except RuntimeError as error:
            distributed.explain(error)
            raise
        finally:
            model.trainer = self._training_step = None
        return self.history

    def fit_epoch(self) -> None:
        """Pass once over the training images, then measure on the validation images."""
        self._epoch_started = time.perf_counter() - self.seconds_before
        self.model.train()
        for batch in self.training_batches():
            loss = self.training_loss(batch)
            self.optimizer.zero_grad()
            distributed.share_of_loss(loss, len(batch[-1])).backward()
            self.optimizer.step()
            if self.scheduler is not None:
                self.scheduler.step()
            self._after_step(loss, batch)
        validation = self.measure("val") if self.num_val_batches else {}
        self._after_epoch(validation)

    @torch.no_grad()
    def measure(self, split: str) -> dict[str, float]:
        """Return the metrics of the model at hand on one split, each the mean over its images."""
        self.model.eval()
        distributed.same_buffers(self.model)
        sums: dict[str, Tensor] = {}
        images = 0
        for batch in self._batches(split):
            with self._autocast():
                metrics = contract.check_metrics(self.model.validation_step(batch), self.model)
            for name, value in metrics.items():
                sums[name] = sums.get(name, 0) + value * len(batch[-1])
            images += len(batch[-1])
            self.saver.stop_if_interrupted(self)
        return distributed.means(sums, images, self.device)

    def evaluate(self, model: nn.Module, data: DataModule, split: str = "test") -> dict[str, float]:
        """Return the model's metrics on one split, each the mean over its images.

        Args:
            model: has ``validation_step``; it stays in the mode (train or eval) it was in.
            data: has ``test_dataloader``, or that of another split.
            split: ``"train"``, ``"val"`` or ``"test"``.

        Raises:
            TypeError: if model or data lack a method.
            ValueError: if the split is unknown or empty.
        """
        one_of("split", split, SPLITS)
        contract.check_model(model)
        contract.check_data(data, split)
        was_training = model.training
        try:
            self._bring_to_device(model, data)
            contract.number_of_batches(self.data, split, minimum=1)
            return self.measure(split)
        finally:
            model.train(was_training)
            model.trainer = None

    def seconds_in_epoch(self) -> float:
        """Return how long this epoch has been trained, before and after an interruption."""
        return time.perf_counter() - self._epoch_started

    def training_batches(self) -> Iterator[list[Tensor]]:
        """Yield the batches of this epoch that are still to come."""
        batches = self._batches("train", self.epoch)
        done = self.train_batch_idx - self.epoch * self.num_train_batches
        if done == 0:
            self.random_at_epoch_start = random_state(self.device)
        else:  # Resumed within the epoch: draw its batches again, drop those already seen.
            now = random_state(self.device)
            restore_random_state(self.random_at_epoch_start, self.device)
            for _ in range(done):
                next(batches)
            restore_random_state(now, self.device)
        yield from batches

    def training_loss(self, batch: list[Tensor]) -> Tensor:
        """Return the loss of a batch, computed in the precision that was asked for."""
        with self._autocast():
            loss = self._training_step(batch)
        contract.check_loss(loss, self.model)
        return loss

    def _prepare(self, model: nn.Module, data: DataModule, resume: bool) -> None:
        self._bring_to_device(model, data)
        self.num_train_batches = contract.number_of_batches(self.data, "train", minimum=1)
        self.num_val_batches = contract.number_of_batches(self.data, "val")
        self.epoch = self.train_batch_idx = 0
        self.history = History()
        configured = model.configure_optimizers()
        self.optimizer, self.scheduler = contract.optimizer_and_scheduler(configured)
        if self.compile:
            model.compile()
        self.seconds_before = 0.0  # spent on this epoch by the run that is resumed
        distributed.seed_apart()
        self.saver.begin(self, resume)
        self._training_step = distributed.parallel(model, self.device)

    def _bring_to_device(self, model: nn.Module, data: DataModule) -> None:
        distributed.start(self.device)
        self.data = data.to(self.device) if isinstance(data, DataModule) else data
        self.model = model.to(self.device)
        if self.channels_last:
            model.to(memory_format=torch.channels_last)
        model.trainer = self

    def _batches(self, split: str, epoch: int | None = None) -> Iterator[list[Tensor]]:
        for batch in contract.batches(self.data, split, epoch):
            contract.check_batch(batch)
            batch = [part.to(self.device, non_blocking=True) for part in batch]
            if self.channels_last and batch[0].ndim == 4:
                batch[0] = batch[0].contiguous(memory_format=torch.channels_last)
            yield batch

    def _autocast(self) -> AbstractContextManager:
        if self.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def _after_step(self, loss: Tensor, batch: list[Tensor]) -> None:
        # Nothing here asks for a value: that would make the processor wait for the GPU.
        logged = getattr(self.model, "logged", {})
        self.history.add_step({"loss": loss.detach(), **logged}, size=len(batch[-1]))
        logged.clear()
        self.train_batch_idx += 1
        self.bar.update()
        self.saver.after_step(self)

    def _after_epoch(self, validation: dict[str, float]) -> None:
        self.epoch += 1
        self.history.end_epoch(validation, seconds=self.seconds_in_epoch())
        self.seconds_before = 0.0
        self.saver.after_epoch(self)
