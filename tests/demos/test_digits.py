"""A digit moved, turned and shuffled; the weights of "Move the digit" and what is said of them."""

import base64
import json
import math

import pytest
import torch
from demo_scripts import DEMOS, exports
from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer
from torch.nn import functional as F

MODULE = "engine/digits.js"


@pytest.fixture(scope="module")
def names(script):
    return script.chapter()


def ask(engine, text):
    return json.loads(engine.context.eval(f"JSON.stringify([...{text}])"))


@given(
    seed=st.integers(0, 1000),
    at=st.tuples(st.integers(-4, 4), st.integers(-4, 4)),
    degrees=st.integers(-180, 180),
)
def test_a_turn_is_torchs(engine, seed, at, degrees):
    side = 9
    picture = torch.rand(side, side, generator=torch.Generator().manual_seed(seed)).double()
    angle = math.radians(degrees)
    turn = torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    shift = -2 / side * turn @ torch.tensor([float(at[1]), float(at[0])])
    matrix = torch.cat([turn, shift[:, None]], dim=1)[None].double()
    grid = F.affine_grid(matrix, (1, 1, side, side), align_corners=False)
    expected = F.grid_sample(picture[None, None], grid, align_corners=False)[0, 0]
    ours = ask(engine, f"module.moved({picture.flatten().tolist()}, {side}, {list(at)}, {degrees})")
    torch.testing.assert_close(
        torch.tensor(ours).double().view(side, side), expected, atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("at", [(0, 0), (-4, 3), (2, -1)])
def test_a_digit_is_placed_as_in_the_chapter(engine, names, at):
    digit = (
        names["test_images"][:1] if "test_images" in names else names["small"].images("test")[:1]
    )
    pixels = (digit[0, 0] / 255).flatten().tolist()
    ours = ask(engine, f"module.moved(module.centred({pixels}, 8, 16), 16, {list(at)}, 0)")
    theirs = names["place"](digit, *at)[0, 0] / 255
    torch.testing.assert_close(torch.tensor(ours).view(16, 16), theirs)


def test_weights_come_from_the_script_and_the_chapter_as_they_are(script, stored):
    assert stored["fingerprint"] == script.fingerprint(), "run demos/weights/digits.py again"
    assert base64.b64decode(stored["order"]) == bytes(script.order().tolist())


def opened(described):
    """The weights of a description, layer by layer."""
    for layer in described["layers"]:
        for name in ("weight", "bias"):
            if layer.get(name):
                part = layer[name]
                steps = torch.frombuffer(
                    bytearray(base64.b64decode(part["data"])), dtype=torch.int8
                )
                yield layer["name"], name, (steps * part["step"]).view(part["shape"])


def network_of(script, names, stored, name):
    net = script.kinds(names)[name.removesuffix("-shuffled")]().eval()
    state = {f"{layer}.{part}": values for layer, part, values in opened(stored["networks"][name])}
    net.load_state_dict(state)
    return net


@pytest.mark.parametrize("name", ["mlp", "cnn", "pooled", "cnn-shuffled", "pooled-shuffled"])
def test_they_read_as_many_as_is_said(script, names, stored, name):
    net = network_of(script, names, stored, name)
    change = script.shuffle if name.endswith("shuffled") else lambda images: images
    said = list(map(int, stored["read"][name].split()))
    found = script.read(names, net, change)
    assert len(said) == 81
    # A score may fall on the other side of another by rounding.
    assert max(abs(one - other) for one, other in zip(said, found, strict=True)) <= 1
    if name == "mlp":
        assert stored["read"]["mlp-shuffled"] == stored["read"]["mlp"]
        assert script.read(names, script.twin(net), script.shuffle) == found


def test_a_training_can_be_repeated(script, names, stored):
    net = script.rounded(script.trained(names, "pooled"))
    found = torch.tensor(script.read(names, net))
    said = torch.tensor(list(map(int, stored["read"]["pooled"].split())))
    assert (found - said).abs().double().mean() < 0.05 * stored["tested"]


@pytest.mark.parametrize("name", ["mlp", "mlp-shuffled", "cnn", "cnn-shuffled", "pooled"])
def test_the_page_computes_what_torch_computes(engine, script, names, stored, name):
    kind = name.removesuffix("-shuffled")
    weights = "mlp" if kind == "mlp" else name
    net = network_of(script, names, stored, weights)
    images = names["small"].images("test")[:3]
    pixels = (names["place"](images, 1, -2) / 255 - stored["mean"]) / stored["std"]
    if name.endswith("shuffled"):
        pixels = script.shuffle(pixels)
    net = script.twin(net) if name == "mlp-shuffled" else net
    with MiniRacer() as context, torch.no_grad():
        context.eval(f"var network = {exports(DEMOS / 'engine/network.js')}")
        context.eval(f"var digits = {exports(DEMOS / 'engine/digits.js')}")
        context.eval(f"var stored = {exports(DEMOS / 'weights/digits.js')}.STORED")
        context.eval(f"var net = network.load(stored.networks['{weights}'])")
        if name == "mlp-shuffled":
            context.eval("net = digits.twin(net, network.bytes(stored.order))")
        assert len(pixels) == 3
        for picture, scores in zip(pixels, net(pixels), strict=True):
            text = f"network.run(net, {picture.flatten().tolist()}).at(-1).values"
            ours = torch.tensor(json.loads(context.eval(f"JSON.stringify([...{text}])")))
            torch.testing.assert_close(ours, scores, atol=1e-3, rtol=1e-3)


def test_shuffling_moves_each_pixel_to_its_place(engine, script):
    picture = torch.arange(256.0)
    ours = ask(engine, f"module.shuffled({picture.tolist()}, {script.order().tolist()})")
    assert ours == script.shuffle(picture.view(1, 1, 16, 16)).flatten().tolist()


def test_neighbours_are_of_use_to_the_pooled_network(stored):
    """As the chapter says of digits in the middle, and of digits two pixels away."""
    middle, right = 40, 42
    read = {name: list(map(int, text.split())) for name, text in stored["read"].items()}
    assert read["pooled-shuffled"][middle] < read["pooled"][middle] - 15
    assert read["pooled"][right] > 0.9 * stored["tested"]
    assert max(read["mlp"][right], read["cnn"][right]) < 0.3 * stored["tested"]
