"""Exercises of the chapter on small networks."""

from torch import Tensor

from d2lkit.check.kinds import Case, Function, Number, whole_numbers


def _pair(c_in: int = 32, c_out: int = 64) -> int:
    """Weights of a depthwise separable 3 × 3 convolution."""
    return 3**2 * c_in + c_in * c_out


def _per_pixel(channels: int = 40, expansion: int = 6, kernel_size: int = 5) -> int:
    """Multiply-adds of an inverted residual block for each pixel."""
    wide = expansion * channels
    return channels * wide + kernel_size**2 * wide + wide * channels


def _as_pair(kernels: Tensor) -> tuple[Tensor, Tensor]:
    forms = kernels[0]
    products = (kernels * forms).sum(dim=(2, 3))
    return forms, products / (forms * forms).sum(dim=(1, 2))


def _dense(forms: Tensor, mixing: Tensor) -> Tensor:
    return mixing[:, :, None, None] * forms


def _case(c_out: int, c_in: int, side: int) -> Case:
    forms = whole_numbers(c_in, side, side)
    forms[:, 0, 0], forms[:, -1, -1] = 0, 1  # a single weight may be zero, a form may not
    mixing = whole_numbers(c_out, c_in, seed=1)
    mixing[0] = 2
    return Case(_dense(forms, mixing))


EXERCISES = {
    "ex-small-networks-1": Number(
        _pair,
        hint="Two layers: one kernel for each channel that comes in, then one number for each "
        "pair of channels.",
        mistakes=[
            (lambda: 3**2 * 32 * 64, "That is the dense convolution."),
            (lambda: 3**2 * 64 + 32 * 64, "The kernels belong to the channels that come in."),
            (lambda: 3**2 * 32, "The 1 × 1 convolution that mixes is missing."),
            (lambda: _pair() + 32 + 64, "Biases are left aside here."),
        ],
    ),
    "ex-small-networks-2": Number(
        lambda: _per_pixel() * 28**2,
        hint="How many channels does the middle have? Three layers, each for every pixel.",
        mistakes=[
            (_per_pixel, "That is the cost of one pixel."),
            (lambda: _per_pixel(kernel_size=3) * 28**2, "The kernel is 5 × 5."),
            (
                lambda: (2 * 40 * 240 + 25 * 240**2) * 28**2,
                "The layer in the middle is depthwise: one kernel for each channel.",
            ),
            (lambda: 2 * _per_pixel() * 28**2, "Those are FLOPs: a multiply-add counts as one."),
        ],
    ),
    "ex-small-networks-3": Function(
        _as_pair,
        lambda: [_case(4, 3, 3), _case(2, 5, 2), _case(3, 1, 1)],
        hint="With ones in the first row, what are the forms? What is another kernel of a column, "
        "measured in its form?",
        mistakes=[
            (
                lambda kernels: (
                    kernels[0],
                    kernels.norm(dim=(2, 3)) / kernels[0].norm(dim=(1, 2)),
                ),
                "The ratio of two lengths has lost its sign.",
            ),
            (
                lambda kernels: tuple(reversed(_as_pair(kernels))),
                "The forms come first, then the mixing.",
            ),
        ],
    ),
}
