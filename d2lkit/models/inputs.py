"""What every network checks: its arguments when it is built, its images when it runs."""

from torch import nn

from d2lkit.arguments import integer, number, pair, tensor
from d2lkit.geometry import output_size


def scaled(channels: int, width: float, multiple_of: int = 1) -> int:
    """Return ``width`` times ``channels``, rounded to a multiple, and never less than one.

    >>> scaled(64, 0.25), scaled(6, 0.1), scaled(96, 0.1, multiple_of=4)
    (16, 1, 8)
    """
    return multiple_of * max(1, round(channels * width / multiple_of))


def grid_after(layers: nn.Sequential, image_size: tuple[int, int]) -> tuple[int, int]:
    """Return the height and width that ``layers`` leave of an image, without running them.

    >>> grid_after(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2)), (32, 48))
    (15, 23)
    """
    for layer in layers.modules():
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d):
            image_size = output_size(
                image_size, layer.kernel_size, stride=layer.stride, padding=layer.padding
            )
    return image_size


def check_sizes(in_channels: object, num_classes: object, width: object) -> None:
    """Refuse channel or class numbers below 1 and widths that are not positive and finite.

    Raises:
        TypeError: if a number of channels or classes is no int, or ``width`` no number.
        ValueError: if one of them is out of range.

    >>> check_sizes(3, 0, 1.0)
    Traceback (most recent call last):
    ...
    ValueError: num_classes must be at least 1, got 0
    """
    integer("in_channels", in_channels, minimum=1)
    integer("num_classes", num_classes, minimum=1)
    # 100 times the paper's channels is a slip (a percentage, say), not a network.
    number("width", width, above=0, maximum=100)


def check_image_size(network: str, image_size: object, smallest_size: int) -> tuple[int, int]:
    """Return ``image_size`` as ``(height, width)`` in pixels if the network can take it.

    Raises:
        TypeError: if ``image_size`` is neither an int nor a pair of ints.
        ValueError: if a side is shorter than ``smallest_size`` pixels.

    >>> check_image_size("LeNet", 28, 12)
    (28, 28)
    >>> check_image_size("LeNet", (28, 8), 12)
    Traceback (most recent call last):
    ...
    ValueError: LeNet needs images of at least 12×12 pixels, got image_size 28×8
    """
    height, width = pair("image_size", image_size, minimum=1)
    if min(height, width) < smallest_size:
        raise ValueError(
            f"{network} needs images of at least {smallest_size}×{smallest_size} pixels, "
            f"got image_size {height}×{width}"
        )
    return height, width


def check_images(net: nn.Module, images: object) -> None:
    """Refuse images that ``net`` cannot take, before a layer deep inside it fails.

    The network states what it takes: ``net.in_channels``, and ``net.smallest_size`` in pixels
    or, where its fully connected layers fix the size, ``net.fixed_size``.

    Shape: (N, C_in, H, W)

    Raises:
        TypeError: if ``images`` is no tensor of floating-point numbers.
        ValueError: if its shape does not suit the network.

    >>> import torch
    >>> from d2lkit.models import LeNet
    >>> check_images(LeNet(), torch.zeros(2, 1, 32, 32))
    Traceback (most recent call last):
    ...
    ValueError: this LeNet was built for 28×28 pixels, got 32×32: build it with image_size=(32, 32)
    """
    name = type(net).__name__
    tensor("images", images, ndim=4)
    if not images.is_floating_point():
        raise TypeError(f"images must be floating-point numbers, got {images.dtype}")
    _, channels, height, width = images.shape
    if channels != net.in_channels:
        raise ValueError(
            f"this {name} takes images with {net.in_channels} channels, "
            f"got shape {tuple(images.shape)}: (N, C, H, W) is expected"
        )
    fixed = getattr(net, "fixed_size", None)
    if fixed is not None and (height, width) != fixed:
        raise ValueError(
            f"this {name} was built for {fixed[0]}×{fixed[1]} pixels, got {height}×{width}: "
            f"build it with image_size=({height}, {width})"
        )
    smallest = net.smallest_size
    if min(height, width) < smallest:
        raise ValueError(
            f"{name} needs images of at least {smallest}×{smallest} pixels, got {height}×{width}"
        )
