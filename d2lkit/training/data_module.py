"""What the Trainer asks of a data set: batches of every split, on the device that it trains on."""

from collections.abc import Iterable
from typing import Self

import torch
from torch import Tensor

from d2lkit.arguments import integer, one_of

SPLITS = ("train", "val", "test")


class DataModule:
    """Images and labels in three splits, handed out in batches.

    A subclass writes either the three methods ``train_dataloader``, ``val_dataloader`` and
    ``test_dataloader``, each of which returns an iterable with ``len`` over pairs
    ``(images, labels)``; or the one method :meth:`dataloader`, on which the three stand.
    The second form knows the epoch and the rank, so it can shuffle reproducibly and share
    the images among several processes.

    Shape: images ``(N, C, H, W)`` of floats, labels ``(N,)`` of int64.

    >>> class Constant(DataModule):
    ...     num_classes = 2
    ...     def train_dataloader(self):
    ...         return [(torch.zeros(4, 1, 8, 8), torch.tensor([0, 1, 0, 1]))]
    >>> for images, labels in Constant().dataloader("train", epoch=3):
    ...     print(tuple(images.shape), labels.tolist())
    (4, 1, 8, 8) [0, 1, 0, 1]
    """

    def train_dataloader(self) -> Iterable[tuple[Tensor, Tensor]]:
        """Return the training batches; each pass over them comes in a new order."""
        return self._through_dataloader("train")

    def val_dataloader(self) -> Iterable[tuple[Tensor, Tensor]]:
        """Return the validation batches, always in the same order."""
        return self._through_dataloader("val")

    def test_dataloader(self) -> Iterable[tuple[Tensor, Tensor]]:
        """Return the test batches, always in the same order."""
        return self._through_dataloader("test")

    def dataloader(
        self,
        split: str = "train",
        *,
        shuffle: bool | None = None,
        epoch: int | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> Iterable[tuple[Tensor, Tensor]]:
        """Return the batches of one split that belong to one process.

        This version serves subclasses that write the three simple methods; it leaves the
        order to them.

        Args:
            split: ``"train"``, ``"val"`` or ``"test"``.
            shuffle: a new order in each epoch; None shuffles the training split only.
            epoch: which order; None counts the passes, beginning with 0.
            rank: number of this process, ``0 <= rank < world_size``.
            world_size: how many processes share the split.

        Raises:
            ValueError: for an unknown split, or if several processes are to share batches
                that only a simple method hands out.
            NotImplementedError: if the subclass has no batches for the split.
        """
        one_of("split", split, SPLITS)
        integer("rank", rank, minimum=0)
        if integer("world_size", world_size, minimum=1) > 1:
            raise ValueError(
                f"world_size must be 1 for {type(self).__name__}, got {world_size}: a data module "
                "shares its images among processes only if it writes dataloader() itself"
            )
        method = f"{split}_dataloader"
        if getattr(type(self), method) is getattr(DataModule, method):
            raise NotImplementedError(f"{type(self).__name__} has no {method}()")
        return getattr(self, method)()

    def to(self, device: str | torch.device) -> Self:
        """Return this data with its images on ``device``: use the result, as with a tensor.

        This version returns the object itself; the Trainer moves batches that arrive from
        elsewhere. A subclass that keeps its images in memory should move them once, here.
        """
        return self

    def _through_dataloader(self, split: str) -> Iterable[tuple[Tensor, Tensor]]:
        # Without this check a subclass that writes neither form would recurse for ever.
        if type(self).dataloader is DataModule.dataloader:
            raise NotImplementedError(f"{type(self).__name__} has no {split}_dataloader()")
        return self.dataloader(split)
