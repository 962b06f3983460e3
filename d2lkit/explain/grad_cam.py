"""Grad-CAM: which places of a layer's maps speak for a class."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from d2lkit.arguments import number, tensor
from d2lkit.explain.watching import checked_images, evaluating, maps_of, scores_of, watching


def grad_cam(
    net: nn.Module,
    layer: nn.Module,
    images: Tensor,
    classes: int | Sequence[int] | Tensor | None = None,
) -> Tensor:
    """Return the maps of a layer, added up with the weight that each has for a class.

    A map's weight is the mean of the score's gradient over its places. What speaks against the
    class is cut off.

    Args:
        net: any network that puts out one score for each class; it runs in evaluation mode.
        layer: one of its modules that puts out maps, usually the last.
        classes: the class to explain, one for all images or one for each; None: the answer.

    Shape: (N, C, H, W) -> (N, H', W'), not negative, as coarse as the layer's maps

    Raises:
        TypeError, ValueError: for images, classes or a layer that do not suit.

    >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    >>> grad_cam(net, net[1], torch.zeros(5, 3, 8, 8), classes=1).shape
    torch.Size([5, 6, 6])

    Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", 2017, section 3.
    """
    images = checked_images(images)
    with evaluating(net), watching(net, layer) as seen, torch.enable_grad():
        score = scores_of(net(images), classes)  # (N,)
        maps = maps_of(seen, layer)  # (N, K, H', W')
        (gradient,) = torch.autograd.grad(score.sum(), maps)  # (N, K, H', W')
    weight = gradient.mean((2, 3), keepdim=True)  # (N, K, 1, 1)
    return (weight * maps).sum(1).relu().detach()


def overlay(image: Tensor, heat: Tensor, opacity: float = 0.5) -> Tensor:
    """Draw a coarse map over a photograph: bright yellow where it is strong.

    Args:
        image: one photograph, values from 0 to 1; a grey one becomes a colour one.
        heat: the map, of any size; its largest value is drawn strongest.
        opacity: of the strongest places, from 0 to 1.

    Shape: (C, H, W), (H', W') -> (3, H, W)

    Raises:
        TypeError, ValueError: for an image, a map or an opacity that does not suit.

    >>> overlay(torch.zeros(1, 4, 4), torch.tensor([[1.0]]))[:, 0, 0]
    tensor([0.5000, 0.4500, 0.0000])
    """
    tensor("image", image, ndim=3, floating=True)
    tensor("heat", heat, ndim=2, floating=True)
    if image.shape[0] not in (1, 3):
        raise ValueError(f"image must have 1 or 3 channels, got shape {tuple(image.shape)}")
    number("opacity", opacity, minimum=0, maximum=1)
    size = image.shape[-2:]
    large = interpolate(heat[None, None], size=size, mode="bilinear", align_corners=False)[0]
    strength = opacity * large.clamp(min=0) / large.amax().clamp(min=1e-12)  # (1, H, W)
    yellow = torch.tensor([1.0, 0.9, 0.0]).to(image)[:, None, None]
    return (1 - strength) * image.expand(3, *size) + strength * yellow
