"""Networks by name, for the command line and for experiments over many of them."""

import inspect
from difflib import get_close_matches

from torch import nn

from d2lkit.models.alexnet import alexnet, alexnet_single, alexnet_torchvision
from d2lkit.models.all_conv import all_conv, all_conv_pooled
from d2lkit.models.baseline import linear, mlp
from d2lkit.models.efficientnet_lite import efficientnet_lite0
from d2lkit.models.googlenet import googlenet, googlenet_torchvision
from d2lkit.models.inputs import check_image_size
from d2lkit.models.lenet import lenet, modern_lenet
from d2lkit.models.nin import nin, nin_alexnet
from d2lkit.models.resnet import (
    resnet18,
    resnet34,
    resnet50,
    resnet50_v15,
    resnet101,
    resnet101_v15,
    resnet152,
    resnet152_v15,
)
from d2lkit.models.resnet_variants import (
    plain18,
    plain34,
    preact_resnet18,
    preact_resnet34,
    preact_resnet50,
    preact_resnet101,
    preact_resnet152,
    resnet20,
    resnet32,
    resnet44,
    resnet56,
    resnet110,
)
from d2lkit.models.resnext import resnext50_32x4d, resnext101_32x8d, resnext101_64x4d
from d2lkit.models.vgg import vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from d2lkit.models.zfnet import zfnet, zfnet_wide

BUILDERS = (
    linear,
    mlp,
    lenet,
    modern_lenet,
    all_conv,
    all_conv_pooled,
    alexnet,
    alexnet_single,
    alexnet_torchvision,
    zfnet,
    zfnet_wide,
    vgg11,
    vgg13,
    vgg16,
    vgg19,
    vgg11_bn,
    vgg13_bn,
    vgg16_bn,
    vgg19_bn,
    nin,
    nin_alexnet,
    googlenet,
    googlenet_torchvision,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnet50_v15,
    resnet101_v15,
    resnet152_v15,
    preact_resnet18,
    preact_resnet34,
    preact_resnet50,
    preact_resnet101,
    preact_resnet152,
    plain18,
    plain34,
    resnet20,
    resnet32,
    resnet44,
    resnet56,
    resnet110,
    resnext50_32x4d,
    resnext101_32x8d,
    resnext101_64x4d,
    efficientnet_lite0,
)
NETWORKS = {builder.__name__: builder for builder in BUILDERS}


def names() -> list[str]:
    """Return the names of all networks, from the simplest to the latest.

    >>> names()[:4]
    ['linear', 'mlp', 'lenet', 'modern_lenet']
    """
    return list(NETWORKS)


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


def _builder(name: str):
    """Return the function that builds the network of that name."""
    if name in NETWORKS:
        return NETWORKS[name]
    close = get_close_matches(str(name), NETWORKS, n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {names()}"
    raise ValueError(f"there is no network {name!r}; {hint}")
