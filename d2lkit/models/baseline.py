"""Two networks that know nothing about images: a linear classifier and an MLP."""

from collections.abc import Sequence

from torch import Tensor, nn

from d2lkit.arguments import integer, number
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_image_size, check_images, check_sizes, scaled
from d2lkit.models.registry import register


class Linear(nn.Module):
    """Softmax regression: every class weighs every pixel.

    The smallest image is 1×1 pixel.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: taken so that every network has it; there is no hidden layer to scale.
        image_size: side of the images in pixels, or (height, width).

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images of another shape.

    >>> import torch
    >>> Linear()(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """

    smallest_size = 1

    def __init__(
        self,
        in_channels: int = 1,
        num_classes: int = 10,
        width: float = 1.0,
        *,
        image_size: int | tuple[int, int] = 28,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        height, side = check_image_size("Linear", image_size, self.smallest_size)
        self.in_channels, self.fixed_size = in_channels, (height, side)
        self.net = nn.Sequential(
            nn.Flatten(),  # (N, C_in · H · W)
            nn.Linear(in_channels * height * side, num_classes),  # (N, num_classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        return self.net(images)


class MLP(nn.Module):
    """Fully connected layers with ReLU: the image is a list of numbers.

    The smallest image is 1×1 pixel.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of hidden units.
        image_size: side of the images in pixels, or (height, width).
        hidden: units of each hidden layer.
        dropout: probability of dropping a hidden unit while training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images of another shape.

    >>> import torch
    >>> MLP(3, 10, image_size=(8, 6), hidden=(64, 32))(torch.zeros(2, 3, 8, 6)).shape
    torch.Size([2, 10])
    """

    smallest_size = 1

    def __init__(
        self,
        in_channels: int = 1,
        num_classes: int = 10,
        width: float = 1.0,
        *,
        image_size: int | tuple[int, int] = 28,
        hidden: Sequence[int] = (256,),
        dropout: float = 0.0,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        number("dropout", dropout, minimum=0, maximum=1)
        height, side = check_image_size("MLP", image_size, self.smallest_size)
        self.in_channels, self.fixed_size = in_channels, (height, side)
        layers: list[nn.Module] = [nn.Flatten()]  # (N, C_in · H · W)
        features = in_channels * height * side
        for i, units in enumerate(hidden):
            units = scaled(integer(f"hidden[{i}]", units, minimum=1), width)
            layers += [nn.Linear(features, units), nn.ReLU()]  # (N, units)
            if dropout:
                layers.append(nn.Dropout(dropout))
            features = units
        layers.append(nn.Linear(features, num_classes))  # (N, num_classes)
        self.net = nn.Sequential(*layers)
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        return self.net(images)


@register
def linear(in_channels: int = 1, num_classes: int = 10, **options) -> Linear:
    """Linear classifier; options as for `Linear`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("linear")
    7850
    """
    return Linear(in_channels, num_classes, **options)


@register
def mlp(in_channels: int = 1, num_classes: int = 10, **options) -> MLP:
    """MLP with one hidden layer of 256 units; options as for `MLP`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("mlp")
    203530
    """
    return MLP(in_channels, num_classes, **options)
