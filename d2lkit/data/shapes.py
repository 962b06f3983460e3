"""Shapes: coloured scenes drawn from a seed, as many and as large as one likes."""

from collections.abc import Sequence

import torch
from torch import Tensor

from d2lkit.arguments import integer, one_of
from d2lkit.data.array_data import ArrayData
from d2lkit.data.augmentation import Augmentation
from d2lkit.data.checks import usable_device
from d2lkit.data.distances import SHAPES
from d2lkit.data.randomness import generator
from d2lkit.data.scenes import BLOCK, draw, draw_noise, throw_dice
from d2lkit.training.data_module import SPLITS


class Shapes(ArrayData):
    """Ten kinds of shapes in front of clutter, in colour, drawn on the device itself.

    Each image holds one bright shape of random place, size, stretch, turn, colours and
    stripes. Bars and stripes lie behind it and a bar covers a part of it. Colour tells nothing
    about the class, only the form does; so a network must find edges, corners and their
    arrangement wherever they are.

    Image ``i`` of a split depends on the seed, the split and ``i`` alone: asking for more
    images keeps those one had, and every device draws the same.

    Args:
        size: height and width in pixels, at least 8.
        num_train: number of training images.
        num_val: number of validation images.
        num_test: number of test images.
        batch_size: images in one training step, all processes together.
        augment: random changes of the training images, see :mod:`d2lkit.data.augmentation`.
        device: where the images are drawn and live; None means the CPU, from which the
            Trainer takes them to its own device once.
        seed: settles the images and, together with the epoch's number, order and augmentation.

    Shape: batches of images ``(batch_size, 3, size, size)`` float32, labels ``(batch_size,)``.

    Raises:
        TypeError: if a number is not an int.
        ValueError: if a number is out of its range.

    >>> data = Shapes(size=32, num_train=200, num_val=100, num_test=100)
    >>> data
    Shapes: 200 train, 100 val, 100 test images of 3×32×32, 10 classes, in batches of 64
    >>> [data.class_names[label] for label in data.labels("train")[:4].tolist()]
    ['star', 'triangle', 'triangle', 'crescent']
    """

    def __init__(
        self,
        size: int = 64,
        num_train: int = 4000,
        num_val: int = 1000,
        num_test: int = 1000,
        batch_size: int = 64,
        *,
        augment: Sequence[Augmentation] = (),
        device: str | torch.device | None = None,
        seed: int = 0,
    ):
        counts = {"train": num_train, "val": num_val, "test": num_test}
        splits = {
            split: draw_shapes(count, size, split=split, device=device, seed=seed)
            for split, count in counts.items()
        }
        super().__init__(
            **splits,
            class_names=tuple(SHAPES),
            batch_size=batch_size,
            augment=augment,
            device=device,
            seed=seed,
            name="Shapes",
        )


def draw_shapes(
    count: int,
    size: int = 64,
    *,
    split: str = "train",
    device: str | torch.device | None = None,
    seed: int = 0,
) -> tuple[Tensor, Tensor]:
    """Return the first ``count`` images of a split of :class:`Shapes`, with their labels.

    Shape: images ``(count, 3, size, size)`` uint8, labels ``(count,)`` int64.

    >>> images, labels = draw_shapes(3, size=32)
    >>> images.shape, images.dtype
    (torch.Size([3, 3, 32, 32]), torch.uint8)
    >>> bool((images == draw_shapes(300, size=32)[0][:3]).all())
    True
    """
    integer(f"num_{one_of('split', split, SPLITS)}", count, minimum=1)
    integer("size", size, minimum=8)
    integer("seed", seed, minimum=0)
    device = usable_device(device)
    images = torch.empty(count, 3, size, size, dtype=torch.uint8, device=device)
    labels = torch.empty(count, dtype=torch.int64, device=device)
    for block in range(-(-count // BLOCK)):
        random = generator(seed, SPLITS.index(split), block)
        scenes = throw_dice(random)
        noise = draw_noise(random, size).to(device)
        part = slice(block * BLOCK, min((block + 1) * BLOCK, count))
        scenes = scenes.first(part.stop - part.start).to(device)
        images[part] = draw(scenes, noise, size)
        labels[part] = scenes.label
    return images, labels
