"""A page on which a trained network can be explored, layer by layer and sum by sum."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from d2lkit.arguments import number, tensor
from d2lkit.demos.exported import export
from d2lkit.demos.page import page

MOST_IMAGES = 64


class Explorer:
    """A network and pictures as one HTML page; a notebook shows it below the cell.

    Made by `explore`.

    >>> net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10))
    >>> explorer = explore(net, torch.zeros(1, 1, 8, 8))
    >>> explorer
    Explorer of 4 layers, 1 picture
    >>> explorer.html().startswith("<!DOCTYPE html>")
    True
    """

    def __init__(self, data: dict):
        self.data = data

    def html(self) -> str:
        """The page, with all scripts, weights and pictures in it."""
        return page(self.data)

    def save(self, path: str | Path) -> Path:
        """Write the page to a file that any browser opens, offline, and return its path."""
        path = Path(path)
        path.write_text(self.html(), encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        return (
            '<iframe title="Explore the network" style="width: 100%; height: 60rem; border: 0" '
            f'srcdoc="{html.escape(self.html())}"></iframe>'
        )

    def __repr__(self) -> str:
        layers, pictures = len(self.data["network"]["layers"]), len(self.data["labels"])
        return f"Explorer of {layers} layers, {pictures} picture{'' if pictures == 1 else 's'}"


def explore(
    net: nn.Module,
    images: Tensor,
    labels: Sequence[int] | Tensor | None = None,
    *,
    class_names: Sequence[str] | None = None,
    mean: float | Sequence[float] = 0.0,
    std: float | Sequence[float] = 1.0,
) -> Explorer:
    """Open a network that was trained here: every map of every layer, for any picture.

    The reader draws a picture, loads one, or takes one of those given; a press on a unit shows
    the window that it read, the weights, and the sum that made it, back to the pixels. As the
    last line of a notebook's cell it appears below the cell; ``save`` writes one HTML file.

    Args:
        net: a chain of layers as ``export`` describes it.
        images: pictures to begin with, at most 64: uint8, or floats from 0 to 1, of shape
            (N, C, H, W).
        labels: the number of the right class for each picture.
        class_names: what each output of the network stands for; its number if left out.
        mean: what was subtracted from pixels in [0, 1] before the network saw them; one number, or
            one for each channel, such as ``data.mean``.
        std: what they were divided by afterwards.

    Raises:
        TypeError, ValueError: for a network that cannot be shown, or another wrong argument.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    >>> explore(net, torch.zeros(2, 1, 8, 8))
    Explorer of 2 layers, 2 pictures
    """
    pictures = _pictures(images)
    count, channels = pictures.shape[:2]
    network = export(net, pictures.shape[1:])
    size = network["layers"][-1]["size"] if network["layers"] else pictures.shape[1:]
    classes = _classes(class_names, size)
    data = {
        "network": network,
        "pictures": base64.b64encode(pictures.numpy().tobytes()).decode("ascii"),
        "labels": _labels(labels, count, len(classes or ())),
        "classes": classes,
        "mean": _per_channel("mean", mean, channels),
        "std": _per_channel("std", std, channels, above=0),
    }
    return Explorer(data)


def _pictures(images: Tensor) -> Tensor:
    """As bytes, on the CPU."""
    tensor("images", images, ndim=4)
    if not 1 <= len(images) <= MOST_IMAGES:
        raise ValueError(f"images must be 1 to {MOST_IMAGES}, got {len(images)}")
    if images.dtype == torch.uint8:
        return images.cpu().contiguous()
    tensor("images", images, floating=True)
    least, most = images.min().item(), images.max().item()
    if not (least >= 0 and most <= 1):
        raise ValueError(
            f"images must be uint8, or floats from 0 to 1 as they are before any normalisation, "
            f"got values from {least:.3g} to {most:.3g}"
        )
    return (images.detach().cpu() * 255).round().to(torch.uint8).contiguous()


def _classes(names: Sequence[str] | None, size: Sequence[int]) -> list[str] | None:
    """A name for each output, if the network ends in a row of them."""
    if len(size) != 1:
        if names is not None:
            raise ValueError(f"class_names need a network that ends in a row, got maps {size}")
        return None
    names = [str(i) for i in range(size[0])] if names is None else [str(name) for name in names]
    if len(names) != size[0]:
        raise ValueError(f"class_names must be {size[0]}, one for each output, got {len(names)}")
    return names


def _labels(labels, count: int, classes: int) -> list[int | None]:
    if labels is None:
        return [None] * count
    labels = [int(label) for label in labels]
    if len(labels) != count:
        raise ValueError(f"labels must be {count}, one for each picture, got {len(labels)}")
    if wrong := [label for label in labels if not 0 <= label < classes]:
        raise ValueError(f"a label must be a class from 0 to {classes - 1}, got {wrong[0]}")
    return labels


def _per_channel(name: str, value, channels: int, above: float | None = None) -> list[float]:
    values = [value] * channels if isinstance(value, (int, float)) else list(value)
    if len(values) != channels:
        raise ValueError(f"{name} must be one number or {channels}, got {len(values)}")
    return [number(name, float(one), above=above) for one in values]
