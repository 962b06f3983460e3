"""The state of a demo in the address, and the numbers that a reader types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

MODULE = "engine/settings.js"
DEFAULTS = {"at": [0, 0], "picture": "example", "turn": 0}
STATES = st.fixed_dictionaries(
    {
        "at": st.lists(st.integers(-9, 9), max_size=4),
        "picture": st.from_regex(r"[a-z0-9_-]{1,8}", fullmatch=True),
        "turn": st.integers(-3, 3) | st.sampled_from([0.5, -1.25]),
    }
)


@given(state=STATES)
def test_what_is_written_is_read(engine, state):
    text = engine.writeSettings(state, DEFAULTS)
    assert engine.readSettings(text, DEFAULTS) == state


def test_only_what_differs_is_written(engine):
    assert engine.writeSettings(DEFAULTS, DEFAULTS) == ""
    assert engine.writeSettings({**DEFAULTS, "at": [1, 2]}, DEFAULTS) == "at:1,2"


@pytest.mark.parametrize(
    "text", [None, "", ";;", "at", "at:x", "at:1,", "turn:", "turn:much", "picture:<b>", "more:1"]
)
def test_what_makes_no_sense_changes_nothing(engine, text):
    assert engine.readSettings(text, DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(
    ("text", "value"),
    [("-3", -3), ("−3", -3), (" 0,5 ", 0.5), ("1/4", 0.25), ("", None), ("1/0", None), ("a", None)],
)
def test_numbers_as_they_are_typed(engine, text, value):
    assert engine.readNumber(text) == value


@pytest.mark.parametrize(
    ("value", "text"), [(-1, "−1"), (0.005, "0.01"), (-0.001, "0"), (1 / 9, "0.11"), (12, "12")]
)
def test_numbers_as_they_are_shown(engine, value, text):
    assert engine.showNumber(value) == text
