"""Exercises of the chapter on why we need convolutions."""

import torch

from d2lkit.check.kinds import Number, Values
from d2lkit.ops import corr2d

_ROW = torch.tensor([[4.0, 0, 0, 2]])
_WINDOW = torch.tensor([[1.0, 2]])


def _weights(height: int, width: int) -> int:
    return 3 * height * width


def _moved(row: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.pad(row, (1, -1))


EXERCISES = {
    "ex-why-convolutions-1": Number(
        lambda: _weights(300, 180) // _weights(100, 60),
        hint="How many small pictures cover the large one?",
        mistakes=[
            (3, "Only one side has become three times as long in your answer."),
            (27, "Both sides grow; the number of colours does not."),
        ],
    ),
    "ex-why-convolutions-2": Values(
        lambda: corr2d(_moved(_ROW), _WINDOW)[0],
        hint="The moved row begins with the zero that entered; the last number has fallen off.",
        mistakes=[
            (lambda: corr2d(_ROW, _WINDOW)[0], "That is the output before the row has moved."),
            (
                lambda: _moved(corr2d(_ROW, _WINDOW))[0],
                "That is the moved output; wanted is the output for the moved row.",
            ),
        ],
        axes="W",
    ),
}
