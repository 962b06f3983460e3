"""The training loop."""

import time

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, one_of
from d2lkit.training.data_module import SPLITS, DataModule
from d2lkit.training.device import as_device
from d2lkit.training.history import History
from d2lkit.training.progress import progress_bar

_MODEL_METHODS = ("training_step", "validation_step", "configure_optimizers")


class Trainer:
    """Trains a model on data, and measures it.

    Args:
        max_epochs: passes over the training data.
        device: where to train; None takes the fastest that is there.
        progress: whether to show a progress bar; None shows it in a terminal and in a
            notebook that a person has open.

    Attributes:
        epoch: passes that are complete, 0 at the start.
        train_batch_idx: steps of the optimiser so far.
        num_train_batches: steps in an epoch.

    Raises:
        TypeError: if ``max_epochs`` is not an int.
        ValueError: if it is less than 1, or the device is not there.

    >>> from d2lkit.training import Classifier, DataModule
    >>> class Noise(DataModule):
    ...     def train_dataloader(self):
    ...         return [(torch.randn(8, 1, 4, 4), torch.arange(8) % 2)]
    ...     def val_dataloader(self):
    ...         return self.train_dataloader()
    >>> model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(16, 2)))
    >>> history = Trainer(max_epochs=3).fit(model, Noise())
    >>> len(history["val_accuracy"])
    3
    """

    def __init__(
        self,
        max_epochs: int = 5,
        *,
        device: str | torch.device | None = None,
        progress: bool | None = None,
    ) -> None:
        self.max_epochs = integer("max_epochs", max_epochs, minimum=1)
        self.device = as_device(device)
        self.progress = one_of("progress", progress, [None, True, False])

    def fit(self, model: nn.Module, data: DataModule) -> History:
        """Train the model in place and return what happened.

        Args:
            model: has ``training_step``, ``validation_step`` and ``configure_optimizers``.
            data: has ``train_dataloader`` and, for validation, ``val_dataloader``.

        Raises:
            TypeError: if model or data lack one of these methods.
            ValueError: if the training data are empty.
        """
        self._prepare(model, data)
        try:
            while self.epoch < self.max_epochs:
                self.fit_epoch()
        finally:
            self.bar.close()
            model.trainer = None
        return self.history

    def fit_epoch(self) -> None:
        """Pass once over the training images, then measure on the validation images."""
        started = time.perf_counter()
        self.model.train()
        for batch in self._batches("train", self.epoch):
            loss = self.model.training_step(batch)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            if self.scheduler is not None:
                self.scheduler.step()
            self._note_step(loss, batch)
        validation = self._measure("val") if self.num_val_batches else {}
        self.epoch += 1
        self.history.end_epoch(validation, seconds=time.perf_counter() - started)

    def evaluate(self, model: nn.Module, data: DataModule, split: str = "test") -> dict[str, float]:
        """Return the model's metrics on one split, each the mean over its images.

        Args:
            model: has ``validation_step``.
            data: has ``test_dataloader``, or that of another split.
            split: ``"train"``, ``"val"`` or ``"test"``.

        Raises:
            TypeError: if model or data lack a method.
            ValueError: if the split is unknown or empty.
        """
        one_of("split", split, SPLITS)
        self._check(model, data, f"{split}_dataloader")
        self.model, self.data = model.to(self.device), self._to_device(data)
        model.trainer = self
        was_training = model.training
        try:
            return self._measure(split)
        finally:
            model.train(was_training)
            model.trainer = None

    def _prepare(self, model: nn.Module, data: DataModule) -> None:
        self._check(model, data, "train_dataloader")
        self.model, self.data = model.to(self.device), self._to_device(data)
        self.num_train_batches = len(self._loader("train"))
        if self.num_train_batches == 0:
            raise ValueError("data must have at least one training batch, got 0")
        validation = self._loader("val")
        self.num_val_batches = len(validation) if validation is not None else 0
        self.epoch = self.train_batch_idx = 0
        self.history = History()
        model.trainer = self
        configured = model.configure_optimizers()
        self.optimizer, self.scheduler = (
            configured if isinstance(configured, (tuple, list)) else (configured, None)
        )
        self.bar = progress_bar(self.max_epochs * self.num_train_batches, show=self.progress)

    def _check(self, model: nn.Module, data: DataModule, loader: str) -> None:
        if not isinstance(model, nn.Module):
            raise TypeError(f"model must be an nn.Module, got {model!r} ({type(model).__name__})")
        for name in _MODEL_METHODS:
            if not hasattr(model, name):
                raise TypeError(
                    f"model must have the method {name}, which {type(model).__name__} lacks: "
                    "wrap a plain network as Classifier(net, lr=...)"
                )
        if not hasattr(data, loader):
            raise TypeError(f"data must have the method {loader}, got {type(data).__name__}")

    def _to_device(self, data: DataModule) -> DataModule:
        return data.to(self.device) if isinstance(data, DataModule) else data

    def _loader(self, split: str, epoch: int | None = None):
        if isinstance(self.data, DataModule):
            try:
                return self.data.dataloader(split, epoch=epoch)
            except NotImplementedError:
                if split != "val":
                    raise
                return None
        method = getattr(self.data, f"{split}_dataloader", None)
        return method() if method is not None else None

    def _batches(self, split: str, epoch: int | None = None):
        for batch in self._loader(split, epoch):
            yield [part.to(self.device, non_blocking=True) for part in batch]

    def _note_step(self, loss: Tensor, batch) -> None:
        # Nothing here asks for a value: that would make the processor wait for the GPU.
        metrics = {"loss": loss.detach(), **getattr(self.model, "logged", {})}
        self.history.add_step(metrics, size=len(batch[-1]))
        self.train_batch_idx += 1
        self.bar.update()

    @torch.no_grad()
    def _measure(self, split: str) -> dict[str, float]:
        self.model.eval()
        sums: dict[str, Tensor] = {}
        count = 0
        for batch in self._batches(split):
            metrics = self.model.validation_step(batch) or {}
            for name, value in metrics.items():
                sums[name] = sums.get(name, 0) + value * len(batch[-1])
            count += len(batch[-1])
        if count == 0:
            raise ValueError(f"data must have at least one image in split {split!r}, got 0")
        return {name: float(value) / count for name, value in sums.items()}
