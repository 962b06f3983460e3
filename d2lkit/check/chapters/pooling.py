"""Exercises of the chapter on pooling."""

import torch
from torch.nn import functional as F

from d2lkit.check.kinds import Values

_MATRIX = torch.tensor([[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 1, 5, 2], [2, 3, 0, 6]])


EXERCISES = {
    "ex-pooling-1": Values(
        lambda: F.max_pool2d(_MATRIX[None], 3, stride=1)[0],
        hint="Four windows of nine numbers each; neighbouring windows share two thirds of them.",
        mistakes=[
            (
                lambda: F.max_pool2d(_MATRIX[None], 2)[0],
                "That is window 2 with stride 2; here the window is 3 and moves by 1.",
            ),
            (
                lambda: F.avg_pool2d(_MATRIX[None], 3, stride=1)[0],
                "That is the mean of each window, not its maximum.",
            ),
        ],
        axes="H W",
    ),
}
