"""What the Trainer asks of a model: how to learn from a batch, and with which optimiser."""

import torch
from torch import Tensor, nn

from d2lkit.arguments import number


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
        """Return an optimiser, ``(optimizer, scheduler)`` or ``(optimizer, scheduler, when)``.

        The scheduler's ``step()`` is called after every step of the optimiser, or after every
        epoch if ``when`` is ``"epoch"``; of kinds that may count either, such as ``LambdaLR`` and
        ``ExponentialLR``, ``when`` must say it. ``self.trainer.num_train_batches`` and
        ``self.trainer.max_epochs`` tell how many steps there will be. A ``ReduceLROnPlateau``
        watches the validation loss after every epoch, or the metric that ``when`` names.
        """
        raise NotImplementedError(f"{type(self).__name__} has no configure_optimizers()")

    def settings(self) -> dict:
        """Return plain values that a resumed run must share, beside those of the optimiser."""
        return {}

    def log(self, **metrics: Tensor) -> None:
        """Hand the Trainer metrics of the training batch beside its loss.

        They stay on the device until the epoch ends, so that logging never makes the
        processor wait for the GPU.

        Args:
            **metrics: scalars, such as ``accuracy=...``.

        Raises:
            TypeError: if a metric is not a number.
            ValueError: if it is a tensor of several numbers.
        """
        for name, value in metrics.items():
            if not isinstance(value, Tensor):
                value = torch.tensor(number(name, value))
            if value.ndim != 0:
                raise ValueError(f"{name} must be a scalar, got shape {tuple(value.shape)}")
            # A copy, because a logged parameter would change with the next step.
            self.logged[name] = value.detach().clone()
