"""What turns a network's last maps into one score per class."""

from torch import nn


def dense_head(in_features: int, hidden: int, num_classes: int, dropout: float) -> nn.Sequential:
    """Three fully connected layers, the first two with ReLU and dropout, as in AlexNet.

    Shape: (N, in_features) -> (N, num_classes)

    >>> len(dense_head(9216, 4096, 1000, dropout=0.5))
    7
    """
    return nn.Sequential(
        nn.Linear(in_features, hidden),  # (N, hidden)
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, hidden),  # (N, hidden)
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, num_classes),  # (N, num_classes)
    )


def pool_to(grid: int | tuple[int, int]) -> nn.Sequential:
    """Average the maps on a fixed grid, whatever their size, and flatten what is left.

    Shape: (N, C, H, W) -> (N, C · grid_height · grid_width)

    >>> import torch
    >>> pool_to(2)(torch.zeros(1, 8, 5, 7)).shape
    torch.Size([1, 32])
    """
    return nn.Sequential(nn.AdaptiveAvgPool2d(grid), nn.Flatten())
