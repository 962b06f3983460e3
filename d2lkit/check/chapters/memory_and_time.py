"""Exercises of the chapter on memory and time."""

from d2lkit.check.kinds import Number


def _bytes(each: int = 16, bias: bool = True) -> int:
    """Bytes for the first fully connected layer of VGG-16: weight, gradient, Adam's two numbers."""
    return each * 4096 * (512 * 7 * 7 + bias)


def _images(fixed: int = 250) -> int:
    """Images of 150 MiB that fit into 8 GiB beside the fixed part."""
    return (8 * 1024 - fixed) // 150


EXERCISES = {
    "ex-memory-and-time-1": Number(
        _bytes,
        hint="How many numbers of four bytes belong to each parameter, itself included?",
        mistakes=[
            (lambda: _bytes(bias=False), "The biases count as well."),
            (lambda: _bytes(each=4), "That is the parameters alone."),
            (lambda: _bytes(each=8), "The optimiser keeps something, too."),
            (lambda: _bytes(each=12), "Adam keeps two numbers for each parameter."),
        ],
    ),
    "ex-memory-and-time-2": Number(
        _images,
        hint="What do four images more cost, and what is left for none?",
        mistakes=[
            (lambda: _images(fixed=0), "The fixed part takes room, too."),
            (lambda: _images(fixed=400), "The first image is part of the 400 MiB."),
        ],
    ),
}
