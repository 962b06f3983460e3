"""Exercises of the chapter on fine-tuning."""

from math import ceil, log

from d2lkit.check.kinds import Number, Values

_FEATURES, _BREEDS = 1280, 37


def _batches(momentum: float) -> int:
    """Batches after which less than half of the old running mean is left."""
    return ceil(log(0.5) / log(1 - momentum))


def _rates() -> list[float]:
    """One rate for each of ten parts, the stem first, halved from part to part."""
    return [0.01 * 0.5**k for k in range(9, -1, -1)]


EXERCISES = {
    "ex-fine-tuning-1": Number(
        lambda: _BREEDS * (_FEATURES + 1),
        hint="A linear layer: a weight for each feature and class, a bias for each class.",
        mistakes=[
            (lambda: _BREEDS * _FEATURES, "Each class has a bias, too."),
            (lambda: 1000 * (_FEATURES + 1), "That is the head for ImageNet's classes."),
        ],
    ),
    "ex-fine-tuning-2": Number(
        lambda: _batches(0.01),
        hint="After k batches a share 0.99^k of the old mean is left.",
        mistakes=[
            (lambda: _batches(0.1), "That is PyTorch's usual momentum; this network has 0.01."),
            (lambda: 50, "The share falls by a factor with each batch, not by a difference."),
            (lambda: _batches(0.01) - 1, "There just over half is left."),
        ],
    ),
    "ex-fine-tuning-3": Values(
        _rates,
        hint="Ten parts, so nine halvings between the head and the stem.",
        mistakes=[
            (lambda: _rates()[::-1], "The stem comes first, and its rate is the smallest."),
            (lambda: [r / 2 for r in _rates()], "The head itself has the rate 0.01."),
        ],
        tolerance=5e-7,  # the smallest rate is 2e-5
    ),
    "ex-fine-tuning-4": Number(
        lambda: 40 * 3,
        hint="A step costs about three forward passes; a cached picture costs one in all.",
        mistakes=[
            (lambda: 40, "The backward pass costs, too: about two forward passes."),
            (lambda: 40 * 2, "Forward once and backward twice as much: three, not two."),
        ],
    ),
}
