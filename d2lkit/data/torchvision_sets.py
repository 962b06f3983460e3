"""MNIST, Fashion-MNIST and CIFAR-10: fetched once with torchvision, then kept in a cache."""

import os
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from d2lkit.arguments import integer
from d2lkit.data.archives import read_cifar10, read_idx
from d2lkit.data.array_data import ArrayData
from d2lkit.data.augmentation import Augmentation
from d2lkit.data.downloads import CACHE, DatasetError, fetch


class DownloadedData(ArrayData):
    """A data set from the network; a subclass says in ``load`` how its files are read.

    The last ``num_val`` images of the published training set serve for validation, the
    published test set for the test.

    Args:
        root: the cache folder; None means ``~/.cache/d2lkit``. A folder to which torchvision
            has downloaded the same data set serves as well, without a network.
        size: height and width of the batches' images in pixels; None keeps the original.
            Resizing happens batch by batch on the device.
        batch_size: images in one training step, all processes together.
        num_val: images held out for validation; 0 leaves all for training.
        augment: random changes of the training images, see :mod:`d2lkit.data.augmentation`.
        device: where the images live; None means the CPU, from which the Trainer takes
            them to its own device once.
        seed: together with the epoch's number it settles order and augmentation.

    Raises:
        TypeError: if an argument is of the wrong type.
        ValueError: if an argument is out of its range.
        DatasetError: if a file cannot be had or stored; the message names file and cure.
    """

    def __init__(
        self,
        root: str | os.PathLike | None = None,
        size: int | None = None,
        batch_size: int = 64,
        *,
        num_val: int = 5000,
        augment: Sequence[Augmentation] = (),
        device: str | torch.device | None = None,
        seed: int = 0,
    ):
        if root is not None and not isinstance(root, (str, os.PathLike)):
            raise TypeError(f"root must be the path of a folder, got {root!r}")
        integer("num_val", num_val, minimum=0)
        folder = Path(CACHE if root is None else root).expanduser()
        try:
            (images, labels), test, class_names = self.load(folder)
        except ValueError as error:
            raise DatasetError(f"{error}. Delete it, and it will be downloaded again.") from error
        if num_val >= len(images):
            raise ValueError(f"num_val must be below the {len(images)} images, got {num_val}")
        border = len(images) - num_val
        super().__init__(
            (images[:border], labels[:border]),
            (images[border:], labels[border:]) if num_val else None,
            test,
            class_names=class_names,
            size=size,
            batch_size=batch_size,
            augment=augment,
            device=device,
            seed=seed,
            name=type(self).__name__,
        )

    def load(self, folder: Path) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor], tuple]:
        """Return the training pair, the test pair and the names of the classes."""
        raise NotImplementedError(f"{type(self).__name__} does not define load()")


class MNIST(DownloadedData):
    """60,000 + 10,000 grey images of handwritten digits, 28×28 pixels; 12 MB to download.

    The arguments are those of :class:`DownloadedData`: ``root, size, batch_size, *, num_val,
    augment, device, seed``.

    Shape: batches of images ``(batch_size, 1, size, size)`` float32, labels ``(batch_size,)``.

    >>> data = MNIST(root="data", size=32)  # doctest: +SKIP

    Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document
    Recognition", Proceedings of the IEEE 1998, section III.
    """

    published_as = "MNIST"  # by torchvision

    def load(self, folder: Path) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor], tuple]:
        import torchvision.datasets

        source = getattr(torchvision.datasets, self.published_as)
        raw = folder / self.published_as / "raw"
        arrays = []
        for filename, md5 in source.resources:
            urls = [mirror + filename for mirror in source.mirrors]
            arrays.append(read_idx(fetch(raw / filename, md5, urls)))
        images, labels, test_images, test_labels = arrays
        # MNIST's names read "0 - zero"; the figure is enough.
        class_names = tuple(label.split(" - ")[0] for label in source.classes)
        return (
            (images[:, None], labels.long()),
            (test_images[:, None], test_labels.long()),
            class_names,
        )


class FashionMNIST(MNIST):
    """60,000 + 10,000 grey images of clothes in ten classes, 28×28 pixels; 31 MB to download.

    The arguments are those of :class:`DownloadedData`: ``root, size, batch_size, *, num_val,
    augment, device, seed``.

    Shape: batches of images ``(batch_size, 1, size, size)`` float32, labels ``(batch_size,)``.

    >>> data = FashionMNIST(batch_size=128, size=96)  # doctest: +SKIP

    Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", arXiv 1708.07747.
    """

    published_as = "FashionMNIST"


class CIFAR10(DownloadedData):
    """50,000 + 10,000 colour photographs in ten classes, 32×32 pixels; 170 MB to download.

    The arguments are those of :class:`DownloadedData`: ``root, size, batch_size, *, num_val,
    augment, device, seed``.

    Shape: batches of images ``(batch_size, 3, size, size)`` float32, labels ``(batch_size,)``.

    >>> data = CIFAR10(augment=[PadCrop(4), Flip()])  # doctest: +SKIP

    Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
    """

    def load(self, folder: Path) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor], tuple]:
        from torchvision.datasets import CIFAR10 as source

        path = fetch(folder / source.filename, source.tgz_md5, [source.url])
        parts = ([name for name, _ in entries] for entries in (source.train_list, source.test_list))
        (train, test), class_names = read_cifar10(path, *parts)
        return train, test, class_names
