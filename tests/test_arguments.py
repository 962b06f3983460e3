"""The checks of arguments at their boundary: what just passes and what just does not."""

import re

import pytest
import torch

from d2lkit import arguments

NEVER = float("nan")
PASS = [
    (lambda: arguments.integer("n", 1, minimum=1), 1),
    (lambda: arguments.integer("n", -5), -5),
    (lambda: arguments.pair("n", (0, 1), minimum=0), (0, 1)),
    (lambda: arguments.pair("n", 1, minimum=1), (1, 1)),
    (lambda: arguments.number("x", 0, minimum=0), 0.0),
    (lambda: arguments.number("x", 1, maximum=1), 1.0),
    (lambda: arguments.number("x", 1e-300, above=0), 1e-300),
    (lambda: arguments.image_shape("s", (0, 1)), (0, 1)),
    (lambda: arguments.image_shape("s", (2, 3, 4, 5)), (2, 3, 4, 5)),
    (lambda: arguments.tensor("t", torch.zeros(2), ndim=1, shape=(2,), floating=True).ndim, 1),
    (lambda: arguments.one_of("s", 1, [1, "a"]), 1),
]
FAIL = [
    (lambda: arguments.integer("n", 0, minimum=1), "n must be at least 1, got 0"),
    (lambda: arguments.integer("n", True), "n must be an int, got True (bool)"),
    (lambda: arguments.pair("n", (1, 0), minimum=1), "n[1] must be at least 1, got 0"),
    (lambda: arguments.pair("n", (0, 1), minimum=1), "n[0] must be at least 1, got 0"),
    (
        lambda: arguments.pair("n", (1, 2, 3)),
        "n must be one int or a pair (height, width), got (1, 2, 3)",
    ),
    (
        lambda: arguments.pair("n", 1.0),
        "n must be one int or a pair (height, width), got 1.0 (float)",
    ),
    (lambda: arguments.number("x", -1e-300, minimum=0), "x must be at least 0, got -1e-300"),
    (lambda: arguments.number("x", 1.001, maximum=1), "x must be at most 1, got 1.001"),
    (lambda: arguments.number("x", 0, above=0), "x must be greater than 0, got 0"),
    (lambda: arguments.number("x", NEVER, above=0), "x must be greater than 0, got nan"),
    (lambda: arguments.number("x", NEVER, maximum=0), "x must be at most 0, got nan"),
    (lambda: arguments.number("x", NEVER, minimum=0), "x must be at least 0, got nan"),
    (lambda: arguments.one_of("s", True, [1, "a"]), "s must be one of 1, 'a', got True"),
    (lambda: arguments.boolean("b", 0), "b must be a bool, got 0"),
    (
        lambda: arguments.tensor("t", torch.zeros(2), ndim=(2, 4)),
        "t must have 2 or 4 dimensions, got shape (2,)",
    ),
    (
        lambda: arguments.tensor("t", torch.zeros(2, 3), shape=(3, 2)),
        "t must have shape (3, 2), got (2, 3)",
    ),
    (
        lambda: arguments.tensor("t", torch.zeros(2, dtype=torch.long), floating=True),
        "t must have a floating-point dtype, got torch.int64",
    ),
    (lambda: arguments.image_shape("s", (1,)), "s must have 2, 3 or 4 numbers, got (1,)"),
    (
        lambda: arguments.image_shape("s", (1, 2, 3, 4, 5)),
        "s must have 2, 3 or 4 numbers, got (1, 2, 3, 4, 5)",
    ),
    (lambda: arguments.image_shape("s", (3, -1)), "s must be at least 0, got -1"),
]


@pytest.mark.parametrize(("call", "value"), PASS)
def test_a_value_on_the_boundary_passes(call, value):
    assert call() == value


@pytest.mark.parametrize(("call", "message"), FAIL)
def test_a_value_beyond_it_is_refused_with_the_whole_rule(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        call()
