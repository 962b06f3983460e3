"""Which pixels are read: against the library's formula, and torch's gradients."""

import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn import functional as F

from d2lkit import geometry

MODULE = "engine/geometry.js"
LAYERS = st.fixed_dictionaries(
    {
        "n": st.integers(1, 30),
        "k": st.integers(1, 7),
        "s": st.integers(1, 5),
        "d": st.integers(1, 4),
        "before": st.integers(0, 4),
        "after": st.integers(0, 4),
    }
)


def fits(layer):
    return layer["n"] + layer["before"] + layer["after"] >= layer["d"] * (layer["k"] - 1) + 1


@given(layer=LAYERS)
def test_sizes_and_reads_equal_torch(engine, layer):
    assume(fits(layer))
    n, k, s, d = (layer[one] for one in "nksd")
    pixels = torch.ones(1, 1, n, requires_grad=True)
    framed = F.pad(pixels, (layer["before"], layer["after"]))
    output = F.conv1d(framed, torch.ones(1, 1, k), stride=s, dilation=d)
    output.sum().backward()
    counts = pixels.grad[0, 0].int().tolist()
    assert engine.reads(layer) == counts
    assert engine.unread(layer) == [place for place, count in enumerate(counts) if not count]
    found = engine.sizes(layer)
    assert found["outputs"] == output.shape[2]
    padding = (layer["before"], layer["after"])
    assert found["outputs"] == geometry.output_size(n, k, padding=padding, stride=s, dilation=d)
    assert 0 <= found["left"] < s
    last = engine.stop(found["outputs"] - 1, layer)[-1]
    assert last == n + layer["after"] - 1 - found["left"]


@given(layer=LAYERS)
def test_a_transposed_layer_writes_what_its_mirror_reads(engine, layer):
    n, k, s, d = (layer[one] for one in "nksd")
    full = F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s, dilation=d)[0, 0]
    cut = full[layer["before"] : len(full) - layer["after"]]
    assume(len(cut) > 0)
    mirror = engine.mirrored(layer)
    assert mirror["n"] == len(cut)
    assert engine.sizes(mirror)["outputs"] == n
    assert engine.reads(mirror) == cut.int().tolist()


def test_what_does_not_fit_has_no_output(engine):
    layer = {"n": 4, "k": 5, "s": 1, "d": 1, "before": 0, "after": 0}
    assert engine.sizes(layer)["outputs"] == 0
    assert engine.unread(layer) == [0, 1, 2, 3]
