"""MNIST, Fashion-MNIST and CIFAR-10: fetched once with torchvision, then kept in a cache."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor

from d2lkit.arguments import integer
from d2lkit.data.archives import parse_idx, read_cifar10
from d2lkit.data.array_data import ArrayData
from d2lkit.data.augmentation import Augmentation
from d2lkit.data.downloads import DatasetError, fetch
from d2lkit.data.places import data_folder, first_with


class DownloadedData(ArrayData):
    """A data set from the network; a subclass says in ``load`` how its files are read.

    The last ``num_val`` images of the published training set serve for validation, the
    published test set for the test.

    Args:
        root: the cache folder; None means the one in the environment variable ``D2LKIT_DATA``,
            or else ``~/.cache/d2lkit``. A folder to which torchvision has downloaded the same
            data set serves as well, without a network.
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
        folder = data_folder(root)
        integer("num_val", num_val, minimum=0)
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
    system_folders: tuple[str, ...] = ()  # of packages that ship the files
    advice = ""  # where else they can be had
    contents: ClassVar[dict[str, str]] = {  # md5 of the unpacked files
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    }

    def load(self, folder: Path) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor], tuple]:
        import torchvision.datasets

        source = getattr(torchvision.datasets, self.published_as)
        raw = folder / self.published_as / "raw"
        arrays = []
        for packed, packed_md5 in source.resources:
            name = packed.removesuffix(".gz")
            folders = (raw, folder, *map(Path, self.system_folders))
            places = [place / file for place in folders for file in (packed, name)]
            content, reports = first_with(self.contents[name], places)
            if content is None:
                urls = [mirror + packed for mirror in source.mirrors]
                try:
                    path = fetch(raw / packed, packed_md5, urls)
                except DatasetError as error:
                    advice = f" {self.advice}" if self.advice else ""
                    raise DatasetError(
                        f"{error}{advice} Looked for it before: {'; '.join(reports)}."
                    ) from error
                content, reports = first_with(self.contents[name], [path])
                if content is None:
                    raise ValueError(reports[0])
            arrays.append(parse_idx(content, name))
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

    Nothing is downloaded where the Debian package ``dataset-fashion-mnist`` is installed.

    The arguments are those of :class:`DownloadedData`: ``root, size, batch_size, *, num_val,
    augment, device, seed``.

    Shape: batches of images ``(batch_size, 1, size, size)`` float32, labels ``(batch_size,)``.

    >>> data = FashionMNIST(batch_size=128, size=96)  # doctest: +SKIP

    Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", arXiv 1708.07747.
    """

    published_as = "FashionMNIST"
    system_folders = ("/usr/share/datasets/fashion-mnist",)
    advice = "Debian and Ubuntu have the files: `apt-get install dataset-fashion-mnist`."
    contents: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    }


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
