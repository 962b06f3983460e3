"""Exercises of the chapter on VGG."""

from itertools import pairwise
from math import sqrt

from d2lkit.check.kinds import Number

_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # channels, convolutions of VGG-16
_CARD = 6 * 2**30


def _stack(bias: bool = False) -> int:
    """Weights of five 3×3 layers that see what AlexNet's first kernel sees."""
    channels = [3, 96, 96, 96, 96, 96]
    pairs = pairwise(channels)
    return sum(c_out * (9 * c_in + bias) for c_in, c_out in pairs)


def _vgg16(side: int, classes: int, bias: bool = True) -> int:
    """Parameters of VGG-16 for images of ``side × side`` pixels."""
    total, channels = 0, 3
    for c_out, convolutions in _BLOCKS:
        for _ in range(convolutions):
            total += c_out * (9 * channels + bias)
            channels = c_out
    inputs = channels * (side // 32) ** 2
    for units in (4096, 4096, classes):
        total += units * (inputs + bias)
        inputs = units
    return total


def _values(side: int = 224) -> int:
    """Values that VGG-16 keeps of one image, the image included."""
    total, channels = 3 * side**2, 3
    for channels, convolutions in _BLOCKS:
        total += convolutions * channels * side**2
        side //= 2
        total += channels * side**2
    return total + 4096 + 4096 + 1000


def _images(card: int = _CARD, weights: int = 3, values: int = 2) -> int:
    """Images that fit beside ``weights`` copies of the weights, with ``values`` of each value."""
    left = card - weights * 4 * _vgg16(224, 1000, bias=False)
    return left // (values * 4 * _values())


EXERCISES = {
    "ex-vgg-1": Number(
        _stack,
        hint="Only the first layer of the stack reads the three colours; what do the others read?",
        mistakes=[
            (lambda: 5 * 9 * 96**2, "The first layer reads the three colours, not 96 maps."),
            (lambda: 5 * 9 * 3 * 96, "From the second layer on, a layer reads 96 maps."),
            (lambda: _stack(bias=True), "Biases are left aside here."),
            (lambda: _stack() - 9 * 96**2, "Four layers see 9 × 9 pixels."),
            (lambda: 11 * 11 * 3 * 96, "Those are the weights of the one large kernel."),
        ],
    ),
    "ex-vgg-2": Number(
        lambda: _vgg16(32, 10),
        hint="The convolutions do not know how large the image is. What is left of 32 × 32 pixels "
        "after five poolings?",
        mistakes=[
            (lambda: _vgg16(224, 10), "The first fully connected layer reads fewer maps' pixels."),
            (lambda: _vgg16(32, 1000), "There are ten classes."),
            (lambda: _vgg16(32, 10, bias=False), "Each output has a bias, too."),
            (lambda: _vgg16(64, 10), "Five poolings: 32, 16, 8, 4, 2, and then?"),
        ],
    ),
    "ex-vgg-3": Number(
        _images,
        hint="Take the weights away first, with their gradients and momentum. What does one image "
        "need, forward and backward?",
        mistakes=[
            (lambda: _images(weights=0), "The weights take memory, too."),
            (lambda: _images(weights=1), "Each weight also has a gradient and a momentum."),
            (lambda: _images(values=1), "Each value also has a gradient."),
            (lambda: _images() + 1, "The last one does not fit: round down."),
            (lambda: _images(card=6 * 10**9), "6 GiB are 6 · 2**30 bytes."),
        ],
    ),
    "ex-vgg-4": Number(
        lambda: sqrt(2 / (9 * 256)),
        hint="Set the gain of one layer to 1.",
        mistakes=[
            (lambda: sqrt(1 / (9 * 256)), "The ReLU throws away half of the mean square."),
            (lambda: 2 / (9 * 256), "That is the variance."),
            (lambda: sqrt(2 / 256), "A unit reads 3 × 3 pixels of each map."),
            (lambda: sqrt(2 / 9), "A unit reads all 256 maps."),
        ],
        tolerance=0.01,
    ),
}
