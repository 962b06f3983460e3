"""Exercises of the chapter on a network at every position."""

from torch import Tensor

from d2lkit.check.kinds import Case, Function, Number, whole_numbers


def _positions(height: int = 512, width: int = 640, kernel_size: int = 7) -> int:
    """Positions of the 7 × 7 kernel on last maps at stride 32."""
    rows, columns = (side // 32 - kernel_size + 1 for side in (height, width))
    return rows * columns


def _as_matrix(kernels: Tensor) -> Tensor:
    return kernels.flatten(1)


EXERCISES = {
    "ex-every-position-1": Number(
        _positions,
        hint="How large are the last maps? In how many places does a 7 × 7 kernel fit on them?",
        mistakes=[
            (lambda: _positions(kernel_size=1), "Those are the last maps, before the head."),
            (lambda: _positions(width=512), "The photograph is wider than it is high."),
            (
                lambda: (512 // 32 - 7) * (640 // 32 - 7),
                "From 16 rows, 7 taken away leave 9; a kernel of 7 fits in one place more.",
            ),
        ],
    ),
    "ex-every-position-2": Function(
        _as_matrix,
        lambda: [
            Case(whole_numbers(2, 1, 2, 2)),
            Case(whole_numbers(3, 2, 2, 3)),
            Case(whole_numbers(4, 3, 1, 1)),
        ],
        hint="One row for each output. In which order does Flatten read the maps?",
        mistakes=[
            (
                lambda kernels: kernels.permute(0, 2, 3, 1).flatten(1),
                "Flatten reads one channel after the other, not one pixel after the other.",
            ),
            (
                lambda kernels: kernels.flatten(1).T,
                "The weight of nn.Linear has a row for each output.",
            ),
            (lambda kernels: kernels.flatten(), "A matrix is wanted: a row for each output."),
        ],
    ),
}
