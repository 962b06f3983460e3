"""What a layer says about images: its maps, and where a channel answers most."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, tensor
from d2lkit.explain.watching import checked_images, evaluating, maps_of, watching


def activations(net: nn.Module, layer: nn.Module, images: Tensor) -> Tensor:
    """Return the maps that a layer puts out, the network in evaluation mode.

    Args:
        net: any network; its mode is as before afterwards.
        layer: one of its modules that puts out maps.

    Shape: (N, C, H, W) -> (N, K, H', W')

    Raises:
        TypeError, ValueError: for images that are none, or a layer that is not the network's.

    >>> net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(108, 2))
    >>> activations(net, net[1], torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 3, 6, 6])
    """
    tensor("images", images, ndim=4, floating=True)
    with evaluating(net), watching(net, layer) as seen, torch.no_grad():
        net(images)
    return maps_of(seen, layer)


@dataclass(frozen=True)
class Spot:
    """Where a channel answered: which image, which place of the map, how strongly.

    >>> Spot(image=3, row=0, column=2, value=1.5).value
    1.5
    """

    image: int
    row: int
    column: int
    value: float


def strongest(
    net: nn.Module, layer: nn.Module, images: Tensor, channel: int, count: int = 9
) -> list[Spot]:
    """Return where a channel answers most, the strongest first, one place for each image.

    Args:
        channel: index of the map.
        count: how many images.

    Shape: (N, C, H, W) -> a list of ``min(count, N)`` spots

    Raises:
        TypeError, ValueError: as `activations`; or if the layer has no such channel.

    >>> images = torch.zeros(2, 1, 4, 4)
    >>> images[1, 0, 3, 2] = 5.0
    >>> net = nn.Sequential(nn.ReLU())
    >>> strongest(net, net[0], images, channel=0, count=1)
    [Spot(image=1, row=3, column=2, value=5.0)]

    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014,
    section 4.
    """
    integer("count", count, minimum=1)
    maps = activations(net, layer, images)
    if not 0 <= integer("channel", channel) < maps.shape[1]:
        raise ValueError(f"channel must be from 0 to {maps.shape[1] - 1}, got {channel}")
    values, places = maps[:, channel].flatten(1).max(1)
    width = maps.shape[-1]
    order = values.argsort(descending=True, stable=True)[:count].tolist()
    return [
        Spot(i, int(places[i]) // width, int(places[i]) % width, float(values[i])) for i in order
    ]


def field_of(
    net: nn.Module, layer: nn.Module, image: Tensor, row: int, column: int
) -> tuple[slice, slice]:
    """Return the pixels on which one place of a layer's maps depends, for this image.

    They are measured: the frame around all pixels that have a gradient. A part of the receptive
    field that ReLUs have switched off for this image is not among them.

    Args:
        image: one image.
        row: row of the maps.
        column: column of the maps.

    Shape: (C, H, W) -> slices of H and of W

    Raises:
        TypeError, ValueError: as `activations`; or if the maps have no such place.

    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3))
    >>> field_of(net, net[1], torch.ones(1, 9, 9), row=2, column=0)
    (slice(2, 7, None), slice(0, 5, None))
    """
    images = checked_images(tensor("image", image, ndim=3)[None])
    with evaluating(net), watching(net, layer) as seen, torch.enable_grad():
        net(images)
        maps = maps_of(seen, layer)
        height, width = maps.shape[-2:]
        inside = 0 <= integer("row", row) < height and 0 <= integer("column", column) < width
        if not inside:
            raise ValueError(f"the maps are {height}×{width}, got row {row}, column {column}")
        # One channel at a time would be exact; a random mixture does not cancel.
        generator = torch.Generator().manual_seed(0)
        mixture = torch.rand(maps.shape[1], generator=generator).to(maps) + 0.5
        total = (mixture * maps[0, :, row, column]).sum()
        (gradient,) = torch.autograd.grad(total, images)
    reached = gradient[0].abs().sum(0) > 0
    if not reached.any():
        return slice(0, 0), slice(0, 0)
    rows, columns = (reached.any(axis).nonzero()[:, 0].tolist() for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
