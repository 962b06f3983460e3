"""Networks from LeNet to ResNeXt: plain ``nn.Module``s, one module per architecture.

Every class takes ``in_channels``, ``num_classes`` and ``width``, a factor on its numbers of
channels: 1 is the paper's network, a fraction trains in seconds. ``names()`` lists the variants,
each of which is also a function here, and ``create(name, ...)`` builds one.
"""

from d2lkit.models import resnet_variants
from d2lkit.models.alexnet import AlexNet
from d2lkit.models.all_conv import AllConv
from d2lkit.models.baseline import MLP, Linear
from d2lkit.models.blocks import BasicBlock, Bottleneck, shortcut_around
from d2lkit.models.convolutional_head import fully_convolutional
from d2lkit.models.efficientnet_lite import EfficientNetLite, SameConv2d
from d2lkit.models.efficientnet_lite_weights import (
    imagenet_classes,
    imagenet_input,
    imagenet_photograph,
    load_imagenet,
)
from d2lkit.models.googlenet import GoogLeNet, GoogLeNetOutputs, auxiliary_loss
from d2lkit.models.inception import Inception
from d2lkit.models.initialise import init_kaiming, init_xavier
from d2lkit.models.inputs import check_images
from d2lkit.models.lenet import LeNet, ModernLeNet
from d2lkit.models.mobile import DepthwiseSeparable, InvertedResidual, MobileNetV2
from d2lkit.models.nin import NiN, nin_block
from d2lkit.models.pattern import pattern_net
from d2lkit.models.registry import NETWORKS, create, names, options, parameters_of, register
from d2lkit.models.residual import (
    PaddingShortcut,
    PreActivationResidual,
    Residual,
    basic,
    bottleneck,
    bottleneck_v15,
)
from d2lkit.models.resnet import ResNet
from d2lkit.models.resnext import ResNeXt
from d2lkit.models.torchvision_weights import from_torchvision, load_torchvision
from d2lkit.models.vgg import VGG, vgg_block
from d2lkit.models.zfnet import ZFNet

resnet_small = resnet_variants.resnet_small

__all__ = [
    "MLP",
    "VGG",
    "AlexNet",
    "AllConv",
    "BasicBlock",
    "Bottleneck",
    "DepthwiseSeparable",
    "EfficientNetLite",
    "GoogLeNet",
    "GoogLeNetOutputs",
    "Inception",
    "InvertedResidual",
    "LeNet",
    "Linear",
    "MobileNetV2",
    "ModernLeNet",
    "NiN",
    "PaddingShortcut",
    "PreActivationResidual",
    "ResNeXt",
    "ResNet",
    "Residual",
    "SameConv2d",
    "ZFNet",
    "auxiliary_loss",
    "basic",
    "bottleneck",
    "bottleneck_v15",
    "check_images",
    "create",
    "from_torchvision",
    "fully_convolutional",
    "imagenet_classes",
    "imagenet_input",
    "imagenet_photograph",
    "init_kaiming",
    "init_xavier",
    "load_imagenet",
    "load_torchvision",
    "names",
    "nin_block",
    "options",
    "parameters_of",
    "pattern_net",
    "register",
    "resnet_small",
    "shortcut_around",
    "vgg_block",
]

# The functions that carry ``@register`` are names of this package as well.
globals().update(NETWORKS)
__all__ += sorted(NETWORKS)
