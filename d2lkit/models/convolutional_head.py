"""A classifier's head as convolutions: the network then runs on pictures of any size."""

from collections.abc import Iterator
from copy import deepcopy

import torch
from torch import Tensor, nn

from d2lkit.arguments import pair

CHECKED = 1e-3  # how far a score may be off, as a share of the largest


def fully_convolutional(
    net: nn.Module, image_size: int | tuple[int, int] | None = None
) -> nn.Sequential:
    """Return a copy of a classifier in which convolutions stand for its fully connected layers.

    The first layer behind the last maps becomes a convolution whose kernel is as large as these
    maps, or an average over a window of that size with stride 1; the others become 1 × 1
    convolutions. On ``image_size`` the result gives the scores of ``net``; on a larger picture
    it gives a map of scores, one for each position of the last maps' window.

    Where convolutions pad, a position of the map is not what ``net`` gives for a crop: the crop
    has zeros around it, the position has the rest of the picture.

    Args:
        net: a network whose parts run one after another, in the order in which it lists them.
        image_size: side of the images in pixels, or (height, width), for which the result has one
            position. By default that for which the network was built, or 224.

    Shape: of the result: (N, C_in, H, W) -> (N, num_classes, H', W')

    Raises:
        TypeError: if ``net`` is no module.
        ValueError: if the layers run one after another do not give what ``net`` gives, or a layer
            cannot be moved over a picture.

    >>> from d2lkit.models import vgg11
    >>> everywhere = fully_convolutional(vgg11(width=1 / 16, num_classes=10))
    >>> everywhere(torch.zeros(1, 3, 384, 384)).shape
    torch.Size([1, 10, 6, 6])
    >>> everywhere[-7].kernel_size, everywhere[-4].kernel_size
    ((7, 7), (1, 1))

    Source: Sermanet et al., "OverFeat", 2014, section 3.5; Long et al., "Fully convolutional
    networks for semantic segmentation", 2015, section 3.1.
    """
    if not isinstance(net, nn.Module):
        raise TypeError(f"net must be a torch.nn.Module, got {type(net).__name__}")
    image_size = getattr(net, "fixed_size", None) or 224 if image_size is None else image_size
    image = _noise(net, pair("image_size", image_size, minimum=1))
    training = {module: module.training for module in net.modules()}
    net.eval()
    try:
        with torch.no_grad():
            layers = nn.Sequential(*_converted(deepcopy(net), image))
            scores, expected = layers(image), net(image)
    finally:
        for module, mode in training.items():
            module.training = mode
    wanted = (*expected.shape, 1, 1)
    if scores.shape != wanted or _differ(scores.flatten(1), expected):
        raise ValueError(
            f"the parts of {type(net).__name__}, run in their order, do not give its scores: "
            "give a network without branches at its top, and nothing but its parts in forward()"
        )
    return layers.train(net.training)


def _differ(scores: Tensor, expected: Tensor) -> bool:
    return bool((scores - expected).abs().max() > CHECKED * expected.abs().max() + 1e-6)


def _noise(net: nn.Module, size: tuple[int, int]) -> Tensor:
    """A picture of random pixels that suits the network's first layer."""
    parameter = next(net.parameters(), torch.zeros(1))
    first = next((m for m in net.modules() if isinstance(m, nn.Conv2d)), None)
    channels = getattr(net, "in_channels", 3 if first is None else first.in_channels)
    generator = torch.Generator().manual_seed(0)
    return torch.rand(1, channels, *size, generator=generator).to(parameter)


def _parts(net: nn.Module) -> Iterator[nn.Module]:
    """The parts of a network in their order; a Sequential is taken apart."""
    for child in net.children():
        if type(child) is nn.Sequential:
            yield from _parts(child)
        else:
            yield child


def _converted(net: nn.Module, maps: Tensor) -> Iterator[nn.Module]:
    """The layers in order, each after its own conversion; ``maps`` runs along."""
    for part in _parts(net):
        for layer in _convert(part, tuple(maps.shape[1:])):
            try:
                maps = layer(maps)
            except RuntimeError as error:
                raise ValueError(
                    f"{type(net).__name__} does not run part by part: {layer} gives {error}"
                ) from error
            yield layer


def _convert(layer: nn.Module, shape: tuple[int, ...]) -> list[nn.Module]:
    """What stands for a layer that reads maps of this shape, (C, height, width)."""
    channels, *size = shape
    if isinstance(layer, nn.Flatten):
        return []
    if isinstance(layer, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        grid = list(pair("output_size", layer.output_size, minimum=1))
        if grid == size:
            return []
        if grid != [1, 1]:
            raise ValueError(
                f"{layer} reads maps of {size[0]}×{size[1]}: it can be moved over a picture if "
                "its output has one position, or as many as the maps"
            )
        kind = nn.AvgPool2d if isinstance(layer, nn.AdaptiveAvgPool2d) else nn.MaxPool2d
        return [kind(tuple(size), stride=1)]
    if isinstance(layer, nn.BatchNorm1d):
        return [_copied(layer, nn.BatchNorm2d(layer.num_features, layer.eps, layer.momentum))]
    if not isinstance(layer, nn.Linear):
        return [layer]
    pool = []
    if layer.in_features == channels != channels * size[0] * size[1]:
        # An average that forward() takes without a layer of its own.
        pool, size = [nn.AvgPool2d(tuple(size), stride=1)], [1, 1]
    if layer.in_features != channels * size[0] * size[1]:
        raise ValueError(f"{layer} does not fit maps of shape {shape}: is image_size right?")
    bias = layer.bias is not None
    kernel = nn.Conv2d(channels, layer.out_features, tuple(size), bias=bias)
    return [*pool, _copied(layer, kernel)]


def _copied(layer: nn.Module, new: nn.Module) -> nn.Module:
    """Give ``new`` the numbers of ``layer``, each in the shape that it wants."""
    shapes = {name: value.shape for name, value in new.state_dict().items()}
    state = layer.state_dict()
    new.to(layer.weight).load_state_dict({n: v.reshape(shapes[n]) for n, v in state.items()})
    new.requires_grad_(layer.weight.requires_grad)
    return new.eval()
