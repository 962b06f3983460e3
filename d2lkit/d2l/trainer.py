"""d2l's Trainer: this library's loop under d2l's arguments."""

import warnings

import torch
from torch import nn

from d2lkit import training
from d2lkit.arguments import integer, number
from d2lkit.d2l.hyperparameters import HyperParameters


class SGD(torch.optim.SGD):
    """Gradient descent without momentum.

    Args:
        params: the parameters to move.
        lr: learning rate.
    """

    def __init__(self, params, lr: float) -> None:
        super().__init__(params, lr=lr)


class Trainer(training.Trainer, HyperParameters):
    """Trains a model on data and shows its curves.

    Args:
        max_epochs: passes over the training data.
        num_gpus: 0 trains on the CPU, more than 0 on a GPU if there is one.
        gradient_clip_val: longest gradient that a step may take; 0 leaves gradients alone.
        settings: any other setting of ``d2lkit.training.Trainer``, such as ``checkpoint``.

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
        super().__init__(max_epochs, **{"device": device, **settings})
        self.save_hyperparameters(ignore=["settings"])

    @property
    def optim(self) -> torch.optim.Optimizer:
        """The optimiser, by d2l's name."""
        return self.optimizer

    def fit(self, model: nn.Module, data, **settings) -> training.History:
        """Train the model in place, show its curves, and return what happened.

        Args:
            model: a ``Module``, or whatever ``d2lkit.training.Trainer`` takes.
            data: a data module.
            settings: as of ``d2lkit.training.Trainer.fit``, such as ``resume=True``.
        """
        board = getattr(model, "board", None)
        if board is not None:
            board.xlim = [0, self.max_epochs]
        history = super().fit(model, data, **settings)
        if hasattr(board, "show"):
            board.show()
        return history

    def clip_gradients(self, grad_clip_val: float, model: nn.Module) -> None:
        """Shorten the model's gradient to ``grad_clip_val`` if it is longer."""
        nn.utils.clip_grad_norm_(model.parameters(), grad_clip_val)

    def _prepare(self, model: nn.Module, data, resume: bool) -> None:
        super()._prepare(model, data, resume)
        if self.gradient_clip_val > 0:

            def clip(*_) -> None:
                self.clip_gradients(self.gradient_clip_val, model)

            self.optimizer.register_step_pre_hook(clip)
