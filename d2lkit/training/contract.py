"""What the Trainer relies on, checked where it is first met."""

from collections.abc import Iterable

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from d2lkit.training import distributed
from d2lkit.training.data_module import DataModule

_MODEL_METHODS = ("training_step", "validation_step", "configure_optimizers")


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


def batches(data: object, split: str, epoch: int | None = None) -> Iterable:
    """Return this process's batches of a split; none if the data lack that split."""
    processes = distributed.world_size()
    try:
        if isinstance(data, DataModule):
            place = {"rank": distributed.rank(), "world_size": processes}
            found = data.dataloader(split, epoch=epoch, **place)
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


def number_of_batches(data: object, split: str, *, minimum: int = 0) -> int:
    """Return how many batches a split has: schedule and progress bar must know it."""
    loader = batches(data, split)
    if not hasattr(loader, "__len__") or not hasattr(loader, "__iter__"):
        raise TypeError(
            f"{split}_dataloader() must return an iterable with a length, "
            f"got {type(loader).__name__}"
        )
    if len(loader) < minimum:
        raise ValueError(
            f"data must have at least {minimum} batch in split {split!r}, got {len(loader)}"
        )
    return len(loader)


def check_batch(batch: object) -> None:
    """Refuse a batch that is not made of tensors with one row per image."""
    fine = isinstance(batch, (tuple, list)) and len(batch) > 0
    if not (fine and all(isinstance(part, Tensor) and part.ndim > 0 for part in batch)):
        raise TypeError(
            "a batch must be a tuple of tensors such as (images, labels), "
            f"got {type(batch).__name__}"
        )


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
        if not isinstance(value, (Tensor, int, float)):
            raise TypeError(f"metric {name!r} must be a number, got {type(value).__name__}")
        if isinstance(value, Tensor) and value.ndim != 0:
            raise ValueError(f"metric {name!r} must be a scalar, got shape {tuple(value.shape)}")
    return metrics


def optimizer_and_scheduler(configured: object) -> tuple:
    """Return what ``configure_optimizers`` gave as a pair whose second may be None."""
    pair = tuple(configured) if isinstance(configured, (tuple, list)) else (configured, None)
    if len(pair) != 2 or not isinstance(pair[0], Optimizer):
        raise TypeError(
            "configure_optimizers() must return an optimizer or a pair (optimizer, scheduler), "
            f"got {configured!r}"
        )
    scheduler = pair[1]
    if isinstance(scheduler, ReduceLROnPlateau) or not (
        scheduler is None or hasattr(scheduler, "step")
    ):
        raise TypeError(
            "the scheduler must have a step() without arguments, which is called after each "
            f"step of the optimizer, got {type(pair[1]).__name__}"
        )
    return pair
