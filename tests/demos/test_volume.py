"""The numbers of "The volume", and the order of its steps."""

import itertools

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

MODULE = "engine/volume.js"


@given(*(st.integers(1, most) for most in (7, 3, 3, 3)))
def test_numbers_have_their_shapes(engine, n, c, k, f):
    found = engine.numbers({"n": n, "c": c, "k": k, "f": f})
    image, weight = torch.tensor(found["image"]), torch.tensor(found["weight"])
    assert image.shape == (c, n, n)
    assert weight.shape == (k, c, f, f)
    assert len(found["bias"]) == k
    assert set(image.unique().tolist()) <= {0, 1, 2}
    assert set(weight.unique().tolist()) <= {-1, 0, 1}


def test_the_first_setting_is_that_of_the_chapter(engine):
    found = engine.numbers({"n": 5, "c": 3, "k": 2, "f": 3})
    image, weight, bias = (torch.tensor(found[one]).float() for one in ("image", "weight", "bias"))
    assert F.conv2d(image[None], weight, bias, stride=2, padding=1).shape == (1, 2, 3, 3)
    assert engine.settingsOf({"s": 2, "p": 1}) == {
        "stride": [2, 2],
        "dilation": [1, 1],
        "padding": [[1, 1], [1, 1]],
    }
    # no two channels or filters alike
    assert len({str(one) for one in found["image"] + found["weight"]}) == 5


@given(size=st.tuples(st.integers(1, 5), st.integers(1, 5)), filters=st.integers(1, 3))
def test_steps_visit_every_output_once(engine, size, filters):
    order = list(itertools.product(range(filters), range(size[0]), range(size[1])))
    for step in (0, len(order) // 2, len(order) - 1):
        assert engine.placeOf(step, size) == list(order[step])
        assert engine.stepOf(order[step], size) == step
