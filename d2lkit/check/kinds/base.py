"""What all exercises share: a hint, a solution to compare with, and known mistakes."""

import textwrap
from collections.abc import Sequence

WIDTH = 80  # of a verdict, in characters

# A wrong answer that readers are known to give, and what to tell them. The answer is a value, or a
# function that computes it, so that no number has to be typed by hand.
Mistake = tuple[object, str]


def resolve(answer: object) -> object:
    """Return an answer that is given as a value, or as a function that computes it."""
    return answer() if callable(answer) else answer


def kind_of(value: object) -> str:
    """Name the type of a value with its article: ``an int``, ``a list``."""
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


class Exercise:
    """An exercise whose answer can be checked.

    Subclasses say in ``fault`` what is wrong with an answer. They never print the solution: the
    reader is to find it.

    >>> class Even(Exercise):
    ...     def fault(self, value):
    ...         return f"{value} is odd." if value % 2 else None
    >>> Even(2, hint="Halve it.").fault(3)
    '3 is odd.'
    """

    def __init__(self, expected: object, hint: str, mistakes: Sequence[Mistake] = ()):
        if not hint.strip():
            raise ValueError(f"hint must say something that helps, got {hint!r}")
        self.expected = expected
        self.hint = hint
        self.mistakes = tuple(mistakes)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"  # the solution stays out of sight

    def fault(self, value: object) -> str | None:
        """Say what is wrong with ``value``; None if nothing is."""
        raise NotImplementedError

    def solution(self) -> object:
        """Return an answer that is right."""
        return resolve(self.expected)

    def wrong_answers(self) -> list[tuple[object, str]]:
        """Return the known mistakes as answers that a reader could give."""
        return [(resolve(wrong), says) for wrong, says in self.mistakes]


class Verdict:
    """What became of one answer: true if it is right, and printed as a sentence.

    Attributes:
        label: the label of the exercise.
        correct: whether the answer is right.
        message: what is wrong with it, and a hint; empty if nothing is.
        used: whether somebody has read it, or asked whether it is true.

    >>> Verdict("ex-sharing-1")
    ex-sharing-1: right.
    """

    def __init__(self, label: str, message: str = ""):
        self.label = label
        self.message = message
        self.used = False

    @property
    def correct(self) -> bool:
        return not self.message

    def __bool__(self) -> bool:
        self.used = True
        return self.correct

    def __repr__(self) -> str:
        self.used = True
        text = f"{self.label}: " + (f"not yet. {self.message}" if self.message else "right.")
        lines = [
            textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
            for line in text.splitlines()
        ]
        return "\n".join(lines)
