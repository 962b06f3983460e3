"""GoogLeNet: nine Inception blocks, as in the paper and as in torchvision."""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from d2lkit.arguments import number, one_of
from d2lkit.models.alexnet import response_norm
from d2lkit.models.heads import pool_to
from d2lkit.models.inception import Inception, conv_block
from d2lkit.models.initialise import init_kaiming
from d2lkit.models.inputs import check_images, check_sizes, scaled
from d2lkit.models.registry import register

VARIANTS = ("paper", "torchvision")

# Of ImageNet's red, green and blue, in units of the largest value: what torchvision's published
# weights expect images to be normalised with.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

# Channels of the nine blocks: 1×1; 3×3 and what it is reduced from; 5×5 and what it is reduced
# from; after the pooling. Columns of table 1 of the paper, in its order.
INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


class GoogLeNetOutputs(NamedTuple):
    """Scores of the network and of its two auxiliary heads, each (N, num_classes).

    >>> import torch
    >>> net = googlenet(num_classes=5, width=0.1, auxiliary=True)
    >>> [tuple(scores.shape) for scores in net(torch.zeros(2, 3, 224, 224))]
    [(2, 5), (2, 5), (2, 5)]
    """

    logits: Tensor
    auxiliary1: Tensor
    auxiliary2: Tensor


def from_imagenet_range(images: Tensor) -> Tensor:
    """Bring images normalised with ImageNet's mean and spread to the range from -1 to 1.

    Shape: (N, 3, H, W) -> (N, 3, H, W)

    >>> import torch
    >>> black = -torch.tensor(IMAGENET_MEAN) / torch.tensor(IMAGENET_STD)
    >>> from_imagenet_range(black.view(1, 3, 1, 1)).flatten().round(decimals=4)
    tensor([-1., -1., -1.])
    """
    mean = images.new_tensor(IMAGENET_MEAN).view(3, 1, 1)
    std = images.new_tensor(IMAGENET_STD).view(3, 1, 1)
    return (images * std + mean - 0.5) / 0.5


def halving(kernel_size: int = 3) -> nn.MaxPool2d:
    """Max pooling of stride 2 that rounds up: 112, 56, 28, 14, 7.

    Shape: (N, C, H, W) -> (N, C, H / 2, W / 2)
    """
    return nn.MaxPool2d(kernel_size, stride=2, ceil_mode=True)


def auxiliary_head(
    in_channels: int, num_classes: int, width: float, batch_norm: bool
) -> nn.Sequential:
    """A small classifier on maps in the middle of the network.

    Shape: (N, C_in, H, W) -> (N, num_classes)
    """
    channels, hidden = scaled(128, width), scaled(1024, width)
    head = nn.Sequential(
        nn.AdaptiveAvgPool2d(4),  # (N, C_in, 4, 4)
        conv_block(in_channels, channels, 1, batch_norm=batch_norm),  # (N, 128, 4, 4)
        nn.Flatten(),  # (N, 2048)
        nn.Linear(channels * 16, hidden),  # (N, 1024)
        nn.ReLU(),
        nn.Dropout(0.7),
        nn.Linear(hidden, num_classes),  # (N, num_classes)
    )
    init_kaiming(head)
    return head


class GoogLeNet(nn.Module):
    """A stem of three convolutions, nine Inception blocks, an average and one dense layer.

    The smallest image is 31×31 pixels, 15×15 for ``variant="torchvision"``.

    Deviations from the paper:
        - no auxiliary heads unless asked for: they change the training only, and then the network
          has three outputs (see `GoogLeNetOutputs`);
        - their pooling adapts to the maps and always gives 4×4, the size that the paper's 5×5
          pooling of stride 3 gives on its 14×14;
        - pooling rounds its output size up, which gives the paper's sizes at 224;
        - weights by Kaiming's rule: the paper names none.

    Args:
        in_channels: channels of the images.
        num_classes: number of outputs.
        width: factor on the numbers of channels.
        variant: "paper", or "torchvision", which has batch normalisation after each convolution
            (no biases), no local response normalisation, 3×3 kernels for the paper's 5×5, and
            2×2 windows in the last pooling.
        auxiliary: add the two auxiliary heads; in training mode the network then returns
            `GoogLeNetOutputs`.
        dropout: probability of dropping a feature before the last layer while training.
        rescale: take images normalised as for torchvision's other networks and bring them to the
            range that its published GoogLeNet weights were trained on; needs three channels.

    Shape: (N, C_in, H, W) -> (N, num_classes)

    Raises:
        TypeError, ValueError: for a wrong argument, or for images that do not suit.

    >>> import torch
    >>> GoogLeNet(num_classes=10, width=0.125)(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])

    Source: Szegedy et al., "Going deeper with convolutions", 2015, table 1 and section 5.
    """

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 1000,
        width: float = 1.0,
        *,
        variant: str = "paper",
        auxiliary: bool = False,
        dropout: float = 0.4,
        rescale: bool = False,
    ):
        super().__init__()
        check_sizes(in_channels, num_classes, width)
        one_of("variant", variant, VARIANTS)
        number("dropout", dropout, minimum=0, maximum=1)
        if rescale and in_channels != 3:
            raise ValueError(f"rescale needs in_channels=3 (red, green, blue), got {in_channels}")
        norm = variant == "torchvision"
        self.in_channels, self.variant, self.rescale = in_channels, variant, rescale
        self.smallest_size = 15 if norm else 31
        c1, c2 = scaled(64, width), scaled(192, width)
        stem = [
            conv_block(in_channels, c1, 7, stride=2, padding=3, batch_norm=norm),
            # (N, 64, 112, 112)
            halving(),  # (N, 64, 56, 56)
            conv_block(c1, c1, 1, batch_norm=norm),
            conv_block(c1, c2, 3, padding=1, batch_norm=norm),  # (N, 192, 56, 56)
            halving(),  # (N, 192, 28, 28)
        ]
        if not norm:  # after the first and before the second pooling
            stem = [*stem[:2], response_norm(), *stem[2:4], response_norm(), stem[4]]
        self.stem = nn.Sequential(*stem)

        blocks, sums, channels_in = {}, {}, c2
        for name, channels in INCEPTIONS.items():
            channels = tuple(scaled(c, width) for c in channels)
            blocks[name] = Inception(channels_in, channels, variant)
            channels_in = sums[name] = channels[0] + channels[2] + channels[4] + channels[5]
        self.stage3 = nn.Sequential(blocks["3a"], blocks["3b"], halving())
        self.stage4a = blocks["4a"]
        self.stage4b = nn.Sequential(blocks["4b"], blocks["4c"], blocks["4d"])
        self.stage4e = nn.Sequential(blocks["4e"], halving(2 if norm else 3))
        self.stage5 = nn.Sequential(blocks["5a"], blocks["5b"])
        self.pool = pool_to(1)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(channels_in, num_classes))
        init_kaiming(self)
        self.auxiliary1 = self.auxiliary2 = None
        if auxiliary:
            self.auxiliary1 = auxiliary_head(sums["4a"], num_classes, width, norm)
            self.auxiliary2 = auxiliary_head(sums["4d"], num_classes, width, norm)

    def forward(self, images: Tensor) -> Tensor | GoogLeNetOutputs:
        check_images(self, images)
        if self.rescale:
            images = from_imagenet_range(images)
        maps = self.stage3(self.stem(images))  # (N, 480, 14, 14)
        early = self.stage4a(maps)  # (N, 512, 14, 14)
        late = self.stage4b(early)  # (N, 528, 14, 14)
        maps = self.stage5(self.stage4e(late))  # (N, 1024, 7, 7)
        logits = self.head(self.pool(maps))  # (N, num_classes)
        if self.training and self.auxiliary1 is not None:
            return GoogLeNetOutputs(logits, self.auxiliary1(early), self.auxiliary2(late))
        return logits


def auxiliary_loss(outputs: GoogLeNetOutputs, labels: Tensor, weight: float = 0.3) -> Tensor:
    """Cross-entropy of the network, plus ``weight`` times that of each auxiliary head.

    Args:
        outputs: what `GoogLeNet` returns in training mode with ``auxiliary=True``.
        labels: class numbers.
        weight: share of each auxiliary head; 0.3 in the paper.

    Shape: three of (N, num_classes), (N,) -> ()

    >>> import torch
    >>> zeros = torch.zeros(2, 4)
    >>> loss = auxiliary_loss(GoogLeNetOutputs(zeros, zeros, zeros), torch.tensor([0, 3]))
    >>> round(loss.item() / torch.log(torch.tensor(4.0)).item(), 3)
    1.6

    Source: Szegedy et al., 2015, section 5.
    """
    logits, *auxiliary = outputs
    loss = cross_entropy(logits, labels)
    return loss + weight * sum(cross_entropy(scores, labels) for scores in auxiliary)


@register
def googlenet(in_channels: int = 3, num_classes: int = 1000, **options) -> GoogLeNet:
    """GoogLeNet of the paper; options as for `GoogLeNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("googlenet")
    6998552
    """
    return GoogLeNet(in_channels, num_classes, **options)


@register(torchvision="googlenet")
def googlenet_torchvision(in_channels: int = 3, num_classes: int = 1000, **options) -> GoogLeNet:
    """torchvision's GoogLeNet, with batch normalisation; options as for `GoogLeNet`.

    >>> from d2lkit.models import parameters_of
    >>> parameters_of("googlenet_torchvision")
    6624904
    """
    return GoogLeNet(
        in_channels, num_classes, **{"variant": "torchvision", "dropout": 0.2, **options}
    )
