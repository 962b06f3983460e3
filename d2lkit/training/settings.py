"""What a resumed run must share with the run that it continues, as plain values by name."""

import functools
import inspect
from types import CodeType

import torch
from torch import nn
from torch.optim import Optimizer, lr_scheduler

# What moves while a scheduler works; everything else of its own is what it was made with.
_MOVES = {"last_epoch", "best", "num_bad_epochs", "cooldown_counter", "T_cur", "T_i", "mode_worse"}
_ENOUGH = 1000  # numbers of a tensor that are compared one by one


def of_optimizer(optimizer: Optimizer) -> dict:
    """Return the numbers that an optimiser was made with: ``{"lr": 0.1, "momentum": 0.9, ...}``."""
    found = {}
    for i, group in enumerate(optimizer.param_groups):
        name = "" if len(optimizer.param_groups) == 1 else f" of parameter group {i}"
        for key, value in group.items():
            if isinstance(value, torch.Tensor) and value.ndim == 0:
                value = value.item()
            if key != "params" and isinstance(value, bool | int | float | str | tuple):
                found[key + name] = value
    return found


def of_scheduler(scheduler, name: str = "") -> dict:
    """Return the kind of a scheduler and the numbers that it was made with; of its parts, too.

    >>> sgd = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> of_scheduler(lr_scheduler.StepLR(sgd, 3))["StepLR's step_size"]
    3
    """
    kind = type(scheduler).__name__
    found = {f"{name}scheduler": kind}
    for key, value in vars(scheduler).items():
        if isinstance(value, dict) and key == "milestones":  # a Counter of MultiStepLR
            value = sorted(value.elements())
        if isinstance(value, tuple):
            value = list(value)
        public = key not in _MOVES and (not key.startswith("_") or key == "_milestones")
        if public and _is_plain(value):
            found[f"{name}{kind}'s {key.strip('_')}"] = value
    for phase in getattr(scheduler, "_schedule_phases", []):  # of OneCycleLR
        found.setdefault(f"{name}{kind}'s phases", []).append(phase["end_step"])
    for i, part in enumerate(parts(scheduler)):
        found |= of_scheduler(part, f"{name}{kind}'s part {i}: ")
    return found


def parts(scheduler) -> list:
    """Return the schedulers that a SequentialLR or a ChainedScheduler is made of."""
    combined = isinstance(scheduler, lr_scheduler.SequentialLR | lr_scheduler.ChainedScheduler)
    return list(scheduler._schedulers) if combined else []


def of_function(function) -> str:
    """Describe a function or module well enough to tell it from another one.

    >>> of_function(nn.functional.nll_loss)
    'torch.nn.functional.nll_loss'
    >>> of_function(nn.CrossEntropyLoss(label_smoothing=0.1))
    'CrossEntropyLoss(ignore_index=-100, label_smoothing=0.1, reduction=mean)'
    >>> of_function(lambda logits, labels: 2 * nn.functional.nll_loss(logits, labels))
    '<lambda>(2, nn, functional, nll_loss)'
    """
    if isinstance(function, functools.partial):
        given = [*map(_value, function.args), *_named(function.keywords)]
        return f"{of_function(function.func)}({', '.join(given)})"
    if inspect.ismethod(function):
        return f"{of_function(function.__self__)}.{function.__name__}"
    if inspect.isfunction(function) and ("<" in function.__qualname__ or function.__closure__):
        found = [*_words(function.__code__), *map(_value, function.__defaults__ or ())]
        found += [_value(cell.cell_contents) for cell in function.__closure__ or ()]
        return f"{function.__name__}({', '.join(found)})"
    if inspect.isroutine(function):
        return f"{function.__module__}.{function.__qualname__}"
    values = dict(vars(function)) if hasattr(function, "__dict__") else {}
    if isinstance(function, nn.Module):
        values |= dict(function.named_buffers()) | dict(function.named_children())
    values = {key: value for key, value in values.items() if not key.startswith("_")}
    values.pop("training", None)
    return f"{type(function).__name__}({', '.join(sorted(_named(values)))})"


def _words(code: CodeType) -> list[str]:
    """Return the constants and names in a function's code, which versions of Python share."""
    constants = [value for value in code.co_consts if isinstance(value, bool | int | float | str)]
    inner = [
        word for value in code.co_consts if isinstance(value, CodeType) for word in _words(value)
    ]
    return [*map(repr, constants), *code.co_names, *inner]


def _named(values: dict) -> list[str]:
    return [f"{key}={_value(value)}" for key, value in values.items()]


def _value(value: object) -> str:
    if isinstance(value, torch.Tensor):
        return str(value.tolist() if value.numel() <= _ENOUGH else tuple(value.shape))
    if callable(value):
        return of_function(value)
    return str(value) if _is_plain(value) or value is None else type(value).__name__


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, bool | int | float | str)
