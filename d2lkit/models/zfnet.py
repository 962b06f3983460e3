"""ZFNet: AlexNet with a smaller first filter and stride."""

from torch import Tensor, nn

from d2lkit.arguments import number, one_of
from d2lkit.models.alexnet import response_norm
from d2lkit.models.heads import dense_head, pool_to
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_image_size, check_images, check_sizes, grid_after, scaled
from d2lkit.models.registry import register

MIDDLES = {"paper": (384, 384, 256), "wide": (512, 1024, 512)}


class ZFNet(nn.Module):
    """AlexNet with 7×7 filters of stride 2 in front, and no split over two GPUs.

    The smallest image is 53×53 pixels.

    Deviations from the paper:
        - its contrast normalisation across maps, for which it gives no formula, is AlexNet's local
          response normalisation;
        - the paddings, which the paper does not print, are those that give its sizes
          (110, 55, 26, 13, 6) at 224;
        - an average pool before the fully connected layers lets the network take any image of at
          least the smallest size; at ``image_size`` it changes nothing;
        - weights by Kaiming's rule: the paper's 0.01 suits its own width only.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels and hidden units.
        middle: channels of convolutions 3 to 5: "paper" is figure 3's (384, 384, 256), "wide" the
            (512, 1024, 512) of table 2, the paper's best single network.
        image_size: side in pixels, or (height, width), of the images that the fully connected
            layers are made for.
        dropout: probability of dropping a hidden unit of a fully connected layer while training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> ZFNet(num_classes=10, width=0.125, image_size=64)(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])

    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014,
    figure 3 and table 2.
    """

    smallest_size = 53

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        middle: str = "paper",
        image_size: int | tuple[int, int] = 224,
        dropout: float = 0.5,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        one_of("middle", middle, list(MIDDLES))
        number("dropout", dropout, minimum=0, maximum=1)
        size = check_image_size("ZFNet", image_size, self.smallest_size)
        self.in_channels = in_channels
        c1, c2, c3, c4, c5 = (scaled(channels, width) for channels in (96, 256, *MIDDLES[middle]))
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, c1, kernel_size=7, stride=2, padding=1),  # (N, 96, 110, 110)
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (N, 96, 55, 55)
            response_norm(),
            nn.Conv2d(c1, c2, kernel_size=5, stride=2),  # (N, 256, 26, 26)
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (N, 256, 13, 13)
            response_norm(),
            nn.Conv2d(c2, c3, kernel_size=3, padding=1),  # (N, 384, 13, 13)
            nn.ReLU(),
            nn.Conv2d(c3, c4, kernel_size=3, padding=1),  # (N, 384, 13, 13)
            nn.ReLU(),
            nn.Conv2d(c4, c5, kernel_size=3, padding=1),  # (N, 256, 13, 13)
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 256, 6, 6)
        )
        grid = grid_after(self.features, size)
        self.pool = pool_to(grid)
        self.head = dense_head(c5 * grid[0] * grid[1], scaled(4096, width), num_classes, dropout)
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        maps = self.features(images)  # (N, 256, 6, 6)
        return self.head(self.pool(maps))  # (N, num_classes)


@register
def zfnet(in_channels: int = 3, num_classes: int = 1000, **options) -> ZFNet:
    """ZFNet as drawn in the paper; options as for `ZFNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("zfnet")
    62357608
    """
    return ZFNet(in_channels, num_classes, **options)


@register
def zfnet_wide(in_channels: int = 3, num_classes: int = 1000, **options) -> ZFNet:
    """ZFNet with 512, 1024 and 512 maps in the middle; options as for `ZFNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("zfnet_wide")
    107627624
    """
    return ZFNet(in_channels, num_classes, middle="wide", **options)
