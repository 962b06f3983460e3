"""A reader's answer to an exercise: is it right, and if not, what is wrong with it?

A reader passes the label of an exercise and an answer, and gets a verdict that says what is wrong
and gives a hint, never the solution::

    from d2lkit import check

    check.answer("ex-why-convolutions-1", 3)
    check.answer("ex-convolution-2", my_function)  # the function itself

To add an exercise labelled ``ex-<slug>-<n>``, write it into ``d2lkit/check/chapters/<slug>.py``
(dashes in the slug become underscores; the file is found by its name)::

    from d2lkit.check.kinds import Case, Function, Number, whole_numbers
    from d2lkit.ops import corr2d


    def _unshared():
        return 55 * 55 * 96 * (11 * 11 * 3 + 1)


    EXERCISES = {
        "ex-sharing-1": Number(
            _unshared,
            hint="Count the neurons first, then what each of them owns.",
            mistakes=[
                (lambda: 55 * 55 * 96 * 11 * 11 * 3, "Each neuron has a bias, too."),
            ],
        ),
        "ex-sharing-2": Function(
            corr2d,
            lambda: [Case(whole_numbers(5, 4), whole_numbers(2, 3))],
            hint="Two loops over the output; one product and one sum inside.",
            mistakes=[(lambda x, k: corr2d(x, k.flip(0, 1)), "You flipped the kernel.")],
        ),
    }

The kinds are ``Number``, ``Choice``, ``Shape``, ``Values``, ``Function`` and ``Network``. Compute
the right answer from the library; do not type it. A test tries each solution and each mistake, and
asks for the same answer found in another way, in ``tests/check/independent.py``.
"""

import difflib
import importlib
import pkgutil
import re

from d2lkit.check import chapters
from d2lkit.check.kinds import Exercise, Verdict
from d2lkit.check.showing import shown_in_any_place

__all__ = ["answer", "exercises", "hint"]

_LABEL = re.compile(r"ex-([a-z0-9-]+)-(\d+)")


def answer(label: str, value: object) -> Verdict:
    """Check an answer to an exercise.

    Args:
        label: the label of the exercise, such as ``"ex-why-1"``.
        value: the answer: a number, a shape, an array, a function, a network.

    Returns:
        A verdict that prints as a sentence and is true if the answer is right. In a notebook it
        shows wherever it stands in a cell.

    Raises:
        ValueError: if no exercise with this label can be checked.

    >>> answer("ex-why-convolutions-1", 3)
    ex-why-convolutions-1: not yet. Only one side has become three times as long in
    your answer.
    Hint: How many small pictures cover the large one?
    >>> answer("ex-why-convolutions-1", 9)
    ex-why-convolutions-1: right.
    """
    exercise = _find(label)
    if value is ...:  # as the exercise stands in the notebook, before it is done
        return shown_in_any_place(
            Verdict(label, "There is no answer yet: put yours for the `...`.")
        )
    fault = exercise.fault(value)
    return shown_in_any_place(Verdict(label, f"{fault}\nHint: {exercise.hint}" if fault else ""))


def hint(label: str) -> str:
    """Return the hint of an exercise, for a reader who does not know how to begin.

    Raises:
        ValueError: if no exercise with this label can be checked.

    >>> hint("ex-why-convolutions-1")
    'How many small pictures cover the large one?'
    """
    return _find(label).hint


def exercises() -> list[str]:
    """Return the labels of all exercises that can be checked, chapter by chapter.

    >>> "ex-why-convolutions-1" in exercises()
    True
    """
    labels = [label for name in _chapters() for label in _load(name)]
    return sorted(labels, key=lambda label: (label.rsplit("-", 1)[0], int(label.split("-")[-1])))


def _chapters() -> list[str]:
    """The names of the chapters that have exercises to check."""
    return sorted(module.name for module in pkgutil.iter_modules(chapters.__path__))


def _load(name: str) -> dict[str, Exercise]:
    return importlib.import_module(f"{chapters.__name__}.{name}").EXERCISES


def _find(label: str) -> Exercise:
    if not isinstance(label, str):
        raise TypeError(f"label must be a str such as 'ex-why-1', got {label!r}")
    match = _LABEL.fullmatch(label)
    name = match.group(1).replace("-", "_") if match else None
    if name in _chapters() and label in _load(name):
        return _load(name)[label]
    near = difflib.get_close_matches(label, exercises(), n=3, cutoff=0.5)
    did_you_mean = f"; near it: {', '.join(near)}" if near else ""
    raise ValueError(
        f"label must name an exercise that can be checked, got {label!r}{did_you_mean}"
    )
