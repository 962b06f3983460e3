"""Resizing by two matrix products."""

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.data.resize import resize

lengths = st.integers(1, 40)


@given(height=lengths, width=lengths, size=lengths, channels=st.integers(1, 3))
def test_agrees_with_torch(height, width, size, channels):
    images = torch.rand(2, channels, height, width, dtype=torch.float64)
    wanted = F.interpolate(images, (size, size), mode="bilinear", antialias=True)
    torch.testing.assert_close(resize(images, size), wanted)


def test_the_same_size_changes_nothing():
    images = torch.rand(2, 1, 5, 5)
    assert resize(images, 5) is images


def test_fine_stripes_shrink_to_grey():
    stripes = (torch.arange(32) % 2).float().expand(1, 1, 32, 32)
    torch.testing.assert_close(resize(stripes, 4), torch.full((1, 1, 4, 4), 0.5), atol=0.05, rtol=0)


def test_an_empty_batch_stays_empty():
    assert resize(torch.zeros(0, 3, 4, 4), 8).shape == (0, 3, 8, 8)
