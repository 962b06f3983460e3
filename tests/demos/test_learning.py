"""Training in JavaScript against torch: losses, weights and momentum over fifty steps."""

import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

MODULE = "engine/learning/net.js"
STEPS = 50
FOLLOW = """((layers, input, start, pictures, labels, settings) => {
  const net = new module.Net(layers, input);
  net.parameters.forEach((one, i) => one.values.set(start[i]));
  const losses = pictures.map((batch, i) =>
    net.learn(Float64Array.from(batch), labels[i], settings).loss);
  return JSON.stringify({ losses, sizes: net.layers.map((layer) => layer.size),
    weights: net.parameters.map(({ values }) => [...values]) });
})"""
ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}
POOLS = {"max": nn.MaxPool2d, "avg": nn.AvgPool2d}


@st.composite
def networks(draw):
    """Layers for both, an input, and settings of the descent."""
    shape = [draw(st.integers(1, 3)), draw(st.integers(5, 9)), draw(st.integers(5, 9))]
    layers, modules, channels = [], [], shape[0]
    size = torch.zeros(1, *shape).double()

    def add(module, **settings):
        nonlocal size
        layers.append(settings)
        modules.append(module.double())
        size = module(size)

    for _ in range(draw(st.integers(1, 2))):
        filters, padding = draw(st.integers(1, 6)), draw(st.integers(0, 2))
        stride = draw(st.integers(1, 2))
        kernel = draw(st.integers(1, min(3, *(n + 2 * padding for n in size.shape[2:]))))
        module = nn.Conv2d(channels, filters, kernel, stride, padding)
        add(module, kind="conv", filters=filters, kernel=kernel, stride=stride, padding=padding)
        channels, kind = filters, draw(st.sampled_from(sorted(ACTIVATIONS)))
        add(ACTIVATIONS[kind](), kind=kind)
        if draw(st.booleans()) and min(size.shape[2:]) >= 2:
            kind, stride = draw(st.sampled_from(sorted(POOLS))), draw(st.integers(1, 2))
            add(POOLS[kind](2, stride), kind=kind, kernel=2, stride=stride)
    add(nn.Flatten(), kind="flatten")
    if draw(st.booleans()):
        units = draw(st.integers(1, 9))
        add(nn.Linear(size.shape[1], units), kind="linear", units=units)
        add(nn.Tanh(), kind="tanh")
    add(nn.Linear(size.shape[1], 4), kind="linear", units=4)
    descent = {
        "rate": draw(st.sampled_from([0.01, 0.05])),
        "momentum": draw(st.sampled_from([0, 0.5, 0.9])),
        "decay": draw(st.sampled_from([0, 0.001, 0.1])),
    }
    return layers, nn.Sequential(*modules), shape, draw(st.integers(1, 6)), descent


@settings(max_examples=20)
@given(drawn=networks(), seed=st.integers(0, 1000))
def test_fifty_steps_equal_torch(engine, drawn, seed):
    layers, net, shape, batch, descent = drawn
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator).double() * 0.3)
    pictures = torch.randn(STEPS, batch, *shape, generator=generator).double()
    labels = torch.randint(4, (STEPS, batch), generator=generator)
    start = [one.flatten().tolist() for one in net.parameters()]
    given_ = (layers, shape, start, pictures.flatten(1).tolist(), labels.tolist(), descent)
    call = f"{FOLLOW}({', '.join(map(json.dumps, given_))})"
    ours = json.loads(engine.context.eval(call))

    descends = torch.optim.SGD(
        net.parameters(), descent["rate"], descent["momentum"], weight_decay=descent["decay"]
    )
    losses = []
    for images, truth in zip(pictures, labels, strict=True):
        descends.zero_grad()
        loss = nn.functional.cross_entropy(net(images), truth)
        loss.backward()
        descends.step()
        losses.append(loss.item())
    torch.testing.assert_close(ours["losses"], losses, rtol=0, atol=1e-5)
    for mine, theirs in zip(ours["weights"], net.parameters(), strict=True):
        expected = theirs.detach().flatten().tolist()
        torch.testing.assert_close(mine, expected, rtol=0, atol=1e-5)
    assert len(ours["sizes"]) == len(net)
    for i, size in enumerate(ours["sizes"]):
        assert size == list(net[: i + 1](pictures[0]).shape[1:])


@pytest.mark.parametrize("size", [(4, 2, 3), (5, 3, 7), (1, 1, 1), (9, 8, 2)])
def test_products_of_matrices_lying_and_turned(size):
    from demo_scripts import DEMOS, exports
    from py_mini_racer import MiniRacer

    rows, columns, depth = size
    a = torch.randint(-5, 6, (rows, depth)).double()
    b = torch.randint(-5, 6, (depth, columns)).double()
    with MiniRacer() as context:
        context.eval(f"var module = {exports(DEMOS / 'engine/learning/product.js')}")
        for left, form in ((a, f"lying(a, {depth})"), (a.T, f"standing(a, {rows})")):
            for right, other in ((b, f"lying(b, {columns})"), (b.T, f"standing(b, {depth})")):
                found = context.eval(
                    f"(() => {{ const {{ addProduct, lying, standing }} = module;"
                    f"const a = {left.flatten().tolist()}, b = {right.flatten().tolist()};"
                    f"const c = new Float64Array({rows * columns}).fill(1);"
                    f"addProduct({list(size)}, {form}, {other}, c);"
                    "return JSON.stringify([...c]); })()"
                )
                assert torch.tensor(json.loads(found)).double().reshape(size[:2]).equal(a @ b + 1)
