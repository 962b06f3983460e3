"""Network in Network: a small MLP at every pixel, an average in place of dense layers."""

from torch import Tensor, nn

from d2lkit.arguments import number, one_of
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_images, check_sizes, scaled
from d2lkit.models.registry import register

VARIANTS = ("paper", "alexnet")


def nin_block(
    in_channels: int,
    channels: tuple[int, int, int],
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
) -> nn.Sequential:
    """A convolution and two 1×1 convolutions: an MLP that slides over the image.

    Args:
        in_channels: channels that come in.
        channels: channels after each of the three convolutions.
        kernel_size: side of the first convolution's kernel, in pixels.
        stride: stride of the first convolution.
        padding: zeros on each side before the first convolution.

    Shape: (N, C_in, H, W) -> (N, C_out, H_out, W_out)

    >>> import torch
    >>> nin_block(3, (8, 6, 4), kernel_size=5, padding=2)(torch.zeros(1, 3, 9, 9)).shape
    torch.Size([1, 4, 9, 9])
    """
    c1, c2, c3 = channels
    return nn.Sequential(
        nn.Conv2d(in_channels, c1, kernel_size, stride, padding),
        nn.ReLU(),
        nn.Conv2d(c1, c2, kernel_size=1),
        nn.ReLU(),
        nn.Conv2d(c2, c3, kernel_size=1),
        nn.ReLU(),
    )


def paper_features(in_channels: int, width: float, dropout: float) -> tuple[nn.Sequential, int]:
    """The first two blocks of the paper's CIFAR-10 network, and their number of channels.

    Shape: (N, C_in, 32, 32) -> (N, 192, 8, 8)
    """
    c192, c160, c96 = (scaled(channels, width) for channels in (192, 160, 96))
    features = nn.Sequential(
        nin_block(in_channels, (c192, c160, c96), kernel_size=5, padding=2),  # (N, 96, 32, 32)
        nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),  # (N, 96, 16, 16)
        nn.Dropout(dropout),
        nin_block(c96, (c192, c192, c192), kernel_size=5, padding=2),  # (N, 192, 16, 16)
        nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),  # (N, 192, 8, 8)
        nn.Dropout(dropout),
    )
    return features, c192


def alexnet_features(in_channels: int, width: float, dropout: float) -> tuple[nn.Sequential, int]:
    """Three blocks with AlexNet's kernels and channels, and their number of channels.

    Shape: (N, C_in, 224, 224) -> (N, 384, 6, 6)
    """
    c1, c2, c3 = (scaled(channels, width) for channels in (96, 256, 384))
    features = nn.Sequential(
        nin_block(in_channels, (c1,) * 3, kernel_size=11, stride=4, padding=2),  # (N, 96, 55, 55)
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 96, 27, 27)
        nin_block(c1, (c2,) * 3, kernel_size=5, padding=2),  # (N, 256, 27, 27)
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 256, 13, 13)
        nin_block(c2, (c3,) * 3, kernel_size=3, padding=1),  # (N, 384, 13, 13)
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 384, 6, 6)
        nn.Dropout(dropout),
    )
    return features, c3


class NiN(nn.Module):
    """NiN blocks, the last with one map per class, and the average of each map as its score.

    The smallest image is 4×4 pixels for ``variant="paper"``, 63×63 for "alexnet".

    Deviations from the paper:
        - it prints no table of layers: "paper" takes the channels of the configuration that its
          authors published for CIFAR-10, with max pooling after both blocks as in the text;
        - weights by Kaiming's rule: the paper sets its initial values by hand and prints none.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels.
        variant: "paper" has three blocks and suits images of 32 pixels; "alexnet" has four, with
            the kernels, strides, paddings and channels of AlexNet, and suits 224.
        dropout: probability of dropping a unit between blocks while training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> NiN(width=0.25)(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])

    Source: Lin, Chen and Yan, "Network in network", 2014, section 3 and figure 2.
    """

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 10,
        width: float = 1.0,
        *,
        variant: str = "paper",
        dropout: float = 0.5,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        one_of("variant", variant, VARIANTS)
        number("dropout", dropout, minimum=0, maximum=1)
        self.in_channels = in_channels
        if variant == "paper":
            self.smallest_size = 4
            self.features, channels = paper_features(in_channels, width, dropout)
            last = (channels, channels, num_classes)
        else:
            self.smallest_size = 63
            self.features, channels = alexnet_features(in_channels, width, dropout)
            last = (num_classes, num_classes, num_classes)
        self.head = nn.Sequential(
            nin_block(channels, last, kernel_size=3, padding=1),  # (N, num_classes, 8, 8)
            nn.AdaptiveAvgPool2d(1),  # (N, num_classes, 1, 1)
            nn.Flatten(),  # (N, num_classes)
        )
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        return self.head(self.features(images))


@register
def nin(in_channels: int = 3, num_classes: int = 10, **options) -> NiN:
    """Network in Network for images of 32 pixels; options as for `NiN`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("nin")
    966986
    """
    return NiN(in_channels, num_classes, **options)


@register
def nin_alexnet(in_channels: int = 3, num_classes: int = 1000, **options) -> NiN:
    """Network in Network on AlexNet's plan, for 224 pixels; options as for `NiN`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("nin_alexnet")
    7439608
    """
    return NiN(in_channels, num_classes, variant="alexnet", **options)
