"""The models of d2l's chapters: they know their loss, and draw it while they learn."""

import torch
from torch import Tensor
from torch.nn import functional as F

from d2lkit import training
from d2lkit.d2l.board import ProgressBoard
from d2lkit.d2l.hyperparameters import HyperParameters


class Module(training.Module, HyperParameters):
    """A model that d2l's Trainer, this module's and d2lkit's can train.

    A subclass sets ``self.net`` and ``self.lr`` and writes :meth:`loss`.

    Args:
        plot_train_per_epoch: points of a training curve per epoch.
        plot_valid_per_epoch: points of a validation curve per epoch.

    >>> class Line(Module):
    ...     def __init__(self, lr=0.1):
    ...         super().__init__()
    ...         self.save_hyperparameters()
    ...         self.net = torch.nn.Linear(2, 1)
    ...     def loss(self, y_hat, y):
    ...         return F.mse_loss(y_hat, y)
    >>> Line(lr=0.5).training_step((torch.zeros(4, 2), torch.zeros(4, 1))).shape
    torch.Size([])
    """

    def __init__(self, plot_train_per_epoch: int = 2, plot_valid_per_epoch: int = 1) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.board = ProgressBoard()

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        """Return the mean loss of a batch."""
        raise NotImplementedError(f"{type(self).__name__} has no loss(y_hat, y)")

    def forward(self, X: Tensor) -> Tensor:
        """Return what ``self.net`` computes."""
        if not hasattr(self, "net"):
            raise TypeError(f"net must be set before {type(self).__name__} is called")
        return self.net(X)

    def training_step(self, batch) -> Tensor:
        """Return the loss of a batch and note it for the curve."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot("loss", loss, train=True)
        return loss

    def validation_step(self, batch) -> dict[str, Tensor]:
        """Return the loss of a batch in a dict and note it for the curve."""
        loss = self.loss(self(*batch[:-1]), batch[-1])
        self.plot("loss", loss, train=False)
        return {"loss": loss}

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return gradient descent without momentum, with the learning rate ``self.lr``."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    def plot(self, key: str, value: Tensor, train: bool) -> None:
        """Note a point of the curve ``train_<key>`` or ``val_<key>``.

        Args:
            key: what was measured.
            value: a scalar.
            train: whether on a training batch.
        """
        trainer = self.trainer
        if not hasattr(trainer, "num_train_batches") or not hasattr(trainer, "epoch"):
            return  # nobody trains this model
        if train:
            x = trainer.train_batch_idx / trainer.num_train_batches
            every_n = trainer.num_train_batches / self.plot_train_per_epoch
        else:
            x = trainer.epoch + 1
            every_n = trainer.num_val_batches / self.plot_valid_per_epoch
        if x > trainer.max_epochs:
            return  # measured after the training, no point of its curve
        self.board.xlabel = "epoch"
        # Our fit shows the finished curves; under d2l's, or one of the reader's own, they grow.
        shown_later = isinstance(trainer, training.Trainer) and trainer.run is not None
        collect = self.board.add if shown_later else self.board.draw
        name = f"{'train' if train else 'val'}_{key}"
        value = value.detach() if isinstance(value, Tensor) else value
        collect(x, value, name, every_n=int(every_n))

    @torch.no_grad()
    def apply_init(self, inputs, init=None) -> None:
        """Let lazy layers find their shapes, then initialise every layer of ``self.net``.

        Args:
            inputs: the arguments of ``forward``, such as ``[images]``.
            init: a function of one layer, such as ``init_cnn``.
        """
        self._in_eval_mode(self, *inputs)
        if init is not None:
            self.net.apply(init)

    def _in_eval_mode(self, function, *inputs):
        # In training mode a mere look at the shapes would move batch statistics.
        was_training = self.training
        self.eval()
        try:
            return function(*inputs)
        finally:
            self.train(was_training)


class Classifier(Module):
    """A model that tells classes apart: cross-entropy loss, accuracy.

    >>> class Tiny(Classifier):
    ...     def __init__(self, lr=0.1):
    ...         super().__init__()
    ...         self.save_hyperparameters()
    ...         self.net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(10))
    >>> Tiny().layer_summary((2, 1, 8, 8))  # doctest: +NORMALIZE_WHITESPACE
    Flatten output shape: torch.Size([2, 64])
    Linear output shape: torch.Size([2, 10])
    """

    def loss(self, Y_hat: Tensor, Y: Tensor, averaged: bool = True) -> Tensor:
        """Return the cross-entropy, its mean or one number per image.

        Shape: (..., num_classes), (...) -> a scalar, or (N,).
        """
        reduction = "mean" if averaged else "none"
        return F.cross_entropy(Y_hat.flatten(0, -2), Y.flatten(), reduction=reduction)

    def accuracy(self, Y_hat: Tensor, Y: Tensor, averaged: bool = True) -> Tensor:
        """Return the share of right answers, or for each image 1 (right) or 0 (wrong).

        Shape: (..., num_classes), (...) -> a scalar, or (N,).
        """
        right = (Y_hat.flatten(0, -2).argmax(dim=1) == Y.flatten()).float()
        return right.mean() if averaged else right

    def validation_step(self, batch) -> dict[str, Tensor]:
        """Return loss and accuracy of a batch in a dict and note them for the curves."""
        Y_hat = self(*batch[:-1])
        metrics = {"loss": self.loss(Y_hat, batch[-1]), "accuracy": self.accuracy(Y_hat, batch[-1])}
        self.plot("loss", metrics["loss"], train=False)
        self.plot("acc", metrics["accuracy"], train=False)
        return metrics

    @torch.no_grad()
    def layer_summary(self, X_shape) -> None:
        """Print the shape of what each layer of ``self.net`` returns.

        Args:
            X_shape: of the input, with the batch.
        """
        device = next((p.device for p in self.parameters()), None)

        def through(X: Tensor) -> None:
            for layer in self.net:
                X = layer(X)
                print(type(layer).__name__, "output shape:\t", X.shape)

        self._in_eval_mode(through, torch.zeros(*X_shape, device=device))
