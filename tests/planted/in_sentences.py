"""Faults of sentences: a small number, a number word, a comparison, a negation is another one."""

import re
from functools import partial

from places import cells, say

WORDS = {"two": "three", "three": "four", "four": "six", "five": "three", "half": "a third"}
TURNED = {"more than": "less than", "larger": "smaller", "higher": "lower", "faster": "slower"}
TURNED |= {"smaller": "larger", "lower": "higher", "less than": "more than", "fewer": "more"}


def small_number(notebook):
    """A number of two digits, or a decimal, is another one."""
    return _said(notebook, r"(?<![\w.,/`{:-])(?:\d\d|0\.\d+)(?![\w.,-]|\s*`)", _next)


def number_word(notebook):
    """A number that is written as a word is another one."""
    return _said(notebook, rf"\b({'|'.join(WORDS)})\b", WORDS.get)


def comparison(notebook):
    """A comparison says the opposite."""
    return _said(notebook, rf"\b({'|'.join(TURNED)})\b", TURNED.get)


def negation_gone(notebook):
    """A sentence has lost its "not"."""
    return _said(notebook, r"\b(?:does|did|is|are|was|were|has|have|can|do) not\b", _affirmed)


def _next(written: str) -> str:
    return str(int(written) + 3) if written.isdigit() else f"{written}7"


def _affirmed(words: str) -> str:
    return words.removesuffix(" not")


def _said(notebook, pattern, other):
    """Each place where a text says what the pattern finds first in its cell."""
    return [
        (i, f"{found[0]} -> {other(found[0])}", partial(say, found[0], other(found[0])))
        for i, cell in cells(notebook, "markdown")
        for found in [re.search(pattern, cell.source)]
        if found and not cell.source.startswith("```")
    ]


KINDS = (small_number, number_word, comparison, negation_gone)
