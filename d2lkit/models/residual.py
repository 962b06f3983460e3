"""Residual blocks: what they compute, and what leads around them.

A block is made in two steps. `basic` and `bottleneck` give its convolutions; `Residual` and
`PreActivationResidual` say where normalisation, ReLU and the shortcut go. `BasicBlock` and
`Bottleneck`, in ``blocks.py``, are whole blocks, which choose their shortcut themselves.
"""

from torch import Tensor, nn
from torch.nn.functional import pad

EXPANSION = 4  # a bottleneck has 4 times as many channels outside as inside


def conv3x3(in_channels: int, out_channels: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """A 3×3 convolution that keeps the size at stride 1; batch normalisation brings the bias.

    Shape: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride)
    """
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, groups=groups, bias=False)


def conv1x1(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    """A 1×1 convolution without bias.

    Shape: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride)
    """
    return nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)


def basic(in_channels: int, channels: int, stride: int = 1) -> list[nn.Conv2d]:
    """Two 3×3 convolutions; the first one strides.

    Shape: (N, C_in, H, W) -> (N, channels, H / stride, W / stride)

    Source: He et al., "Deep residual learning for image recognition", 2016, figure 5, left.

    >>> [conv.stride for conv in basic(8, 16, stride=2)]
    [(2, 2), (1, 1)]
    """
    return [conv3x3(in_channels, channels, stride), conv3x3(channels, channels)]


def bottleneck(in_channels: int, channels: int, stride: int = 1) -> list[nn.Conv2d]:
    """1×1 down to ``channels``, 3×3, 1×1 up to four times as many; the first one strides.

    Shape: (N, C_in, H, W) -> (N, 4 · channels, H / stride, W / stride)

    Source: He et al., 2016, figure 5, right, and section 4.1, footnote on table 1.

    >>> [(conv.kernel_size, conv.stride) for conv in bottleneck(64, 16, stride=2)]
    [((1, 1), (2, 2)), ((3, 3), (1, 1)), ((1, 1), (1, 1))]
    """
    return [
        conv1x1(in_channels, channels, stride),
        conv3x3(channels, channels),
        conv1x1(channels, EXPANSION * channels),
    ]


def bottleneck_v15(in_channels: int, channels: int, stride: int = 1) -> list[nn.Conv2d]:
    """`bottleneck` whose 3×3 convolution strides, so that no pixel is left out.

    A 1×1 convolution of stride 2 reads one pixel in four. This is "version 1.5", torchvision's.

    Shape: (N, C_in, H, W) -> (N, 4 · channels, H / stride, W / stride)

    >>> [(conv.kernel_size, conv.stride) for conv in bottleneck_v15(64, 16, stride=2)]
    [((1, 1), (1, 1)), ((3, 3), (2, 2)), ((1, 1), (1, 1))]
    """
    return [
        conv1x1(in_channels, channels),
        conv3x3(channels, channels, stride),
        conv1x1(channels, EXPANSION * channels),
    ]


def keeps_shape(convolutions: list[nn.Conv2d]) -> bool:
    """Whether what comes out of the convolutions can be added to what went in.

    >>> keeps_shape(basic(8, 8)), keeps_shape(basic(8, 8, stride=2)), keeps_shape(basic(8, 16))
    (True, False, False)
    >>> keeps_shape([nn.Conv2d(8, 8, 3)])  # without padding the map shrinks
    False
    """
    same_channels = convolutions[0].in_channels == convolutions[-1].out_channels
    no_stride = all(conv.stride == (1, 1) for conv in convolutions)
    return same_channels and no_stride and all(_lost(convolutions, axis) == 0 for axis in (0, 1))


def _lost(convolutions: list[nn.Conv2d], axis: int) -> int:
    """Return by how many pixels convolutions without stride shrink a map along an axis."""
    padded = [conv for conv in convolutions if conv.padding != "same"]
    reach = sum(conv.dilation[axis] * (conv.kernel_size[axis] - 1) for conv in padded)
    return reach - sum(2 * conv.padding[axis] for conv in padded if conv.padding != "valid")


def norm_relu(channels: int) -> list[nn.Module]:
    """Batch normalisation and ReLU."""
    return [nn.BatchNorm2d(channels), nn.ReLU()]


class PaddingShortcut(nn.Module):
    """A shortcut without parameters: drop pixels to stride, fill new channels with zeros.

    Shape: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride)

    >>> import torch
    >>> PaddingShortcut(16, 32, stride=2)(torch.ones(1, 16, 8, 8)).shape
    torch.Size([1, 32, 4, 4])

    Source: He et al., 2016, section 3.3, option A.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int):
        super().__init__()
        self.new_channels, self.stride = out_channels - in_channels, stride

    def forward(self, maps: Tensor) -> Tensor:
        maps = maps[:, :, :: self.stride, :: self.stride]
        return pad(maps, (0, 0, 0, 0, 0, self.new_channels))  # pairs from the last axis backwards


class Residual(nn.Module):
    """ReLU of what the convolutions give plus what came in.

    Args:
        convolutions: of the branch; each is followed by batch normalisation and, but for the
            last, ReLU.
        shortcut: brings the input to the branch's shape; ``nn.Identity()`` where it has that
            shape, None for a plain block with no way around.

    Shape: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride)

    >>> import torch
    >>> Residual(basic(8, 8), nn.Identity())(torch.zeros(1, 8, 6, 6)).shape
    torch.Size([1, 8, 6, 6])

    Source: He et al., 2016, figure 2.
    """

    def __init__(self, convolutions: list[nn.Conv2d], shortcut: nn.Module | None):
        super().__init__()
        layers: list[nn.Module] = []
        for conv in convolutions:
            layers += [conv, *norm_relu(conv.out_channels)]
        self.branch = nn.Sequential(*layers[:-1])
        self.shortcut = shortcut
        self.relu = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        change = self.branch(maps)
        if self.shortcut is None:
            return self.relu(change)
        return self.relu(change + self.shortcut(maps))


class PreActivationResidual(nn.Module):
    """What the convolutions give plus what came in, with nothing after the sum.

    Args:
        convolutions: of the branch; batch normalisation and ReLU stand before each.
        shortcut: as for `Residual`. Where the convolutions change the shape it starts behind the
            first ReLU, as the branch does; where they keep it, before: what came in is added as
            it came in, or scaled, or through any other layer.
        activated: the input has been through normalisation and ReLU already, as in the first
            block of a network.

    Shape: (N, C_in, H, W) -> (N, C_out, H / stride, W / stride)

    >>> import torch
    >>> block = PreActivationResidual(basic(8, 8), nn.Identity())
    >>> block(torch.zeros(1, 8, 6, 6)).shape
    torch.Size([1, 8, 6, 6])

    Source: He et al., "Identity mappings in deep residual networks", 2016, figure 4(e) and
    appendix.
    """

    def __init__(
        self,
        convolutions: list[nn.Conv2d],
        shortcut: nn.Module | None,
        activated: bool = False,
    ):
        super().__init__()
        first, *others = convolutions
        self.activate = nn.Sequential(*([] if activated else norm_relu(first.in_channels)))
        layers: list[nn.Module] = [first]
        for conv in others:
            layers += [*norm_relu(conv.in_channels), conv]
        self.branch = nn.Sequential(*layers)
        self.shortcut = shortcut
        self.keeps_shape = keeps_shape(convolutions)

    def forward(self, maps: Tensor) -> Tensor:
        active = self.activate(maps)
        change = self.branch(active)
        if self.shortcut is None:
            return change
        if self.keeps_shape:
            return change + self.shortcut(maps)
        return change + self.shortcut(active)
