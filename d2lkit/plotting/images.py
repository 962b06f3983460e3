"""Grids of pictures: images, kernels, feature maps."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from d2lkit.arguments import integer, number
from d2lkit.plotting.arrays import as_array, labels
from d2lkit.plotting.style import DIVERGING, FAINT, PAGE_WIDTH, in_style, new_figure

_GAP = 0.06  # inches between pictures
_LABEL = 0.22  # inches above a picture that has a title
_BAR = 0.75  # inches for a colour bar and its numbers


@in_style
def show_images(
    images, titles=None, columns: int = 8, cmap=None, scale: float = 1.2, *, title=None
) -> Figure:
    """Show images in a grid.

    Floats in [0, 1] and uint8 are shown as they are. Floats beyond [0, 1], such as normalised
    images, are stretched to [0, 1] by one scale for the whole grid.

    Args:
        images: a tensor or array, or a list of images of shape (C, H, W) or (H, W) that may
            differ in size; C is 1 or 3.
        titles: one label per image.
        columns: images in a row.
        cmap: colour map for images with one channel, grey by default.
        scale: width of an image in inches; less where the row would not fit the page.
        title: a heading for the figure.

    Shape: (N, C, H, W) or (N, H, W)

    Raises:
        ValueError: for an empty batch, other shapes, nan or inf, or titles that do not match.

    >>> import torch
    >>> show_images(torch.rand(8, 3, 16, 16))
    <Figure size 700x82 with 8 Axes>
    """
    pictures = [_channels_last(image) for image in _split(images)]
    floats = [picture for picture in pictures if picture.dtype.kind == "f"]
    low = min([0.0, *(float(picture.min()) for picture in floats)])
    high = max([1.0, *(float(picture.max()) for picture in floats)])
    pictures = [p if p.dtype.kind == "u" else (p - low) / (high - low) for p in pictures]
    tops = [255 if picture.dtype.kind == "u" else 1.0 for picture in pictures]
    return _grid(
        pictures, [(0, top) for top in tops], titles, columns, cmap or "gray", scale, title
    )


@in_style
def show_kernels(
    weight, titles=None, columns: int = 8, cmap=None, scale: float = 0.8, *, each=False, title=None
) -> Figure:
    """Show the kernels of a convolution: blue below zero, white at zero, vermillion above.

    With three input channels and no ``cmap`` a kernel is shown as a small colour picture, grey
    where its weights are zero. With other channel numbers every output channel gets a row with
    one picture per input channel.

    Args:
        weight: the weights, for example ``conv.weight``.
        titles: one label per picture.
        columns: pictures in a row, where each output channel is one picture.
        cmap: colour map; its middle stands for zero.
        scale: width of a picture in inches; less where the row would not fit the page.
        each: stretch each kernel to its own largest weight instead of the largest of all.
        title: a heading for the figure.

    Shape: (C_out, C_in, kh, kw), (N, kh, kw) or (kh, kw)

    Raises:
        ValueError: for other shapes, nan or inf, or titles that do not match.

    >>> import torch
    >>> show_kernels(torch.randn(8, 3, 7, 7))
    <Figure size 682x80 with 8 Axes>
    """
    array = as_array("weight", weight, ndim=(2, 3, 4)).astype(float)
    if array.ndim == 2:
        array = array[None]
    coloured = array.ndim == 4 and array.shape[1] == 3 and cmap is None
    if array.ndim == 4 and not coloured:
        columns = array.shape[1] if array.shape[1] > 1 else columns
        array = array.reshape(-1, *array.shape[2:])
    sizes = np.abs(array).reshape(len(array), -1).max(axis=1)
    # A kernel of zeros has no scale of its own; any positive one shows it as zero.
    limits = np.where(sizes > 0, sizes, 1.0) if each else np.full(len(array), sizes.max() or 1.0)
    if coloured:
        array = array.transpose(0, 2, 3, 1) / (2 * limits[:, None, None, None])
        pictures = list(array + 0.5)
        return _grid(pictures, [(0, 1)] * len(array), titles, columns, "gray", scale, title)
    ranges = [(-limit, limit) for limit in limits]
    return _grid(
        list(array), ranges, titles, columns, cmap or DIVERGING, scale, title, bar=not each
    )


@in_style
def show_feature_maps(
    maps, titles=None, columns: int = 8, cmap=None, scale: float = 1.2, *, each=True, title=None
) -> Figure:
    """Show the channels of one feature map side by side.

    Maps with negative numbers are coloured around zero as kernels are; others run from zero
    (dark) to the largest number (bright).

    Args:
        maps: the output of a layer for one image.
        titles: one label per channel.
        columns: maps in a row.
        cmap: colour map.
        scale: width of a map in inches; less where the row would not fit the page.
        each: stretch each map to its own largest number; otherwise one scale and a colour bar.
        title: a heading for the figure.

    Shape: (C, H, W), (1, C, H, W) or (H, W)

    Raises:
        ValueError: for other shapes, more than one image, nan or inf, or titles that do not match.

    >>> import torch
    >>> show_feature_maps(torch.rand(6, 12, 12), columns=6)
    <Figure size 700x112 with 6 Axes>
    """
    array = as_array("maps", maps, ndim=(2, 3, 4)).astype(float)
    if array.ndim == 4:
        if len(array) != 1:
            raise ValueError(f"maps must come from one image, got shape {array.shape}")
        array = array[0]
    if array.ndim == 2:
        array = array[None]
    signed = array.min() < 0
    sizes = np.abs(array).reshape(len(array), -1).max(axis=1)
    limits = np.where(sizes > 0, sizes, 1.0) if each else np.full(len(array), sizes.max() or 1.0)
    ranges = [(-limit if signed else 0.0, limit) for limit in limits]
    cmap = cmap or (DIVERGING if signed else "viridis")
    return _grid(list(array), ranges, titles, columns, cmap, scale, title, bar=not each)


def _split(images) -> list[np.ndarray]:
    """Return a list of arrays (C, H, W) or (H, W), each uint8 or float."""
    if isinstance(images, list | tuple):
        if not images:
            raise ValueError("images must not be empty, got an empty list")
        split = [as_array(f"images[{i}]", image, ndim=(2, 3)) for i, image in enumerate(images)]
    else:
        split = list(as_array("images", images, ndim=(3, 4)))
    for i, image in enumerate(split):
        if image.dtype.kind in "iu" and image.dtype != np.uint8:
            raise ValueError(f"images must be uint8 or float, got {image.dtype} in image {i}")
    return split


def _channels_last(image: np.ndarray) -> np.ndarray:
    """Return (H, W) for one channel and (H, W, 3) for three: what matplotlib draws."""
    if image.ndim == 2:
        return image
    if image.shape[0] not in (1, 3):
        raise ValueError(
            f"images must have 1 or 3 channels in front, got an image of shape {image.shape}"
        )
    return image[0] if image.shape[0] == 1 else image.transpose(1, 2, 0)


def _grid(pictures, ranges, titles, columns, cmap, scale, title, bar=False) -> Figure:
    """Place pictures in rows, each within its (lowest, highest) value."""
    titles = labels("titles", titles, len(pictures))
    columns = min(integer("columns", columns, minimum=1), len(pictures))
    scale = number("scale", scale, above=0)
    rows = -(-len(pictures) // columns)
    right = _BAR if bar else 0.0
    width = min(scale, (PAGE_WIDTH - right - (columns - 1) * _GAP) / columns)
    height = width * max(picture.shape[0] / picture.shape[1] for picture in pictures)
    lines = max((label.count("\n") + 1 for label in titles), default=0) if titles else 0
    above = _LABEL * lines
    head = 0.35 if title is not None else 0.0

    total_width = columns * width + (columns - 1) * _GAP + right
    total_height = head + rows * (height + above) + (rows - 1) * _GAP
    # The places are computed, so no layout engine is needed (it is slow for many axes).
    figure = new_figure(total_width, total_height, title=title, layout="none")
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        left = column * (width + _GAP)
        top = head + row * (height + above + _GAP) + above
        axes = figure.add_axes(
            [
                left / total_width,
                1 - (top + height) / total_height,
                width / total_width,
                height / total_height,
            ]
        )
        low, high = ranges[index]
        axes.imshow(picture, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        for spine in axes.spines.values():
            spine.set(visible=True, color=FAINT)
        if titles:
            axes.set_title(titles[index], fontsize=9, pad=3)
    if bar:
        bar_height = min(total_height - head, 2.0)
        place = [
            total_width - right + 0.12,
            (total_height - head - bar_height) / 2,
            0.1,
            bar_height,
        ]
        axes = figure.add_axes(
            [
                place[0] / total_width,
                place[1] / total_height,
                place[2] / total_width,
                place[3] / total_height,
            ]
        )
        figure.colorbar(ScalarMappable(Normalize(*ranges[0]), cmap), cax=axes)
        axes.tick_params(labelsize=7)
    return figure
