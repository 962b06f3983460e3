"""Answers that are a shape, or an array of numbers."""

from collections.abc import Sequence
from numbers import Real

import torch

from d2lkit.check.kinds.base import Exercise, Mistake, kind_of, resolve


def as_tensor(value: object) -> tuple[torch.Tensor | None, str | None]:
    """Return ``(tensor in double precision, None)``, or ``(None, what is wrong)``."""
    if isinstance(value, torch.Tensor):
        return value.detach().to("cpu", torch.float64), None
    if isinstance(value, str) or value is None:
        return None, f"An array of numbers is expected, {value!r} came."
    try:
        return torch.as_tensor(value, dtype=torch.float64), None
    except (TypeError, ValueError, RuntimeError):
        return (
            None,
            f"An array of numbers is expected; what came is {kind_of(value)} that is not one.",
        )


def shape_fault(shape: tuple[int, ...], expected: tuple[int, ...], axes: str) -> str | None:
    """Say what is wrong with a shape, without saying the right one; None if it is right."""
    if shape == expected:
        return None
    names = axes.split()
    if len(shape) != len(expected):
        wanted = f"{len(expected)} axes ({axes})" if axes else f"{len(expected)} axes"
        batch = len(shape) == len(expected) - 1 and shape == expected[1:]
        tail = " The axis of the batch is missing." if batch else ""
        return f"{len(shape)} axes came, {wanted} are expected.{tail}"
    if len(shape) >= 3 and shape == (*expected[:-3], *expected[-2:], expected[-3]):
        return "The channels stand last. In this book they stand before height and width."
    if len(shape) >= 2 and shape == (*expected[:-2], expected[-1], expected[-2]):
        return "Height and width are swapped: rows come first."
    wrong = [i for i, (one, other) in enumerate(zip(shape, expected, strict=True)) if one != other]
    first = wrong[0]
    where = f"axis {first} ({names[first]})" if names else f"axis {first}"
    step = shape[first] - expected[first]
    size = "off by one" if abs(step) == 1 else "too large" if step > 0 else "too small"
    more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return f"In {where} the shape {shape} is {size}{more}."


def _is_whole(size: object) -> bool:
    """Whether a number is whole, whatever its type: 5, 5.0, or numpy's 5."""
    return isinstance(size, Real) and not isinstance(size, bool) and float(size).is_integer()


class Shape(Exercise):
    """A shape, as a tuple of whole numbers.

    Args:
        expected: the right shape, or a function that computes it.
        hint: what helps a reader who is stuck.
        mistakes: pairs of a wrong shape and what to say.
        axes: names of the axes, for the messages: ``"N C H W"``.

    >>> output = Shape((8, 16, 6, 4), hint="Where does the last window start?", axes="N C H W")
    >>> output.fault((8, 6, 4, 16))
    'The channels stand last. In this book they stand before height and width.'
    """

    def __init__(
        self, expected: object, *, hint: str, mistakes: Sequence[Mistake] = (), axes: str = ""
    ):
        super().__init__(expected, hint, mistakes)
        self.axes = axes

    def fault(self, value: object) -> str | None:
        if isinstance(value, torch.Tensor):
            return "A shape is expected, a tensor came: ask it for its .shape."
        if hasattr(value, "tolist"):  # an array of numpy
            value = value.tolist()
        if not isinstance(value, tuple | list):
            return f"A shape is a tuple of whole numbers; {kind_of(value)} came."
        if not all(_is_whole(size) for size in value):
            return f"A shape holds whole numbers only; {tuple(value)} came."
        shape = tuple(int(size) for size in value)
        expected = tuple(resolve(self.expected))
        if shape == expected:
            return None
        for wrong, says in self.mistakes:
            if shape == tuple(resolve(wrong)):
                return says
        return shape_fault(shape, expected, self.axes)


class Values(Exercise):
    """An array of numbers: a list, a NumPy array or a tensor.

    Axes of size 1 may be missing or in excess: a row of five numbers is right as (5,), (1, 5)
    and (5, 1).

    Args:
        expected: the right values, or a function that computes them.
        hint: what helps a reader who is stuck.
        mistakes: pairs of wrong values and what to say.
        axes: names of the axes, for the messages.
        tolerance: relative and absolute, for values that are not whole.
        kernel: whether a kernel is at work that may be flipped by mistake.

    >>> Values([[19, 25], [37, 43]], hint="Multiply, then add.").fault([[19, 25], [37, 44]])
    'The shape is right; 1 of 4 entries is not, the first at [1, 1].'
    """

    def __init__(
        self,
        expected: object,
        *,
        hint: str,
        mistakes: Sequence[Mistake] = (),
        axes: str = "",
        tolerance: float = 1e-5,
        kernel: bool = False,
    ):
        super().__init__(expected, hint, mistakes)
        self.axes = axes
        self.tolerance = tolerance
        self.kernel = kernel

    def _equal(self, values: torch.Tensor, other: torch.Tensor) -> bool:
        return values.shape == other.shape and torch.allclose(
            values, other, rtol=self.tolerance, atol=self.tolerance
        )

    def fault(self, value: object) -> str | None:
        values, fault = as_tensor(value)
        if fault:
            return fault
        expected, _ = as_tensor(resolve(self.expected))
        if values.squeeze().shape == expected.squeeze().shape:
            values = values.reshape(expected.shape)
        if self._equal(values, expected):
            return None
        for wrong, says in self.mistakes:
            other = as_tensor(resolve(wrong))[0]
            if self._equal(values.squeeze(), other.squeeze()):
                return says
        fault = shape_fault(tuple(values.shape), tuple(expected.shape), self.axes)
        return fault or self._difference(values, expected)

    def _difference(self, values: torch.Tensor, expected: torch.Tensor) -> str:
        if not values.isfinite().all():
            return "The shape is right, but some entries are not finite numbers."
        if self._equal(values, -expected):
            return "Every entry has the wrong sign: which of the two is taken from the other?"
        if values.ndim >= 2 and self._equal(values, expected.mT):
            return "Rows and columns are swapped."
        if values.ndim >= 2 and self._equal(values, expected.flip(-1, -2)):
            asked = ": is a kernel flipped, or not flipped?" if self.kernel else "."
            return f"The result is turned by half a turn{asked}"
        offset = values - expected
        if expected.numel() > 1 and self._equal(offset, offset.mean().expand_as(offset)):
            return "Every entry is off by the same amount: what is added everywhere?"
        wrong = ~torch.isclose(values, expected, rtol=self.tolerance, atol=self.tolerance)
        index = tuple(wrong.nonzero()[0].tolist())
        count = int(wrong.sum())
        return (
            f"The shape is right; {count} of {wrong.numel()} entries "
            f"{'is' if count == 1 else 'are'} not, the first at {list(index)}."
        )
