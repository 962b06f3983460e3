"""Exercises of the chapter on patterns and sizes."""

from d2lkit.check.kinds import Number


def _parameters(bias: bool = True, places: int = 8, first: int = 3) -> int:
    """Parameters of the pattern N = 1, M = 2, K = 1 on 32×32 pixels."""
    layers = ((9 * first, 16), (9 * 16, 32), (32 * places**2, 64), (64, 10))
    return sum(outputs * (inputs + bias) for inputs, outputs in layers)


def _side(halvings: int = 6, picture: int = 250) -> int:
    """The largest side within the picture that can be halved so often."""
    return picture - picture % 2**halvings


EXERCISES = {
    "ex-patterns-and-sizes-1": Number(
        _parameters,
        hint="Two poolings: how many places has a map that the hidden layer reads?",
        mistakes=[
            (lambda: _parameters(bias=False), "The biases count as well."),
            (lambda: _parameters(places=32), "The poolings shrink the maps before they are read."),
            (lambda: _parameters(places=16), "There are two poolings, one a stage."),
            (lambda: _parameters(first=1), "The picture has three colours."),
        ],
    ),
    "ex-patterns-and-sizes-2": Number(
        _side,
        hint="A side that can be halved six times is a multiple of which number?",
        mistakes=[
            (lambda: _side(halvings=5), "That side can be halved five times."),
            (256, "That is more than the camera gives."),
            (lambda: _side(halvings=7), "A larger side can be halved six times."),
        ],
    ),
}
