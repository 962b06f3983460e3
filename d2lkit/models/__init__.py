"""Networks from LeNet to EfficientNet-Lite: plain ``nn.Module``s, one module per architecture.

Every class takes ``in_channels``, ``num_classes`` and ``width``, a factor on its numbers of
channels: 1 is the paper's network, a fraction trains in seconds. ``names()`` lists the variants,
each of which is also a function here, and ``create(name, ...)`` builds one.
"""

from d2lkit.models.alexnet import AlexNet, alexnet, alexnet_single, alexnet_torchvision
from d2lkit.models.all_conv import AllConv, all_conv, all_conv_pooled
from d2lkit.models.baseline import MLP, Linear, linear, mlp
from d2lkit.models.efficientnet_lite import (
    EfficientNetLite,
    InvertedResidual,
    SameConv2d,
    efficientnet_lite0,
)
from d2lkit.models.efficientnet_lite_weights import (
    imagenet_classes,
    imagenet_input,
    load_imagenet,
)
from d2lkit.models.googlenet import (
    GoogLeNet,
    GoogLeNetOutputs,
    auxiliary_loss,
    googlenet,
    googlenet_torchvision,
)
from d2lkit.models.inception import Inception
from d2lkit.models.initialise import init_kaiming, init_xavier
from d2lkit.models.inputs import check_images
from d2lkit.models.lenet import LeNet, ModernLeNet, lenet, modern_lenet
from d2lkit.models.nin import NiN, nin, nin_alexnet, nin_block
from d2lkit.models.registry import create, names, options
from d2lkit.models.residual import (
    PaddingShortcut,
    PreActivationResidual,
    Residual,
    basic,
    bottleneck,
    bottleneck_v15,
)
from d2lkit.models.resnet import (
    ResNet,
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
    resnet_small,
)
from d2lkit.models.resnext import ResNeXt, resnext50_32x4d, resnext101_32x8d, resnext101_64x4d
from d2lkit.models.torchvision_weights import from_torchvision, load_torchvision
from d2lkit.models.vgg import (
    VGG,
    vgg11,
    vgg11_bn,
    vgg13,
    vgg13_bn,
    vgg16,
    vgg16_bn,
    vgg19,
    vgg19_bn,
    vgg_block,
)
from d2lkit.models.zfnet import ZFNet, zfnet, zfnet_wide

__all__ = [
    "MLP",
    "VGG",
    "AlexNet",
    "AllConv",
    "EfficientNetLite",
    "GoogLeNet",
    "GoogLeNetOutputs",
    "Inception",
    "InvertedResidual",
    "LeNet",
    "Linear",
    "ModernLeNet",
    "NiN",
    "PaddingShortcut",
    "PreActivationResidual",
    "ResNeXt",
    "ResNet",
    "Residual",
    "SameConv2d",
    "ZFNet",
    "alexnet",
    "alexnet_single",
    "alexnet_torchvision",
    "all_conv",
    "all_conv_pooled",
    "auxiliary_loss",
    "basic",
    "bottleneck",
    "bottleneck_v15",
    "check_images",
    "create",
    "efficientnet_lite0",
    "from_torchvision",
    "googlenet",
    "googlenet_torchvision",
    "imagenet_classes",
    "imagenet_input",
    "init_kaiming",
    "init_xavier",
    "lenet",
    "linear",
    "load_imagenet",
    "load_torchvision",
    "mlp",
    "modern_lenet",
    "names",
    "nin",
    "nin_alexnet",
    "nin_block",
    "options",
    "plain18",
    "plain34",
    "preact_resnet18",
    "preact_resnet34",
    "preact_resnet50",
    "preact_resnet101",
    "preact_resnet152",
    "resnet18",
    "resnet20",
    "resnet32",
    "resnet34",
    "resnet44",
    "resnet50",
    "resnet50_v15",
    "resnet56",
    "resnet101",
    "resnet101_v15",
    "resnet110",
    "resnet152",
    "resnet152_v15",
    "resnet_small",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
    "vgg_block",
    "zfnet",
    "zfnet_wide",
]
