"""ZFNet: the sizes of its figure."""

import pytest
import torch
from torch import nn

from d2lkit import models


@pytest.fixture(autouse=True)
def _at_full_size(without_numbers):
    """Shapes and parameter counts need no numbers."""
    with without_numbers():
        yield


def test_zfnet_has_the_sizes_of_its_figure(sizes_after):
    sizes = sizes_after(models.zfnet(), (nn.Conv2d, nn.MaxPool2d), torch.zeros(1, 3, 224, 224))
    assert sizes == [
        (96, 110, 110), (96, 55, 55), (256, 26, 26), (256, 13, 13),
        (384, 13, 13), (384, 13, 13), (256, 13, 13), (256, 6, 6),
    ]  # fmt: skip
    wide = [m.out_channels for m in models.zfnet_wide().modules() if isinstance(m, nn.Conv2d)]
    assert wide == [96, 256, 512, 1024, 512]
