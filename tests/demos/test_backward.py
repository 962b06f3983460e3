"""The way back against torch: gradients of image, weights and bias."""

import torch
from drawn import layers
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

MODULE = "engine/backward.js"


@given(layer=layers())
def test_gradients_equal_torch(engine, layer):
    parts = (layer.image, layer.weight, layer.bias)
    for part in parts:
        part.requires_grad_()
    output = layer.by_torch()
    arriving = torch.randint(-4, 5, output.shape).double()
    expected = torch.autograd.grad(output, parts, arriving)
    g, settings = arriving.tolist(), layer.settings()
    image, weight = layer.image.tolist(), layer.weight.tolist()
    size, kernel = list(layer.image.shape[1:]), list(layer.weight.shape[2:])
    ours = (
        engine.inputGradient(g, weight, size, settings),
        engine.weightGradient(g, image, kernel, settings),
        engine.biasGradient(g),
    )
    for mine, theirs in zip(ours, expected, strict=True):
        assert torch.tensor(mine).double().equal(theirs)


@given(
    size=st.tuples(st.integers(3, 6), st.integers(3, 6)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    place=st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
def test_gathering_and_readers_equal_torch(engine, size, kernel, stride, place):
    pixels = torch.zeros(1, 1, *size, requires_grad=True)
    weight = torch.randint(-4, 5, kernel).float()
    output = F.conv2d(pixels, weight[None, None], stride=stride)[0, 0]
    arriving = torch.randint(-4, 5, output.shape).float()
    output.backward(arriving)
    expected = pixels.grad[0, 0][place]
    g, w = arriving.tolist(), weight.tolist()
    terms = engine.gathered(g, w, size, stride, *place)
    assert len(terms) == weight.numel()
    assert sum(term["product"] for term in terms) == expected
    i, j = (one - 1 for one in output.shape)
    alone = torch.zeros_like(arriving)
    alone[i, j] = arriving[i, j]
    (scattered,) = torch.autograd.grad(
        F.conv2d(pixels, weight[None, None], stride=stride)[0, 0], pixels, alone
    )
    handed = torch.zeros(size)
    for one in engine.handed(g, w, stride, i, j):
        assert one["weight"] == weight[one["a"], one["b"]]
        handed[one["row"], one["column"]] += one["product"]
    assert handed.equal(scattered[0, 0])
    found = engine.readers(w, list(output.shape), stride, *place)
    assert sum(r["weight"] * arriving[r["i"], r["j"]] for r in found) == expected
    for reader in found:
        assert reader["weight"] == weight[reader["a"], reader["b"]]
        assert reader["i"] * stride[0] + reader["a"] == place[0]
