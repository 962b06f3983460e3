"""d2l's Trainer: this library's loop under d2l's arguments."""

import warnings
from collections.abc import Iterable

import torch
from torch import nn

from d2lkit import training
from d2lkit.arguments import integer, number
from d2lkit.d2l.devices import gpu
from d2lkit.d2l.devices import num_gpus as count_gpus
from d2lkit.d2l.hyperparameters import HyperParameters
from d2lkit.training import contract


class SGD(torch.optim.SGD):
    """Gradient descent without momentum.

    Args:
        params: the parameters to move.
        lr: learning rate.

    >>> SGD([torch.zeros(1, requires_grad=True)], lr=0.1).param_groups[0]["momentum"]
    0
    """

    def __init__(self, params, lr: float) -> None:
        super().__init__(params, lr=lr)


class Trainer(training.Trainer, HyperParameters):
    """Trains a model on data and shows its curves.

    As in d2l, a subclass or ``add_to_class`` may replace ``prepare_data``, ``prepare_model``,
    ``prepare_batch``, ``fit``, ``fit_epoch`` and ``clip_gradients``, and a model knows its trainer
    after the training, too. A ``fit`` of one's own keeps ``optim``, ``epoch``, ``train_batch_idx``
    and ``val_batch_idx`` itself; its curves are drawn while they grow.

    Args:
        max_epochs: passes over the training data.
        num_gpus: 0 trains on the CPU, more than 0 on a GPU if there is one.
        gradient_clip_val: longest gradient that a step may take; 0 leaves gradients alone.
        settings: any other setting of ``d2lkit.training.Trainer``, such as ``checkpoint``.

    Attributes:
        train_dataloader, val_dataloader: the batches, once ``fit`` has begun; None for a split
            that is not there.
        val_batch_idx: batches of validation so far.
        gpus: the GPUs asked for that are there.

    Raises:
        TypeError: if an argument has the wrong type.
        ValueError: if its value is not allowed.

    >>> Trainer(max_epochs=2, num_gpus=1).max_epochs
    2
    """

    def __init__(
        self,
        max_epochs: int,
        num_gpus: int = 0,
        gradient_clip_val: float = 0,
        **settings,
    ) -> None:
        integer("num_gpus", num_gpus, minimum=0)
        number("gradient_clip_val", gradient_clip_val, minimum=0)
        if num_gpus > 1:
            warnings.warn(
                f"num_gpus={num_gpus} trains on one device: for several, start the program with "
                "torchrun, one process for each",
                stacklevel=3,  # above the wrapper that remembers the arguments
            )
        device = "cpu" if num_gpus == 0 else training.default_device()
        clip = {"clip_norm": gradient_clip_val} if gradient_clip_val > 0 else {}
        super().__init__(max_epochs, **{"device": device, **clip, **settings})
        self.gpus = [gpu(i) for i in range(min(num_gpus, count_gpus()))]
        self.val_batch_idx = 0
        self.save_hyperparameters(ignore=["settings"])

    @property
    def optim(self) -> torch.optim.Optimizer:
        """The optimiser, by d2l's name."""
        return self.optimizer

    @optim.setter
    def optim(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer

    def fit(self, model: nn.Module, data, **settings) -> training.History:
        """Train the model in place, show its curves, and return what happened.

        Args:
            model: a ``Module``, or whatever ``d2lkit.training.Trainer`` takes.
            data: a data module.
            settings: as of ``d2lkit.training.Trainer.fit``, such as ``resume=True``.
        """
        self.val_batch_idx = 0
        history = super().fit(model, data, **settings)
        model.trainer = self  # as d2l leaves it
        board = getattr(model, "board", None)
        if hasattr(board, "show"):
            board.show()
        return history

    def prepare_data(self, data) -> None:
        """Keep the data and their batches."""
        super().prepare_data(data)
        self.train_dataloader, self.val_dataloader = (
            None if loader == () else loader
            for loader in (super(Trainer, self).loader(split) for split in ("train", "val"))
        )
        self.num_train_batches, self.num_val_batches = (
            contract.number_of_batches(self.loader(split), split) for split in ("train", "val")
        )

    def prepare_model(self, model: nn.Module) -> None:
        """Keep the model, on the device, with a board as wide as the training is long."""
        super().prepare_model(model)
        model.trainer = self
        board = getattr(model, "board", None)
        if board is not None:
            board.xlim = [0, self.max_epochs]

    def fit_epoch(self) -> dict[str, float] | None:
        """Pass once over the training images, and once over the validation images."""
        if self.run is not None:
            return super().fit_epoch()
        # Called by a fit of one's own, which has neither history nor checkpoints: d2l's loop.
        self.model.train()
        for batch in self.train_dataloader:
            with self.autocast():
                loss = self.model.training_step(self.prepare_batch(batch))
            self.optim.zero_grad()
            loss.backward()
            if self.clip_norm is not None:
                self.clip(self.model)
            self.optim.step()
            self.train_batch_idx += 1
        self.model.eval()
        for batch in self.val_dataloader or ():
            with torch.no_grad(), self.autocast():
                self.model.validation_step(self.prepare_batch(batch))
            self.val_batch_idx += 1
        return None

    def after_measured_batch(self) -> None:
        """Count the batches of validation."""
        super().after_measured_batch()
        self.val_batch_idx += 1

    def loader(self, split: str, **order) -> Iterable:
        """Return the batches of a split: those that ``prepare_data`` has kept, if it is replaced.

        Args:
            split: ``"train"``, ``"val"`` or ``"test"``.
            order: as of a data module's ``dataloader``.
        """
        if type(self).prepare_data is _PREPARE_DATA or split == "test":
            return super().loader(split, **order)
        kept = getattr(self, f"{split}_dataloader", None)
        return () if kept is None else kept

    def clip(self, model: nn.Module) -> None:
        """Shorten the gradient to ``gradient_clip_val`` if it is longer."""
        self.clip_gradients(self.clip_norm, model)

    def clip_gradients(self, grad_clip_val: float, model: nn.Module) -> None:
        """Shorten the model's gradient to ``grad_clip_val`` if it is longer."""
        nn.utils.clip_grad_norm_(model.parameters(), grad_clip_val)


_PREPARE_DATA = Trainer.prepare_data
