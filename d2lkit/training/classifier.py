"""The model of almost every chapter: a network that tells classes apart."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from d2lkit.arguments import number, one_of, tensor
from d2lkit.training import targets
from d2lkit.training.module import Module
from d2lkit.training.settings import of_function


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the share of images whose largest logit is that of their label.

    Args:
        logits: one score per class.
        labels: numbers of the true classes; or a probability per class, the largest counts.

    Shape: (N, num_classes), (N,) or (N, num_classes) -> a scalar.

    Raises:
        TypeError: if an argument is not a tensor.
        ValueError: if the shapes do not fit.

    >>> accuracy(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 0]))
    tensor(0.5000)
    """
    tensor("logits", logits, ndim=2)
    tensor("labels", labels, ndim=(1, 2))
    if len(logits) != len(labels):
        raise ValueError(
            f"logits and labels must be as many, got {len(logits)} logits and {len(labels)} labels"
        )
    if labels.ndim == 2:
        labels = labels.argmax(dim=1)
    return (logits.argmax(dim=1) == labels).float().mean()


class Classifier(Module):
    """A network trained with the cross-entropy loss, measured by its accuracy.

    Args:
        net: maps images to one logit per class. A subclass may leave it out and set
            ``self.net`` after ``super().__init__()``.
        lr: learning rate.
        optimizer: ``"sgd"``, ``"adam"`` or ``"adamw"``.
        momentum: of ``"sgd"``; the others ignore it.
        weight_decay: factor of the L2 penalty (``"adamw"``: of the decoupled decay).
        schedule: None keeps the learning rate; ``"cosine"`` lets it fall to zero along half
            a cosine wave, over all steps of the training.
        label_smoothing: share of the target that is spread evenly over all classes.
        class_weights: factor of the loss of each class; the mean divides by their sum, as
            ``F.cross_entropy`` does; a Trainer that computes batches in parts refuses them.
        loss: a function of logits and labels in the place of the cross-entropy, for training
            and validation; a Trainer that computes a batch in parts takes it for a mean over
            images.

    A network that returns several logits while it trains, such as GoogLeNet with auxiliary
    heads, has the loss of the first plus 0.3 times those of the others.

    Shape: (N, C, H, W) -> (N, num_classes); labels (N,) of whole numbers, or (N, num_classes) of
        probabilities.

    Raises:
        TypeError: if ``net`` is not an ``nn.Module`` or a number is none; when called, if images
            or labels have a dtype that does not suit.
        ValueError: if a number or a name is outside what is allowed, or a label is none of the
            classes.

    >>> model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), lr=0.1)
    >>> batch = torch.zeros(4, 1, 8, 8), torch.tensor([0, 1, 2, 3])
    >>> model(batch[0]).shape
    torch.Size([4, 10])
    >>> sorted(model.validation_step(batch))
    ['accuracy', 'loss']

    Source: the cosine schedule is that of Loshchilov and Hutter, SGDR (2017), equation 5,
    without restarts; label smoothing that of Szegedy et al., Rethinking the Inception
    Architecture (2016), section 7.
    """

    def __init__(
        self,
        net: nn.Module | None = None,
        lr: float = 0.1,
        *,
        optimizer: str = "sgd",
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        schedule: str | None = None,
        label_smoothing: float = 0.0,
        class_weights: Sequence[float] | Tensor | None = None,
        loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    ) -> None:
        super().__init__()
        if net is not None and not isinstance(net, nn.Module):
            raise TypeError(f"net must be an nn.Module, got {net!r} ({type(net).__name__})")
        self.net = net
        self.lr = number("lr", lr, above=0)
        self.optimizer = one_of("optimizer", optimizer, ["sgd", "adam", "adamw"])
        self.momentum = number("momentum", momentum, minimum=0, maximum=1)
        self.weight_decay = number("weight_decay", weight_decay, minimum=0)
        self.schedule = one_of("schedule", schedule, [None, "cosine"])
        self.label_smoothing = number("label_smoothing", label_smoothing, minimum=0, maximum=1)
        weights = targets.check_class_weights(class_weights)
        self.register_buffer("class_weights", weights, persistent=False)
        if loss is not None and not callable(loss):
            raise TypeError(f"loss must be a function of logits and labels, got {loss!r}")
        if loss is not None and (label_smoothing or class_weights is not None):
            raise ValueError("label_smoothing and class_weights must be left to loss, got both")
        self.loss_function = loss

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits. Shape: (N, C, H, W) -> (N, num_classes)."""
        if self.net is None:
            raise TypeError(f"net must be set before {type(self).__name__} is called, got None")
        return self.net(images)

    def training_step(self, batch) -> Tensor:
        """Return the mean loss of a batch, and log its accuracy."""
        images, labels = batch
        logits, *auxiliary = self._outputs(images)
        labels = targets.check_labels(labels, logits, self.trainer)
        self.log(accuracy=accuracy(logits, labels))
        loss = self._loss(logits, labels)
        return loss + 0.3 * sum(self._loss(o, labels) for o in auxiliary) if auxiliary else loss

    def validation_step(self, batch) -> dict[str, Tensor]:
        """Return the mean loss (without smoothing and weights) and the accuracy of a batch."""
        images, labels = batch
        logits, *_ = self._outputs(images)
        labels = targets.check_labels(labels, logits, self.trainer)
        if self.loss_function is None:
            targets.check_classes(labels, logits)
        loss = self.loss_function or F.cross_entropy
        with targets.explained_labels(labels, logits):
            return {"loss": loss(logits, labels), "accuracy": accuracy(logits, labels)}

    def settings(self) -> dict:
        """Return what a resumed run must share, beside the optimiser's settings."""
        weights = None if self.class_weights is None else self.class_weights.tolist()
        return {
            "schedule": self.schedule,
            "label_smoothing": self.label_smoothing,
            "class_weights": weights,
            "loss": self.loss_function and of_function(self.loss_function),
        }

    def _outputs(self, images: Tensor) -> tuple[Tensor, ...]:
        with targets.explained_dtype(images, self):
            outputs = self(images)
        return outputs if isinstance(outputs, tuple) else (outputs,)

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        with targets.explained_labels(labels, logits):
            if self.loss_function is not None:
                return self.loss_function(logits, labels)
            targets.check_classes(labels, logits)
            targets.check_number_of_weights(self.class_weights, logits)
            return F.cross_entropy(
                logits, labels, weight=self.class_weights, label_smoothing=self.label_smoothing
            )

    def configure_optimizers(self):
        """Return the optimiser, with the schedule if there is one."""
        settings = {"lr": self.lr, "weight_decay": self.weight_decay}
        if self.optimizer == "sgd":
            optimizer = torch.optim.SGD(self.parameters(), momentum=self.momentum, **settings)
        elif self.optimizer == "adam":
            optimizer = torch.optim.Adam(self.parameters(), **settings)
        else:
            optimizer = torch.optim.AdamW(self.parameters(), **settings)
        if self.schedule is None:
            return optimizer
        if self.trainer is None:
            raise ValueError(
                "schedule='cosine' must know how many steps there will be: "
                "configure_optimizers() got no Trainer, call it through Trainer.fit"
            )
        steps = self.trainer.max_epochs * self.trainer.num_train_batches
        cosine = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: (1 + math.cos(math.pi * min(step / steps, 1))) / 2
        )
        return optimizer, cosine, "step"
