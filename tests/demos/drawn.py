"""Generated layers: image, weights, bias and settings, for both torch and the demos."""

from dataclasses import dataclass

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch.nn import functional as F


@dataclass
class Layer:
    """A layer and what goes into it; `padding` is ((top, bottom), (left, right))."""

    image: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    stride: tuple
    dilation: tuple
    padding: tuple

    def settings(self):
        """As the demos want it."""
        return {"stride": self.stride, "dilation": self.dilation, "padding": self.padding}

    def by_torch(self):
        """The output of torch."""
        (top, bottom), (left, right) = self.padding
        framed = F.pad(self.image[None], (left, right, top, bottom))
        return F.conv2d(framed, self.weight, self.bias, self.stride, 0, self.dilation)[0]


@st.composite
def layers(draw, most_channels=3):
    """Layers that are not square, of small whole numbers: nothing gets lost on the way."""

    def pair(least, most):
        return (draw(st.integers(least, most)), draw(st.integers(least, most)))

    channels, filters = draw(st.integers(1, most_channels)), draw(st.integers(1, 3))
    size, kernel = pair(1, 7), pair(1, 3)
    stride, dilation, padding = pair(1, 3), pair(1, 3), (pair(0, 2), pair(0, 2))
    for n, k, d, p in zip(size, kernel, dilation, padding, strict=True):
        assume(n + sum(p) >= d * (k - 1) + 1)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))

    def numbers(*shape):
        return torch.randint(-5, 6, shape, generator=generator).double()

    parts = numbers(channels, *size), numbers(filters, channels, *kernel), numbers(filters)
    return Layer(*parts, stride, dilation, padding)
