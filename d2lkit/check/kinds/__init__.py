"""The kinds of answers that can be checked."""

from d2lkit.check.kinds.arrays import Shape, Values
from d2lkit.check.kinds.base import Exercise, Verdict
from d2lkit.check.kinds.functions import Case, Function, Network, whole_numbers
from d2lkit.check.kinds.numbers import Choice, Number

__all__ = [
    "Case",
    "Choice",
    "Exercise",
    "Function",
    "Network",
    "Number",
    "Shape",
    "Values",
    "Verdict",
    "whole_numbers",
]
