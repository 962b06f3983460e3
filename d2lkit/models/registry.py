"""Networks by name, for the command line and for experiments over many of them."""

import inspect
from collections.abc import Callable
from difflib import get_close_matches

import torch
from torch import nn

from d2lkit.models.inputs import check_image_size

Builder = Callable[..., nn.Module]

NETWORKS: dict[str, Builder] = {}
TORCHVISION: dict[str, Builder] = {}  # torchvision's name of the same network -> our function

# Modules with networks, from the simplest to the latest: the order of `names`.
_ORDER = (
    *("baseline", "lenet", "all_conv", "alexnet", "zfnet", "vgg", "nin", "googlenet"),
    *("resnet", "resnet_variants", "resnext", "mobile", "efficientnet_lite"),
)


def register(builder: Builder | None = None, *, torchvision: str | None = None):
    """Make a function that builds a network known by its own name.

    Args:
        builder: the function; it takes ``in_channels`` and ``num_classes`` first, and its return
            annotation is the network's class.
        torchvision: torchvision's name, where it has the same network.

    >>> @register
    ... def tiny(in_channels: int = 1, num_classes: int = 10) -> nn.Flatten:
    ...     return nn.Flatten()
    >>> create("tiny")
    Flatten(start_dim=1, end_dim=-1)
    >>> del NETWORKS["tiny"]
    """

    def keep(function: Builder) -> Builder:
        NETWORKS[function.__name__] = function
        if torchvision is not None:
            TORCHVISION[torchvision] = function
        return function

    return keep if builder is None else keep(builder)


def names() -> list[str]:
    """Return the names of all networks, from the simplest to the latest.

    >>> names()[:4]
    ['linear', 'mlp', 'lenet', 'modern_lenet']
    """
    order = {f"d2lkit.models.{module}": place for place, module in enumerate(_ORDER)}
    return sorted(NETWORKS, key=lambda name: order.get(NETWORKS[name].__module__, len(order)))


def options(name: str) -> dict[str, object]:
    """Return the options that a network takes, with its class's defaults.

    The function of a variant may set another default; ``help(models.vgg16_bn)`` says so.

    Raises:
        ValueError: if there is no network of that name.

    >>> options("lenet")["pooling"]
    'average'
    """
    # A variant's function names the class that it returns; a subclass adds to its parent's options.
    built = inspect.signature(_builder(name)).return_annotation
    found: dict[str, object] = {}
    for cls in reversed(built.__mro__):
        if issubclass(cls, nn.Module) and cls is not nn.Module:
            for option in inspect.signature(cls).parameters.values():
                if option.default is not option.empty:
                    found[option.name] = option.default
    return found


def create(name: str, *, image_size: int | tuple[int, int] | None = None, **settings) -> nn.Module:
    """Build a network by its name.

    Args:
        name: one of `names`.
        image_size: side of the images in pixels, or (height, width). Networks whose fully connected
            layers depend on it are built for it; every network says so if it is too small.
        settings: what the network takes: ``in_channels``, ``num_classes``, ``width`` and its own
            (see `options`).

    Raises:
        ValueError: if there is no network of that name, or a setting has a wrong value.
        TypeError: if the network does not take a setting, or it has a wrong type.

    >>> create("resnet18", in_channels=1, num_classes=10, width=0.25, image_size=28).stem[0]
    Conv2d(1, 16, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)
    >>> create("googlnet")
    Traceback (most recent call last):
    ...
    ValueError: there is no network 'googlnet'; did you mean 'googlenet'?
    """
    builder, allowed = _builder(name), options(name)
    for setting in settings:
        if setting not in allowed:
            raise TypeError(f"{name} takes no {setting!r}; it takes {', '.join(sorted(allowed))}")
    if image_size is None:
        return builder(**settings)
    if "image_size" in allowed:
        return builder(image_size=image_size, **settings)
    net = builder(**settings)
    check_image_size(name, image_size, net.smallest_size)
    return net


def parameters_of(name: str, **settings) -> int:
    """Return how many parameters a network has, without making any: shapes alone are enough.

    Args:
        name: one of `names`.
        settings: as for `create`.

    >>> parameters_of("lenet")
    61706
    >>> parameters_of("vgg16", num_classes=10)
    134301514
    """
    with torch.device("meta"):
        net = create(name, **settings)
    return sum(parameter.numel() for parameter in net.parameters())


def _builder(name: str):
    """Return the function that builds the network of that name."""
    if name in NETWORKS:
        return NETWORKS[name]
    close = get_close_matches(str(name), NETWORKS, n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {names()}"
    raise ValueError(f"there is no network {name!r}; {hint}")
