"""Digits: 1,797 real scans of handwritten digits that need no download."""

import functools
import gzip
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from d2lkit.arguments import integer
from d2lkit.data.array_data import ArrayData
from d2lkit.data.augmentation import Augmentation
from d2lkit.data.randomness import generator

PER_CLASS = 30  # images of each class in the validation and in the test split


class Digits(ArrayData):
    """Handwritten digits from scikit-learn, enlarged to ``size × size`` pixels.

    The scans have 8×8 pixels of 17 grey levels. Ten classes; 1,197 images to train on, 300
    for validation and 300 for the test, 30 of each class in both. The split never changes.

    Args:
        size: height and width in pixels, at least 8.
        batch_size: images in one training step, all processes together.
        augment: random changes of the training images, see :mod:`d2lkit.data.augmentation`.
        device: where the images live; None means the CPU, from which the Trainer takes
            them to its own device once.
        seed: together with the epoch's number it settles order and augmentation.

    Shape: batches of images ``(batch_size, 1, size, size)`` float32, labels ``(batch_size,)``.

    Raises:
        TypeError: if size, batch_size or seed is not an int.
        ValueError: if size is below 8, or another argument out of its range.

    >>> data = Digits(size=16)
    >>> data
    Digits: 1,197 train, 300 val, 300 test images of 1×16×16, 10 classes, in batches of 64
    >>> images, labels = next(iter(data.val_dataloader()))
    >>> images.shape, labels[:5]
    (torch.Size([64, 1, 16, 16]), tensor([0, 8, 0, 9, 7]))

    Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998; scikit-learn ships its test part.
    """

    def __init__(
        self,
        size: int = 28,
        batch_size: int = 64,
        *,
        augment: Sequence[Augmentation] = (),
        device: str | torch.device | None = None,
        seed: int = 0,
    ):
        integer("size", size, minimum=8)
        splits = {key: (enlarge(scans, size), labels) for key, (scans, labels) in _scans().items()}
        super().__init__(
            **splits,
            batch_size=batch_size,
            augment=augment,
            device=device,
            seed=seed,
            name="Digits",
        )


def enlarge(scans: Tensor, size: int) -> Tensor:
    """Return scans of 17 grey levels as bytes, interpolated linearly to ``size × size`` pixels.

    Shape: ``(N, 8, 8)`` int64 in 0 to 16 -> ``(N, 1, size, size)`` uint8.

    >>> enlarge(torch.full((1, 8, 8), 16), 20).unique()
    tensor([255], dtype=torch.uint8)
    """
    # Whole numbers throughout (float64 holds them exactly), so that no rounding differs between
    # machines. The centre of new pixel i lies at (2i + 1) * 8 / (2 * size) - 1/2 on the old
    # grid; counted in steps of 1 / (2 * size) it is whole, and so are its two weights.
    steps = 2 * size
    centre = (torch.arange(size) * 2 + 1) * 8 - size
    distance = (centre.clamp(0, 7 * steps)[:, None] - steps * torch.arange(8)).abs()
    weights = (steps - distance).clamp(min=0).double()
    total = (weights @ scans.double() @ weights.T).long()
    white = 16 * steps**2
    return ((2 * 255 * total + white) // (2 * white)).to(torch.uint8)[:, None]


@functools.cache
def _scans() -> dict[str, tuple[Tensor, Tensor]]:
    rows = _rows()
    scans, labels = rows[:, :64].view(-1, 8, 8), rows[:, 64]
    order = torch.randperm(len(labels), generator=generator(1797))
    scans, labels = scans[order], labels[order]
    # place[i] counts the images of the same class before image i.
    place = (labels[:, None] == torch.arange(10)).cumsum(0).gather(1, labels[:, None])[:, 0] - 1
    part = {"test": place < PER_CLASS, "train": place >= 2 * PER_CLASS}
    part["val"] = ~part["test"] & ~part["train"]
    return {key: (scans[part[key]], labels[part[key]]) for key in ("train", "val", "test")}


def _rows() -> Tensor:
    """Return 64 grey levels and the label of each scan, as scikit-learn's file has them.

    The file alone is read: to import scikit-learn takes longer than all the rest.
    """
    import numpy as np

    from d2lkit.data.downloads import DatasetError

    spec = importlib.util.find_spec("sklearn")
    if spec is None:
        raise ImportError("the digits come with it: pip install scikit-learn")
    file = Path(spec.origin).parent / "datasets/data/digits.csv.gz"
    if not file.exists():
        raise DatasetError(f"{file} is not there: install scikit-learn again, or a newer one")
    with gzip.open(file, "rt") as lines:
        return torch.from_numpy(np.loadtxt(lines, delimiter=",", dtype=np.int64))
