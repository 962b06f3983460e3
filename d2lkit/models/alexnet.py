"""AlexNet: the two-GPU network of the paper, the same on one device, and torchvision's."""

from torch import Tensor, nn

from d2lkit.arguments import number, one_of
from d2lkit.models.heads import dense_head, pool_to
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_image_size, check_images, check_sizes, grid_after, scaled
from d2lkit.models.registry import register

VARIANTS = ("paper", "single", "torchvision")


def response_norm() -> nn.LocalResponseNorm:
    """The paper's local response normalisation: k = 2, n = 5, α = 0.0001, β = 0.75.

    PyTorch divides α by n, the paper does not: hence 5 times its α.

    Shape: (N, C, H, W) -> (N, C, H, W)
    """
    return nn.LocalResponseNorm(size=5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def paper_features(in_channels: int, width: float, groups: int) -> nn.Sequential:
    """The paper's five convolutions; with ``groups=2`` half of the maps sit on each GPU.

    Shape: (N, C_in, 224, 224) -> (N, 256, 6, 6)
    """
    c1, c2, c3, c4, c5 = (scaled(c, width, groups) for c in (96, 256, 384, 384, 256))
    return nn.Sequential(
        nn.Conv2d(in_channels, c1, kernel_size=11, stride=4, padding=2),  # (N, 96, 55, 55)
        nn.ReLU(),
        response_norm(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 96, 27, 27)
        nn.Conv2d(c1, c2, kernel_size=5, padding=2, groups=groups),  # (N, 256, 27, 27)
        nn.ReLU(),
        response_norm(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 256, 13, 13)
        # The one convolution across both GPUs: each half sees all maps of the layer below.
        nn.Conv2d(c2, c3, kernel_size=3, padding=1),  # (N, 384, 13, 13)
        nn.ReLU(),
        nn.Conv2d(c3, c4, kernel_size=3, padding=1, groups=groups),  # (N, 384, 13, 13)
        nn.ReLU(),
        nn.Conv2d(c4, c5, kernel_size=3, padding=1, groups=groups),  # (N, 256, 13, 13)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 256, 6, 6)
    )


def torchvision_features(in_channels: int, width: float) -> nn.Sequential:
    """The five convolutions of torchvision's AlexNet: fewer maps, no groups, no normalisation.

    Shape: (N, C_in, 224, 224) -> (N, 256, 6, 6)
    """
    c1, c2, c3, c4, c5 = (scaled(channels, width) for channels in (64, 192, 384, 256, 256))
    return nn.Sequential(
        nn.Conv2d(in_channels, c1, kernel_size=11, stride=4, padding=2),  # (N, 64, 55, 55)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 64, 27, 27)
        nn.Conv2d(c1, c2, kernel_size=5, padding=2),  # (N, 192, 27, 27)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 192, 13, 13)
        nn.Conv2d(c2, c3, kernel_size=3, padding=1),  # (N, 384, 13, 13)
        nn.ReLU(),
        nn.Conv2d(c3, c4, kernel_size=3, padding=1),  # (N, 256, 13, 13)
        nn.ReLU(),
        nn.Conv2d(c4, c5, kernel_size=3, padding=1),  # (N, 256, 13, 13)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (N, 256, 6, 6)
    )


class AlexNet(nn.Module):
    """Five convolutions and three fully connected layers, with ReLU, overlapping pooling, dropout.

    The smallest image is 63×63 pixels.

    Deviations from the paper, in every variant:
        - the first convolution pads by 2: without padding the paper's 224 pixels do not give its
          55×55 maps;
        - an average pool before the fully connected layers lets the network take any image of at
          least the smallest size; at ``image_size`` it changes nothing;
        - weights by Kaiming's rule: the paper's 0.01 and biases of 1 suit its own width only.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels and hidden units.
        variant: "paper" keeps the split over two GPUs (groups of 2 in convolutions 2, 4 and 5);
            "single" is the same network without the split; "torchvision" is torchvision's, after
            Krizhevsky's one-GPU network of 2014, without local response normalisation.
        image_size: side in pixels, or (height, width), of the images that the fully connected
            layers are made for.
        dropout: probability of dropping a hidden unit of a fully connected layer while training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> AlexNet(num_classes=10, width=0.125, image_size=64)(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])

    Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional
    neural networks", 2012, sections 3 and 4.2; "torchvision": Krizhevsky, "One weird trick for
    parallelizing convolutional neural networks", 2014.
    """

    smallest_size = 63

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        variant: str = "paper",
        image_size: int | tuple[int, int] = 224,
        dropout: float = 0.5,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        one_of("variant", variant, VARIANTS)
        number("dropout", dropout, minimum=0, maximum=1)
        size = check_image_size("AlexNet", image_size, self.smallest_size)
        self.in_channels, self.variant = in_channels, variant
        if variant == "torchvision":
            self.features = torchvision_features(in_channels, width)
        else:
            self.features = paper_features(
                in_channels, width, groups=2 if variant == "paper" else 1
            )
        grid = grid_after(self.features, size)
        self.pool = pool_to(grid)
        channels = self.features[-3].out_channels
        hidden = scaled(4096, width)
        self.head = dense_head(channels * grid[0] * grid[1], hidden, num_classes, dropout)
        if variant == "torchvision":  # there dropout stands before the layers it thins out
            fc1, act1, drop1, fc2, act2, drop2, fc3 = self.head
            self.head = nn.Sequential(drop1, fc1, act1, drop2, fc2, act2, fc3)
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        maps = self.features(images)  # (N, 256, 6, 6)
        return self.head(self.pool(maps))  # (N, num_classes)


@register
def alexnet(in_channels: int = 3, num_classes: int = 1000, **options) -> AlexNet:
    """AlexNet of 2012, convolutions split over two GPUs; options as for `AlexNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("alexnet")
    60965224
    """
    return AlexNet(in_channels, num_classes, **options)


@register
def alexnet_single(in_channels: int = 3, num_classes: int = 1000, **options) -> AlexNet:
    """AlexNet of 2012 on one device, as textbooks print it; options as for `AlexNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("alexnet_single")
    62378344
    """
    return AlexNet(in_channels, num_classes, variant="single", **options)


@register(torchvision="alexnet")
def alexnet_torchvision(in_channels: int = 3, num_classes: int = 1000, **options) -> AlexNet:
    """torchvision's AlexNet; options as for `AlexNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("alexnet_torchvision")
    61100840
    """
    return AlexNet(in_channels, num_classes, variant="torchvision", **options)
