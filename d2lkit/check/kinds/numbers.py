"""Answers that are one number, or one choice among several."""

import math
from collections.abc import Mapping, Sequence

from d2lkit.check.kinds.base import Exercise, Mistake, kind_of, resolve

# Factors that point to a convention rather than to a wrong idea.
_FACTORS = {
    2: "is one multiply-add one operation or two, one side or both sides, one pass or two?",
    4: "is it a number of values or of bytes? A float32 takes four bytes.",
    8: "is it bits or bytes?",
    1000: "look at the unit: thousand and million, KB and MB.",
    1024: "look at the unit: bytes, KiB = 2**10 bytes, MiB = 2**20 bytes.",
    2**20: "look at the unit: bytes, KiB = 2**10 bytes, MiB = 2**20 bytes.",
}


def as_number(value: object) -> tuple[float | int | None, str | None]:
    """Return ``(number, None)``, or ``(None, what is wrong)`` if ``value`` is not one number."""
    if isinstance(value, str):
        return None, f"A number is expected, {value!r} is text: write 12000, not '12,000'."
    if isinstance(value, bool) or value is None:
        return None, f"A number is expected, {value!r} came."
    shape = getattr(value, "shape", ())
    if math.prod(shape) != 1 or isinstance(value, Sequence | Mapping):
        size = f"shape {tuple(shape)}" if len(shape) else f"{len(value)} entries"
        return None, f"One number is expected, {kind_of(value)} with {size} came."
    number = value.item() if hasattr(value, "item") else value
    if not isinstance(number, int | float):
        return None, f"A number is expected, {kind_of(value)} came."
    if not math.isfinite(number):
        return None, f"{number} is no number one can count with: is there a division by zero?"
    return number, None


class Number(Exercise):
    """One number, whole or not.

    Args:
        expected: the right number, or a function that computes it.
        hint: what helps a reader who is stuck.
        mistakes: pairs of a wrong number (or a function that computes it) and what to say.
        tolerance: how far off an answer may be, relative to the right one. Whole numbers that
            readers count are exact: leave 0.

    >>> weights = Number(5 * 5 * 3, hint="Every channel has its own 5 x 5 weights.")
    >>> print(weights.fault(74))
    You are off by one: are the first and the last one both counted, and once?
    >>> print(weights.fault(75))
    None
    """

    def __init__(
        self,
        expected: object,
        *,
        hint: str,
        mistakes: Sequence[Mistake] = (),
        tolerance: float = 0.0,
    ):
        super().__init__(expected, hint, mistakes)
        self.tolerance = tolerance

    def _equal(self, number: float, other: float) -> bool:
        if not self.tolerance and isinstance(other, int) and round(number) != other:
            return False  # a count of billions, too, is exact
        return math.isclose(number, other, rel_tol=max(self.tolerance, 1e-9))

    def fault(self, value: object) -> str | None:
        number, fault = as_number(value)
        if fault:
            return fault
        expected = resolve(self.expected)
        if self._equal(number, expected):
            return None
        for wrong, says in self.mistakes:
            if self._equal(number, resolve(wrong)):
                return says
        whole = isinstance(expected, int)
        if whole and not float(number).is_integer():
            return f"{number:g} is not whole, and what you count here is."
        if number == -expected:
            return "The size is right, the sign is not."
        if whole and abs(number - expected) == 1:
            return "You are off by one: are the first and the last one both counted, and once?"
        return self._factor(number, expected) or self._size(number, expected)

    def _factor(self, number: float, expected: float) -> str | None:
        for factor, says in _FACTORS.items():
            for ratio, word in ((factor, "large"), (1 / factor, "small")):
                if expected and math.isclose(number / expected, ratio, rel_tol=1e-9):
                    return f"Too {word} by a factor of exactly {factor}: {says}"
        return None

    def _size(self, number: float, expected: float) -> str:
        if number * expected < 0:
            return "The sign is not right."
        word = "large" if abs(number) > abs(expected) else "small"
        small, big = sorted([abs(number), abs(expected)])
        far = ", by more than a factor of ten" if big > 10 * small else ""
        return f"Too {word}{far}."


class Choice(Exercise):
    """One of several words.

    Args:
        expected: the right one.
        hint: what helps a reader who is stuck.
        others: each other choice, and what speaks against it.

    >>> growth = Choice("linear", hint="Double it.", others={"exponential": "Try 3 sizes."})
    >>> growth.fault("exponential")
    'Try 3 sizes.'
    """

    def __init__(self, expected: str, *, hint: str, others: Mapping[str, str]):
        super().__init__(expected, hint, list(others.items()))

    def fault(self, value: object) -> str | None:
        options = sorted([self.expected, *(other for other, _ in self.mistakes)])
        listed = ", ".join(repr(option) for option in options)
        if not isinstance(value, str):
            return f"One of {listed} is expected, {kind_of(value)} came."
        word = " ".join(value.split()).lower()
        if word == self.expected.lower():
            return None
        for other, says in self.mistakes:
            if word == other.lower():
                return says
        return f"One of {listed} is expected, {value!r} came."
