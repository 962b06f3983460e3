"""When the learning rate moves: after each step, after each epoch, or when a metric stalls."""

import math

from torch.optim import LBFGS, Optimizer, lr_scheduler
from torch.optim.lr_scheduler import ReduceLROnPlateau

from d2lkit.training.settings import of_scheduler, parts

# Their rates do not have to be known for the whole training when they are made.
_ENDLESS = (
    ReduceLROnPlateau,
    lr_scheduler.LambdaLR,  # which check_rates looks at
    lr_scheduler.StepLR,
    lr_scheduler.MultiStepLR,
    lr_scheduler.ExponentialLR,
    lr_scheduler.ConstantLR,
    lr_scheduler.LinearLR,
    lr_scheduler.CyclicLR,
    lr_scheduler.CosineAnnealingWarmRestarts,
)

# Nothing in these says whether they count steps or epochs.
_COUNT_EITHER = (
    lr_scheduler.ExponentialLR,
    lr_scheduler.LambdaLR,
    lr_scheduler.MultiplicativeLR,
    lr_scheduler.SequentialLR,
    lr_scheduler.ChainedScheduler,
)


class Schedule:
    """A scheduler, and when its ``step`` is called.

    Args:
        scheduler: the scheduler; None keeps the learning rate.
        when: ``"step"``, ``"epoch"``, or for ``ReduceLROnPlateau`` the metric that it watches.

    Attributes:
        has_an_end: whether the learning rate depends on how long the training lasts.
    """

    def __init__(self, scheduler=None, when: str = "step") -> None:
        self.scheduler, self.when = scheduler, when
        kinds = [part for part in _with_parts(scheduler) if not parts(part)]
        self.has_an_end = not all(isinstance(kind, _ENDLESS) for kind in kinds)

    def settings(self) -> dict:
        """Return what a resumed run must share: the kind of scheduler and its numbers."""
        if self.scheduler is None:
            return {}
        return {**of_scheduler(self.scheduler), "scheduler's when": self.when}

    def check_rates(self) -> None:
        """Refuse to go on with a function of the steps that gave other rates before.

        Raises:
            ValueError: if the scheduler was loaded and disagrees with its own past.
        """
        for scheduler in _with_parts(self.scheduler):
            step = getattr(scheduler, "last_epoch", -1)
            if step < 0:
                continue  # a part whose turn has not come, or a chain of others
            if isinstance(scheduler, lr_scheduler.LambdaLR):
                factors = [function(step) for function in scheduler.lr_lambdas]
            elif isinstance(self.scheduler, lr_scheduler.MultiplicativeLR):  # not as a part
                factors = [
                    math.prod(map(function, range(1, step + 1)))
                    for function in scheduler.lr_lambdas
                ]
            else:
                continue
            past = scheduler.get_last_lr()
            rates = [b * f for b, f in zip(scheduler.base_lrs, factors, strict=True)]
            if not all(math.isclose(a, b, abs_tol=1e-12) for a, b in zip(past, rates, strict=True)):
                raise ValueError(
                    f"its learning rate after {step} steps was {past[0]:g}, this one's is "
                    f"{rates[0]:g}: a schedule that ends with max_epochs cannot be stretched; to "
                    "train on, begin a new run from its weights"
                )

    def after_step(self) -> None:
        """Move the rate if it moves with the steps of the optimiser."""
        if self.scheduler is not None and self.when == "step":
            self.scheduler.step()

    def after_epoch(self, metrics: dict[str, float]) -> None:
        """Move the rate if it moves with the epochs.

        Args:
            metrics: those of the epoch.

        Raises:
            ValueError: if the metric that the scheduler watches is not among them.
        """
        if isinstance(self.scheduler, ReduceLROnPlateau):
            if self.when not in metrics:
                raise ValueError(
                    f"ReduceLROnPlateau must watch a metric of the epoch, one of "
                    f"{', '.join(metrics)}, got {self.when!r}"
                )
            self.scheduler.step(metrics[self.when])
        elif self.scheduler is not None and self.when == "epoch":
            self.scheduler.step()


def _with_parts(scheduler) -> list:
    """Return a scheduler and all that it is made of; nothing for None."""
    found = [] if scheduler is None else [scheduler]
    return found + [one for part in parts(scheduler) for one in _with_parts(part)]


def optimizer_and_schedule(configured: object, trainer) -> tuple[Optimizer, Schedule]:
    """Return what ``configure_optimizers`` gave as an optimiser and a schedule.

    Args:
        configured: an optimiser, ``(optimizer, scheduler)`` or ``(optimizer, scheduler, when)``.
            A pair's scheduler is called after each step.
        trainer: has ``max_epochs``, ``num_train_batches`` and ``num_val_batches``.

    Raises:
        TypeError: if it is none of these, or an optimiser that the loop cannot serve.
        ValueError: if a scheduler that counts epochs would be made to count steps, or one that
            may count either comes without ``when``.
    """
    given = tuple(configured) if isinstance(configured, tuple | list) else (configured,)
    optimizers = [one for one in given if isinstance(one, Optimizer)]
    if len(optimizers) > 1:
        raise TypeError(
            "configure_optimizers() must return one optimizer, got "
            f"{', '.join(type(one).__name__ for one in optimizers)}: give their parameters to one "
            "optimizer as groups, or write the steps in a loop of your own"
        )
    if not 1 <= len(given) <= 3 or not optimizers or given[0] is not optimizers[0]:
        raise TypeError(
            "configure_optimizers() must return an optimizer, a pair (optimizer, scheduler) or "
            f"(optimizer, scheduler, when), got {_described(configured)}"
        )
    optimizer, scheduler, when, *_ = *given, None, None
    if isinstance(optimizer, LBFGS):
        raise TypeError(
            "configure_optimizers() must return an optimizer that needs the loss once in a step, "
            "got LBFGS, which needs it several times: write its steps in a loop of your own"
        )
    if scheduler is None and when is None:
        return optimizer, Schedule()
    if not all(callable(getattr(scheduler, name, None)) for name in ("step", "state_dict")):
        raise TypeError(
            "the scheduler must have step() and state_dict(), like those of "
            f"torch.optim.lr_scheduler, got {type(scheduler).__name__}"
        )
    if isinstance(scheduler, ReduceLROnPlateau):
        loss = "val_loss" if trainer.num_val_batches else "loss"
        return optimizer, Schedule(scheduler, when or loss)
    if when not in (None, "step", "epoch"):
        raise ValueError(f"when the scheduler steps must be 'step' or 'epoch', got {when!r}")
    epochs, steps = trainer.max_epochs, trainer.max_epochs * trainer.num_train_batches
    if when is None and steps > epochs and _counts_epochs(scheduler, epochs):
        raise ValueError(
            f"{type(scheduler).__name__} counts up to {epochs} epochs, but would be called "
            f"after each of {steps} steps: return (optimizer, scheduler, "
            "'epoch') to have it called after each epoch, or 'step' if steps are meant"
        )
    if when is None and steps > epochs and isinstance(scheduler, _COUNT_EITHER):
        name = type(scheduler).__name__
        raise ValueError(
            f"{name} must come with when it is called, as nothing in it says so, got (optimizer, "
            f"{name}): return (optimizer, scheduler, 'epoch') or (optimizer, scheduler, 'step')"
        )
    return optimizer, Schedule(scheduler, when or "step")


def _described(configured: object) -> str:
    if isinstance(configured, tuple | list):
        return f"({', '.join(type(part).__name__ for part in configured)})"
    if isinstance(configured, dict):
        parts = (f"{key!r}: {type(part).__name__}" for key, part in configured.items())
        return f"{{{', '.join(parts)}}}"
    return repr(configured)


def _counts_epochs(scheduler, max_epochs: int) -> bool:
    """Return whether a scheduler's own numbers only make sense for epochs."""
    if parts(scheduler):
        return any(_counts_epochs(part, max_epochs) for part in parts(scheduler))
    lengths = (getattr(scheduler, name, None) for name in ("T_max", "total_steps", "total_iters"))
    if max_epochs in lengths:
        return True
    if isinstance(scheduler, lr_scheduler.StepLR):
        return scheduler.step_size <= max_epochs
    if isinstance(scheduler, lr_scheduler.MultiStepLR):
        return max(scheduler.milestones, default=max_epochs + 1) <= max_epochs
    return False
