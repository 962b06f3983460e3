"""The data of d2l's chapters."""

import torch
from torch import Tensor

from d2lkit import data, training
from d2lkit.arguments import pair
from d2lkit.d2l.board import show_images
from d2lkit.d2l.hyperparameters import HyperParameters

TEXT_LABELS = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


class DataModule(training.DataModule, HyperParameters):
    """Data whose one method ``get_dataloader(train)`` serves training and validation.

    Args:
        root: folder for files that a subclass downloads.
        num_workers: processes that a subclass may let read data.

    >>> class Zeros(DataModule):
    ...     def __init__(self, batch_size=2):
    ...         super().__init__()
    ...         self.save_hyperparameters()
    ...     def get_dataloader(self, train):
    ...         return self.get_tensorloader((torch.zeros(6, 1), torch.zeros(6)), train)
    >>> len(Zeros().train_dataloader())
    3
    """

    def __init__(self, root: str = "../data", num_workers: int = 4) -> None:
        self.save_hyperparameters()

    def get_dataloader(self, train: bool):
        """Return the batches of training (True) or validation (False)."""
        raise NotImplementedError(f"{type(self).__name__} has no get_dataloader(train)")

    def train_dataloader(self):
        """Return the training batches."""
        return self.get_dataloader(train=True)

    def val_dataloader(self):
        """Return the validation batches."""
        return self.get_dataloader(train=False)

    def get_tensorloader(self, tensors, train: bool, indices=slice(0, None)):
        """Return batches from tensors whose rows belong together.

        Args:
            tensors: such as ``(images, labels)``.
            train: whether to shuffle.
            indices: which rows.
        """
        rows = torch.utils.data.TensorDataset(*(tensor[indices] for tensor in tensors))
        return torch.utils.data.DataLoader(rows, self.batch_size, shuffle=train)


class FashionMNIST(data.FashionMNIST, DataModule):
    """Fashion-MNIST as d2l's chapters use it: numbers from 0 to 1, the test set for validation.

    For work of your own prefer ``d2lkit.data.FashionMNIST``, which holds out part of the
    training images instead: whoever chooses settings by the test set has no test left.

    Args:
        batch_size: images in one training step.
        resize: height and width of the images in pixels, one int or two equal ones.
        root: the folder of the files; None means the cache that all of d2lkit uses.
        settings: any other setting of ``d2lkit.data.FashionMNIST``, such as ``seed``.

    Shape: batches of images ``(batch_size, 1, size, size)`` float32, labels ``(batch_size,)``.

    Raises:
        ValueError: if the size is not square.
        DatasetError: if a file cannot be had; the message names file and cure.

    >>> FashionMNIST(resize=(28, 20))
    Traceback (most recent call last):
    ...
    ValueError: resize must be square, got 28×20
    """

    def __init__(self, batch_size: int = 64, resize=(28, 28), root=None, **settings) -> None:
        height, width = pair("resize", resize, minimum=1)
        if height != width:
            raise ValueError(f"resize must be square, got {height}×{width}")
        super().__init__(root, size=height, batch_size=batch_size, **{"num_val": 0, **settings})
        if "val" not in self._splits:
            self._splits["val"] = self._splits["test"]
        self.save_hyperparameters(ignore=["settings"])

    def normalise(self, images: Tensor) -> Tensor:
        """Return the images as floats from 0 to 1, not normalised: so d2l trains."""
        return images.float() / 255 if images.dtype == torch.uint8 else images

    def get_dataloader(self, train: bool):
        """Return the batches of training (True) or validation (False)."""
        return self.dataloader("train" if train else "val")

    def text_labels(self, indices) -> list[str]:
        """Return the names of numbered classes."""
        return [TEXT_LABELS[int(i)] for i in indices]

    def visualize(self, batch, nrows: int = 1, ncols: int = 8, labels=()):
        """Show the first images of a batch with their names, and return their axes."""
        X, y = batch
        return show_images(X.cpu(), nrows, ncols, titles=labels or self.text_labels(y))
