"""Exercises of the chapter on convolution as a matrix product."""

import torch

from d2lkit.check.kinds import Number, Shape
from d2lkit.ops import im2col


def _columns(padding: int) -> tuple[int, ...]:
    return tuple(im2col(torch.zeros(3, 32, 32), 5, padding=padding).shape)


def _mebibytes() -> float:
    one_channel = im2col(torch.zeros(1, 224, 224), 3, padding=1)
    return 64 * one_channel.nbytes / 2**20


EXERCISES = {
    "ex-im2col-1": Shape(
        lambda: _columns(padding=2),
        hint="How many numbers does one window hold, over all channels? "
        "How many windows are there?",
        mistakes=[
            (lambda: _columns(padding=0), "That is without padding; the frame adds windows."),
            ((25, 32 * 32), "A window reaches through all three channels."),
            ((75, 32), "There are places along both sides of the output."),
        ],
        axes="rows columns",
    ),
    "ex-im2col-2": Number(
        _mebibytes,
        hint="How large is the input in MiB? And how many windows contain each of its pixels?",
        mistakes=[
            (64 * 224 * 224 * 4 / 2**20, "That is the input itself, before it is unfolded."),
            (lambda: _mebibytes() / 64, "The columns run over all 64 channels."),
            (lambda: _mebibytes() * 2**20 / 1e6, "1 MiB is 2**20 bytes, not a million."),
        ],
        tolerance=1e-6,
    ),
}
