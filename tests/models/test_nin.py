"""Network in Network: its configuration and its plan."""

import pytest
import torch
from torch import nn

from d2lkit import models


def parameters(net):
    return sum(p.numel() for p in net.parameters())


@pytest.fixture(autouse=True)
def _at_full_size(without_numbers):
    """Shapes and parameter counts need no numbers."""
    with without_numbers():
        yield


def test_nin_has_no_dense_layer_and_the_parameters_of_its_configuration(sizes_after):
    net = models.nin()
    assert not [m for m in net.modules() if isinstance(m, nn.Linear)]
    channels = [
        (m.out_channels, m.kernel_size[0]) for m in net.modules() if isinstance(m, nn.Conv2d)
    ]
    assert channels == [
        (192, 5), (160, 1), (96, 1), (192, 5), (192, 1), (192, 1), (192, 3), (192, 1), (10, 1),
    ]  # fmt: skip
    pooled = sizes_after(net, nn.MaxPool2d, torch.zeros(1, 3, 32, 32))
    assert pooled == [(96, 16, 16), (192, 8, 8)]


def test_nin_on_the_plan_of_alexnet_needs_an_eighth_of_its_parameters(sizes_after):
    x = torch.zeros(1, 3, 224, 224)
    net, alexnet = models.nin_alexnet(), models.alexnet_single()
    assert sizes_after(net, nn.MaxPool2d, x) == [(96, 27, 27), (256, 13, 13), (384, 6, 6)]
    assert parameters(net) < parameters(alexnet) / 8
