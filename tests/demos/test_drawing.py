"""What a pen leaves on a picture."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

MODULE = "engine/drawing.js"
POINTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=4)


def written(strokes):
    """Strokes as the address holds them."""
    numbers = []
    for stroke in strokes:
        numbers += [-1] * bool(numbers) + [n for point in stroke for n in point]
    return numbers


@given(strokes=st.lists(POINTS, max_size=3))
def test_strokes_are_read_as_they_were_written(engine, strokes):
    found = engine.strokes(written(strokes))
    assert found == [[[row / 4, column / 4] for row, column in stroke] for stroke in strokes]


def test_half_a_point_is_none(engine):
    assert engine.strokes([4, 8, -1, 2, -1, 3]) == [[[1, 2]]]
    assert engine.strokes([]) == []


@given(strokes=st.lists(POINTS, max_size=3), width=st.sampled_from([1, 1.6, 3]))
def test_ink_fades_with_the_distance_from_a_line(engine, strokes, width):
    """A line is taken as many points: the nearest of them is about as near as the line."""
    rows, columns = 9, 11
    script = f"[...module.ink({json.dumps(written(strokes))}, {rows}, {columns}, {width})]"
    ours = np.array(json.loads(engine.context.eval(f"JSON.stringify({script})")))
    middle = np.stack(np.mgrid[:rows, :columns], -1).reshape(-1, 2) + 0.5
    near = np.full(rows * columns, np.inf)
    for stroke in strokes:
        ends = np.array(stroke) / 4
        for one, other in zip(np.vstack([ends[:1], ends]), ends, strict=False):
            along = one + np.linspace(0, 1, 400)[:, None] * (other - one)
            away = np.linalg.norm(middle[:, None] - along, axis=-1).min(1)
            near = np.minimum(near, away)
    theirs = np.clip(width / 2 + 0.5 - near, 0, 1)
    assert np.abs(ours - theirs).max() < 0.03


def test_a_pen_is_wider_on_a_larger_picture(engine):
    assert engine.penWidth(8, 30) == 1.5
    assert engine.penWidth(40, 30) == 3
