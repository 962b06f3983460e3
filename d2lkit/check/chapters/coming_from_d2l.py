"""Exercises of the chapter for readers who come from d2l."""

from fractions import Fraction

from torch import nn

from d2lkit.check.kinds import Number

_IMAGES, _RIGHT = (4, 4, 1), (3, 4, 0)  # of each batch


def _mean_of_batches() -> float:
    shares = [Fraction(r, n) for r, n in zip(_RIGHT, _IMAGES, strict=True)]
    return float(sum(shares) / len(shares))


def _weights(number_of_groups: int) -> int:
    return nn.Conv2d(24, 24, 3, groups=number_of_groups).weight.numel()


EXERCISES = {
    "ex-coming-from-d2l-1": Number(
        _mean_of_batches,
        hint="Take the share of right answers in each batch first; how are the three combined?",
        mistakes=[
            (
                lambda: sum(_RIGHT) / sum(_IMAGES),
                "That counts every image the same, as the history does. The curve counts batches.",
            ),
            (
                lambda: (3 / 4 + 4 / 4) / 2,
                "The batch of one image is missing.",
            ),
        ],
        tolerance=1e-3,
    ),
    "ex-coming-from-d2l-2": Number(
        lambda: _weights(24 // 8),
        hint="How many groups are there, and how many input channels does one kernel see?",
        mistakes=[
            (lambda: _weights(8), "That takes 8 for the number of groups."),
            (lambda: _weights(1), "That lets every kernel see all channels."),
            (lambda: _weights(24 // 8) + 24, "Biases are left aside here."),
        ],
    ),
}
