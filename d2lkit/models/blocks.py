"""The two blocks of ResNet, whole: convolutions, and the way around them that fits."""

from torch import nn

from d2lkit.arguments import integer, one_of
from d2lkit.models.residual import (
    EXPANSION,
    PaddingShortcut,
    Residual,
    basic,
    bottleneck_v15,
    conv1x1,
)

SHORTCUTS = ("projection", "padding", "none")


def shortcut_around(
    in_channels: int,
    out_channels: int,
    stride: int = 1,
    shortcut: str = "projection",
    *,
    normed: bool = True,
) -> nn.Module | None:
    """Return what leads around a branch: the identity wherever the branch keeps the shape.

    Args:
        in_channels: channels of what comes in.
        out_channels: channels of what the branch gives.
        stride: of the branch.
        shortcut: what stands where the branch changes the shape: a 1×1 convolution ("projection",
            the paper's option B), or zeros for new channels ("padding", option A); "none" for a
            plain block, without any way around.
        normed: put batch normalisation behind the 1×1 convolution.

    >>> shortcut_around(64, 64)
    Identity()
    >>> shortcut_around(64, 128, stride=2, normed=False)
    Conv2d(64, 128, kernel_size=(1, 1), stride=(2, 2), bias=False)

    Source: He et al., "Deep residual learning for image recognition", 2016, section 3.3.
    """
    if one_of("shortcut", shortcut, SHORTCUTS) == "none":
        return None
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    if shortcut == "padding":
        return PaddingShortcut(in_channels, out_channels, stride)
    projection = conv1x1(in_channels, out_channels, stride)
    return nn.Sequential(projection, nn.BatchNorm2d(out_channels)) if normed else projection


class BasicBlock(Residual):
    """The block of ResNet-18 and 34: two 3×3 convolutions, and what came in added.

    Args:
        in_channels: channels of what comes in.
        channels: channels of both convolutions, and of what goes out.
        stride: of the first convolution.
        shortcut: where the shape changes; see `shortcut_around`.

    Shape: (N, C_in, H, W) -> (N, channels, H / stride, W / stride)

    Raises:
        TypeError, ValueError: for a wrong argument.

    >>> BasicBlock(64, 64).shortcut
    Identity()
    >>> BasicBlock(64, 128, stride=2).shortcut[0]
    Conv2d(64, 128, kernel_size=(1, 1), stride=(2, 2), bias=False)

    Source: He et al., 2016, figure 5, left.
    """

    def __init__(
        self, in_channels: int, channels: int, stride: int = 1, *, shortcut: str = "projection"
    ):
        _check(in_channels, channels, stride)
        super().__init__(
            basic(in_channels, channels, stride),
            shortcut_around(in_channels, channels, stride, shortcut),
        )


class Bottleneck(Residual):
    """The block of deeper ResNets: 1×1 to ``channels``, 3×3, 1×1 to four times as many.

    The 3×3 convolution strides, as in torchvision (version 1.5); for the paper's block, whose first
    convolution strides, give `bottleneck` to `Residual`.

    Args:
        in_channels: channels of what comes in.
        channels: channels of the 3×3 convolution; four times as many go out.
        stride: of the 3×3 convolution.
        shortcut: where the shape changes; see `shortcut_around`.

    Shape: (N, C_in, H, W) -> (N, 4 · channels, H / stride, W / stride)

    Raises:
        TypeError, ValueError: for a wrong argument.

    >>> import torch
    >>> Bottleneck(256, 64).shortcut, Bottleneck(256, 64)(torch.zeros(1, 256, 7, 7)).shape
    (Identity(), torch.Size([1, 256, 7, 7]))
    >>> Bottleneck(256, 128, stride=2)(torch.zeros(1, 256, 8, 8)).shape
    torch.Size([1, 512, 4, 4])

    Source: He et al., 2016, figure 5, right.
    """

    def __init__(
        self, in_channels: int, channels: int, stride: int = 1, *, shortcut: str = "projection"
    ):
        _check(in_channels, channels, stride)
        super().__init__(
            bottleneck_v15(in_channels, channels, stride),
            shortcut_around(in_channels, EXPANSION * channels, stride, shortcut),
        )


def _check(in_channels: int, channels: int, stride: int) -> None:
    integer("in_channels", in_channels, minimum=1)
    integer("channels", channels, minimum=1)
    integer("stride", stride, minimum=1)
