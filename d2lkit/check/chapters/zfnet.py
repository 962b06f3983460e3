"""Exercises of the chapter on ZFNet."""

import torch

from d2lkit.check.kinds import Number, Values

_SIGNAL = torch.tensor([-1.0, 2, 4, -3])
_WAS_ON = torch.tensor([True, False, True, False])
_PAPER, _WIDE = (384, 384, 256), (512, 1024, 512)


def _apparent_period(period: int = 3, stride: int = 4) -> float:
    """Period in pixels that stripes seem to have when every ``stride``-th pixel is kept."""
    cycles = stride / period  # per sample
    return stride / abs(cycles - round(cycles))


def _middle(channels: tuple[int, int, int], bias: int = 1) -> int:
    """Parameters of the three 3×3 convolutions behind 256 maps."""
    inputs = (256, *channels[:2])
    return sum(c * (9 * below + bias) for c, below in zip(channels, inputs, strict=True))


EXERCISES = {
    "ex-zfnet-1": Number(
        _apparent_period,
        hint="Write down where the bright lines are, and which of the pixels 0, 4, 8, ... hit one.",
        mistakes=[
            (3, "That is the period in samples; a sample is four pixels."),
            (4 / 3, "That is how many periods lie between two samples."),
        ],
        tolerance=1e-6,
    ),
    "ex-zfnet-2": Values(
        lambda: _SIGNAL.relu(),
        hint="Which of the two does this rule look at: the unit's input, or the signal?",
        mistakes=[
            (lambda: _SIGNAL * _WAS_ON, "That is the gradient: it asks which units were on."),
            (lambda: _SIGNAL.relu() * _WAS_ON, "That is the guided rule, which asks for both."),
        ],
    ),
    "ex-zfnet-3": Number(
        lambda: _middle(_WIDE) - _middle(_PAPER),
        hint="Three layers before, three after; each reads the maps of the layer below it.",
        mistakes=[
            (lambda: _middle(_WIDE), "That is what they have; what did they have before?"),
            (lambda: _middle(_WIDE, 0) - _middle(_PAPER, 0), "Biases grow in number, too."),
        ],
    ),
}
