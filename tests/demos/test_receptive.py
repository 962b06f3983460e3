"""Fields and paths against the library and torch's gradients."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from d2lkit import geometry

MODULE = "engine/receptive.js"
LAYERS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4
)


@given(layers=LAYERS)
def test_fields_equal_the_library(engine, layers):
    for depth, found in enumerate(engine.fields(layers), 1):
        windows = [geometry.Window(k, stride=s, dilation=d) for k, s, d in layers[:depth]]
        field = geometry.receptive_field(windows)
        assert (found["r"], found["j"]) == (field.size, field.jump)


@given(layers=LAYERS, place=st.integers(0, 100))
def test_paths_equal_gradients(engine, layers, place):
    size = geometry.receptive_field(
        [geometry.Window(k, stride=s, dilation=d) for k, s, d in layers]
    ).size
    n = size + 7
    pixels = torch.ones(1, 1, n, dtype=torch.double, requires_grad=True)
    maps, sizes = pixels, [n]
    for k, s, d in layers:
        maps = F.conv1d(maps, torch.ones(1, 1, k).double(), stride=s, dilation=d)
        sizes.append(maps.shape[2])
    assert engine.units(n, layers) == sizes
    unit = place % sizes[-1]
    maps[0, 0, unit].backward()
    found = engine.paths(n, layers, len(layers), unit)
    assert found[0] == pixels.grad[0, 0].tolist()
    assert [len(level) for level in found] == sizes


def test_tasks(engine):
    assert engine.tasks([[5, 1, 1]]) == {"five": False, "wide": False}
    assert engine.tasks([[3, 1, 1], [3, 1, 1]]) == {"five": True, "wide": False}
    assert engine.tasks([[3, 1, 1]] * 2 + [[1, 1, 1]] * 7) == {"five": False, "wide": False}
    assert engine.tasks([[2, 2, 1]] * 8) == {"five": False, "wide": True}
    assert engine.tasks([[2, 2, 1]] * 7) == {"five": False, "wide": False}
    assert engine.tasks([[225, 1, 1]]) == {"five": False, "wide": False}
    assert engine.weights([[3, 1, 1], [5, 2, 1]]) == 34
