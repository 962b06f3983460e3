"""The two photographs."""

import pytest
import torch

from d2lkit.data import load_photograph


@pytest.mark.parametrize("name", ["china.jpg", "flower.jpg"])
def test_floats_between_0_and_1_channels_first(name):
    image = load_photograph(name)
    assert image.shape == (3, 427, 640)
    assert image.dtype == torch.float32
    assert 0 <= image.min() < 0.1
    assert 0.9 < image.max() <= 1
    assert image.is_contiguous()


def test_each_call_gives_its_own_copy():
    load_photograph().zero_()
    assert load_photograph().any()
