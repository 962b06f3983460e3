"""Exercises of the chapter on training at scale."""

import math

import torch

from d2lkit.check.kinds import Number


def _last_count() -> int:
    """Two to the number of binary digits that a bfloat16 holds."""
    return round(2 / torch.finfo(torch.bfloat16).eps)


_SAVING, _BETWEEN_DEATHS = 6, 10 * 3600  # seconds


def _interval(lost: float = 1 / 2) -> float:
    """Seconds between two savings, if a death loses this share of them."""
    return math.sqrt(_SAVING * _BETWEEN_DEATHS / lost)


EXERCISES = {
    "ex-training-at-scale-1": Number(
        _last_count,
        hint="Which is the first whole number that needs more than eight binary digits?",
        mistakes=[
            (lambda: 128, "128 + 1 = 129 still has eight binary digits."),
            (lambda: 2048, "That is where float16 stops, with its ten digits behind the point."),
        ],
    ),
    "ex-training-at-scale-3": Number(
        _interval,
        hint="The lost share is 6/t + (t/2)/36000. Where is its derivative zero?",
        mistakes=[
            (lambda: _interval(1), "A death loses half an interval on average, not all of it."),
            (lambda: _interval() / 60, "That is in minutes; seconds are asked for."),
        ],
        tolerance=0.01,
    ),
}
