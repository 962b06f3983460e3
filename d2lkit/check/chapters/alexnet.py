"""Exercises of the chapter on AlexNet."""

from d2lkit.check.kinds import Number
from d2lkit.geometry import output_size

_CHANNELS, _SIDE, _HIDDEN = 256, 13, 4096  # the last maps before the third pooling
_UNITS = (2, 4, 6, 8)


def _first_full_layer(side: int) -> int:
    """Parameters of the first fully connected layer behind maps of ``side × side``."""
    return _HIDDEN * (_CHANNELS * side**2 + 1)


def _crops() -> int:
    return 2 * output_size(256, 224) ** 2


def _variance(p: float = 0.5) -> float:
    return p / (1 - p) * sum(x**2 for x in _UNITS)


EXERCISES = {
    "ex-alexnet-1": Number(
        lambda: _first_full_layer(_SIDE),
        hint="Which side have the maps of the fifth convolution? Each unit reads all of them.",
        mistakes=[
            (lambda: _first_full_layer(6), "With the third pooling it is this."),
            (lambda: _HIDDEN * _CHANNELS * _SIDE**2, "Each unit has a bias, too."),
            (lambda: _first_full_layer(12), "A 3×3 kernel with padding 1 keeps the side at 13."),
        ],
    ),
    "ex-alexnet-2": Number(
        _crops,
        hint="Write the positions of the left edge down for a picture of 5 pixels and a crop of 3.",
        mistakes=[
            (lambda: 2 * 32**2, "So says the paper. Count where the left edge may stand."),
            (lambda: 33**2, "Each crop can be mirrored."),
            (lambda: 2 * 33, "The crop moves in both directions."),
        ],
    ),
    "ex-alexnet-3": Number(
        _variance,
        hint="The coins are independent: which variance does one term have?",
        mistakes=[
            (lambda: _variance() / 4, "That is without the enlargement of those that stay."),
            (lambda: sum(_UNITS) ** 2, "Variances of independent terms add up, not their roots."),
        ],
        tolerance=1e-6,
    ),
}
