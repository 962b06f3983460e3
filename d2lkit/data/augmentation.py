"""Random changes of training images, made on whole batches on their device.

An augmentation is told its random numbers instead of drawing them: ``numbers`` says how many
each image needs, and a call receives images and a matrix of that many uniform numbers in
[0, 1) per image. So the numbers can be drawn once per epoch on the CPU, belong to an image
wherever it is computed, and are the same on every device.
"""

from collections.abc import Sequence

from torch import Tensor


class Augmentation:
    """A random change of a batch; subclasses set ``numbers`` and write ``__call__``."""

    numbers = 0  # uniform random numbers per image

    def __call__(self, images: Tensor, uniforms: Tensor) -> Tensor:
        """Return the changed images.

        Args:
            images: floats in [0, 1].
            uniforms: random numbers in [0, 1).

        Shape: ``(N, C, H, W)``, ``(N, numbers)`` -> ``(N, C, H, W)``.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define __call__()")


def check_augmentations(augment: Sequence[Augmentation]) -> tuple[Augmentation, ...]:
    """Return the augmentations as a tuple, or raise TypeError if one is not an instance."""
    if isinstance(augment, Augmentation):
        return (augment,)
    for change in augment:
        if not isinstance(change, Augmentation):
            raise TypeError(f"augment must hold augmentations such as Flip(), got {change!r}")
    return tuple(augment)
