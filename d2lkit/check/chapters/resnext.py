"""Exercises of the chapter on ResNeXt."""

from torch import Tensor
from torch.nn.functional import channel_shuffle

from d2lkit.check.kinds import Case, Function, Number, whole_numbers


def _alexnet(groups: int = 2, channels: int = 96) -> int:
    """Weights of AlexNet's second convolution."""
    return 256 * (channels // groups) * 5**2


def _weights(paths: int, width: int) -> int:
    """Weights of a sum of bottleneck paths between 256 channels."""
    return paths * (2 * 256 * width + 3**2 * width**2)


def _width(paths: int) -> int:
    """The width that brings ``paths`` paths nearest to ResNet's bottleneck."""
    return min(range(1, 65), key=lambda width: abs(_weights(paths, width) - _weights(1, 64)))


def _unshuffle(maps: Tensor, groups: int) -> Tensor:
    return channel_shuffle(maps, maps.shape[1] // groups)


EXERCISES = {
    "ex-resnext-1": Number(
        _alexnet,
        hint="How many channels does each output read?",
        mistakes=[
            (lambda: _alexnet(groups=1), "That is the layer without groups."),
            (
                lambda: _alexnet(groups=4),
                "Each output reads half of the inputs; but all 256 outputs are still there.",
            ),
            (lambda: _alexnet() + 256, "Biases are left aside here."),
        ],
    ),
    "ex-resnext-2": Number(
        lambda: _width(64),
        hint="Try small widths in C · (512 d + 9 d²) and compare with 69,632.",
        mistakes=[
            (lambda: _width(32), "That is the width for 32 paths."),
            (
                1,
                "64 / 64 keeps the inner width; the block then has far fewer weights than before.",
            ),
        ],
    ),
    "ex-resnext-3": Function(
        _unshuffle,
        lambda: [
            Case(whole_numbers(1, 6, 1, 1), 2),
            Case(whole_numbers(2, 12, 3, 2), 3),
            Case(whole_numbers(1, 9, 2, 2), 3),
        ],
        hint="A shuffle transposes a table of groups and places. Which table came out?",
        mistakes=[
            (channel_shuffle, "That deals the channels once more; it has to collect them."),
            (lambda maps, groups: maps, "That leaves the channels where the shuffle put them."),
        ],
    ),
}
