"""Two colour photographs that come with scikit-learn."""

import torch
from torch import Tensor

from d2lkit.arguments import one_of

PHOTOGRAPHS = ("china.jpg", "flower.jpg")


def load_photograph(name: str = "china.jpg") -> Tensor:
    """Return a colour photograph of 427×640 pixels as floats in [0, 1].

    Args:
        name: ``"china.jpg"``, a temple, or ``"flower.jpg"``, a dahlia.

    Shape: ``(3, 427, 640)`` float32.

    Raises:
        ValueError: for any other name.

    >>> load_photograph("flower.jpg").shape
    torch.Size([3, 427, 640])
    """
    one_of("name", name, PHOTOGRAPHS)
    from sklearn.datasets import load_sample_image

    # A copy, because scikit-learn's array is read-only and torch would share its memory.
    return torch.from_numpy(load_sample_image(name).copy()).permute(2, 0, 1).contiguous() / 255
