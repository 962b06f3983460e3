"""The all-convolutional net: sizes and parameters of its variants."""

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


@pytest.mark.parametrize("downsample", ["conv", "stride", "pool", "conv_pool"])
def test_all_conv_passes_through_the_sizes_of_the_paper(downsample, sizes_after):
    net = models.AllConv(downsample=downsample)
    sizes = [
        size[1:] for size in sizes_after(net, (nn.Conv2d, nn.MaxPool2d), torch.zeros(1, 3, 32, 32))
    ]
    assert list(dict.fromkeys(sizes)) == [(32, 32), (16, 16), (8, 8), (6, 6)]
    pools = [m for m in net.modules() if isinstance(m, nn.MaxPool2d)]
    assert len(pools) == (2 if "pool" in downsample else 0)
    assert not [m for m in net.modules() if isinstance(m, nn.Linear)]


def test_the_pooled_twin_of_all_conv_has_its_parameters():
    both = {name: parameters(models.AllConv(downsample=name)) for name in ("conv", "conv_pool")}
    assert both["conv"] == both["conv_pool"]
    assert both["conv"] == pytest.approx(1.4e6, rel=0.05)  # the paper, table 3
    plain = parameters(models.AllConv(downsample="pool"))
    assert plain == parameters(models.AllConv(downsample="stride")) < both["conv"]


@pytest.mark.parametrize("downsample", ["conv", "stride", "pool", "conv_pool"])
@pytest.mark.parametrize("dropout", [0.0, 0.25, 0.5])
def test_pixels_are_dropped_with_two_fifths_of_the_share_of_units(downsample, dropout):
    net = models.AllConv(width=1 / 16, downsample=downsample, dropout=dropout)
    shares = [module.p for module in net.modules() if isinstance(module, nn.Dropout)]
    assert shares == pytest.approx([0.4 * dropout, dropout, dropout])
