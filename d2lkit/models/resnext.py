"""ResNeXt: bottlenecks whose 3×3 convolution runs in groups."""

from collections.abc import Sequence

from torch import nn

from d2lkit.arguments import integer
from d2lkit.models.inputs import scaled
from d2lkit.models.registry import register
from d2lkit.models.residual import EXPANSION, conv1x1, conv3x3
from d2lkit.models.resnet import ResNet


class ResNeXt(ResNet):
    """A ResNet of grouped bottlenecks: ``cardinality`` groups of ``group_width`` channels each.

    Any image from 1×1 pixel runs; see `ResNet`.

    Deviations from the paper: those of `ResNet`.

    Args:
        depths: number of blocks in each stage.
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels; the number of groups stays, each gets narrower,
            down to one channel.
        cardinality: number of groups of the 3×3 convolutions; PyTorch's ``groups``.
        group_width: channels of each group in the first stage; every further stage doubles them.
        options: of `ResNet`.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> net = ResNeXt((1, 1, 1, 1), num_classes=10, width=0.25, cardinality=8)
    >>> net(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])

    Source: Xie et al., "Aggregated residual transformations for deep neural networks", 2017,
    table 1 and figure 3(c).
    """

    def __init__(
        self,
        depths: Sequence[int],
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        cardinality: int = 32,
        group_width: int = 4,
        **options,
    ):
        integer("cardinality", cardinality, minimum=1)
        integer("group_width", group_width, minimum=1)

        def grouped_bottleneck(in_channels: int, channels: int, stride: int) -> list[nn.Conv2d]:
            # The paper's stages have 64, 128, 256, 512 channels; groups widen in proportion.
            inner = scaled(cardinality * group_width, channels / 64, multiple_of=cardinality)
            return [
                conv1x1(in_channels, inner),
                conv3x3(inner, inner, stride, groups=cardinality),
                conv1x1(inner, EXPANSION * channels),
            ]

        super().__init__(grouped_bottleneck, depths, in_channels, num_classes, width, **options)


@register(torchvision="resnext50_32x4d")
def resnext50_32x4d(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNeXt:
    """ResNeXt-50 with 32 groups of 4 channels; options as for `ResNeXt`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnext50_32x4d")
    25028904
    """
    return ResNeXt((3, 4, 6, 3), in_channels, num_classes, **options)


@register(torchvision="resnext101_32x8d")
def resnext101_32x8d(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNeXt:
    """ResNeXt-101 with 32 groups of 8 channels; options as for `ResNeXt`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnext101_32x8d")
    88791336
    """
    settings = {"cardinality": 32, "group_width": 8}
    return ResNeXt((3, 4, 23, 3), in_channels, num_classes, **settings | options)


@register(torchvision="resnext101_64x4d")
def resnext101_64x4d(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNeXt:
    """ResNeXt-101 with 64 groups of 4 channels; options as for `ResNeXt`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnext101_64x4d")
    83455272
    """
    settings = {"cardinality": 64, "group_width": 4}
    return ResNeXt((3, 4, 23, 3), in_channels, num_classes, **settings | options)
