"""One pass over a split: which images come when, for one process or several."""

from collections.abc import Callable, Iterator

from torch import Tensor

from d2lkit.arguments import integer


class Batches:
    """The batches of a split, an iterable with a length.

    Every process cuts the same order into the same global batches and takes each
    ``world_size``-th image of each. So an epoch meets every image exactly once, and all
    processes take the same number of steps.

    A last batch with fewer than two images for each process joins the batch before it: with a
    single image, batch normalisation over maps of one pixel would have no variance to compute.

    Args:
        draw: returns a new order of all images and the numbers that augmentation draws from, or
            None in their place.
        take: returns the images and labels at some places of the order, with their numbers.
        num_images: in the split.
        batch_size: images in one step, all processes together.
        rank: number of this process, ``0 <= rank < world_size``.
        world_size: how many processes share the split.
        name: of the split, for messages.

    Raises:
        ValueError: if the rank is none of ``0 .. world_size - 1``, or if there are more
            processes than images in a batch.
    """

    def __init__(
        self,
        draw: Callable[[], tuple[Tensor, Tensor | None]],
        take: Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]],
        num_images: int,
        batch_size: int,
        *,
        rank: int = 0,
        world_size: int = 1,
        name: str = "train",
    ) -> None:
        self.draw, self.take = draw, take
        self.num_images, self.batch_size = num_images, batch_size
        self.rank = integer("rank", rank, minimum=0)
        self.world_size = integer("world_size", world_size, minimum=1)
        if self.rank >= self.world_size:
            raise ValueError(f"rank must be below world_size={world_size}, got {rank}")
        smallest = min(batch_size, num_images)
        if self.world_size > smallest:
            raise ValueError(
                f"world_size must be at most {smallest}, the images of one {name} batch, "
                f"got {world_size}"
            )

    def __len__(self) -> int:
        steps, rest = divmod(self.num_images, self.batch_size)
        return steps + (rest >= 2 * self.world_size or steps == 0)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order, uniforms = self.draw()
        for step in range(len(self)):
            start = step * self.batch_size
            stop = start + self.batch_size if step + 1 < len(self) else self.num_images
            mine = slice(start + self.rank, stop, self.world_size)
            yield self.take(order[mine], None if uniforms is None else uniforms[mine])
