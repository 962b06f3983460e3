"""LeNet and the blocks that d2l's chapters import, with d2l's names for every parameter."""

import functools

from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.lazy import LazyModuleMixin

from d2lkit.arguments import integer
from d2lkit.d2l.model import Classifier


def init_cnn(module: nn.Module) -> None:
    """Draw the weights of a convolution or fully connected layer after Xavier's rule.

    A lazy layer has no weights yet: it draws them when it meets its first input. Weights
    that are loaded before that stay.

    Args:
        module: any layer; others than these are left alone.

    >>> net = nn.Sequential(nn.LazyLinear(4), nn.ReLU())
    >>> _ = net.apply(init_cnn)

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward
    neural networks (2010), equation 16.
    """
    if not isinstance(module, nn.Linear | nn.Conv2d):
        return
    if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
        # torch calls reset_parameters when it knows the shape, and only then.
        module.reset_parameters = functools.partial(_reset_later, module)
    else:
        nn.init.xavier_uniform_(module.weight)


def _reset_later(module: nn.Module) -> None:
    if not module.has_uninitialized_params():
        del module.reset_parameters  # the class's own is in force again
        module.reset_parameters()
        init_cnn(module)


class LeNet(Classifier):
    """LeNet-5 with sigmoids and average pooling.

    Args:
        lr: learning rate.
        num_classes: numbers that the network returns for an image.

    Shape: (N, C, 28, 28) -> (N, num_classes); other sizes from 12 pixels on, too.

    >>> import torch
    >>> LeNet(lr=0.1)(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])

    Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document
    Recognition", Proceedings of the IEEE 1998, section II.B, simplified as in d2l.
    """

    def __init__(self, lr: float = 0.1, num_classes: int = 10) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5, padding=2),
            nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5),
            nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(),
            nn.LazyLinear(120),
            nn.Sigmoid(),
            nn.LazyLinear(84),
            nn.Sigmoid(),
            nn.LazyLinear(num_classes),
        )


class Residual(nn.Module):
    """Two 3×3 convolutions whose result is added to the input.

    Args:
        num_channels: channels of the result.
        use_1x1conv: let a 1×1 convolution bring the input to the result's shape.
        strides: of the first convolution, in pixels.

    Shape: (N, C_in, H, W) -> (N, num_channels, H / strides, W / strides), rounded up.

    Raises:
        ValueError: when called, if input and result differ in shape without ``use_1x1conv``.

    >>> import torch
    >>> Residual(6, use_1x1conv=True, strides=2)(torch.zeros(4, 3, 7, 5)).shape
    torch.Size([4, 6, 4, 3])

    Source: He, Zhang, Ren and Sun, Deep Residual Learning (2016), section 3.2; the shortcut
    without batch normalisation is d2l's.
    """

    def __init__(self, num_channels: int, use_1x1conv: bool = False, strides: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.LazyConv2d(num_channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.LazyConv2d(num_channels, kernel_size=3, padding=1)
        self.conv3 = None
        if use_1x1conv:
            self.conv3 = nn.LazyConv2d(num_channels, kernel_size=1, stride=strides)
        self.bn1 = nn.LazyBatchNorm2d()
        self.bn2 = nn.LazyBatchNorm2d()

    def forward(self, X: Tensor) -> Tensor:
        """Return the sum after a ReLU."""
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        return F.relu(Y + _shortcut(self.conv3, X, Y))


class ResNeXtBlock(nn.Module):
    """A residual block whose 3×3 convolution works in groups of channels.

    Args:
        num_channels: channels of the result.
        groups: **channels in a group**, not the number of groups; d2l's chapters call it so.
        bot_mul: channels between the 1×1 convolutions, as a multiple of ``num_channels``.
        use_1x1conv: let a 1×1 convolution bring the input to the result's shape.
        strides: of the 3×3 convolution, in pixels.

    Attributes:
        num_groups: number of groups, what ``nn.Conv2d`` calls ``groups``.

    Shape: (N, C_in, H, W) -> (N, num_channels, H / strides, W / strides), rounded up.

    Raises:
        ValueError: if ``groups`` does not divide the channels; when called, if input and
            result differ in shape without ``use_1x1conv``.

    >>> import torch
    >>> block = ResNeXtBlock(32, 16, 1)
    >>> block.num_groups, block(torch.zeros(4, 32, 7, 5)).shape
    (2, torch.Size([4, 32, 7, 5]))

    Source: Xie et al., Aggregated Residual Transformations (2017), figure 3c.
    """

    def __init__(
        self,
        num_channels: int,
        groups: int,
        bot_mul: float,
        use_1x1conv: bool = False,
        strides: int = 1,
    ) -> None:
        super().__init__()
        bot_channels = round(integer("num_channels", num_channels, minimum=1) * bot_mul)
        if bot_channels % integer("groups", groups, minimum=1) or not bot_channels:
            raise ValueError(
                f"groups, the channels in a group, must divide the {bot_channels} channels of the "
                f"3×3 convolution, got {groups}"
            )
        self.num_groups = bot_channels // groups
        self.conv1 = nn.LazyConv2d(bot_channels, kernel_size=1)
        self.conv2 = nn.LazyConv2d(
            bot_channels, kernel_size=3, stride=strides, padding=1, groups=self.num_groups
        )
        self.conv3 = nn.LazyConv2d(num_channels, kernel_size=1)
        self.bn1 = nn.LazyBatchNorm2d()
        self.bn2 = nn.LazyBatchNorm2d()
        self.bn3 = nn.LazyBatchNorm2d()
        self.conv4 = None
        if use_1x1conv:
            self.conv4 = nn.LazyConv2d(num_channels, kernel_size=1, stride=strides)
            self.bn4 = nn.LazyBatchNorm2d()

    def forward(self, X: Tensor) -> Tensor:
        """Return the sum after a ReLU."""
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = F.relu(self.bn2(self.conv2(Y)))
        Y = self.bn3(self.conv3(Y))
        X = _shortcut(self.conv4, X, Y)
        return F.relu(Y + (X if self.conv4 is None else self.bn4(X)))


def _shortcut(conv: nn.Module | None, X: Tensor, Y: Tensor) -> Tensor:
    """Return what is to be added to ``Y``; say how to mend it if it does not fit."""
    shortcut = X if conv is None else conv(X)
    if shortcut.shape != Y.shape:
        raise ValueError(
            f"input and result must have one shape to be added, got {tuple(X.shape)} and "
            f"{tuple(Y.shape)}: set use_1x1conv=True"
        )
    return shortcut
