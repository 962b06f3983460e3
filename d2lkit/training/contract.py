"""What the Trainer relies on, checked where it is first met."""

import warnings
from collections.abc import Iterable
from numbers import Real

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.data import (
    DataLoader,
    RandomSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

from d2lkit.training import distributed
from d2lkit.training.data_module import DataModule
from d2lkit.training.module import Module

_MODEL_METHODS = ("training_step", "validation_step", "configure_optimizers")
_DRAW_THE_ORDER = (RandomSampler, SubsetRandomSampler, WeightedRandomSampler)


def check_model(model: object) -> None:
    """Refuse a model that the Trainer cannot train."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be an nn.Module, got {model!r} ({type(model).__name__})")
    for name in _MODEL_METHODS:
        if not callable(getattr(model, name, None)):
            raise TypeError(
                f"model must have the method {name}, got {type(model).__name__} without it: "
                "wrap a plain network as Classifier(net, lr=...)"
            )


def check_data(data: object, split: str) -> None:
    """Refuse data that have no method for the batches of a split."""
    name = f"{split}_dataloader"
    if not callable(getattr(data, name, None)):
        raise TypeError(
            f"data must have the method {name}, got {type(data).__name__} without it: "
            "use a DataModule such as Digits()"
        )


def batches(
    data: object,
    split: str,
    *,
    epoch: int | None = None,
    shuffle: bool | None = None,
    alone: bool = False,
) -> Iterable:
    """Return this process's batches of a split, or all; none if the data lack that split."""
    processes = 1 if alone else distributed.world_size()
    try:
        if isinstance(data, DataModule):
            place = {"rank": 0 if alone else distributed.rank(), "world_size": processes}
            order = {} if shuffle is None or split != "train" else {"shuffle": shuffle}
            found = data.dataloader(split, epoch=epoch, **order, **place)
        else:
            found = getattr(data, f"{split}_dataloader", tuple)()
    except NotImplementedError:
        found = ()
    if processes > 1 and not isinstance(data, DataModule):
        raise ValueError(
            f"data must be a DataModule to be shared among {processes} processes, "
            f"got {type(data).__name__}"
        )
    return () if found is None else found


def number_of_batches(loader: object, split: str, *, minimum: int = 0) -> int:
    """Return how many batches a split has: schedule and progress bar must know it."""
    try:
        length = len(loader) if hasattr(loader, "__iter__") else None
    except TypeError:  # a DataLoader over an IterableDataset has __len__, and raises
        length = None
    if length is None:
        of = f" over {type(loader.dataset).__name__}" if hasattr(loader, "dataset") else ""
        raise TypeError(
            f"{split}_dataloader() must return an iterable with a length, got "
            f"{type(loader).__name__}{of}: write __len__, the number of images of an "
            "IterableDataset, or take fixed-size epochs of it into a list"
        )
    if length < minimum:
        raise ValueError(
            f"data must have at least {minimum} batch in split {split!r}, got {length}"
        )
    return length


def check_length(found: int, announced: int) -> None:
    """Refuse training data that hand out another number of batches than their length says."""
    if found != announced:
        raise ValueError(
            f"train_dataloader() must hand out as many batches as its length says, {announced}, "
            f"got {found}"
        )


def settings(model: nn.Module, data: object, trainer: object) -> dict:
    """Return what a resumed run must share beside weights and optimiser, as plain values."""
    found = {f"data's {name}": getattr(data, name, None) for name in ("seed", "batch_size")}
    found = {name: value for name, value in found.items() if type(value) is int}
    found |= {name: getattr(trainer, name) for name in ("accumulate", "clip_norm", "precision")}
    return found | (model.settings() if isinstance(model, Module) else {})


def check_parts(model: nn.Module, accumulate: int) -> None:
    """Refuse weights of the classes where a batch is computed in parts.

    Each part's mean would be divided by the sum of its own weights, not of the batch's.
    """
    weights = getattr(model, "class_weights", None) if isinstance(model, Module) else None
    processes = distributed.world_size()
    if weights is not None and (accumulate > 1 or processes > 1):
        raise ValueError(
            "class_weights must be None where a batch is computed in parts, as its loss is then no "
            f"mean over images, got {torch.as_tensor(weights).tolist()} with "
            f"accumulate={accumulate} in {processes} process{'es' * (processes > 1)}"
        )


def explain(error: Exception, model: nn.Module) -> None:
    """Raise a clear error in the place of one that only torch's developers understand."""
    if "Expected more than 1 value per channel" in str(error):
        raise ValueError(
            "a batch must hold more than one image for batch normalisation over maps of one pixel, "
            "got one: choose another batch size, or drop_last=True for a DataLoader (a DataModule "
            "of d2lkit joins a last single image with the batch before it)"
        ) from error
    if isinstance(error, RuntimeError):
        distributed.explain(error, model)


def warn_of_a_single_image(loader: object, model: nn.Module) -> None:
    """Say before the training that its last batch holds one image, which batch norm cannot use."""
    if not isinstance(loader, DataLoader) or loader.drop_last or not loader.batch_size:
        return
    images = len(loader.sampler if hasattr(loader.sampler, "__len__") else loader.dataset)
    if loader.batch_size > 1 and images % loader.batch_size == 1 and _normalises(model):
        warnings.warn(
            f"the last of {len(loader)} training batches holds a single image: batch normalisation "
            "takes its statistics from that image alone, and fails where its maps have one pixel. "
            "Choose another batch_size or drop_last=True; a DataModule of d2lkit joins a last "
            "single image with the batch before it",
            stacklevel=4,
        )


def _normalises(model: nn.Module) -> bool:
    return any(isinstance(module, _BatchNorm) for module in model.modules())


def own_generators(loader: object) -> list[torch.Generator]:
    """Return the random generators that a ``DataLoader`` and its samplers keep for themselves."""
    found = [getattr(place, "generator", None) for place in [loader, *_samplers(loader)]]
    return list({id(g): g for g in found if isinstance(g, torch.Generator)}.values())


def check_order(loader: object, split: str) -> None:
    """Refuse a ``DataLoader`` that draws the order of its images."""
    drawn = [one for one in _samplers(loader) if isinstance(one, _DRAW_THE_ORDER)]
    if drawn:
        raise ValueError(
            f"{split}_dataloader() must hand out the images in their order to be predicted, got a "
            f"{type(loader).__name__} with a {type(drawn[0]).__name__}: give it shuffle=False"
        )


def _samplers(loader: object) -> list:
    batch_sampler = getattr(loader, "batch_sampler", None)
    return [getattr(loader, "sampler", None), getattr(batch_sampler, "sampler", None)]


def check_batch(batch: object) -> None:
    """Refuse a batch that is not made of tensors with one row per image."""
    kind = type(batch).__name__
    if isinstance(batch, tuple | list):
        if batch and all(isinstance(part, Tensor) and part.ndim > 0 for part in batch):
            if len(batch[-1]) == 0:
                shapes = ", ".join(str(tuple(part.shape)) for part in batch)
                raise ValueError(f"a batch must hold at least one image, got shapes {shapes}")
            return
        kind += f" of {', '.join(_kind(part) for part in batch) or 'nothing'}"
    raise TypeError(f"a batch must be a tuple of tensors such as (images, labels), got {kind}")


def _kind(part: object) -> str:
    if isinstance(part, Tensor):
        return "Tensor" if part.ndim else "Tensor of no dimension"
    cure = ": torch.from_numpy makes tensors of arrays" if type(part).__name__ == "ndarray" else ""
    return type(part).__name__ + cure


def check_loss(loss: object, model: nn.Module) -> None:
    """Refuse what ``training_step`` returned if no gradient can come from it."""
    if not isinstance(loss, Tensor):
        raise TypeError(
            f"training_step of {type(model).__name__} must return the loss as a tensor, "
            f"got {type(loss).__name__}"
        )
    if loss.ndim != 0 or not loss.requires_grad:
        raise ValueError(
            f"training_step of {type(model).__name__} must return a scalar loss that depends on "
            f"the model's parameters, got shape {tuple(loss.shape)} and "
            f"requires_grad={loss.requires_grad}"
        )


def check_metrics(metrics: object, model: nn.Module) -> dict[str, Tensor]:
    """Return what ``validation_step`` measured as a dict; a lone tensor is the loss."""
    if metrics is None:  # as in d2l, whose models draw their metrics themselves
        return {}
    if isinstance(metrics, Tensor):
        return {"loss": metrics}
    if not isinstance(metrics, dict):
        raise TypeError(
            f"validation_step of {type(model).__name__} must return a dict of metrics, "
            f"got {type(metrics).__name__}"
        )
    for name, value in metrics.items():
        if not isinstance(value, Tensor | Real):  # NumPy's numbers are Real
            raise TypeError(f"metric {name!r} must be a number, got {type(value).__name__}")
        if isinstance(value, Tensor) and value.ndim != 0:
            raise ValueError(f"metric {name!r} must be a scalar, got shape {tuple(value.shape)}")
    return metrics
