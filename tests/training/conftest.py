"""Small models and data on which a training run takes milliseconds."""

import random

import numpy
import pytest
import torch
from torch import nn

from d2lkit.data import ArrayData
from d2lkit.training import Classifier, DataModule, set_seed


class Stripes(ArrayData):
    """Two classes of 8×8 images: horizontal and vertical stripes under noise."""

    def __init__(self, images: int = 52, batch_size: int = 8, **settings):
        generator = torch.Generator().manual_seed(0)
        labels = torch.arange(images) % 2
        rows = (torch.arange(8) % 2 * 128).repeat(8, 1)
        clean = torch.where(labels.view(-1, 1, 1) == 0, rows, rows.T)
        noise = torch.randint(0, 128, (images, 8, 8), generator=generator)
        split = (clean + noise).to(torch.uint8).unsqueeze(1), labels
        super().__init__(split, split, split, batch_size=batch_size, **settings)


class GlobalRandomness(DataModule):
    """Shuffled by torch's DataLoader, disturbed by every global random generator."""

    def __init__(self):
        self.stripes = Stripes()

    def train_dataloader(self):
        pairs = list(zip(*next(iter(self.stripes.dataloader("val"))), strict=True)) * 6
        return torch.utils.data.DataLoader(pairs, 7, shuffle=True, collate_fn=self.disturb)

    def val_dataloader(self):
        return self.stripes.val_dataloader()

    def disturb(self, pairs):
        images = torch.stack([image for image, _ in pairs]) + torch.randn(1)
        images = images * random.uniform(0.9, 1.1) + numpy.random.normal(scale=0.1)
        return images, torch.stack([label for _, label in pairs])


def network() -> nn.Sequential:
    """A convolution, batch normalisation (buffers) and dropout (random numbers)."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(4 * 6 * 6, 2),
    )


def classifier(**settings) -> Classifier:
    """The same weights at every call."""
    set_seed(1)
    return Classifier(network(), **{"lr": 0.05, **settings})


@pytest.fixture
def new_model():
    """A function that makes a small classifier."""
    return classifier


@pytest.fixture
def stripes() -> Stripes:
    """Small data."""
    return Stripes()


@pytest.fixture
def data_kinds():
    """Data whose order comes from a seed, and data whose order comes from global generators."""
    return {"seeded": Stripes, "global": GlobalRandomness}
