"""Every drawing is the one that is stored: its lines, places, colours, words and options."""

import inspect

import drawings
import pytest

from d2lkit import plotting

CASES = drawings.figures()
CURE = "; if it is meant: python tests/plotting/drawings.py"


@pytest.mark.parametrize("name", CASES)
def test_the_drawing_is_the_stored_one(name):
    plotting.use_style()
    stored = drawings.file_of(name).read_text(encoding="utf-8").splitlines()
    faults = drawings.differing(stored, drawings.described(CASES[name]()))
    assert not faults, f"{name}: {len(faults)} lines differ{CURE}\n" + "\n".join(faults[:5])


def test_every_drawing_function_is_stored_and_nothing_else():
    assert {path.name for path in drawings.STORED.iterdir()} == {
        drawings.file_of(name).name for name in CASES
    }
    source = inspect.getsource(drawings)
    drawn = {name for name in plotting.__all__ if name.startswith(("plot_", "show_", "diagram"))}
    assert len(drawn) == 12
    assert {n for n in drawn if f"p.{n}(" in source or f"plotting.{n}(" in source} == drawn


def test_what_counts_as_another_drawing():
    stored = ['<rect x="10" y="3"/>', "  Line2D, zorder 2, points 0 3 1 2"]
    assert drawings.differing(stored, ['<rect x="10.01" y="3"/>', stored[1]]) == []
    for wrong in (
        "zorder 3, points 0 3 1 2",
        "zorder 2, points 0 3 1 1",
        "zorder 2, visible False",
    ):
        (fault,) = drawings.differing(stored, [stored[0], f"  Line2D, {wrong}"])
        assert wrong in fault
    assert len(drawings.differing(stored, stored[:1])) == 1
    assert len(drawings.differing(stored, [*stored, "more"])) == 1
