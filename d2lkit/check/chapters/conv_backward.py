"""Exercises of the chapter on the backward pass of a convolution."""

import torch

from d2lkit.check.kinds import Values
from d2lkit.ops import corr2d, corr2d_backward

_PIXELS = torch.tensor([[1.0, 3, 0, 2, -1]])
_KERNEL = torch.tensor([[2.0, -1, 1]])
_GRADIENT = torch.tensor([[1.0, 0, 2]])


def _input_gradient(kernel=_KERNEL):
    return corr2d_backward(_GRADIENT, _PIXELS, kernel)[0][0]


def _weight_gradient():
    return corr2d_backward(_GRADIENT, _PIXELS, _KERNEL)[1][0]


EXERCISES = {
    "ex-conv-backward-1": Values(
        _input_gradient,
        hint="Each output sends its gradient to the three pixels that it has read.",
        mistakes=[
            (
                lambda: _input_gradient(_KERNEL.flip(1)),
                "The kernel is the wrong way round: which weight did the first output give to the "
                "first pixel?",
            ),
            (
                lambda: corr2d(_GRADIENT, _KERNEL)[0],
                "Every pixel has a gradient: there are five, not one.",
            ),
        ],
        axes="pixels",
        kernel=True,
    ),
    "ex-conv-backward-2": Values(
        _weight_gradient,
        hint="Which pixels has the first weight met, and on the way to which outputs?",
        mistakes=[
            (
                lambda: corr2d(_PIXELS, _GRADIENT.flip(1))[0],
                "The gradient is the wrong way round: the first weight met the first pixel on the "
                "way to the first output.",
            ),
            (
                lambda: corr2d(_PIXELS, _KERNEL)[0],
                "That is the output. Put the gradient in the place of the kernel.",
            ),
        ],
        axes="weights",
        kernel=True,
    ),
}
