"""More residual networks: pre-activation, plain, and the 6n + 2 layers for small images."""

from d2lkit.arguments import integer
from d2lkit.models.registry import register
from d2lkit.models.residual import basic
from d2lkit.models.resnet import ResNet, resnet18, resnet34, resnet50, resnet101, resnet152


@register
def preact_resnet18(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-18 with pre-activation; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("preact_resnet18")
    11687720
    """
    return resnet18(in_channels, num_classes, pre_activation=True, **options)


@register
def preact_resnet34(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-34 with pre-activation; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("preact_resnet34")
    21795880
    """
    return resnet34(in_channels, num_classes, pre_activation=True, **options)


@register
def preact_resnet50(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-50 with pre-activation; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("preact_resnet50")
    25549352
    """
    return resnet50(in_channels, num_classes, pre_activation=True, **options)


@register
def preact_resnet101(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-101 with pre-activation; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("preact_resnet101")
    44541480
    """
    return resnet101(in_channels, num_classes, pre_activation=True, **options)


@register
def preact_resnet152(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-152 with pre-activation; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("preact_resnet152")
    60185128
    """
    return resnet152(in_channels, num_classes, pre_activation=True, **options)


@register
def plain18(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-18 without its shortcuts; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("plain18")
    11515688
    """
    return resnet18(in_channels, num_classes, shortcut="none", **options)


@register
def plain34(in_channels: int = 3, num_classes: int = 1000, **options) -> ResNet:
    """ResNet-34 without its shortcuts; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("plain34")
    21623848
    """
    return resnet34(in_channels, num_classes, shortcut="none", **options)


def resnet_small(layers: int, in_channels: int = 3, num_classes: int = 10, **options) -> ResNet:
    """The paper's network for CIFAR-10: 6n + 2 layers, three stages of n blocks, 16 to 64 maps.

    Its shortcuts have no parameters, so that ``shortcut="none"`` is the plain network with exactly
    the same parameters.

    Args:
        layers: layers with weights: 8, 14, 20, 26, 32, ...
        in_channels: channels of the images.
        num_classes: number of outputs.
        options: of `ResNet`.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        ValueError: if ``layers`` is not 6n + 2.

    >>> sum(p.numel() for p in resnet_small(20).parameters())
    269722
    >>> resnet_small(18)
    Traceback (most recent call last):
    ...
    ValueError: layers must be 6n + 2 (8, 14, 20, ...), got 18

    Source: He et al., "Deep residual learning for image recognition", 2016, section 4.2 and
    table 6.
    """
    integer("layers", layers, minimum=8)
    if layers % 6 != 2:
        raise ValueError(f"layers must be 6n + 2 (8, 14, 20, ...), got {layers}")
    settings = {"channels": (16, 32, 64), "small_stem": True, "shortcut": "padding"}
    return ResNet(basic, (layers // 6,) * 3, in_channels, num_classes, **settings | options)


@register
def resnet20(in_channels: int = 3, num_classes: int = 10, **options) -> ResNet:
    """ResNet-20 for small images; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet20")
    269722
    """
    return resnet_small(20, in_channels, num_classes, **options)


@register
def resnet32(in_channels: int = 3, num_classes: int = 10, **options) -> ResNet:
    """ResNet-32 for small images; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet32")
    464154
    """
    return resnet_small(32, in_channels, num_classes, **options)


@register
def resnet44(in_channels: int = 3, num_classes: int = 10, **options) -> ResNet:
    """ResNet-44 for small images; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet44")
    658586
    """
    return resnet_small(44, in_channels, num_classes, **options)


@register
def resnet56(in_channels: int = 3, num_classes: int = 10, **options) -> ResNet:
    """ResNet-56 for small images; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet56")
    853018
    """
    return resnet_small(56, in_channels, num_classes, **options)


@register
def resnet110(in_channels: int = 3, num_classes: int = 10, **options) -> ResNet:
    """ResNet-110 for small images; options as for `ResNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("resnet110")
    1727962
    """
    return resnet_small(110, in_channels, num_classes, **options)
