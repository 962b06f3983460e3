"""The gradient of a class's score with respect to the pixels."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from d2lkit.explain.watching import checked_images, evaluating, scores_of


def saliency(
    net: nn.Module, images: Tensor, classes: int | Sequence[int] | Tensor | None = None
) -> Tensor:
    """Return for each pixel how fast the score changes with it: the largest over the colours.

    Args:
        net: any network that puts out one score for each class; it runs in evaluation mode.
        classes: the class to explain, one for all images or one for each; None: the answer.

    Shape: (N, C, H, W) -> (N, H, W), not negative

    Raises:
        TypeError, ValueError: for images or classes that do not suit.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))
    >>> _ = nn.init.constant_(net[1].weight, -3.0)
    >>> saliency(net, torch.zeros(1, 1, 2, 2), classes=1)
    tensor([[[3., 3.],
             [3., 3.]]])

    Source: Simonyan et al., "Deep inside convolutional networks", 2014, section 3.1.
    """
    images = checked_images(images)
    with evaluating(net), torch.enable_grad():
        score = scores_of(net(images), classes)  # (N,)
        (gradient,) = torch.autograd.grad(score.sum(), images)  # (N, C, H, W)
    return gradient.abs().amax(1)
