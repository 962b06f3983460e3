"""VGG: blocks of 3×3 convolutions, each closed by a pooling layer."""

from collections.abc import Sequence

from torch import Tensor, nn

from d2lkit.arguments import integer, number
from d2lkit.models.heads import dense_head, pool_to
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_image_size, check_images, check_sizes, scaled
from d2lkit.models.registry import register

CHANNELS = (64, 128, 256, 512, 512)


def vgg_block(
    in_channels: int, out_channels: int, convolutions: int, batch_norm: bool = False
) -> list[nn.Module]:
    """The layers of one block: 3×3 convolutions with ReLU, then pooling that halves the sides.

    Shape: (N, C_in, H, W) -> (N, C_out, H / 2, W / 2)

    >>> len(vgg_block(64, 128, convolutions=2))
    5
    """
    layers: list[nn.Module] = []
    for _ in range(convolutions):
        layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU())
        in_channels = out_channels
    layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    return layers


class VGG(nn.Module):
    """Five blocks of 3×3 convolutions and three fully connected layers.

    The smallest image is 32×32 pixels: each of the five blocks halves the sides.

    Deviations from the paper:
        - an average pool before the fully connected layers lets the network take any image of at
          least the smallest size; at ``image_size`` it changes nothing;
        - weights by Kaiming's rule: the paper had to start its deep networks from the weights of
          a shallow one that was trained before.

    Args:
        convolutions: number of convolutions in each of the five blocks; (1, 1, 2, 2, 2) is the
            paper's A (11 layers with weights), (2, 2, 2, 2, 2) B, (2, 2, 3, 3, 3) D,
            (2, 2, 4, 4, 4) E.
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels and hidden units.
        batch_norm: put batch normalisation between convolution and ReLU (it is a year younger
            than the paper).
        image_size: side in pixels, or (height, width), of the images that the fully connected
            layers are made for.
        dropout: probability of dropping a hidden unit of a fully connected layer while training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> net = VGG((1, 1, 2, 2, 2), num_classes=10, width=0.125, image_size=64)
    >>> net(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition", 2015, table 1.
    """

    smallest_size = 32

    def __init__(
        self,
        convolutions: Sequence[int],
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        batch_norm: bool = False,
        image_size: int | tuple[int, int] = 224,
        dropout: float = 0.5,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        number("dropout", dropout, minimum=0, maximum=1)
        if len(convolutions) != len(CHANNELS):
            raise ValueError(f"convolutions must be 5 numbers, one a block, got {convolutions!r}")
        height, side = check_image_size("VGG", image_size, self.smallest_size)
        self.in_channels = in_channels
        layers: list[nn.Module] = []
        for i, (number_of, channels) in enumerate(zip(convolutions, CHANNELS, strict=True)):
            integer(f"convolutions[{i}]", number_of, minimum=1)
            channels = scaled(channels, width)
            layers += vgg_block(in_channels, channels, number_of, batch_norm)
            in_channels = channels
        self.features = nn.Sequential(*layers)
        grid = height // 32, side // 32
        self.pool = pool_to(grid)
        self.head = dense_head(
            in_channels * grid[0] * grid[1], scaled(4096, width), num_classes, dropout
        )
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        maps = self.features(images)  # (N, 512, 7, 7)
        return self.head(self.pool(maps))  # (N, num_classes)


@register(torchvision="vgg11")
def vgg11(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-11, the paper's network A; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg11")
    132863336
    """
    return VGG((1, 1, 2, 2, 2), in_channels, num_classes, **options)


@register(torchvision="vgg13")
def vgg13(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-13, the paper's network B; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg13")
    133047848
    """
    return VGG((2, 2, 2, 2, 2), in_channels, num_classes, **options)


@register(torchvision="vgg16")
def vgg16(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-16, the paper's network D; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg16")
    138357544
    """
    return VGG((2, 2, 3, 3, 3), in_channels, num_classes, **options)


@register(torchvision="vgg19")
def vgg19(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-19, the paper's network E; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg19")
    143667240
    """
    return VGG((2, 2, 4, 4, 4), in_channels, num_classes, **options)


@register(torchvision="vgg11_bn")
def vgg11_bn(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-11 with batch normalisation; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg11_bn")
    132868840
    """
    return vgg11(in_channels, num_classes, batch_norm=True, **options)


@register(torchvision="vgg13_bn")
def vgg13_bn(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-13 with batch normalisation; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg13_bn")
    133053736
    """
    return vgg13(in_channels, num_classes, batch_norm=True, **options)


@register(torchvision="vgg16_bn")
def vgg16_bn(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-16 with batch normalisation; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg16_bn")
    138365992
    """
    return vgg16(in_channels, num_classes, batch_norm=True, **options)


@register(torchvision="vgg19_bn")
def vgg19_bn(in_channels: int = 3, num_classes: int = 1000, **options) -> VGG:
    """VGG-19 with batch normalisation; options as for `VGG`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("vgg19_bn")
    143678248
    """
    return vgg19(in_channels, num_classes, batch_norm=True, **options)
