"""The convolution of the demos against torch's."""

import torch
from drawn import layers
from hypothesis import given
from torch.nn import functional as F

MODULE = "engine/convolution.js"


@given(layer=layers())
def test_maps_equal_torch(engine, layer):
    ours = engine.convolve(
        layer.image.tolist(), layer.weight.tolist(), layer.bias.tolist(), layer.settings()
    )
    assert torch.tensor(ours).double().equal(layer.by_torch())
    size, kernel = layer.image.shape[1:], layer.weight.shape[2:]
    assert engine.outputSize(size, kernel, layer.settings()) == list(layer.by_torch().shape[1:])


@given(layer=layers())
def test_products_make_the_last_output(engine, layer):
    i, j = (n - 1 for n in layer.by_torch().shape[1:])
    image, weight = layer.image, layer.weight[0]
    terms = engine.products(image.tolist(), weight.tolist(), i, j, layer.settings())
    assert len(terms) == weight.numel()
    assert sum(t["product"] for t in terms) + layer.bias[0] == layer.by_torch()[0, i, j]
    for t in terms:
        assert t["weight"] == weight[t["channel"], t["a"], t["b"]]
        inside = 0 <= t["row"] < image.shape[1] and 0 <= t["column"] < image.shape[2]
        pixel = image[t["channel"], t["row"], t["column"]] if inside else 0
        assert t["pixel"] == pixel
        assert t["product"] == t["pixel"] * t["weight"]


def test_the_example_of_the_chapter_and_its_turn(engine):
    image = torch.tensor([[1.0, 0, 3], [1, 1, 4], [2, 2, 4]])
    kernel = torch.tensor([[0.0, 2], [1, -1]])
    turned = engine.turned(kernel.tolist())
    assert torch.tensor(turned).equal(kernel.flip(0, 1))
    assert engine.convolve([image.tolist()], [[kernel.tolist()]], [0]) == [[[0, 3], [2, 6]]]
    theirs = F.conv2d(image[None, None], kernel.flip(0, 1)[None, None])[0]
    assert engine.convolve([image.tolist()], [[turned]], [0]) == theirs.tolist()


def test_a_kernel_that_does_not_fit_has_no_place(engine):
    plain = {"stride": [1, 1], "dilation": [1, 1], "padding": [[0, 0], [0, 0]]}
    assert engine.outputSize([2, 4], [3, 3], plain) == [0, 2]
