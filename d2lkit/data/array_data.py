"""Images kept once as bytes on the device; each batch becomes floats there."""

import copy
from collections.abc import Sequence
from functools import partial
from typing import Self

import torch
from torch import Tensor

from d2lkit.arguments import integer, one_of, tensor
from d2lkit.data.augmentation import Augmentation, check_augmentations
from d2lkit.data.batches import Batches
from d2lkit.data.checks import usable_device, usable_split
from d2lkit.data.randomness import draw_epoch
from d2lkit.data.resize import resize
from d2lkit.data.statistics import channel_statistics
from d2lkit.training.data_module import SPLITS, DataModule

Split = tuple[Tensor, Tensor]


class ArrayData(DataModule):
    """A data set held in memory: images as uint8, labels as int64, both on one device.

    A training set of 60,000 grey images of 28×28 takes 45 MiB as bytes and would take four
    times that as floats. So the bytes stay, and each batch is resized, augmented and
    normalised on the device on its way out. No worker processes, no files, no copies
    between host and device inside an epoch.

    Args:
        train: images ``(N, C, H, W)`` uint8 and labels ``(N,)`` of integers from 0.
        val: the same for validation; None if there is none.
        test: the same for the final test; None if there is none.
        class_names: one name per class; None names them by number.
        size: height and width of the batches' images in pixels; None keeps the stored size.
        batch_size: images in one training step, all processes together.
        augment: random changes of the training images, see :mod:`d2lkit.data.augmentation`.
        device: where the images live; None means the CPU, from which the Trainer takes
            them to its own device once.
        seed: together with the epoch's number it settles order and augmentation.
        name: what the data set is called.

    Shape: batches of images ``(batch_size, C, size, size)`` float32, labels ``(batch_size,)``;
        the last batch of a split may be smaller; fewer than two images for each process join
        the batch before it.

    Raises:
        TypeError: if images are not uint8 or labels are not integers.
        ValueError: for a shape, label, name or size that does not fit the rest.
        NotImplementedError: from the methods, for a split that was not given.

    >>> images = torch.randint(0, 256, (10, 1, 8, 8), dtype=torch.uint8)
    >>> data = ArrayData((images, torch.arange(10) % 2), batch_size=4)
    >>> data
    array data: 10 train images of 1×8×8, 2 classes, in batches of 4
    >>> [tuple(batch.shape) for batch, labels in data.train_dataloader()]
    [(4, 1, 8, 8), (4, 1, 8, 8), (2, 1, 8, 8)]
    """

    def __init__(
        self,
        train: Split,
        val: Split | None = None,
        test: Split | None = None,
        *,
        class_names: Sequence[str] | None = None,
        size: int | None = None,
        batch_size: int = 64,
        augment: Sequence[Augmentation] = (),
        device: str | torch.device | None = None,
        seed: int = 0,
        name: str = "array data",
    ):
        self.device = usable_device(device)
        self.batch_size = integer("batch_size", batch_size, minimum=1)
        self.seed = integer("seed", seed, minimum=0)
        self.name = name
        self.augment = check_augmentations(augment)
        self.passes = 0  # over the shuffled training images, where the caller counts no epochs
        given = {"train": train, "val": val, "test": test}
        self._splits = {
            key: usable_split(key, pair) for key, pair in given.items() if pair is not None
        }
        self._check_agreement()

        self.in_channels, height, width = self.images("train").shape[1:]
        if size is None and height != width:
            raise ValueError(f"images must be square, got {height}×{width}; or give a size")
        self.size = height if size is None else integer("size", size, minimum=1)
        top = 1 + max(int(labels.max()) for _, labels in self._splits.values())
        self.class_names = tuple(class_names or map(str, range(top)))
        self.num_classes = len(self.class_names)
        if top > self.num_classes:
            raise ValueError(f"label {top - 1} has no name among {self.num_classes} class_names")

        self.mean, self.std = channel_statistics(self.images("train"))
        self._move(self.device)

    def images(self, split: str = "train") -> Tensor:
        """Return a split's images ``(N, C, H, W)`` as they are stored: uint8, before resizing."""
        return self._split(split)[0]

    def labels(self, split: str = "train") -> Tensor:
        """Return a split's labels ``(N,)``, int64."""
        return self._split(split)[1]

    def normalise(self, images: Tensor) -> Tensor:
        """Return floats with mean 0 and deviation 1 per channel over the training images.

        Args:
            images: uint8, or floats in [0, 1].

        Shape: ``(..., C, H, W)`` -> the same.
        """
        tensor("images", images)
        if images.ndim < 3 or images.shape[-3] != self.in_channels:
            raise ValueError(
                f"images must have shape (..., {self.in_channels}, H, W), got {tuple(images.shape)}"
            )
        scale, shift = self._scale.to(images.device), self._shift.to(images.device)
        if images.dtype == torch.uint8:
            scale = scale / 255
        elif not images.is_floating_point():
            raise TypeError(f"images must be uint8 or floats in [0, 1], got {images.dtype}")
        return images * scale + shift

    def dataloader(
        self,
        split: str = "train",
        *,
        shuffle: bool | None = None,
        epoch: int | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> Batches:
        """Return the batches of one split that belong to one process.

        The order depends on the seed and the epoch alone: it is the same on every device,
        and a training run that is resumed in epoch 7 meets the batches it would have met.
        Several processes share every batch, so they take the same steps as one process would,
        except that a last batch too small for all of them joins the one before it.

        Args:
            split: ``"train"``, ``"val"`` or ``"test"``.
            shuffle: a new order in each epoch; None shuffles the training split only.
                Training images that are shuffled are augmented, too.
            epoch: which order; None counts the passes of this object, beginning with 0.
            rank: number of this process, ``0 <= rank < world_size``.
            world_size: how many processes share the split.

        Raises:
            ValueError: for an unknown split, rank or number of processes.
            NotImplementedError: if these data have no such split.
        """
        labels = self.labels(split)
        shuffle = split == "train" if shuffle is None else bool(shuffle)
        epoch = None if epoch is None else integer("epoch", epoch, minimum=0)
        return Batches(
            partial(self._draw, split, shuffle, epoch),
            partial(self.batch, split),
            len(labels),
            self.batch_size,
            rank=rank,
            world_size=world_size,
            name=split,
        )

    def batch(self, split: str, index: Tensor, uniforms: Tensor | None = None) -> Split:
        """Return the numbered images, resized, augmented and normalised, with their labels.

        Args:
            index: positions in the split ``(N,)`` int64, on the data's device.
            uniforms: what the augmentations draw from ``(N, numbers)``; None leaves them out.
        """
        images, labels = self._split(split)
        images = images.index_select(0, index)
        if uniforms is None:
            # Resizing keeps sums of weights at 1, so it may follow the normalisation, which
            # then works on the smaller images.
            return resize(self.normalise(images), self.size), labels.index_select(0, index)
        images = resize(images.float().div_(255), self.size)
        for change, numbers in zip(
            self.augment, uniforms.split([a.numbers for a in self.augment], dim=1), strict=True
        ):
            images = change(images, numbers)
        return self.normalise(images), labels.index_select(0, index)

    def show(self, n: int = 16, split: str = "train"):
        """Return a figure of the first ``n`` images of a split with their class names."""
        from d2lkit.plotting import show_images

        n = integer("n", n, minimum=1)
        titles = [self.class_names[label] for label in self.labels(split)[:n].tolist()]
        return show_images(self.images(split)[:n].cpu(), titles)

    def to(self, device: str | torch.device) -> Self:
        """Return this data with its images on ``device``; the object itself stays as it is."""
        device = usable_device(device)
        if device == self.device:
            return self
        moved = copy.copy(self)
        moved._move(device)
        return moved

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(labels):,} {key}" for key, (_, labels) in self._splits.items())
        return (
            f"{self.name}: {counts} images of {self.in_channels}×{self.size}×{self.size}, "
            f"{self.num_classes} classes, in batches of {self.batch_size}"
        )

    def _split(self, split: str) -> Split:
        if one_of("split", split, SPLITS) not in self._splits:
            # What the Trainer takes for "no such split": it trains without validation.
            raise NotImplementedError(f"{self.name} has no split {split!r}")
        return self._splits[split]

    def _draw(self, split: str, shuffle: bool, epoch: int | None) -> tuple[Tensor, Tensor | None]:
        num_images = len(self.labels(split))
        if not shuffle:
            return torch.arange(num_images, device=self.device), None
        if epoch is None:
            epoch, self.passes = self.passes, self.passes + 1
        numbers = sum(change.numbers for change in self.augment) if split == "train" else 0
        return draw_epoch(num_images, numbers, self.seed, epoch, device=self.device)

    def _move(self, device: torch.device) -> None:
        self.device = device
        self._splits = {
            key: (images.to(device), labels.to(device))
            for key, (images, labels) in self._splits.items()
        }
        mean, std = (torch.tensor(v, device=device)[:, None, None] for v in (self.mean, self.std))
        self._scale, self._shift = 1 / std, -mean / std

    def _check_agreement(self) -> None:
        wanted = self.images("train").shape[1:]
        for key, (images, _) in self._splits.items():
            if images.shape[1:] != wanted:
                raise ValueError(
                    f"{key} images must be {tuple(wanted)} like the training images, "
                    f"got {tuple(images.shape[1:])}"
                )
