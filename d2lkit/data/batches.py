"""One pass over a split: which images come when, for one process or several."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from d2lkit.arguments import integer
from d2lkit.data.randomness import generator

if TYPE_CHECKING:
    from d2lkit.data.array_data import ArrayData


class Batches:
    """The batches of a split, an iterable with a length; made by ``ArrayData.dataloader``.

    Every process cuts the same order into the same global batches and takes each
    ``world_size``-th image of each. So an epoch meets every image exactly once, all
    processes take the same number of steps, and a step sees the same images whether one
    process computes it or four.

    Raises:
        ValueError: if the rank is none of ``0 .. world_size - 1``, or if there are more
            processes than images in a batch.
    """

    def __init__(
        self,
        data: "ArrayData",
        split: str,
        shuffle: bool | None,
        epoch: int | None,
        rank: int,
        world_size: int,
    ):
        self.data, self.split = data, split
        self.shuffle = split == "train" if shuffle is None else bool(shuffle)
        self.epoch = None if epoch is None else integer("epoch", epoch, minimum=0)
        self.rank = integer("rank", rank, minimum=0)
        self.world_size = integer("world_size", world_size, minimum=1)
        self.num_images = len(data.labels(split))
        if self.rank >= self.world_size:
            raise ValueError(f"rank must be below world_size={world_size}, got {rank}")
        smallest = min(data.batch_size, self.num_images)
        if self.world_size > smallest:
            raise ValueError(
                f"world_size must be at most {smallest}, the images of one {split} batch, "
                f"got {world_size}"
            )

    def __len__(self) -> int:
        steps, rest = divmod(self.num_images, self.data.batch_size)
        # A last batch too small to give each process an image joins the batch before it.
        return steps + (rest >= self.world_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order, uniforms = self._draw()
        for step in range(len(self)):
            start = step * self.data.batch_size
            stop = start + self.data.batch_size if step + 1 < len(self) else self.num_images
            mine = slice(start + self.rank, stop, self.world_size)
            yield self.data.batch(
                self.split, order[mine], None if uniforms is None else uniforms[mine]
            )

    def _draw(self) -> tuple[Tensor, Tensor | None]:
        """Draw a whole epoch's random numbers at once: one small copy to the device, not many."""
        device = self.data.device
        if not self.shuffle:
            return torch.arange(self.num_images, device=device), None
        epoch = self.epoch
        if epoch is None:
            epoch = self.data.passes
            self.data.passes += 1
        random = generator(self.data.seed, epoch)
        order = torch.randperm(self.num_images, generator=random).to(device)
        numbers = sum(change.numbers for change in self.data.augment)
        if self.split != "train" or not numbers:
            return order, None
        return order, torch.rand(self.num_images, numbers, generator=random).to(device)
