"""Exercises of the chapter on training at scale."""

import torch

from d2lkit.check.kinds import Number


def _last_count() -> int:
    """Two to the number of binary digits that a bfloat16 holds."""
    return round(2 / torch.finfo(torch.bfloat16).eps)


EXERCISES = {
    "ex-training-at-scale-1": Number(
        _last_count,
        hint="Which is the first whole number that needs more than eight binary digits?",
        mistakes=[
            (lambda: 128, "128 + 1 = 129 still has eight binary digits."),
            (lambda: 2048, "That is where float16 stops, with its ten digits behind the point."),
        ],
    ),
}
