"""VGG: layers, blocks and sizes against its paper."""

import pytest
import torch
from torch import nn

from d2lkit import models


@pytest.fixture(autouse=True)
def _at_full_size(without_numbers):
    """Shapes and parameter counts need no numbers."""
    with without_numbers():
        yield


@pytest.mark.parametrize("layers", [11, 13, 16, 19])
def test_vgg_has_as_many_layers_with_weights_as_its_name_says(layers, sizes_after):
    net = models.create(f"vgg{layers}")
    weighted = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(weighted) == layers
    assert {m.kernel_size for m in net.modules() if isinstance(m, nn.Conv2d)} == {(3, 3)}
    pooled = sizes_after(net, nn.MaxPool2d, torch.zeros(1, 3, 224, 224))
    assert pooled == [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]
    normalised = models.create(f"vgg{layers}_bn")
    kinds = [type(layer) for layer in normalised.features if not isinstance(layer, nn.MaxPool2d)]
    assert kinds == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * (layers - 3)


def test_vgg_is_built_for_its_image_size_and_takes_others():
    small = models.vgg11(width=0.125, num_classes=10, image_size=(64, 32))
    assert small.pool[0].output_size == (2, 1)
    assert small.head[0].in_features == 64 * 2 * 1
    assert small(torch.zeros(1, 3, 96, 96)).shape == (1, 10)
