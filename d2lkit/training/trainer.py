"""The training loop."""

import os
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, number, one_of
from d2lkit.training import contract, distributed
from d2lkit.training.callbacks import Callback, check_callbacks
from d2lkit.training.data_module import DataModule
from d2lkit.training.evaluator import Evaluator
from d2lkit.training.history import History
from d2lkit.training.progress import progress_bar
from d2lkit.training.run import OfRun, Run
from d2lkit.training.saver import RunSaver
from d2lkit.training.schedule import optimizer_and_schedule


class Trainer(Evaluator):
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
        accumulate: in how many parts a step computes its batch, one after the other; their
            gradients add up to that of the whole batch, in a fraction of the memory. (Batch
            normalisation takes the mean and variance of each part.) The loss must be a mean over
            images: weights of the classes, by whose sum it is divided, are refused.
        clip_norm: longest gradient (its norm over all parameters) that a step may take; None
            leaves gradients alone.
        callbacks: what else is to happen after each step and each epoch.

    Attributes:
        epoch: passes that are complete.
        train_batch_idx: steps of the optimiser so far.
        num_train_batches, num_val_batches: batches in an epoch.
        model, optimizer, scheduler, history: those of the last ``fit``.
        run: all of these and what else a checkpoint holds, in one object; None before ``fit``.

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

    epoch, train_batch_idx, history = OfRun(), OfRun(), OfRun()
    optimizer, scheduler = OfRun(), OfRun()

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
        accumulate: int = 1,
        clip_norm: float | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        self.max_epochs = integer("max_epochs", max_epochs, minimum=1)
        super().__init__(device, precision, channels_last)
        self.progress = one_of("progress", progress, [None, True, False])
        self.compile = one_of("compile", compile, [True, False])
        self.saver = RunSaver(checkpoint, checkpoint_every)
        self.accumulate = integer("accumulate", accumulate, minimum=1)
        self.clip_norm = None if clip_norm is None else number("clip_norm", clip_norm, above=0)
        self.callbacks = check_callbacks(callbacks)
        self.run: Run | None = None
        self._training_step = self._clipping = self.bar = None

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
                while self.epoch < self.max_epochs and not any(c.stop for c in self.callbacks):
                    self.run.begin_epoch()
                    self.after_epoch(self.fit_epoch() or {})
        except (RuntimeError, ValueError) as error:
            contract.explain(error, model)
            raise
        finally:
            self._clean_up(model)
        return self.history

    def fit_epoch(self) -> dict[str, float]:
        """Pass once over the training images; return the metrics on the validation images."""
        self.model.train()
        for batch in self.training_batches():
            self.optimizer.zero_grad()
            for part, weight in self.parts(batch):
                self.training_loss(part, weight).backward()
            self.optimizer.step()
            self.after_step()
        return self.measure("val") if self.num_val_batches else {}

    def training_batches(self) -> Iterator[list[Tensor]]:
        """Yield the batches of this epoch that are still to come."""
        batches = self.batches("train", epoch=self.epoch)
        if self.run.steps_in_epoch:  # Resumed: draw the epoch again, drop what was seen.
            with self.run.epoch_drawn_again():
                for _ in range(self.run.steps_in_epoch):
                    next(batches)
        yield from batches
        contract.check_length(self.run.steps_in_epoch, self.num_train_batches)

    def parts(self, batch: list[Tensor]) -> Iterator[tuple[list[Tensor], Tensor | None]]:
        """Yield a batch in the parts to compute, each with its share of the mean over all images.

        A batch that one process computes at once is its own only part, and None its share.
        """
        total = distributed.total(len(batch[-1]), self.device)
        if self.accumulate == 1 and distributed.world_size() == 1:
            yield batch, None
            return
        # All processes must compute as many parts, and the smallest has a part for each image.
        smallest = 1 if self.accumulate == 1 else int(total) // distributed.world_size()
        count = min(self.accumulate, smallest)
        for part in zip(*(rows.tensor_split(count) for rows in batch), strict=True):
            yield list(part), len(part[-1]) * distributed.world_size() / total

    def training_loss(self, batch: list[Tensor], weight: Tensor | None = None) -> Tensor:
        """Return the loss of a batch, in the precision that was asked for, times a weight."""
        with self.autocast():
            loss = self._training_step(batch)
        contract.check_loss(loss, self.model)
        logged = getattr(self.model, "logged", {})
        self.history.add_part({"loss": loss.detach(), **logged}, size=len(batch[-1]))
        logged.clear()
        return loss if weight is None else loss * weight

    def after_step(self) -> None:
        """Close the books of a step. Nothing here asks for a value: that would make us wait."""
        self.history.end_step(lr=self.optimizer.param_groups[0]["lr"])
        self.train_batch_idx += 1
        self.run.schedule.after_step()
        self.bar.update()
        for callback in self.callbacks:
            callback.after_step(self.run)
        self.saver.after_step(self.run)

    def after_epoch(self, validation: dict[str, float]) -> None:
        """Close the books of an epoch.

        Args:
            validation: what was measured, by name.
        """
        self.run.end_epoch(validation)
        for callback in self.callbacks:
            callback.after_epoch(self.run)
        self.saver.after_epoch(self.run)

    def after_measured_batch(self) -> None:
        """Save and stop if Ctrl-C was pressed."""
        self.saver.stop_if_interrupted(self.run)

    def clip(self, model: nn.Module) -> None:
        """Shorten the gradient to ``clip_norm`` if it is longer; called before each step."""
        nn.utils.clip_grad_norm_(model.parameters(), self.clip_norm)

    def _prepare(self, model: nn.Module, data: DataModule, resume: bool) -> None:
        self.run = None
        contract.check_parts(model, self.accumulate)
        self.begin(model, data)
        batches = self.loader("train")
        self.num_train_batches = contract.number_of_batches(batches, "train", minimum=1)
        self.num_val_batches = contract.number_of_batches(self.loader("val"), "val")
        contract.warn_of_a_single_image(batches, model)
        self.run = Run(
            self.model,
            *optimizer_and_schedule(model.configure_optimizers(), self),
            num_train_batches=self.num_train_batches,
            max_epochs=self.max_epochs,
            device=self.device,
            settings=contract.settings(model, data, self),
            generators=contract.own_generators(batches),
            callbacks=self.callbacks,
        )
        if self.compile:
            model.compile()
        distributed.seed_apart()
        for callback in self.callbacks:
            vars(callback).pop("stop", None)  # what ended an earlier training
            callback.begin(self.run)
        self.saver.begin(self.run, resume)
        self._training_step = distributed.parallel(model, self.device)
        if self.clip_norm is not None:
            self._clipping = self.optimizer.register_step_pre_hook(lambda *_: self.clip(model))

    def _clean_up(self, model: nn.Module) -> None:
        model.trainer = self._training_step = self.bar = None
        if self._clipping is not None:
            self._clipping = self._clipping.remove()
