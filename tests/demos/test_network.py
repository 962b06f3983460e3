"""The explorer's network, in V8: every layer and every sum is torch's."""

import copy
import json
import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from d2lkit.demos import export

MODULE = "engine/network.js"
# Torch says so once, of kernels with an even number of rows.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
SIZES = st.integers(1, 3)


def some(draw, *choices):
    return draw(st.sampled_from(choices))


def window(draw, size, padded=True, dilated=True):
    """Arguments of a window that fits into maps of a size."""
    kernel = [draw(SIZES), draw(SIZES)]
    dilation = [draw(st.integers(1, 2)) if dilated else 1 for _ in kernel]
    padding = [draw(st.integers(0, 1 if padded is True else k // 2)) for k in kernel]
    for n, k, d, p in zip(size, kernel, dilation, padding, strict=True):
        assume(n + 2 * p >= d * (k - 1) + 1)
    options = {"kernel_size": kernel, "stride": [draw(SIZES), draw(SIZES)], "padding": padding}
    return options | ({"dilation": dilation} if dilated else {})


def convolution(draw, maps):
    groups = some(draw, *(g for g in (1, 2, 3) if maps.shape[1] % g == 0))
    filters = groups * draw(st.integers(1, 2))
    options = window(draw, maps.shape[2:])
    if draw(st.booleans()):
        options |= {"padding": "same", "stride": 1}
    return nn.Conv2d(maps.shape[1], filters, groups=groups, bias=draw(st.booleans()), **options)


def maximum(draw, maps):
    options = window(draw, maps.shape[2:], padded="half")
    return nn.MaxPool2d(ceil_mode=draw(st.booleans()), **options)


def average(draw, maps):
    options = window(draw, maps.shape[2:], padded="half", dilated=False)
    return nn.AvgPool2d(
        **options,
        ceil_mode=draw(st.booleans()),
        count_include_pad=draw(st.booleans()),
        divisor_override=some(draw, None, 5),
    )


def adaptive(draw, maps):
    kind = some(draw, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
    return kind((some(draw, None, 1, 3), draw(SIZES)))


def normalisation(draw, maps):
    layer = nn.BatchNorm2d(maps.shape[1], affine=draw(st.booleans()))
    nn.init.normal_(layer.running_mean)
    nn.init.uniform_(layer.running_var, 0.5, 2)
    for parameter in layer.parameters():
        nn.init.normal_(parameter)
    return layer


def function(draw, maps):
    return some(draw, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Dropout, nn.Dropout2d, nn.Identity)()


SPATIAL = [convolution, maximum, average, adaptive, normalisation, function]


@st.composite
def networks(draw):
    """A network in training mode, and a picture for it."""
    torch.manual_seed(draw(st.integers(0, 10_000)))
    picture = torch.randn(1, draw(SIZES), draw(st.integers(3, 9)), draw(st.integers(3, 9)))
    layers, maps = [], picture
    for build in draw(st.lists(st.sampled_from(SPATIAL), min_size=1, max_size=4)):
        layers.append(build(draw, maps))
        maps = copy.deepcopy(layers[-1]).eval()(maps)
    if draw(st.booleans()):
        count = math.prod(maps.shape[1:])
        layers += [nn.Flatten(), nn.Linear(count, 5, bias=draw(st.booleans())), nn.Tanh()]
        layers = [*layers[:-1], nn.Sequential(layers[-1], nn.Linear(5, 3))]
    return nn.Sequential(*layers), picture


def chain(net):
    for layer in net:
        yield from chain(layer) if isinstance(layer, nn.Sequential) else [layer]


def levels(net, picture):
    """What torch gives behind each layer, in double precision."""
    found = [picture.double()]
    for layer in chain(copy.deepcopy(net).double().eval()):
        found.append(layer(found[-1]))
    return [maps[0].detach() for maps in found]


def given_to(engine, net, picture):
    """Let the engine load the network and run the picture."""
    described = json.dumps(export(net, picture.shape[1:]))
    engine.context.eval(
        f"var net = module.load({described}), "
        f"levels = module.run(net, {picture.flatten().tolist()})"
    )


def ask(engine, script):
    return json.loads(engine.context.eval(f"JSON.stringify({script})"))


@given(case=networks())
def test_every_layer_is_torchs(engine, case):
    net, picture = case
    given_to(engine, net, picture)
    ours = ask(engine, "levels.map(({shape, values}) => ({shape, values: [...values]}))")
    assert len(ours) == len([*chain(net)]) + 1 > 1
    for level, theirs in zip(ours, levels(net, picture), strict=True):
        assert level["shape"] == list(theirs.shape)
        values = torch.tensor(level["values"], dtype=torch.float64).reshape(theirs.shape)
        torch.testing.assert_close(values, theirs, rtol=1e-5, atol=1e-5)


@given(case=networks(), seed=st.integers(0, 1000))
def test_a_unit_is_made_of_what_it_read(engine, case, seed):
    net, picture = case
    given_to(engine, net, picture)
    theirs = levels(net, picture)
    assert len(theirs) == len([*chain(net)]) + 1 > 1
    for level, (layer, before, after) in enumerate(
        zip(chain(net), theirs[:-1], theirs[1:], strict=True), start=1
    ):
        unit = seed % after.numel()
        found = ask(engine, f"module.why(net, levels, {level}, {unit})")
        value, terms, bias = after.flatten()[unit].item(), found["terms"], found["bias"]
        assert found["kind"] == type(layer).__name__
        assert found["value"] == pytest.approx(value, abs=1e-5)
        for term in terms:
            read = before.flatten()[term["index"]].item() if term["index"] >= 0 else 0
            assert term["value"] == pytest.approx(read, abs=1e-5)
            assert term["product"] == pytest.approx(term["value"] * term["weight"])
            if term["index"] >= 0 and before.ndim == 3:
                assert term["channel"] == term["index"] // before[0].numel()
        if found["how"] == "sum":
            assert sum(t["product"] for t in terms) + bias == pytest.approx(value, abs=1e-5)
        elif found["how"] == "max":
            assert max(t["value"] for t in terms) == pytest.approx(value, abs=1e-5)
        else:
            assert [t["index"] for t in terms] == [unit]


@given(case=networks(), seed=st.integers(0, 1000))
def test_no_pixel_outside_its_field_moves_a_unit(engine, case, seed):
    """The field is the box around all pixels that torch's gradient of a like network reaches."""
    net, picture = case
    net = copy.deepcopy(net).eval().double()
    for layer in chain(net):
        for name, parameter in layer.named_parameters():
            if name == "weight":
                parameter.data.abs_().add_(0.1)  # nothing cancels
    given_to(engine, net, picture)
    smooth = nn.Sequential(*[as_average(layer) for layer in chain(net)])
    reached = picture.double().abs().requires_grad_()
    output = smooth(reached).flatten()
    unit = seed % output.numel()
    output[unit].backward()
    lit = reached.grad[0].abs().sum(0).nonzero()
    assume(len(lit))
    expected = [*lit.min(0).values.tolist(), *lit.max(0).values.tolist()]
    assert ask(engine, f"module.field(net, levels, levels.length - 1, {unit})") == expected


def as_average(layer):
    """A layer that reads the same values and passes something of each of them on."""
    if isinstance(layer, nn.MaxPool2d):
        return Shares(layer)
    if isinstance(layer, nn.AdaptiveMaxPool2d):
        return nn.AdaptiveAvgPool2d(layer.output_size)
    if isinstance(layer, (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.BatchNorm2d)):
        return nn.Identity()
    return layer


class Shares(nn.Module):
    """The sum over each window of a max pooling."""

    def __init__(self, pool):
        super().__init__()
        self.pool = pool

    def forward(self, maps):
        height, width = self.pool(maps).shape[2:]
        (k, m), (s, t), (p, q), (d, e) = (
            (v, v) if isinstance(v, int) else v
            for v in (self.pool.kernel_size, self.pool.stride, self.pool.padding,
                      self.pool.dilation)
        )  # fmt: skip
        wide = nn.functional.pad(maps, (q, 40, p, 40))
        return sum(
            wide[..., a * d :: s, b * e :: t][..., :height, :width]
            for a in range(k)
            for b in range(m)
        )


def test_texts_are_the_bytes_that_python_wrote(engine):
    import base64

    for length in range(9):
        data = bytes((97 * i + 200) % 256 for i in range(length))
        text = base64.b64encode(data).decode("ascii")
        found = ask(engine, f"[...module.bytes({text!r})]")
        assert found == list(data)


def test_softmax_is_torchs(engine):
    scores = torch.tensor([1000.0, 998.5, -3.0], dtype=torch.float64)
    assert engine.softmax(scores.tolist()) == pytest.approx(scores.softmax(0).tolist())
