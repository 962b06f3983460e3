"""Exercises of the chapter on LeNet."""

import torch
from torch import Tensor

from d2lkit.check.kinds import Number, Values
from d2lkit.models import LeNet

_CONFUSION = torch.tensor([[8.0, 2, 0], [1, 6, 3], [1, 4, 5]])
_MAPS_READ = [3] * 6 + [4] * 9 + [6]  # by each map of the second convolution, in 1998


def _multiply_adds(kernel: int = 5, side: int = 10) -> int:
    return sum(_MAPS_READ) * kernel**2 * side**2


def _parameters(side: int) -> int:
    """Parameters of LeNet where ``side × side`` pixels reach its first fully connected layer."""
    padded = sum(p.numel() for p in LeNet().parameters())
    return padded + 120 * 16 * (side**2 - 5**2)


def _precision() -> Tensor:
    return _CONFUSION.diag() / _CONFUSION.sum(dim=0)


EXERCISES = {
    "ex-lenet-1": Number(
        _multiply_adds,
        hint="Count the pairs of maps that are connected; each pair has one 5×5 kernel.",
        mistakes=[
            (lambda: 6 * 16 * 25 * 100, "That connects every map with all six maps below."),
            (lambda: sum(_MAPS_READ) * 25, "Those are the weights; each is used in many places."),
            (lambda: (sum(_MAPS_READ) * 25 + 16) * 100, "Biases are left aside here."),
            (lambda: _multiply_adds(side=14), "That is the side of the maps below, not above."),
        ],
    ),
    "ex-lenet-2": Number(
        lambda: _parameters(4),
        hint="Follow the side of the maps: which layers have weights that depend on it?",
        mistakes=[
            (
                lambda: _parameters(5),
                "With padding it is this; one layer becomes smaller.",
            ),
            (lambda: _parameters(6), "Without padding the maps become smaller, not larger."),
            (lambda: _parameters(4) - 236, "Every output of every layer has a bias, too."),
        ],
    ),
    "ex-lenet-4": Values(
        _precision,
        hint="Precision asks about the answers with one name: which line of the matrix holds them?",
        mistakes=[
            (
                lambda: _CONFUSION.diag() / _CONFUSION.sum(dim=1),
                "That is the recall: the share of each class's images that was found.",
            ),
            (
                lambda: _CONFUSION.diag() / _CONFUSION.sum(),
                "Divide by the number of answers with this name, not by all images.",
            ),
        ],
        axes="class",
    ),
}
