"""The Inception block: four branches side by side."""

import torch
from torch import Tensor, nn


def conv_block(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
    batch_norm: bool = False,
) -> nn.Sequential:
    """A convolution, batch normalisation if asked for, and ReLU.

    Shape: (N, C_in, H, W) -> (N, C_out, H_out, W_out)
    """
    # Batch normalisation subtracts the mean, and a bias with it.
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=not batch_norm)
    if batch_norm:
        return nn.Sequential(conv, nn.BatchNorm2d(out_channels, eps=0.001), nn.ReLU())
    return nn.Sequential(conv, nn.ReLU())


class Inception(nn.Module):
    """Four branches over the same input, concatenated: 1×1, 3×3, 5×5 and pooling.

    Args:
        in_channels: channels that come in.
        channels: of the 1×1 branch; of the 3×3 branch before and in its large convolution; of
            the 5×5 branch likewise; after the pooling.
        variant: "paper", or "torchvision" with batch normalisation and a 3×3 kernel where the
            paper has 5×5.

    Shape: (N, C_in, H, W) -> (N, C_1 + C_3 + C_5 + C_pool, H, W)

    >>> Inception(192, (64, 96, 128, 16, 32, 32))(torch.zeros(1, 192, 7, 7)).shape
    torch.Size([1, 256, 7, 7])

    Source: Szegedy et al., "Going deeper with convolutions", 2015, figure 2(b).
    """

    def __init__(
        self,
        in_channels: int,
        channels: tuple[int, int, int, int, int, int],
        variant: str = "paper",
    ):
        super().__init__()
        c1, c3_reduced, c3, c5_reduced, c5, c_pool = channels
        norm = variant == "torchvision"
        k = 3 if variant == "torchvision" else 5
        self.branch1 = conv_block(in_channels, c1, 1, batch_norm=norm)
        self.branch2 = nn.Sequential(
            conv_block(in_channels, c3_reduced, 1, batch_norm=norm),
            conv_block(c3_reduced, c3, 3, padding=1, batch_norm=norm),
        )
        self.branch3 = nn.Sequential(
            conv_block(in_channels, c5_reduced, 1, batch_norm=norm),
            conv_block(c5_reduced, c5, k, padding=k // 2, batch_norm=norm),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(kernel_size=3, stride=1, padding=1),
            conv_block(in_channels, c_pool, 1, batch_norm=norm),
        )

    def forward(self, maps: Tensor) -> Tensor:
        branches = [self.branch1, self.branch2, self.branch3, self.branch4]
        return torch.cat([branch(maps) for branch in branches], dim=1)
