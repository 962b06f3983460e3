"""Random changes of training images, made on whole batches on their device.

An augmentation is told its random numbers instead of drawing them: ``numbers`` says how many
each image needs, and a call receives images and a matrix of that many uniform numbers in
[0, 1) per image. So the numbers can be drawn once per epoch on the CPU, belong to an image
whichever process computes it, and are the same for every device.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lkit.arguments import integer, number

GREY = (0.299, 0.587, 0.114)  # shares of red, green and blue in brightness (ITU-R BT.601)


class Augmentation:
    """A random change of a batch; subclasses set ``numbers`` and write ``__call__``.

    >>> class Darker(Augmentation):
    ...     numbers = 1
    ...     def __call__(self, images, uniforms):
    ...         return images * uniforms[:, :, None, None]
    >>> Darker()(torch.ones(1, 1, 1, 2), torch.tensor([[0.5]]))
    tensor([[[[0.5000, 0.5000]]]])
    """

    numbers = 0  # uniform random numbers per image

    def __call__(self, images: Tensor, uniforms: Tensor) -> Tensor:
        """Return the changed images.

        Args:
            images: floats in [0, 1].
            uniforms: random numbers in [0, 1).

        Shape: ``(N, C, H, W)``, ``(N, numbers)`` -> ``(N, C, H, W)``.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define __call__()")


class PadCrop(Augmentation):
    """Move each image by up to ``padding`` pixels: pad it with black and cut it out again.

    Args:
        padding: pixels on each side.

    Shape: ``(N, C, H, W)``, ``(N, 2)`` -> ``(N, C, H, W)``.

    >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> PadCrop(1)(image, torch.tensor([[0.9, 0.5]]))  # one pixel up, none to the side
    tensor([[[[3., 4.],
              [0., 0.]]]])

    Source: Lee et al., "Deeply-Supervised Nets", AISTATS 2015, section 4.2 (CIFAR-10).
    """

    numbers = 2

    def __init__(self, padding: int = 4):
        self.padding = integer("padding", padding, minimum=1)

    def __call__(self, images: Tensor, uniforms: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        top, left = _whole(uniforms, 2 * self.padding + 1).T
        # Every place of the frame on the padded image, as a view: (N, C, top, left, H, W).
        places = F.pad(images, [self.padding] * 4).unfold(2, height, 1).unfold(3, width, 1)
        return places[torch.arange(len(images), device=images.device), :, top, left]


class Flip(Augmentation):
    """Exchange left and right in a share of the images.

    Args:
        probability: that share.

    Shape: ``(N, C, H, W)``, ``(N, 1)`` -> ``(N, C, H, W)``.

    >>> Flip()(torch.tensor([[[[1.0, 2.0]]]] * 2), torch.tensor([[0.2], [0.7]])).tolist()
    [[[[2.0, 1.0]]], [[[1.0, 2.0]]]]
    """

    numbers = 1

    def __init__(self, probability: float = 0.5):
        self.probability = number("probability", probability, minimum=0, maximum=1)

    def __call__(self, images: Tensor, uniforms: Tensor) -> Tensor:
        return torch.where(_column(uniforms, 0) < self.probability, images.flip(-1), images)


class ColourJitter(Augmentation):
    """Vary brightness, contrast and saturation of each image.

    Each of the three is multiplied by a factor between 1 - x and 1 + x: brightness scales the
    values, contrast their distance from the image's mean brightness, saturation their
    distance from the pixel's own brightness.

    Args:
        brightness: x for the brightness, from 0 (no change) to 1.
        contrast: x for the contrast.
        saturation: x for the saturation; grey images stay as they are.

    Shape: ``(N, C, H, W)``, ``(N, 3)`` -> ``(N, C, H, W)``, cut off to [0, 1].

    >>> jitter = ColourJitter(brightness=0.5, contrast=0, saturation=0)
    >>> jitter(torch.full((1, 1, 1, 1), 0.4), torch.tensor([[0.0, 0.5, 0.5]]))
    tensor([[[[0.2000]]]])
    """

    numbers = 3

    def __init__(self, brightness: float = 0.2, contrast: float = 0.2, saturation: float = 0.2):
        self.brightness = number("brightness", brightness, minimum=0, maximum=1)
        self.contrast = number("contrast", contrast, minimum=0, maximum=1)
        self.saturation = number("saturation", saturation, minimum=0, maximum=1)

    def __call__(self, images: Tensor, uniforms: Tensor) -> Tensor:
        strengths = (self.brightness, self.contrast, self.saturation)
        brightness, contrast, saturation = (
            1 + x * (2 * _column(uniforms, i) - 1) for i, x in enumerate(strengths)
        )
        images = images * brightness
        mean = _grey(images).mean((-2, -1), keepdim=True)
        images = mean + (images - mean) * contrast
        if images.shape[1] == 3:
            grey = _grey(images)
            images = grey + (images - grey) * saturation
        return images.clamp_(0, 1)


class Cutout(Augmentation):
    """Cover a square of each image with the image's own mean colour.

    The square's middle falls on any pixel, so that a part of it may lie outside.

    Args:
        size: side of the square in pixels.

    Shape: ``(N, C, H, W)``, ``(N, 2)`` -> ``(N, C, H, W)``.

    >>> image = torch.tensor([[[[0.0, 0.0, 0.9]]]])
    >>> Cutout(1)(image, torch.tensor([[0.0, 0.4]]))
    tensor([[[[0.0000, 0.3000, 0.9000]]]])

    Source: DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with
    Cutout", arXiv 1708.04552, section 3.
    """

    numbers = 2

    def __init__(self, size: int = 8):
        self.size = integer("size", size, minimum=1)

    def __call__(self, images: Tensor, uniforms: Tensor) -> Tensor:
        inside = True
        for axis, length in enumerate(images.shape[-2:]):
            start = _whole(uniforms[:, axis], length)[:, None] - self.size // 2
            places = torch.arange(length, device=images.device)
            covered = (places >= start) & (places < start + self.size)
            inside = inside & (covered[:, None, :, None] if axis == 0 else covered[:, None, None])
        return torch.where(inside, images.mean((-2, -1), keepdim=True), images)


def check_augmentations(augment: Sequence[Augmentation]) -> tuple[Augmentation, ...]:
    """Return the augmentations as a tuple, or raise TypeError if one is not an instance."""
    if isinstance(augment, Augmentation):
        return (augment,)
    if not isinstance(augment, Sequence):
        raise TypeError(f"augment must be a list of augmentations, got {augment!r}")
    for change in augment:
        if not isinstance(change, Augmentation):
            raise TypeError(f"augment must hold augmentations such as Flip(), got {change!r}")
    return tuple(augment)


def _whole(uniforms: Tensor, count: int) -> Tensor:
    """Return whole numbers from 0 to ``count - 1``, each equally likely."""
    return (uniforms * count).long()


def _column(uniforms: Tensor, index: int) -> Tensor:
    return uniforms[:, index, None, None, None]


def _grey(images: Tensor) -> Tensor:
    if images.shape[1] != 3:
        return images.mean(1, keepdim=True)
    red, green, blue = images.split(1, dim=1)
    return red * GREY[0] + green * GREY[1] + blue * GREY[2]
