import pytest
import torch
from torch import nn

from d2lkit import models


def kinds(net):
    short = {"Conv2d": "CONV", "ReLU": "RELU", "MaxPool2d": "POOL", "Linear": "FC", "Flatten": ""}
    return " ".join(filter(None, (short[type(layer).__name__] for layer in net)))


@pytest.mark.parametrize(
    ("counts", "settings", "layers"),
    [
        ((0, 0, 0), {}, "FC"),
        ((1, 1, 0), {"pool": False}, "CONV RELU FC"),
        ((1, 2, 1), {}, "CONV RELU POOL CONV RELU POOL FC RELU FC"),
        (
            (2, 3, 2),
            {},
            "CONV RELU CONV RELU POOL " * 3 + "FC RELU FC RELU FC",
        ),
        ((0, 2, 1), {}, "POOL POOL FC RELU FC"),
    ],
)
def test_the_layers_of_a_pattern(counts, settings, layers):
    net = models.pattern_net(*counts, **settings)
    assert kinds(net) == layers
    assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_it_equals_the_same_layers_written_out():
    written = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 3 * 5, 6),
        nn.ReLU(),
        nn.Linear(6, 7),
    )
    net = models.pattern_net(
        1, 2, 1, in_channels=1, num_classes=7, image_size=(13, 20), channels=4, hidden=6
    )
    written.load_state_dict(net.state_dict())
    images = torch.randn(2, 1, 13, 20)
    torch.testing.assert_close(net(images), written(images))


def test_width_scales_channels_and_hidden_units():
    net = models.pattern_net(1, 2, 1, width=0.5)
    assert [p.shape[0] for p in net.parameters() if p.ndim > 1] == [8, 16, 32, 10]


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((-1, 1, 1), {}, ValueError, "convolutions must be at least 0, got -1"),
        ((1, 1.5, 1), {}, TypeError, "stages must be an int, got 1.5"),
        ((1, 1, -2), {}, ValueError, "hidden_layers must be at least 0, got -2"),
        ((1, 1, 1), {"pool": 1}, TypeError, "pool must be a bool, got 1"),
        ((1, 6, 1), {}, ValueError, "at least 64×64 pixels, got image_size 32×32"),
        ((1, 1, 1), {"channels": 0}, ValueError, "channels must be at least 1, got 0"),
        ((1, 1, 1), {"hidden": 0}, ValueError, "hidden must be at least 1, got 0"),
    ],
)
def test_wrong_arguments(arguments, settings, error, message):
    with pytest.raises(error, match=message):
        models.pattern_net(*arguments, **settings)
