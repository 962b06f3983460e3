"""The all-convolutional network, with and without pooling."""

from torch import Tensor, nn

from d2lkit.arguments import number, one_of
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_images, check_sizes, scaled
from d2lkit.models.registry import register

DOWNSAMPLES = ("conv", "stride", "pool", "conv_pool")


def conv_relu(
    in_channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1, padding: int = 1
) -> nn.Sequential:
    """A convolution and its ReLU.

    Shape: (N, C_in, H, W) -> (N, C_out, H_out, W_out)
    """
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding), nn.ReLU()
    )


def conv_stage(in_channels: int, channels: int, downsample: str, dropout: float) -> nn.Sequential:
    """Two 3×3 convolutions and one of four ways to halve height and width.

    Shape: (N, C_in, H, W) -> (N, C_out, H / 2, W / 2)
    """
    layers = [conv_relu(in_channels, channels)]
    if downsample == "stride":  # the second convolution moves by 2 pixels
        layers += [conv_relu(channels, channels, stride=2)]
    elif downsample == "conv":  # a strided convolution takes the place of the pooling layer
        layers += [conv_relu(channels, channels), conv_relu(channels, channels, stride=2)]
    else:
        layers += [conv_relu(channels, channels)]
        if downsample == "conv_pool":  # as many weights as "conv", to compare like with like
            layers += [conv_relu(channels, channels)]
        layers += [nn.MaxPool2d(kernel_size=3, stride=2, padding=1)]
    return nn.Sequential(*layers, nn.Dropout(dropout))


class AllConv(nn.Module):
    """Nothing but convolutions: strides in place of pooling, an average in place of dense layers.

    The smallest image is 9×9 pixels.

    Deviations from the paper: pooling pads by 1, so that all four variants pass through the same
    sizes (32, 16, 8, 6); weights by Kaiming's rule, since the paper names none.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels.
        downsample: how height and width are halved, in the paper's names: "conv" is All-CNN-C,
            "stride" Strided-CNN-C, "pool" the pooled model C, "conv_pool" ConvPool-CNN-C, which
            pools but has the parameters of "conv".
        dropout: probability of dropping a unit after each halving; the image's own pixels are
            dropped with 0.4 times that, the paper's 20 % beside its 50 %.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> AllConv(width=0.25)(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])

    Source: Springenberg et al., "Striving for simplicity: the all convolutional net", 2015,
    tables 1 and 2.
    """

    smallest_size = 9

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 10,
        width: float = 1.0,
        *,
        downsample: str = "conv",
        dropout: float = 0.5,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        one_of("downsample", downsample, DOWNSAMPLES)
        number("dropout", dropout, minimum=0, maximum=1)
        self.in_channels = in_channels
        c1, c2 = scaled(96, width), scaled(192, width)
        self.features = nn.Sequential(
            nn.Dropout(0.4 * dropout),
            conv_stage(in_channels, c1, downsample, dropout),  # (N, 96, 16, 16)
            conv_stage(c1, c2, downsample, dropout),  # (N, 192, 8, 8)
            conv_relu(c2, c2, padding=0),  # (N, 192, 6, 6)
            conv_relu(c2, c2, kernel_size=1, padding=0),
        )
        self.head = nn.Sequential(
            conv_relu(c2, num_classes, kernel_size=1, padding=0),  # (N, num_classes, 6, 6)
            nn.AdaptiveAvgPool2d(1),  # (N, num_classes, 1, 1)
            nn.Flatten(),  # (N, num_classes)
        )
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        return self.head(self.features(images))


@register
def all_conv(in_channels: int = 3, num_classes: int = 10, **options) -> AllConv:
    """All-CNN-C: strided convolutions in place of pooling; options as for `AllConv`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("all_conv")
    1369738
    """
    return AllConv(in_channels, num_classes, **options)


@register
def all_conv_pooled(in_channels: int = 3, num_classes: int = 10, **options) -> AllConv:
    """ConvPool-CNN-C: `all_conv`'s layers and parameters, with max pooling; options alike.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("all_conv_pooled")
    1369738
    """
    return AllConv(in_channels, num_classes, downsample="conv_pool", **options)
