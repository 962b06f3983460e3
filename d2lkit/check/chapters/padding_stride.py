"""Exercises of the chapter on padding, stride and dilation."""

from d2lkit.check.kinds import Shape
from d2lkit.geometry import output_size


def _two_layers() -> tuple[int, int]:
    return output_size(output_size((32, 48), 5, padding=2, stride=2), 3, stride=3)


EXERCISES = {
    "ex-padding-stride-1": Shape(
        _two_layers,
        hint="Pad, take the kernel away, divide by the stride, round down, add one; twice.",
        mistakes=[
            (
                lambda: output_size(output_size((32, 48), 5, padding=1, stride=2), 3, stride=3),
                "The padding of 2 goes on each side, 4 in total.",
            ),
            (
                lambda: output_size((32, 48), 5, padding=2, stride=2),
                "That is the shape after the first layer; there is a second one.",
            ),
        ],
        axes="H W",
    ),
}
