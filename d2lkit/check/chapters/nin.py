"""Exercises of the chapter on NiN."""

import torch
from torch import Tensor, nn

from d2lkit.check.kinds import Case, Function, Network, Number, whole_numbers
from d2lkit.models.nin import nin_block


def _block(kernel: int = 5, bias: bool = True) -> int:
    """Parameters of a block from 96 to three times 256 channels."""
    return 256 * (96 * kernel**2 + bias) + 2 * 256 * (256 + bias)


def _published(bias: bool = True) -> int:
    """Parameters of the network whose file has 29 MB."""
    last = 1024 * (384 * 9 + bias) + 1024 * (1024 + bias) + 1000 * (1024 + bias)
    return 1_980_608 + last


def _class_maps(features: Tensor, weight: Tensor) -> Tensor:
    return torch.einsum("nchw,kc->nkhw", features, weight)


def _small_net() -> nn.Module:
    return nn.Sequential(
        nin_block(3, (16, 16, 16), kernel_size=5, padding=2),
        nn.MaxPool2d(2),
        nin_block(16, (24, 24, 24), kernel_size=3, padding=1),
        nn.MaxPool2d(2),
        nin_block(24, (24, 24, 10), kernel_size=3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


EXERCISES = {
    "ex-nin-1": Number(
        _block,
        hint="Three convolutions: the first reads 96 maps with 5 × 5 weights each, the others one "
        "pixel of 256 maps.",
        mistakes=[
            (lambda: _block(bias=False), "Each output channel has a bias, too."),
            (lambda: _block(kernel=1), "The first kernel has 5 × 5 weights for each map."),
            (lambda: 256 * (96 * 25 + 1) + 256 * 257, "There are two convolutions of 1 × 1."),
            (lambda: 3 * 256 * (96 * 25 + 1), "Only the first convolution is 5 × 5."),
        ],
    ),
    "ex-nin-2": Number(
        _published,
        hint="Add the three convolutions of the last block to the number that is given.",
        mistakes=[
            (lambda: _published(bias=False), "Each output channel has a bias, too."),
            (lambda: _published() - 1_980_608, "The first three blocks are missing."),
            (lambda: 4 * _published(), "Those are the bytes; parameters are asked for."),
        ],
    ),
    "ex-nin-3": Function(
        _class_maps,
        lambda: [
            Case(whole_numbers(1, 2, 1, 1), whole_numbers(3, 2, seed=1)),
            Case(whole_numbers(2, 4, 3, 5), whole_numbers(6, 4, seed=1)),
        ],
        hint="At each pixel, multiply the features with the weights and add over the channels: a "
        "1 × 1 convolution.",
        mistakes=[
            (
                lambda features, weight: features.mean(dim=(2, 3)) @ weight.T,
                "Those are the scores: the average has been taken already.",
            ),
            (
                lambda features, weight: _class_maps(features, weight) / features[0, 0].numel(),
                "Divide by the number of places when you take the mean, not in the map.",
            ),
        ],
    ),
    "ex-nin-4": Network(
        _small_net,
        input_shape=(3, 32, 32),
        output_shape=(10,),
        hint="Three blocks of some twenty channels, poolings between them, an average at the end.",
        max_parameters=30_000,
        without=(nn.Linear,),
    ),
}
