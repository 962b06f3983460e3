"""Exercises of the chapter on the convolution operation."""

import torch

from d2lkit.check.kinds import Number, Values
from d2lkit.ops import conv2d, corr2d

_PICTURE = torch.tensor([[1.0, 0, 3], [1, 1, 4], [2, 2, 4]])
_DIAGONAL = torch.tensor([[1.0, 0], [0, -1]])
_LEFT = torch.tensor([[0.0, 0, 0], [0, 0, 1], [0, 0, 0]])  # reads the pixel on the right


def _filters() -> int:
    return 4640 // (3 * 3 * 16 + 1)


EXERCISES = {
    "ex-convolution-1": Values(
        lambda: corr2d(_PICTURE, _DIAGONAL),
        hint="Lay the kernel on the upper left 2 x 2 pixels; only two of its weights count.",
        mistakes=[
            (
                lambda: conv2d(_PICTURE, _DIAGONAL),
                "That is the convolution, whose kernel is turned. Cross-correlation turns nothing.",
            ),
        ],
        axes="H W",
        kernel=True,
    ),
    "ex-convolution-2": Number(
        _filters,
        hint="How many parameters does one filter own, over all its input channels?",
        mistakes=[
            (lambda: 4640 / (3 * 3 * 16), "Each filter has a bias, too."),
            (lambda: 4640 / (3 * 3 + 1), "A filter has weights for every input channel."),
        ],
    ),
    "ex-convolution-4": Values(
        lambda: _LEFT,
        hint="Which pixel of its window must each output repeat? Only one weight is not zero.",
        mistakes=[
            (
                lambda: _LEFT.flip(0, 1),
                "F.conv2d does not turn the kernel: this one moves the picture to the right.",
            ),
            (lambda: _LEFT.T, "That kernel moves the picture up: rows come before columns."),
        ],
        axes="H W",
        kernel=True,
    ),
}
