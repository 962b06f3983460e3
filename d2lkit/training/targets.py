"""Labels and images as a classifier takes them, and what is said of others."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from d2lkit.arguments import number, tensor


def check_labels(labels: object, logits: Tensor, trainer=None) -> Tensor:
    """Return labels as the cross-entropy takes them: int64 numbers, or float probabilities.

    Args:
        labels: one whole number per image, or a probability (or 0 and 1) per image and class.
        logits: the scores that they belong to.
        trainer: if it trains on data with ``num_classes``, the logits must be as many.

    Raises:
        TypeError: if the labels are numbers with a fraction, one per image.
        ValueError: if they are not as many as the logits, or there are more classes than logits.

    >>> check_labels(torch.tensor([1, 0], dtype=torch.int32), torch.zeros(2, 3)).dtype
    torch.int64
    """
    tensor("labels", labels, ndim=(1, 2))
    shape = (len(logits), *logits.shape[1:]) if labels.ndim == 2 else (len(logits),)
    if tuple(labels.shape) != shape:
        raise ValueError(
            f"labels must have shape (N,) or (N, num_classes) for logits of shape "
            f"{tuple(logits.shape)}, got {tuple(labels.shape)}"
        )
    # The CPU names a label that is none of the classes; a GPU only dies of it.
    known = trainer if logits.device.type != "cpu" else None
    classes = getattr(getattr(known, "data", None), "num_classes", None)
    if isinstance(classes, int) and classes > logits.shape[1]:
        raise ValueError(
            f"the network must have an output for each of the {classes} classes of the data, "
            f"got {logits.shape[1]} outputs"
        )
    if labels.ndim == 2:
        return labels if labels.is_floating_point() else labels.to(logits.dtype)
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise TypeError(
            "labels must be whole numbers (N,), or probabilities (N, num_classes), got "
            f"{labels.dtype} of shape {tuple(labels.shape)}"
        )
    return labels.long()


def check_classes(labels: Tensor, logits: Tensor) -> None:
    """Refuse labels that are none of the classes, on a CPU: to look costs a GPU a wait.

    The cross-entropy itself would leave images of the label -100 out, in silence.

    >>> check_classes(torch.tensor([0, -100]), torch.zeros(2, 3))
    Traceback (most recent call last):
    ValueError: labels must be from 0 to 2 for 3 classes, got -100
    """
    if labels.ndim != 1 or labels.device.type != "cpu":
        return
    classes = logits.shape[1]
    wrong = labels[(labels < 0) | (labels >= classes)].unique().tolist()
    if wrong:
        raise ValueError(
            f"labels must be from 0 to {classes - 1} for {classes} classes, got "
            f"{', '.join(map(str, wrong))}"
        )


def check_class_weights(weights: Sequence[float] | Tensor | None) -> Tensor | None:
    """Return the weights of the classes as floats; None stays None.

    Raises:
        TypeError: if a weight is not a number.
        ValueError: if there is none, or one is negative.

    >>> check_class_weights([1, 2.5])
    tensor([1.0000, 2.5000])
    """
    if weights is None:
        return None
    if not isinstance(weights, Tensor):
        weights = [number(f"class_weights[{i}]", w) for i, w in enumerate(weights)]
        weights = torch.tensor(weights, dtype=torch.float32)
    if weights.ndim != 1 or len(weights) == 0 or not bool((weights >= 0).all()):
        raise ValueError(f"class_weights must be numbers from 0, one per class, got {weights!r}")
    return weights.float()


def check_number_of_weights(weights: Tensor | None, logits: Tensor) -> None:
    """Refuse weights that are not one per class."""
    if weights is not None and len(weights) != logits.shape[1]:
        raise ValueError(
            f"class_weights must be one per class, {logits.shape[1]}, got {len(weights)}"
        )


@contextmanager
def explained_labels(labels: Tensor, logits: Tensor) -> Iterator[None]:
    """Name the label that is none of the classes, if that is why the loss cannot be computed."""
    try:
        yield
    except (IndexError, RuntimeError):
        check_classes(labels, logits)
        raise


@contextmanager
def explained_dtype(images: object, net: nn.Module) -> Iterator[None]:
    """Say how images become what a network computes with, if their dtype is why it cannot."""
    try:
        yield
    except (RuntimeError, TypeError) as error:
        wanted = next((p.dtype for p in net.parameters() if p.is_floating_point()), None)
        if isinstance(images, Tensor) and wanted is not None and images.dtype != wanted:
            cure = "images.to(torch.float32)" if wanted == torch.float32 else f"images.to({wanted})"
            if images.dtype == torch.uint8:
                cure = "ArrayData takes bytes and hands out floats, or images.float() / 255"
            raise TypeError(
                f"images must be {wanted} like the network's parameters, got {images.dtype}: {cure}"
            ) from error
        raise
