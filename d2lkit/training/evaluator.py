"""A model and data on one device: what it computes for them, and how good it is."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from d2lkit.arguments import one_of
from d2lkit.training import contract, distributed
from d2lkit.training.data_module import SPLITS, DataModule
from d2lkit.training.device import as_device, to_channels_last

_IMAGES_AT_ONCE = 256  # of a tensor of images that is predicted


class Evaluator:
    """Measures a model on data; the Trainer is one that also trains.

    Args:
        device: where to compute; None takes the fastest that is there.
        precision: ``"fp32"``, or ``"bf16"`` for matrix products and convolutions in bfloat16.
        channels_last: keep images and weights as N, H, W, C in memory.

    Attributes:
        model, data: those at hand, on the device.

    >>> Evaluator("cpu").predict(nn.Flatten(), torch.zeros(5, 1, 4, 4)).shape
    torch.Size([5, 16])
    """

    def __init__(
        self,
        device: str | torch.device | None = None,
        precision: str = "fp32",
        channels_last: bool = False,
    ) -> None:
        self.device = as_device(device)
        self.precision = one_of("precision", precision, ["fp32", "bf16"])
        self.channels_last = one_of("channels_last", channels_last, [True, False])

    def evaluate(self, model: nn.Module, data: DataModule, split: str = "test") -> dict[str, float]:
        """Return the model's metrics on one split, each the mean over its images.

        Args:
            model: has ``validation_step``; it stays in the mode (train or eval) it was in.
            data: has ``test_dataloader``, or that of another split.
            split: ``"train"``, ``"val"`` or ``"test"``; training images come as they are
                stored, without augmentation.

        Raises:
            TypeError: if model or data lack a method.
            ValueError: if the split is unknown or empty.
        """
        one_of("split", split, SPLITS)
        contract.check_model(model)
        contract.check_data(data, split)
        was_training, trainer = model.training, getattr(model, "trainer", None)
        try:
            self.begin(model, data)
            contract.number_of_batches(self.loader(split), split, minimum=1)
            return self.measure(split)
        finally:
            model.train(was_training)
            model.trainer = trainer

    @torch.no_grad()
    def predict(self, model: nn.Module, data: DataModule | Tensor, split: str = "test") -> Tensor:
        """Return what the model computes for every image, on the CPU, in the images' order.

        Args:
            model: maps images to outputs; it stays in the mode (train or eval) it was in.
            data: a data module, or a tensor of images as the model takes them.
            split: of a data module: ``"train"``, ``"val"`` or ``"test"``.

        Shape: images ``(N, C, H, W)`` -> outputs ``(N, ...)``, for a classifier its logits.

        Raises:
            TypeError: if the model is no module or the data lack a method.
            ValueError: if the split is unknown or empty, or a ``DataLoader`` shuffles it.
        """
        if not isinstance(model, nn.Module):
            raise TypeError(f"model must be an nn.Module, got {model!r} ({type(model).__name__})")
        if isinstance(data, Tensor):
            images = data.split(_IMAGES_AT_ONCE) if data.ndim and len(data) else ()
            batches = ((part,) for part in images)
        else:
            one_of("split", split, SPLITS)
            contract.check_data(data, split)
            # Every process of several predicts all images.
            batches = contract.batches(data, split, shuffle=False, alone=True)
            contract.check_order(batches, split)
        was_training = model.training
        try:
            self.prepare_model(model)
            model.eval()
            outputs = []
            for batch in self.prepared(batches):
                with self.autocast():
                    outputs.append(model(*batch[: max(1, len(batch) - 1)]).cpu())
        finally:
            model.train(was_training)
        if not outputs:
            raise ValueError(f"data must have at least one image to predict, got {data!r}")
        return torch.cat(outputs)

    @torch.no_grad()
    def measure(self, split: str) -> dict[str, float]:
        """Return the metrics of the model at hand on one split, each the mean over its images."""
        self.model.eval()
        distributed.same_buffers(self.model)
        sums: dict[str, Tensor] = {}
        images = 0
        for batch in self.batches(split, shuffle=False):
            with self.autocast():
                metrics = contract.check_metrics(self.model.validation_step(batch), self.model)
            for name, value in metrics.items():
                sums[name] = sums.get(name, 0) + value * len(batch[-1])
            images += len(batch[-1])
            self.after_measured_batch()
        return distributed.means(sums, images, self.device)

    def after_measured_batch(self) -> None:
        """Do nothing; a subclass may look up from its work here."""

    def begin(self, model: nn.Module, data: DataModule) -> None:
        """Bring data and model to the device, and let the model see who works on it."""
        distributed.start(self.device)
        self.model, self.data = model, data
        model.trainer = self
        self.prepare_data(data)
        self.prepare_model(model)

    def prepare_data(self, data: DataModule) -> None:
        """Keep the data, on the device if they can be moved at once."""
        self.data = data.to(self.device) if isinstance(data, DataModule) else data

    def prepare_model(self, model: nn.Module) -> None:
        """Keep the model, on the device."""
        self.model = model.to(self.device)
        if self.channels_last:
            to_channels_last(model)

    def prepare_batch(self, batch: Iterable[Tensor]) -> list[Tensor]:
        """Return a batch as the model is to see it: on the device, in its memory format."""
        batch = [part.to(self.device, non_blocking=True) for part in batch]
        if self.channels_last and batch[0].ndim == 4:
            batch[0] = batch[0].contiguous(memory_format=torch.channels_last)
        return batch

    def loader(self, split: str, **order) -> Iterable:
        """Return this process's batches of a split, as the data hand them out."""
        return contract.batches(self.data, split, **order)

    def batches(self, split: str, **order) -> Iterator[list[Tensor]]:
        """Yield this process's batches of a split, ready for the model."""
        return self.prepared(self.loader(split, **order))

    def prepared(self, batches: Iterable) -> Iterator[list[Tensor]]:
        """Yield batches ready for the model."""
        for batch in batches:
            contract.check_batch(batch)
            yield self.prepare_batch(batch)

    def autocast(self) -> AbstractContextManager:
        """Return the context in which the model computes in the precision asked for."""
        if self.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)
