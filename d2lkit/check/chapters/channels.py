"""Exercises of the chapter on channels."""

from d2lkit.check.kinds import Number


def _parameters() -> int:
    return 96 * (48 * 5 * 3 + 1)


EXERCISES = {
    "ex-channels-2": Number(
        _parameters,
        hint="Count one kernel with its bias first, over all its input channels; then all kernels.",
        mistakes=[
            (lambda: 96 * 48 * 5 * 3, "Each kernel has a bias, too."),
            (lambda: 96 * (5 * 3 + 1), "A kernel has a slice of weights for every input channel."),
            (lambda: 48 * (96 * 5 * 3 + 1), "There is one bias per output channel, not per input."),
        ],
    ),
}
