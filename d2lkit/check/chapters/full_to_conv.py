"""Exercises of the chapter on the way from a full layer to a convolution."""

import torch

from d2lkit.check.kinds import Number, Values
from d2lkit.ops import conv2d, corr2d

_PICTURE = torch.tensor([[1.0, 2, 3], [0, 1, 0], [2, 0, 1]])
_ABOVE = torch.tensor([[0.0, 1, 0], [0, -1, 0], [0, 0, 0]])


def _local_weights(n: int, delta: int) -> int:
    along_one_axis = sum(abs(k - i) <= delta for i in range(n) for k in range(n))
    return along_one_axis**2


EXERCISES = {
    "ex-full-to-conv-1": Number(
        lambda: _local_weights(28, 2),
        hint="Count the pairs of output and input along one axis first; at either end some fall "
        "outside the picture.",
        mistakes=[
            (28**2 * 5**2, "Outputs near the border have fewer pixels within reach."),
            (lambda: _local_weights(28, 1), "That is for offsets up to 1."),
            (28**4, "That is the full layer."),
        ],
    ),
    "ex-full-to-conv-2": Values(
        lambda: corr2d(_PICTURE, _ABOVE, padding=1),
        hint="Where in the kernel is the 1? Its offset says which neighbour is added.",
        mistakes=[
            (
                lambda: conv2d(_PICTURE, _ABOVE, padding=1),
                "You added the pixel below. The first row of the kernel belongs to the offset -1.",
            ),
            (
                lambda: -corr2d(_PICTURE, _ABOVE, padding=1),
                "The sign is turned: the pixel itself has the weight -1.",
            ),
        ],
        axes="H W",
        kernel=True,
    ),
}
