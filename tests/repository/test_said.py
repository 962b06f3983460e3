"""Nothing that the library says of itself changes unseen: it stands in `said.txt` too."""

import ast
from collections import Counter

import pytest
import said

CURE = "if it is meant: python tests/repository/said.py"
CODE = '''"""Two kinds."""
class A:
    """At most ``size`` of 3.

    >>> A(4)
    5

    Source: Lee, "Nets", 2015.
    """
    def run(self): "Never twice."
    def _own(self): "Not public: 7."
def grow(): "None means ``size``."
'''
LINES = [
    "d2lkit.m: Two",
    "d2lkit.m.A: most ⟨size⟩ 3",
    'd2lkit.m.A: Source: Lee, "Nets", 2015.',
    "d2lkit.m.A.run: Never twice",
    "d2lkit.m.A._own: Not 7",
    "d2lkit.m.grow: None ⟨size⟩",
]


def test_the_library_says_what_is_written_down():
    stored = Counter(said.STORED.read_text(encoding="utf-8").splitlines())
    found = Counter(said.of_library())
    gone, new = sorted(stored - found), sorted(found - stored)
    assert not gone, f"stored: {gone}\nnow: {new}\n{CURE}"
    assert not new, f"not written down: {new}\n{CURE}"
    assert len(stored) > 1000


def test_what_a_docstring_stands_on():
    lines = said.of_module("d2lkit.m", ast.parse(CODE))
    assert [line.partition(" · ")[0] for line in lines] == LINES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Two", "Three"),
        ("most", "least"),
        ("of 3", "of 4"),
        ("``size`` of", "``width`` of"),
        ("Never", "Always"),
        ("means ``size``", "means 1"),
        ("Lee", "Lin"),
        ("kinds", "rows"),
    ],
)
def test_another_word_is_seen(old, new):
    lines = [said.of_module("d2lkit.m", ast.parse(code)) for code in (CODE, CODE.replace(old, new))]
    assert lines[0] != lines[1]


def test_options_hints_and_photographs_stand_in_full():
    lines = said.STORED.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("d2lkit train --") for line in lines) > 20
    assert sum(line.startswith("ex-") for line in lines) == len(said.check.exercises())
    assert {f"{name}: {one}" for name, one in said.PHOTOGRAPHS.items()} <= set(lines)


def test_another_word_of_a_demo_is_seen(tmp_path):
    (tmp_path / "demos/texts").mkdir(parents=True)
    file, found = tmp_path / "demos/texts/en.js", []
    for fraction in ("third", "fifth"):
        file.write_text(f'data: "every {fraction} is held out",\n', encoding="utf-8")
        found += said.of_demos(tmp_path)
    assert len(set(found)) == 2
    lines = said.STORED.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("demos/texts/") for line in lines) > 200
