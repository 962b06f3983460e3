"""What a data set asks of its device and of the arrays it is made of."""

import torch
from torch import Tensor

from d2lkit.arguments import tensor


def usable_split(split: str, pair: object) -> tuple[Tensor, Tensor]:
    """Return images and labels if they belong together, the labels as int64."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{split} must be a pair (images, labels), got {type(pair).__name__}")
    images = tensor(f"{split} images", pair[0], ndim=4)
    labels = tensor(f"{split} labels", pair[1], ndim=1)
    if images.dtype != torch.uint8:
        raise TypeError(f"{split} images must be uint8 (0 to 255), got {images.dtype}")
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise TypeError(f"{split} labels must be integers, got {labels.dtype}")
    if len(images) != len(labels) or not images.numel():
        raise ValueError(
            f"{split} must have as many labels as images and at least one, "
            f"got images {tuple(images.shape)} and labels {tuple(labels.shape)}"
        )
    if labels.min() < 0:
        raise ValueError(f"{split} labels must be at least 0, got {int(labels.min())}")
    return images, labels.long()


def usable_device(device: str | torch.device | None) -> torch.device:
    """Return the device, the CPU for None, or raise ValueError if this machine lacks it."""
    try:
        return torch.empty(0, device=device or "cpu").device
    except (RuntimeError, AssertionError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"device must be usable on this machine, got {device!r}: {reason}"
        ) from None
