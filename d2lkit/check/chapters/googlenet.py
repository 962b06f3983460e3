"""Exercises of the chapter on GoogLeNet."""

from d2lkit.check.kinds import Number, Shape
from d2lkit.geometry import output_size
from d2lkit.models.googlenet import INCEPTIONS

_CHANNELS_3A = 256  # what block 3b reads


def _weights(large_kernel: int = 5) -> int:
    """Weights of block 3b, without biases."""
    c1, r3, c3, r5, c5, c_pool = INCEPTIONS["3b"]
    reading = _CHANNELS_3A * (c1 + r3 + r5 + c_pool)
    return reading + 3**2 * r3 * c3 + large_kernel**2 * r5 * c5


def _naive() -> int:
    c1, _, c3, _, c5, _ = INCEPTIONS["3b"]
    return _CHANNELS_3A * (c1 + 3**2 * c3 + 5**2 * c5) + c1 + c3 + c5


def _biases() -> int:
    return sum(INCEPTIONS["3b"])


def _sides(*, poolings: int = 4, ceil_mode: bool = True) -> tuple[int, int]:
    """Height and width of 160×224 pixels after the first convolution and some poolings."""
    size = output_size((160, 224), 7, stride=2, padding=3)
    for _ in range(poolings):
        size = output_size(size, 3, stride=2, ceil_mode=ceil_mode)
    return size


EXERCISES = {
    "ex-googlenet-1": Number(
        lambda: _weights() + _biases(),
        hint="Four of the six convolutions read the block's input. Which kernels do they have?",
        mistakes=[
            (_weights, "Those are the weights; every output of a convolution has a bias, too."),
            (_naive, "That is the block without its 1×1 reductions."),
            (
                lambda: _weights(large_kernel=3) + _biases(),
                "The third branch has a 5×5 kernel; with 3×3 it would be torchvision's.",
            ),
        ],
    ),
    "ex-googlenet-2": Shape(
        lambda: (2, 832, *_sides()),
        hint="Halve each side five times, and add up the branches of the block before 5a.",
        mistakes=[
            (lambda: (2, 832, *_sides(poolings=3)), "A pooling stands between 4e and 5a."),
            (lambda: (2, 832, *_sides(ceil_mode=False)), "These poolings round their size up."),
            (lambda: (2, 1024, *_sides()), "That is what leaves 5b; asked is what enters 5a."),
        ],
        axes="N C H W",
    ),
}
