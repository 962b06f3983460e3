"""AlexNet: sizes, groups and parameters against its paper."""

import pytest
import torch
from torch import nn

from d2lkit import models
from d2lkit.models.alexnet import response_norm


def parameters(net):
    return sum(p.numel() for p in net.parameters())


@pytest.fixture(autouse=True)
def _at_full_size(without_numbers):
    """Shapes and parameter counts need no numbers."""
    with without_numbers():
        yield


def test_alexnet_has_the_sizes_of_the_paper(sizes_after):
    net = models.alexnet()
    sizes = sizes_after(net, (nn.Conv2d, nn.MaxPool2d), torch.zeros(1, 3, 224, 224))
    assert sizes == [
        (96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13),
        (384, 13, 13), (384, 13, 13), (256, 13, 13), (256, 6, 6),
    ]  # fmt: skip
    # The paper counts 186,624 – 64,896 – 64,896 – 43,264 neurons in convolutions 2 to 5.
    neurons = [c * h * w for c, h, w in sizes]
    assert neurons[2:3] + neurons[4:7] == [186_624, 64_896, 64_896, 43_264]


def test_alexnet_has_the_parameters_of_two_gpus():
    paper, single = models.alexnet(), models.alexnet_single()
    groups = [m.groups for m in paper.modules() if isinstance(m, nn.Conv2d)]
    assert groups == [1, 2, 1, 2, 2]
    # Kernels of the paper, section 3.5: 11×11×3, 5×5×48, 3×3×256, 3×3×192, 3×3×192.
    kernels = [tuple(m.weight.shape[1:]) for m in paper.modules() if isinstance(m, nn.Conv2d)]
    assert kernels == [(3, 11, 11), (48, 5, 5), (256, 3, 3), (192, 3, 3), (192, 3, 3)]
    convolutions = sum(
        n * (c * h * w + 1) for n, (c, h, w) in zip((96, 256, 384, 384, 256), kernels, strict=True)
    )
    dense = 4096 * (9216 + 1) + 4096 * (4096 + 1) + 1000 * (4096 + 1)
    assert convolutions + dense == 60_965_224 == parameters(paper)
    halves = 256 * 48 * 25 + 384 * 192 * 9 + 256 * 192 * 9
    assert parameters(single) - parameters(paper) == halves


def test_alexnet_normalises_as_the_paper_writes():
    """b = a / (k + alpha · sum of a² over 5 neighbours)^beta, with the sum and not the mean."""
    with torch.device("cpu"):
        a = torch.rand(1, 8, 1, 1) * 100
        squares = torch.nn.functional.pad(a.flatten() ** 2, (2, 2)).unfold(0, 5, 1).sum(1)
        expected = a.flatten() / (2 + 1e-4 * squares) ** 0.75
        torch.testing.assert_close(response_norm()(a).flatten(), expected)


def test_where_alexnet_drops_units():
    order = [type(layer).__name__ for layer in models.alexnet(width=1 / 32).head]
    assert order == ["Linear", "ReLU", "Dropout"] * 2 + ["Linear"]
    theirs = [type(layer).__name__ for layer in models.alexnet_torchvision(width=1 / 32).head]
    assert theirs == ["Dropout", "Linear", "ReLU"] * 2 + ["Linear"]
