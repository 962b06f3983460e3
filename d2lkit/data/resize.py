"""Resizing a batch of images on its device: two matrix products."""

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lkit.arguments import integer, tensor


def resize(images: Tensor, size: int) -> Tensor:
    """Return the images in ``size × size`` pixels, interpolated linearly along each axis.

    Where it shrinks it averages over what a new pixel covers, so that fine patterns do not
    turn into false coarse ones (antialiasing). Along one axis each new pixel is a weighted
    mean of old ones: a matrix. Rows and columns make it two matrix products, which every
    device does fast.

    Args:
        images: floats.
        size: new height and width in pixels.

    Shape: ``(N, C, H, W)`` -> ``(N, C, size, size)``.

    >>> resize(torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]]), 4)[0, 0, 0]
    tensor([0.0000, 0.2500, 0.7500, 1.0000])
    """
    tensor("images", images, ndim=4)
    integer("size", size, minimum=1)
    height, width = images.shape[-2:]
    if (height, width) == (size, size):
        return images
    rows = _weights(height, size, images.dtype, images.device)
    columns = _weights(width, size, images.dtype, images.device)
    return rows @ (images @ columns.T)


@lru_cache(maxsize=32)
def _weights(old: int, new: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return the matrix ``(new, old)`` that resizes along one axis."""
    # Resizing every unit vector at once gives the matrix of this linear map.
    unit = torch.eye(old, dtype=torch.float64)[None, None]
    matrix = F.interpolate(unit, (new, old), mode="bilinear", antialias=True, align_corners=False)
    return matrix[0, 0].to(device, dtype)
