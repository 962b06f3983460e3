"""Exercises of the chapter on what units respond to."""

import math

import torch
from torch import Tensor

from d2lkit.check.kinds import Number, Values
from d2lkit.geometry import Window, receptive_field

_MAPS = torch.tensor([[[2.0, 0], [1, 3]], [[0, 4], [2, 1]]])
_SLOPES = torch.tensor([[[4.0, 0], [0, 0]], [[-2, -2], [0, 2]]])
_NUMBERS = 3 * 224 * 224

# Kernel and stride of all layers that look at neighbours, up to the fourth stage.
_WINDOWS = [
    Window(3, stride=2),
    Window(3),
    *(Window(3, stride=2), Window(3)),
    *(Window(5, stride=2), Window(5)),
    *(Window(3, stride=2), Window(3), Window(3)),
]


def _added() -> Tensor:
    """The maps, each with the mean of its gradient as weight."""
    return (_SLOPES.mean((1, 2), keepdim=True) * _MAPS).sum(0)


EXERCISES = {
    "ex-what-units-respond-to-1": Values(
        lambda: _added().relu(),
        hint="First one weight for each map, the mean of its gradient; then add, then cut off.",
        mistakes=[
            (_added, "What speaks against the class is cut off."),
            (
                lambda: (_SLOPES * _MAPS).sum(0).relu(),
                "That weighs each place by its own gradient; Grad-CAM has one weight a map.",
            ),
            (
                lambda: 4 * _added().relu(),
                "You added the gradients of a map; the weight is their mean.",
            ),
        ],
    ),
    "ex-what-units-respond-to-2": Number(
        lambda: receptive_field(_WINDOWS).size,
        hint="Each kernel adds its size less 1, times the strides of all layers before it.",
        mistakes=[
            (lambda: receptive_field(_WINDOWS[:6]).size, "That is behind the third stage."),
        ],
    ),
    "ex-what-units-respond-to-3": Number(
        lambda: math.sqrt(_NUMBERS),
        hint="The variances of independent terms add up, and so do the sizes of equal ones.",
        mistakes=[
            (_NUMBERS, "That is the change in units of one pixel's; coins add up to something."),
            (math.sqrt(_NUMBERS / 3), "The picture has three colours."),
        ],
        tolerance=2e-3,
    ),
}
