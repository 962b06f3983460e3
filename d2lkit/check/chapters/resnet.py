"""Exercises of the chapter on ResNet."""

from math import comb

import torch

from d2lkit.check.kinds import Number, Shape
from d2lkit.models import resnet50

_BLOCKS_200 = (3, 24, 36, 3)


def _block(c_in: int = 64, c_out: int = 128, *, projection: bool = True, norms: int = 3) -> int:
    """Parameters of a basic block with option B; gamma and beta after `norms` convolutions."""
    convolutions = 9 * c_in * c_out + 9 * c_out * c_out + projection * c_in * c_out
    return convolutions + norms * 2 * c_out


def _last_maps() -> tuple[int, ...]:
    with torch.device("meta"):  # shapes without numbers
        net = resnet50()
        return tuple(net.stages(net.stem(torch.zeros(8, 3, 160, 224))).shape)


EXERCISES = {
    "ex-resnet-1": Number(
        _block,
        hint="Three convolutions, three normalisations with two parameters per channel.",
        mistakes=[
            (lambda: _block(projection=False, norms=2), "The shortcut has a convolution, too."),
            (lambda: _block(norms=2), "The convolution on the shortcut is normalised as well."),
            (lambda: _block(norms=0), "Each normalisation brings gamma and beta."),
            (
                lambda: _block() + 3 * 128,
                "These convolutions have no bias: the normalisation's beta does its work.",
            ),
        ],
    ),
    "ex-resnet-2": Number(
        lambda: 3 * sum(_BLOCKS_200) + 2,
        hint="Count the layers with weights on the main path; a bottleneck has three.",
        mistakes=[
            (lambda: 3 * sum(_BLOCKS_200), "The stem and the head have a layer each."),
            (lambda: 2 * sum(_BLOCKS_200) + 2, "Two layers has a basic block; these have three."),
            (
                lambda: 3 * sum(_BLOCKS_200) + 2 + 4,
                "By convention the projections on the shortcuts are not counted.",
            ),
        ],
    ),
    "ex-resnet-3": Shape(
        _last_maps,
        hint="How often are the sides halved, in the stem and in the stages?",
        mistakes=[
            ((8, 512, 5, 7), "A bottleneck puts out four times the channels of its 3×3."),
            ((8, 2048, 10, 14), "The stem halves twice: its convolution and its pooling."),
            ((8, 2048, 7, 7), "That is the size for 224 × 224 pixels."),
        ],
        axes="N C H W",
    ),
    "ex-resnet-4": Number(
        lambda: comb(16, 8),
        hint="At each of 16 blocks a path goes in or passes by. How many choices enter exactly 8?",
        mistakes=[
            (lambda: 2**16, "These are all paths, whatever their length."),
            (lambda: 2**8, "Which 8 of the 16 blocks are entered is free, too."),
            (
                lambda: sum(comb(16, k) for k in range(9)),
                "That counts at most 8; exactly 8 is asked.",
            ),
        ],
    ),
}
