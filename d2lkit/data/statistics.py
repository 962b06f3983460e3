"""Mean and deviation of images that are kept as bytes."""

import torch
from torch import Tensor


def channel_statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation per channel of uint8 images, in units of [0, 1].

    Summed in integers, so the result is the same to the last bit on every machine.

    Shape: ``(N, C, H, W)`` -> two tuples of C floats.

    >>> channel_statistics(torch.tensor([0, 255], dtype=torch.uint8).view(1, 1, 1, 2))
    ((0.5,), (0.5,))
    """
    pixels = images.transpose(0, 1).flatten(1)
    count = pixels.shape[1]
    values = torch.arange(256)
    means, deviations = [], []
    for channel in pixels:
        frequency = torch.bincount(channel.flatten(), minlength=256).cpu()
        total, squares = int((frequency * values).sum()), int((frequency * values**2).sum())
        means.append(total / count / 255)
        # Images of one single value would divide by 0; they are only shifted.
        deviations.append((squares * count - total**2) ** 0.5 / count / 255 or 1.0)
    return tuple(means), tuple(deviations)
