"""Data sets that live on the training device as bytes and come out as batches of floats.

``Digits``, ``Shapes`` and ``load_photograph`` need no download, nor does ``FashionMNIST`` where
the Debian package of its files is installed. ``MNIST``, ``FashionMNIST`` and ``CIFAR10`` are
fetched once otherwise. ``PadCrop``, ``Flip``, ``ColourJitter`` and ``Cutout`` vary
the training images.
"""

from d2lkit.data.array_data import ArrayData
from d2lkit.data.augmentation import Augmentation, ColourJitter, Cutout, Flip, PadCrop
from d2lkit.data.digits import Digits
from d2lkit.data.downloads import DatasetError
from d2lkit.data.photographs import PHOTOGRAPHS, Photograph, load_photograph
from d2lkit.data.shapes import Shapes, draw_shapes
from d2lkit.data.torchvision_sets import CIFAR10, MNIST, FashionMNIST

__all__ = [
    "CIFAR10",
    "MNIST",
    "PHOTOGRAPHS",
    "ArrayData",
    "Augmentation",
    "ColourJitter",
    "Cutout",
    "DatasetError",
    "Digits",
    "FashionMNIST",
    "Flip",
    "PadCrop",
    "Photograph",
    "Shapes",
    "draw_shapes",
    "load_photograph",
]
