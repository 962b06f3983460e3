"""The common pattern of layers, written once: convolutions, pooling, fully connected layers."""

from torch import nn

from d2lkit.arguments import boolean, integer
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_image_size, check_sizes, grid_after, scaled


def pattern_net(
    convolutions: int,
    stages: int,
    hidden_layers: int,
    *,
    in_channels: int = 3,
    num_classes: int = 10,
    width: float = 1.0,
    image_size: int | tuple[int, int] = 32,
    channels: int = 16,
    hidden: int = 64,
    pool: bool = True,
) -> nn.Sequential:
    """Build ``INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC``.

    Convolutions are 3×3 with padding 1 and keep the size; pooling is 2×2 and halves it. The first
    stage has ``channels`` channels, each later one twice as many as the one before.

    Args:
        convolutions: N, the convolutions of a stage.
        stages: M.
        hidden_layers: K, the fully connected layers before the last.
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels and hidden units.
        image_size: side of the images in pixels, or (height, width).
        channels: of the first stage.
        hidden: units of a hidden fully connected layer.
        pool: whether a stage ends in pooling.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or an image with too few pixels to be halved.

    >>> import torch
    >>> pattern_net(0, 0, 0)(torch.zeros(2, 3, 32, 32)).shape  # a linear classifier
    torch.Size([2, 10])
    >>> [type(layer).__name__ for layer in pattern_net(1, 1, 0)]
    ['Conv2d', 'ReLU', 'MaxPool2d', 'Flatten', 'Linear']
    """
    check_sizes(in_channels, num_classes, width)
    integer("convolutions", convolutions, minimum=0)
    integer("stages", stages, minimum=0)
    integer("hidden_layers", hidden_layers, minimum=0)
    integer("channels", channels, minimum=1)
    integer("hidden", hidden, minimum=1)
    boolean("pool", pool)
    smallest = 2**stages if pool else 1
    size = check_image_size(f"a pattern of {stages} stages", image_size, smallest)
    layers: list[nn.Module] = []
    for stage in range(stages):
        for _ in range(convolutions):
            out_channels = scaled(channels * 2**stage, width)
            layers += [nn.Conv2d(in_channels, out_channels, 3, padding=1), nn.ReLU()]
            in_channels = out_channels
        if pool:
            layers.append(nn.MaxPool2d(2))
    height, side = grid_after(nn.Sequential(*layers), size)
    layers.append(nn.Flatten())
    units = in_channels * height * side
    for _ in range(hidden_layers):
        layers += [nn.Linear(units, scaled(hidden, width)), nn.ReLU()]
        units = scaled(hidden, width)
    net = nn.Sequential(*layers, nn.Linear(units, num_classes))
    init_kaiming(net)
    return net
