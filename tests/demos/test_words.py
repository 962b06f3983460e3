"""What the words of the demos promise: their calculations, their choices, what they count from."""

import re
from itertools import pairwise

import pytest
from demo_figures import texts
from demo_scripts import DEMOS, exports
from py_mini_racer import MiniRacer
from sums import calculation_faults, calculations

WORDS = texts("en")
SHARES = {"a quarter": 0.25, "three quarters": 0.75, "nine tenths": 0.9}


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Channel 1: (−1)·2 + 3·1 = 1", [["(−1)·2 + 3·1", "1"]]),
        ("Output: 4 + (−2) + bias 1 = 3", [["4 + (−2) + 1", "3"]]),
        ("(5 + 2·1 − 3) / 2 + 1, rounded down, is 3: it", [["⌊(5 + 2·1 − 3) / 2 + 1⌋", "3"]]),
        ("⌊(8 − 3) / 2⌋ + 1 = ⌊2.5⌋ + 1 = 3; so", [["⌊(8 − 3) / 2⌋ + 1", "⌊2.5⌋ + 1", "3"]]),
        ("(−3)·2 = −6 to row 1; 0 = 0 to row 2.", [["(−3)·2", "−6"], ["0", "0"]]),
        ("Row 2, weight 4.\n\n(−7)·4 + 0·0 = −28\n2 = 2", [["(−7)·4 + 0·0", "−28"], ["2", "2"]]),
        ("Sum: 0.5·3 = 1.5", [["0.5·3", "1.5"]]),
        ("r = 5 pixels, j = 1 apart; 18 weights", []),
    ],
)
def test_calculations_are_found_and_come_out(text, sides):
    assert calculations(text) == sides
    assert calculation_faults(text, len(sides)) == []


@pytest.mark.parametrize(
    "text",
    [
        "2 · (3 · 3 · 3) = 56 parameters.",
        "(5 − 2·1 − 3) / 2 + 1, rounded down, is 3: the output",
        "⌊(8 − 3) / 2⌋ + 1 = ⌊2.5⌋ + 1 = 4; the padding",
        "(7 − 1)·1 + 1·(3 − 1) + 1 + 2 = 7.",
        "Output: 4 + (−2) + bias 1 = 2",
        "Sum: 0.5·3 = 1.6",
        "It is said without numbers.",
    ],
)
def test_planted_calculations(text):
    assert len(calculation_faults(text)) == 1


def test_the_choices_of_the_training_part_where_the_page_parts_them():
    view = (DEMOS / "views/training-in-the-page.js").read_text(encoding="utf-8")
    parts = [float(one) for one in re.search(r"const PARTS = \[(.*)\];", view)[1].split(",")]
    assert parts == sorted(parts)
    share = f"({'|'.join(SHARES)})"
    said = []
    for text in WORDS["training-in-the-page"]["parts"]:
        form = rf"(?:fewer than|{share} to) {share}|{share} or more"
        between, most, least = re.fullmatch(form, text).groups()
        said.append((SHARES.get(between or least, 0), SHARES.get(most, 1)))
    assert said == list(pairwise([0, *parts, 1]))


def test_pixels_are_counted_from_what_the_sentence_says():
    with MiniRacer() as context:
        script = exports(DEMOS / "engine/geometry.js")
        layer = "{n: 4, k: 1, s: 3, d: 1, before: 0, after: 0}"  # reads the first and the last
        assert context.eval(f"{script}.unread({layer}).join()") == "1,2"
    said = re.search(r"counted from (\d)\)", WORDS["geometry-bench"]["never"])
    assert said[1] == "0"
