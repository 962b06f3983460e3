"""MobileNet's two blocks, and MobileNetV2: convolutions with one group per channel."""

from collections.abc import Callable, Iterable

from torch import Tensor, nn

from d2lkit.arguments import integer, number
from d2lkit.models.heads import pool_to
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_images, check_sizes, scaled
from d2lkit.models.registry import register

Layers = Callable[..., list[nn.Module]]  # what makes a convolution and its normalisation

# (expansion, channels, blocks, stride of the first block, kernel size) of the seven stages.
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 32, 3, 2, 3),
    (6, 64, 4, 2, 3),
    (6, 96, 3, 1, 3),
    (6, 160, 3, 2, 3),
    (6, 320, 1, 1, 3),
)


def conv_norm(
    in_channels: int, channels: int, kernel_size: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution without bias, and batch normalisation.

    Shape: (N, C_in, H, W) -> (N, channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """
    padding = kernel_size // 2
    return [
        nn.Conv2d(in_channels, channels, kernel_size, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(channels),
    ]


class DepthwiseSeparable(nn.Sequential):
    """MobileNet's block: filter each map by itself, then mix the maps.

    A 3 × 3 convolution with one group per channel, and a 1 × 1 convolution, each with batch
    normalisation and ReLU. For many channels it costs a ninth of a dense 3 × 3 convolution.

    Args:
        in_channels: maps that come in.
        channels: maps that go out.
        stride: of the depthwise convolution.
        kernel_size: of the depthwise convolution.

    Shape: (N, C_in, H, W) -> (N, channels, ⌈H / stride⌉, ⌈W / stride⌉)

    Raises:
        TypeError, ValueError: for sizes that are no whole numbers, or below 1.

    >>> import torch
    >>> DepthwiseSeparable(4, 6, stride=2)(torch.zeros(2, 4, 8, 7)).shape
    torch.Size([2, 6, 4, 4])

    Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision
    applications", 2017, section 3 and figure 3.
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1, kernel_size: int = 3):
        _check_block(in_channels, channels, stride, kernel_size)
        super().__init__(
            *conv_norm(in_channels, in_channels, kernel_size, stride, groups=in_channels),
            nn.ReLU(),
            *conv_norm(in_channels, channels, 1),
            nn.ReLU(),
        )


class InvertedResidual(nn.Module):
    """Widen, filter each map by itself, narrow again; the shortcut joins the narrow ends.

    A bottleneck turned inside out: wide in the middle, where a depthwise convolution makes width
    cheap. The narrow end has no activation, which would throw away half of few channels. With
    ``expansion=1`` the first convolution is left out: a depthwise separable convolution is left.

    Args:
        in_channels: maps that come in.
        channels: maps that go out.
        expansion: how many times as many maps there are in between.
        stride: of the depthwise convolution.
        kernel_size: of the depthwise convolution.
        layers: makes a convolution and its normalisation, as `conv_norm` does.

    Shape: (N, C_in, H, W) -> (N, channels, ⌈H / stride⌉, ⌈W / stride⌉)

    Raises:
        TypeError, ValueError: for sizes that are no whole numbers, or below 1.

    >>> import torch
    >>> InvertedResidual(4, 6, expansion=3, stride=2)(torch.zeros(2, 4, 8, 8)).shape
    torch.Size([2, 6, 4, 4])

    Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018,
    section 3 and table 1.
    """

    def __init__(
        self,
        in_channels: int,
        channels: int,
        expansion: int = 6,
        stride: int = 1,
        kernel_size: int = 3,
        *,
        layers: Layers = conv_norm,
    ):
        super().__init__()
        _check_block(in_channels, channels, stride, kernel_size)
        wide = integer("expansion", expansion, minimum=1) * in_channels
        expand = [*layers(in_channels, wide, 1), nn.ReLU6()] if expansion > 1 else []
        self.branch = nn.Sequential(
            *expand,  # (N, wide, H, W)
            *layers(wide, wide, kernel_size, stride, groups=wide),  # (N, wide, H', W')
            nn.ReLU6(),
            *layers(wide, channels, 1),  # (N, channels, H', W')
        )
        self.shortcut = stride == 1 and in_channels == channels

    def forward(self, maps: Tensor) -> Tensor:
        return maps + self.branch(maps) if self.shortcut else self.branch(maps)


def inverted_stages(
    maps: int, table: Iterable[tuple[int, ...]], width: float, layers: Layers = conv_norm
) -> nn.Sequential:
    """Stages of inverted residual blocks, one for each row of a table such as `STAGES`.

    Shape: (N, maps, H, W) -> (N, last channels · width, H', W')
    """
    stages = []
    for expansion, channels, count, stride, kernel_size in table:
        blocks = []
        for i in range(count):
            step = stride if i == 0 else 1
            wanted = scaled(channels, width)
            blocks.append(
                InvertedResidual(maps, wanted, expansion, step, kernel_size, layers=layers)
            )
            maps = wanted
        stages.append(nn.Sequential(*blocks))
    return nn.Sequential(*stages)


class MobileNetV2(nn.Module):
    """MobileNetV2: a stem, seven stages of inverted residual blocks, a head.

    Deviations from the paper: weights are drawn by `init_kaiming`; a ``width`` below 1 also
    narrows the last 1,280 maps.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels.
        dropout: share of the last features that is set to zero in training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> net = MobileNetV2(1, 10, width=1 / 8)
    >>> net(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 10])

    Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, table 2.
    """

    smallest_size = 1

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        dropout: float = 0.2,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        number("dropout", dropout, minimum=0, maximum=1)
        self.in_channels = in_channels
        maps, last = scaled(32, width), scaled(1280, width)
        self.stem = nn.Sequential(*conv_norm(in_channels, maps, 3, stride=2), nn.ReLU6())
        self.stages = inverted_stages(maps, STAGES, width)
        self.top = nn.Sequential(*conv_norm(scaled(STAGES[-1][1], width), last, 1), nn.ReLU6())
        self.pool = pool_to(1)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        maps = self.stem(images)  # (N, 32, H / 2, W / 2)
        maps = self.stages(maps)  # (N, 320, H / 32, W / 32)
        features = self.pool(self.top(maps))  # (N, 1280)
        return self.head(features)  # (N, num_classes)


@register(torchvision="mobilenet_v2")
def mobilenet_v2(in_channels: int = 3, num_classes: int = 1000, **options) -> MobileNetV2:
    """MobileNetV2; options as for `MobileNetV2`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("mobilenet_v2")
    3504872
    """
    return MobileNetV2(in_channels, num_classes, **options)


def _check_block(in_channels: object, channels: object, stride: object, kernel_size: object):
    integer("in_channels", in_channels, minimum=1)
    integer("channels", channels, minimum=1)
    integer("stride", stride, minimum=1)
    if integer("kernel_size", kernel_size, minimum=1) % 2 == 0:
        raise ValueError(
            f"kernel_size must be odd, so that maps keep their size, got {kernel_size}"
        )
