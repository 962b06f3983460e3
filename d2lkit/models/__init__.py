"""Networks from LeNet to ResNeXt: plain ``nn.Module``s, one module per architecture.

Every class takes ``in_channels``, ``num_classes`` and ``width``, a factor on its numbers of
channels: 1 is the paper's network, a fraction trains in seconds.
"""

from d2lkit.models.all_conv import AllConv, all_conv, all_conv_pooled
from d2lkit.models.baseline import MLP, Linear, linear, mlp
from d2lkit.models.initialise import init_kaiming, init_xavier
from d2lkit.models.inputs import check_images
from d2lkit.models.lenet import LeNet, ModernLeNet, lenet, modern_lenet

__all__ = [
    "MLP",
    "AllConv",
    "LeNet",
    "Linear",
    "ModernLeNet",
    "all_conv",
    "all_conv_pooled",
    "check_images",
    "init_kaiming",
    "init_xavier",
    "lenet",
    "linear",
    "mlp",
    "modern_lenet",
]
