"""ResNet: original, version 1.5, pre-activation, plain, for large images and for small ones."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from d2lkit.arguments import integer, one_of
from d2lkit.models.blocks import SHORTCUTS, shortcut_around
from d2lkit.models.heads import pool_to
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_images, check_sizes, scaled
from d2lkit.models.registry import register
from d2lkit.models.residual import (
    PreActivationResidual,
    Residual,
    basic,
    bottleneck,
    bottleneck_v15,
    norm_relu,
)

Block = Callable[[int, int, int], list[nn.Conv2d]]


def stem(in_channels: int, channels: int, small: bool) -> nn.Sequential:
    """What stands before the blocks: a 7×7 convolution and pooling, or one 3×3 convolution.

    Shape: (N, C_in, H, W) -> (N, channels, H / 4, W / 4), or (N, channels, H, W) if ``small``
    """
    if small:
        conv = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        return nn.Sequential(conv, *norm_relu(channels))
    conv = nn.Conv2d(in_channels, channels, 7, stride=2, padding=3, bias=False)
    return nn.Sequential(
        conv,
        *norm_relu(channels),  # (N, channels, H / 2, W / 2)
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (N, channels, H / 4, W / 4)
    )


class ResNet(nn.Module):
    """Stages of residual blocks: each but the first halves the sides and doubles the channels.

    Any image from 1×1 pixel runs. Below 32 pixels the last stage of a network with the large stem
    and four stages sees a single pixel: ``small_stem=True`` is meant for such images.

    Deviations from the paper: batch normalisation's running averages move by PyTorch's 0.1; the
    weights of the last layer start near zero (see `init_kaiming`). Variants named "v15" stride in
    the 3×3 convolution of a bottleneck, as torchvision does.

    Args:
        block: gives the convolutions of a block from (in_channels, channels, stride): `basic`,
            `bottleneck` or `bottleneck_v15`.
        depths: number of blocks in each stage.
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels.
        pre_activation: put normalisation and ReLU before the convolutions, nothing after the sum.
        shortcut: where a block changes the shape, lead around it through a 1×1 convolution
            ("projection", the paper's option B) or without parameters ("padding", option A);
            "none" builds the plain network, without any shortcut.
        small_stem: begin with one 3×3 convolution, which keeps the size, as for CIFAR-10.
        zero_init: start the last layer of every branch at zero, so that each block passes on what
            comes in (Goyal et al., 2017, section 5.1).
        channels: channels of each stage's 3×3 convolutions.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> net = ResNet(basic, (1, 1, 1), num_classes=10, channels=(8, 16, 32), small_stem=True)
    >>> net(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])

    Source: He et al., "Deep residual learning for image recognition", 2016, table 1 and section
    4.2; with ``pre_activation`` He et al., "Identity mappings in deep residual networks", 2016.
    """

    smallest_size = 1

    def __init__(
        self,
        block: Block,
        depths: Sequence[int],
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        pre_activation: bool = False,
        shortcut: str = "projection",
        small_stem: bool = False,
        zero_init: bool = False,
        channels: Sequence[int] = (64, 128, 256, 512),
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        one_of("shortcut", shortcut, SHORTCUTS)
        if len(depths) != len(channels):
            raise ValueError(
                f"depths and channels must have one number a stage, got {depths!r}, {channels!r}"
            )
        if zero_init and shortcut == "none":
            raise ValueError(
                "zero_init needs a shortcut to pass on what comes in, got shortcut='none'"
            )
        self.in_channels, self.pre_activation, self.shortcut = in_channels, pre_activation, shortcut
        for i, size in enumerate(channels):
            integer(f"channels[{i}]", size, minimum=1)
        sizes = [scaled(size, width) for size in channels]
        self.stem = stem(in_channels, sizes[0], small_stem)
        stages, maps = [], sizes[0]
        for i, (depth, size) in enumerate(zip(depths, sizes, strict=True)):
            blocks = []
            for j in range(integer(f"depths[{i}]", depth, minimum=1)):
                stride = 2 if i > 0 and j == 0 else 1
                convolutions = block(maps, size, stride)
                blocks.append(self._around(convolutions, stride, first=i == j == 0))
                maps = convolutions[-1].out_channels
            stages.append(nn.Sequential(*blocks))
        if pre_activation:  # the last sum has not been through normalisation and ReLU
            stages.append(nn.Sequential(*norm_relu(maps)))
        self.stages = nn.Sequential(*stages)
        self.pool = pool_to(1)
        self.head = nn.Linear(maps, num_classes)
        init_kaiming(self)
        if zero_init:
            for module in self.modules():
                if isinstance(module, Residual | PreActivationResidual):
                    nn.init.zeros_(module.branch[-1].weight)

    def _around(self, convolutions: list[nn.Conv2d], stride: int, first: bool) -> nn.Module:
        """Put normalisation, ReLU and the shortcut around the convolutions of a block."""
        before, after = convolutions[0].in_channels, convolutions[-1].out_channels
        normed = not self.pre_activation  # which normalises nothing on the way around
        shortcut = shortcut_around(before, after, stride, self.shortcut, normed=normed)
        if self.pre_activation:
            return PreActivationResidual(convolutions, shortcut, activated=first)
        return Residual(convolutions, shortcut)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        maps = self.stem(images)  # (N, 64, H / 4, W / 4)
        maps = self.stages(maps)  # (N, 512 or 2048, H / 32, W / 32)
        return self.head(self.pool(maps))  # (N, num_classes)


@register(torchvision="resnet18")
def resnet18(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-18; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet18")
    11689512
    """
    return ResNet(basic, (2, 2, 2, 2), in_channels, num_classes, **options)


@register(torchvision="resnet34")
def resnet34(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-34; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet34")
    21797672
    """
    return ResNet(basic, (3, 4, 6, 3), in_channels, num_classes, **options)


@register
def resnet50(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-50 of the paper; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet50")
    25557032
    """
    return ResNet(bottleneck, (3, 4, 6, 3), in_channels, num_classes, **options)


@register
def resnet101(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-101 of the paper; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet101")
    44549160
    """
    return ResNet(bottleneck, (3, 4, 23, 3), in_channels, num_classes, **options)


@register
def resnet152(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-152 of the paper; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet152")
    60192808
    """
    return ResNet(bottleneck, (3, 8, 36, 3), in_channels, num_classes, **options)


@register(torchvision="resnet50")
def resnet50_v15(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-50, version 1.5, torchvision's; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet50_v15")
    25557032
    """
    return ResNet(bottleneck_v15, (3, 4, 6, 3), in_channels, num_classes, **options)


@register(torchvision="resnet101")
def resnet101_v15(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-101, version 1.5, torchvision's; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet101_v15")
    44549160
    """
    return ResNet(bottleneck_v15, (3, 4, 23, 3), in_channels, num_classes, **options)


@register(torchvision="resnet152")
def resnet152_v15(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-152, version 1.5, torchvision's; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet152_v15")
    60192808
    """
    return ResNet(bottleneck_v15, (3, 8, 36, 3), in_channels, num_classes, **options)
