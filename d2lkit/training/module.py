"""What the Trainer asks of a model: how to learn from a batch, and with which optimiser."""

from torch import Tensor, nn


class Module(nn.Module):
    """A network together with its loss and its optimiser.

    A subclass writes :meth:`training_step` and :meth:`configure_optimizers`, and usually
    :meth:`validation_step`. Nothing else is needed: the Trainer also takes any other
    ``nn.Module`` that has these three methods.

    >>> import torch
    >>> class Line(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.net = nn.Linear(1, 1)
    ...     def training_step(self, batch):
    ...         inputs, targets = batch
    ...         return nn.functional.mse_loss(self.net(inputs), targets)
    ...     def configure_optimizers(self):
    ...         return torch.optim.SGD(self.parameters(), lr=0.1)
    >>> Line().training_step((torch.zeros(4, 1), torch.zeros(4, 1))).shape
    torch.Size([])
    """

    #: The Trainer at work on this model, None outside ``fit`` and ``evaluate``.
    trainer = None

    def __init__(self) -> None:
        super().__init__()
        self.logged: dict[str, Tensor] = {}

    def training_step(self, batch) -> Tensor:
        """Return the mean loss of one batch.

        Args:
            batch: what the data module hands out, for images ``(images, labels)``.

        Shape: images ``(N, C, H, W)``, labels ``(N,)`` -> a scalar.
        """
        raise NotImplementedError(f"{type(self).__name__} has no training_step(batch)")

    def validation_step(self, batch) -> dict[str, Tensor]:
        """Return the metrics of one batch, each the mean over its images.

        This version measures the loss alone.

        Args:
            batch: as in :meth:`training_step`.
        """
        return {"loss": self.training_step(batch)}

    def configure_optimizers(self):
        """Return an optimiser, or a pair ``(optimizer, scheduler)``.

        The scheduler's ``step()`` is called after every step of the optimiser, not once an
        epoch; ``self.trainer.num_train_batches`` and ``self.trainer.max_epochs`` tell how
        many steps there will be.
        """
        raise NotImplementedError(f"{type(self).__name__} has no configure_optimizers()")

    def log(self, **metrics: Tensor) -> None:
        """Hand the Trainer metrics of the training batch beside its loss.

        They stay on the device until the epoch ends, so that logging never makes the
        processor wait for the GPU.

        Args:
            **metrics: scalars, such as ``accuracy=...``.
        """
        self.logged.update({name: value.detach() for name, value in metrics.items()})
