"""LeNet: its sizes, its parameters, its variants."""

import pytest
import torch
from torch import nn

from d2lkit.models import LeNet, ModernLeNet


def sizes_after_each_layer(net, x):
    sizes = []
    for layer in net:
        x = layer(x)
        sizes.append(tuple(x.shape[1:]))
    return sizes


def test_sizes_layer_by_layer():
    sizes = sizes_after_each_layer(LeNet().net, torch.zeros(1, 1, 28, 28))
    assert sizes == [
        (6, 28, 28), (6, 28, 28), (6, 14, 14),
        (16, 10, 10), (16, 10, 10), (16, 5, 5),
        (400,), (120,), (120,), (84,), (84,), (10,),
    ]  # fmt: skip


@pytest.mark.parametrize("cls", [LeNet, ModernLeNet])
def test_parameters_are_those_of_the_formulas(cls):
    convolutions = 6 * (5 * 5 * 1 + 1) + 16 * (5 * 5 * 6 + 1)
    dense = 120 * (400 + 1) + 84 * (120 + 1) + 10 * (84 + 1)
    assert convolutions + dense == 61_706
    assert sum(p.numel() for p in cls().parameters()) == 61_706


@pytest.mark.parametrize(
    ("net", "activation", "pooling"),
    [
        (LeNet(), nn.Sigmoid, nn.AvgPool2d),
        (LeNet(activation="tanh"), nn.Tanh, nn.AvgPool2d),
        (LeNet(pooling="max"), nn.Sigmoid, nn.MaxPool2d),
        (ModernLeNet(), nn.ReLU, nn.MaxPool2d),
        (ModernLeNet(pooling="average"), nn.ReLU, nn.AvgPool2d),
    ],
)
def test_activation_and_pooling(net, activation, pooling):
    kinds = [type(layer) for layer in net.net]
    assert kinds.count(activation) == 4
    assert kinds.count(pooling) == 2


@pytest.mark.parametrize("size", [12, 13, 14, 15, 31, (12, 40)])
def test_the_dense_layers_fit_every_size(size):
    height, width = (size, size) if isinstance(size, int) else size
    assert LeNet(image_size=size)(torch.zeros(2, 1, height, width)).shape == (2, 10)


def test_one_pixel_less_than_the_smallest_leaves_nothing(monkeypatch):
    monkeypatch.setattr(LeNet, "smallest_size", 0)
    layers = LeNet().net[:6]
    assert layers(torch.zeros(1, 1, 12, 12)).shape == (1, 16, 1, 1)
    with pytest.raises(RuntimeError, match="too small"):
        layers(torch.zeros(1, 1, 11, 11))


def test_weights_start_as_the_rule_of_their_activation_says():
    """Xavier's uniform rule has variance 2 / (fan_in + fan_out), Kaiming's 2 / fan_in."""
    fan_in, fan_out = 400, 120
    xavier, kaiming = LeNet().net[7].weight, ModernLeNet().net[7].weight
    assert xavier.std().item() == pytest.approx((2 / (fan_in + fan_out)) ** 0.5, rel=0.03)
    assert kaiming.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.03)
    assert ModernLeNet().net[-1].weight.std().item() == pytest.approx(0.01, rel=0.15)
