"""The numbers of "The volume", and the order of its steps."""

import itertools
import json

import torch
from demo_scripts import DEMOS, exports
from hypothesis import assume, given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer
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


@given(
    *(st.integers(least, most) for least, most in ((2, 7), (1, 3), (1, 3), (1, 3), (1, 3), (0, 2)))
)
def test_maps_and_the_way_back_equal_torch(n, c, k, f, s, p):
    """The layer of a setting, forward and backward, by the modules together."""
    assume(n + 2 * p >= f)
    sizes = {"n": n, "c": c, "k": k, "f": f, "s": s, "p": p}
    with MiniRacer() as context:
        for name in ("volume", "convolution", "backward"):
            context.eval(f"var {name} = {exports(DEMOS / f'engine/{name}.js')}")
        context.eval(f"var sizes = {json.dumps(sizes)}, settings = volume.settingsOf(sizes)")
        context.eval("var {image, weight, bias} = volume.numbers(sizes)")

        def tensor(text):
            return torch.tensor(json.loads(context.eval(f"JSON.stringify({text})"))).double()

        parts = [tensor(one).requires_grad_() for one in ("image", "weight", "bias")]
        output = F.conv2d(parts[0][None], *parts[1:], stride=s, padding=p)[0]
        assert tensor("convolution.convolve(image, weight, bias, settings)").equal(output)
        arriving = torch.randint(-4, 5, output.shape).double()
        expected = torch.autograd.grad(output, parts, arriving)
        context.eval(f"var arriving = {json.dumps(arriving.tolist())}")
        calls = (
            f"inputGradient(arriving, weight, [{n}, {n}], settings)",
            f"weightGradient(arriving, image, [{f}, {f}], settings)",
            "biasGradient(arriving)",
        )
        for call, theirs in zip(calls, expected, strict=True):
            assert tensor(f"backward.{call}").equal(theirs)


@given(size=st.tuples(st.integers(1, 5), st.integers(1, 5)), filters=st.integers(1, 3))
def test_steps_visit_every_output_once(engine, size, filters):
    order = list(itertools.product(range(filters), range(size[0]), range(size[1])))
    for step in (0, len(order) // 2, len(order) - 1):
        assert engine.placeOf(step, size) == list(order[step])
        assert engine.stepOf(order[step], size) == step
