"""What the export says of a network, and what it refuses."""

import base64
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


def test_settings_are_those_of_the_layer():
    """Down and across differ, so that no pair can be turned."""
    settings = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)}
    window = {"kernel": [2, 4]} | {name: list(pair) for name, pair in settings.items()}
    same = nn.Conv2d(2, 2, (3, 5), padding="same", dilation=(2, 1))
    net = nn.Sequential(
        nn.Conv2d(4, 2, (2, 4), groups=2, bias=False, **settings),
        nn.MaxPool2d((2, 4), **settings),
        nn.AvgPool2d((2, 4), (2, 1), (1, 2), count_include_pad=False, divisor_override=3),
        nn.AvgPool2d((2, 1)),
        same,
    )
    layers = demos.export(net, (4, 40, 30))["layers"]
    assert window.items() <= layers[0].items()
    assert (layers[0]["groups"], layers[0]["bias"]) == (2, None)
    assert window.items() <= layers[1].items()
    assert (window | {"dilation": [1, 1], "frame": False, "divisor": 3}).items() <= (
        layers[2].items()
    )
    assert {"stride": [2, 1], "frame": True, "divisor": None}.items() <= layers[3].items()
    assert layers[4]["padding"] == [2, 2]


def test_a_normalisation_is_a_factor_and_a_summand():
    for affine in (True, False):
        layer = nn.BatchNorm2d(2, eps=0.25, affine=affine)
        layer.running_mean = torch.tensor([1.0, -2.0])
        layer.running_var = torch.tensor([0.75, 3.75])
        if affine:
            layer.load_state_dict({"weight": torch.tensor([3.0, -1.0]),
                                   "bias": torch.tensor([0.5, 4.0])}, strict=False)  # fmt: skip
        (described,) = demos.export(nn.Sequential(layer), (2, 1, 1))["layers"]
        scale, shift = (
            torch.frombuffer(
                bytearray(base64.b64decode(described[name]["data"])), dtype=torch.float32
            )
            for name in ("scale", "shift")
        )
        ones = torch.ones(1, 2, 1, 1)
        assert torch.allclose(scale + shift, layer.eval()(ones).flatten())
        assert torch.allclose(shift, layer(0 * ones).flatten())


def test_a_million_parameters_are_not_too_many():
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 15_625, bias=False))
    assert demos.export(net, (1, 8, 8))["layers"][1]["size"] == [15_625]


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
