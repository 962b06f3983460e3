"""What the export says of a network, and what it refuses."""

import json

import pytest
import torch
from torch import nn

from d2lkit import demos, models


def test_it_is_plain_data_and_the_network_stays_as_it_is():
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Sequential(nn.ReLU(), nn.Flatten())
    )
    before = {name: value.clone() for name, value in net.state_dict().items()}
    described = demos.export(net, [1, 5, 6])
    assert json.loads(json.dumps(described)) == described
    assert described["input"] == [1, 5, 6]
    assert [(one["kind"], one["name"], one["size"]) for one in described["layers"]] == [
        ("Conv2d", "0", [2, 3, 4]),
        ("BatchNorm2d", "1", [2, 3, 4]),
        ("ReLU", "2.0", [2, 3, 4]),
        ("Flatten", "2.1", [24]),
    ]
    assert net.training
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])


class Doubled(nn.Sequential):
    def forward(self, x):
        return 2 * super().forward(x)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([nn.ReLU(), nn.GELU()], r"layer '1' is GELU\(.*cannot be shown; these can: Conv2d, ReLU"),
        ([nn.Sequential(nn.ReLU(), nn.Softmax(1))], r"layer '0.1' is Softmax"),
        ([Doubled(nn.ReLU())], r"layer '0' is Doubled"),
        ([nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect")], "only padding with zeros"),
        ([nn.MaxPool2d(2, return_indices=True)], "return_indices gives two outputs"),
        ([nn.AdaptiveMaxPool2d(2, return_indices=True)], "return_indices gives two outputs"),
        ([nn.BatchNorm2d(1, track_running_stats=False)], "without running statistics"),
        ([nn.Flatten(0)], "only a Flatten of all axes"),
        ([nn.Linear(8, 8)], r"layer '0' is Linear.*must read 1 axes, got \(1, 8, 8\)"),
        ([nn.Flatten(), nn.Conv2d(1, 1, 3)], r"layer '1' is Conv2d.*must read 3 axes, got \(64,\)"),
        ([nn.Conv2d(3, 1, 3)], r"layer '0' cannot read an input of shape \(1, 8, 8\)"),
        ([nn.Flatten(), nn.Linear(64, 20_000)], "1,000,000 parameters, got 1,300,000"),
    ],
)
def test_what_cannot_be_shown(layers, message):
    with pytest.raises(ValueError, match=message):
        demos.export(nn.Sequential(*layers), (1, 8, 8))


def test_only_a_chain_of_layers():
    with pytest.raises(TypeError, match=r"nn.Sequential, got LeNet; its attribute 'net' is one"):
        demos.export(models.LeNet(), (1, 28, 28))
    with pytest.raises(TypeError, match=r"nn.Sequential, got Linear$"):
        demos.export(nn.Linear(2, 2), (1, 28, 28))
    with pytest.raises(TypeError, match=r"nn.Sequential, got Doubled$"):
        demos.export(Doubled(nn.ReLU()), (1, 28, 28))
    assert len(demos.export(models.LeNet().net, (1, 28, 28))["layers"]) == len(models.LeNet().net)


@pytest.mark.parametrize("shape", [(8, 8), (1, 1, 8, 8), "188", (1, 8, 0), 8])
def test_a_picture_has_three_axes(shape):
    with pytest.raises(ValueError, match="input_shape"):
        demos.export(nn.Sequential(nn.ReLU()), shape)
