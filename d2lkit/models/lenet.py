"""LeNet-5, as in 1998 and modernised."""

from torch import Tensor, nn

from d2lkit.arguments import one_of
from d2lkit.models.initialise import init_kaiming, init_xavier
from d2lkit.models.inputs import check_image_size, check_images, check_sizes, scaled
from d2lkit.models.registry import register

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
POOLINGS = {"average": nn.AvgPool2d, "max": nn.MaxPool2d}


class LeNet(nn.Module):
    """Two convolutions with pooling, then three fully connected layers.

    The smallest image is 12×12 pixels.

    Deviations from the paper:
        - every map of the second convolution sees all six maps below (the paper's Table I leaves
          connections out to save computation);
        - average pooling has no trainable factor and bias, and no activation follows it;
        - sigmoid, the activation that textbooks give LeNet, is the default; the paper uses a
          scaled tanh (``activation="tanh"`` is the plain one);
        - the last layer is linear with softmax in the loss, in place of the paper's distances to
          drawn digits;
        - weights by Xavier's rule (Kaiming's for ReLU), which came twelve years later and
          does without the paper's tuning of input range and activation.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels and hidden units.
        image_size: side of the images in pixels, or (height, width); the first convolution pads
            by 2, so that 28 here is the paper's 32.
        activation: "sigmoid", "tanh" or "relu".
        pooling: "average" or "max".

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images of another shape.

    >>> import torch
    >>> net = LeNet()
    >>> net(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    >>> sum(p.numel() for p in net.parameters())
    61706

    Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998,
    section II.B and figure 2.
    """

    smallest_size = 12

    def __init__(
        self,
        in_channels: int = 1,
        num_classes: int = 10,
        width: float = 1.0,
        *,
        image_size: int | tuple[int, int] = 28,
        activation: str = "sigmoid",
        pooling: str = "average",
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        act = ACTIVATIONS[one_of("activation", activation, list(ACTIVATIONS))]
        pool = POOLINGS[one_of("pooling", pooling, list(POOLINGS))]
        size = check_image_size("LeNet", image_size, self.smallest_size)
        self.in_channels, self.fixed_size = in_channels, size
        c1, c2, f1, f2 = (scaled(channels, width) for channels in (6, 16, 120, 84))
        # Pooled, shortened by the 5×5 kernel, pooled: 28 -> 14 -> 10 -> 5.
        height, side = ((pixels // 2 - 4) // 2 for pixels in size)
        self.net = nn.Sequential(
            nn.Conv2d(in_channels, c1, kernel_size=5, padding=2),  # (N, 6, 28, 28)
            act(),
            pool(kernel_size=2, stride=2),  # (N, 6, 14, 14)
            nn.Conv2d(c1, c2, kernel_size=5),  # (N, 16, 10, 10)
            act(),
            pool(kernel_size=2, stride=2),  # (N, 16, 5, 5)
            nn.Flatten(),  # (N, 400)
            nn.Linear(c2 * height * side, f1),  # (N, 120)
            act(),
            nn.Linear(f1, f2),  # (N, 84)
            act(),
            nn.Linear(f2, num_classes),  # (N, num_classes)
        )
        init_kaiming(self) if activation == "relu" else init_xavier(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        return self.net(images)


class ModernLeNet(LeNet):
    """LeNet with the two parts that later networks exchanged: ReLU and max pooling.

    The smallest image is 12×12 pixels. Arguments, shapes and errors are those of `LeNet`.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    >>> import torch
    >>> ModernLeNet(image_size=32)(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 10])

    Source: LeCun et al., 1998, with the activation and the pooling of Krizhevsky et al., 2012.
    """

    def __init__(
        self,
        in_channels: int = 1,
        num_classes: int = 10,
        width: float = 1.0,
        *,
        image_size: int | tuple[int, int] = 28,
        activation: str = "relu",
        pooling: str = "max",
    ):
        super().__init__(
            in_channels,
            num_classes,
            width,
            image_size=image_size,
            activation=activation,
            pooling=pooling,
        )


@register
def lenet(in_channels: int = 1, num_classes: int = 10, **options) -> LeNet:
    """LeNet-5 with sigmoid and average pooling; options as for `LeNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("lenet")
    61706
    """
    return LeNet(in_channels, num_classes, **options)


@register
def modern_lenet(in_channels: int = 1, num_classes: int = 10, **options) -> ModernLeNet:
    """LeNet-5 with ReLU and max pooling; options as for `LeNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("modern_lenet")
    61706
    """
    return ModernLeNet(in_channels, num_classes, **options)
