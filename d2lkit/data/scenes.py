"""Scenes with one shape in front of clutter: dice on the CPU, drawing on any device.

``Scenes`` holds every number that describes the images of one block; ``draw`` turns them
into pixels. All randomness and all functions whose last bit could differ between machines
(sine, cosine, quotients) are finished before the drawing begins.
"""

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from d2lkit.data.distances import SHAPES, box

BLOCK = 50  # images that share one random generator
BARS = 3  # clutter behind the shape
TILES = 16  # patterns of pixel noise per block


@dataclass
class Scenes:
    """A block of scenes, the image first in every tensor.

    Lengths are in halves of the image's side: the image reaches from -1 to 1 in x and y.
    Colours are in [0, 1]. A turn is a pair (cosine, sine).
    """

    label: Tensor  # (N,) which shape
    centre: Tensor  # (N, 2)
    turn: Tensor  # (N, 2)
    radius: Tensor  # (N,)
    zoom: Tensor  # (N, 2) 1 / extent along the two axes of the shape
    colour: Tensor  # (N, 3)
    stripes: Tensor  # (N, 4) on the shape: (kx, ky, offset, height of the wave)
    ground: Tensor  # (N, 2, 3) the background runs from one colour to another
    slope: Tensor  # (N, 2) in this direction
    ground_stripes: Tensor  # (N, 4)
    bar_centre: Tensor  # (N, BARS + 1, 2), the last bar lies in front of the shape
    bar_turn: Tensor  # (N, BARS + 1, 2)
    bar_size: Tensor  # (N, BARS + 1, 2) half width and half length
    bar_colour: Tensor  # (N, BARS + 1, 3)
    tile: Tensor  # (N,) which pattern of noise

    def first(self, count: int) -> "Scenes":
        """Return the first ``count`` scenes."""
        return Scenes(**{f.name: getattr(self, f.name)[:count] for f in fields(self)})

    def to(self, device: str | torch.device) -> "Scenes":
        """Return the scenes on ``device``, with numbers in the precision that draws."""
        return Scenes(
            **{
                f.name: value.to(
                    device, torch.float32 if value.is_floating_point() else value.dtype
                )
                for f in fields(self)
                for value in [getattr(self, f.name)]
            }
        )


def throw_dice(random: torch.Generator) -> Scenes:
    """Return a block of random scenes, each shape equally often."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        drawn = torch.rand(BLOCK, *shape, generator=random, dtype=torch.float64)
        return low + (high - low) * drawn

    def turn(*shape: int, most: float = torch.pi) -> Tensor:
        angle = uniform(-most, most, *shape)
        return _coarse(torch.stack([angle.cos(), angle.sin()], -1))

    def waves(height: float) -> Tensor:
        per_length = uniform(1.0, 5.0, 1)
        return torch.cat([turn() * per_length, uniform(0, 1, 1), uniform(0, height, 1)], -1)

    label = torch.randperm(BLOCK, generator=random) % len(SHAPES)
    radius = uniform(0.35, 0.65)
    stretch = uniform(0.8, 1.25)
    centre = uniform(-1, 1, 2) * (1 - radius)[:, None]
    # The ground is darker than the shape in every channel; the bars may be either.
    first_ground = uniform(0, 0.5, 3)
    second_ground = (first_ground + uniform(-0.2, 0.2, 3)).clamp(0, 1)
    bar_centre = uniform(-1, 1, BARS + 1, 2)
    # The front bar covers a part of the shape, somewhere between its middle and its rim.
    bar_centre[:, -1] = centre + turn() * (radius * uniform(0.4, 1.0))[:, None]
    bar_size = torch.cat([uniform(0.02, 0.1, BARS + 1, 1), uniform(0.1, 0.5, BARS + 1, 1)], -1)
    return Scenes(
        label=label,
        centre=centre,
        turn=turn(most=torch.pi / 6),
        radius=radius,
        zoom=torch.stack([stretch / radius, 1 / (stretch * radius)], -1),
        colour=uniform(0.5, 1, 3),
        stripes=waves(0.25),
        ground=torch.stack([first_ground, second_ground], 1),
        slope=turn(),
        ground_stripes=waves(0.25),
        bar_centre=bar_centre,
        bar_turn=turn(BARS + 1),
        bar_size=bar_size,
        bar_colour=uniform(0.1, 0.9, BARS + 1, 3),
        tile=torch.randint(0, TILES, (BLOCK,), generator=random),
    )


def draw_noise(random: torch.Generator, size: int) -> Tensor:
    """Return ``TILES`` patterns of pixel noise in [-1, 1], ``(TILES, size, size)``."""
    levels = torch.randint(-100, 101, (TILES, size, size), generator=random)
    return (levels.double() / 100).float()


def draw(scenes: Scenes, noise: Tensor, size: int) -> Tensor:
    """Return the scenes as images.

    Only operations with one correct result: sums, products, minima, maxima, roundings.

    Args:
        noise: patterns of pixel noise in [-1, 1], ``(TILES, size, size)``.
        size: height and width in pixels.

    Shape: N scenes -> ``(N, 3, size, size)`` uint8.
    """
    # Pixel centres; the y axis points upwards. The quotient is taken on the CPU.
    line = ((torch.arange(size, dtype=torch.float64) * 2 + 1) / size - 1).float()
    x, y = line.to(noise.device)[None, None, :], -line.to(noise.device)[None, :, None]
    pixels = size / 2  # per unit of length

    ramp = (_along(scenes.slope, x, y) * 0.5 + 0.5).clamp(0, 1)[:, None]
    start, end = scenes.ground[:, 0, :, None, None], scenes.ground[:, 1, :, None, None]
    image = start + (end - start) * ramp
    image += _wave(scenes.ground_stripes, x, y)[:, None]

    for number in range(BARS):
        _paint_bar(image, scenes, number, x, y, pixels)

    distance = torch.empty_like(image[:, 0])
    for label, shape in enumerate(SHAPES.values()):
        chosen = (scenes.label == label).nonzero()[:, 0]
        u, v = _local(scenes.centre[chosen], scenes.turn[chosen], x, y)
        zoom = scenes.zoom[chosen, :, None, None]
        distance[chosen] = shape(u * zoom[:, 0], v * zoom[:, 1])
    distance *= scenes.radius[:, None, None]
    fill = scenes.colour[:, :, None, None] + _wave(scenes.stripes, x, y)[:, None]
    _paint(image, distance, fill, pixels)

    _paint_bar(image, scenes, BARS, x, y, pixels)
    image += noise[scenes.tile][:, None] * 0.08
    return (image.clamp_(0, 1) * 255 + 0.5).floor_().to(torch.uint8)


def _paint(image: Tensor, distance: Tensor, colour: Tensor, pixels: float) -> None:
    """Lay a colour over the image where the distance is negative, with a soft edge of a pixel."""
    cover = (0.5 - distance * pixels).clamp_(0, 1)[:, None]
    image += (colour - image) * cover


def _paint_bar(image: Tensor, scenes: Scenes, number: int, x: Tensor, y: Tensor, pixels: float):
    u, v = _local(scenes.bar_centre[:, number], scenes.bar_turn[:, number], x, y)
    size = scenes.bar_size[:, number, :, None, None]
    colour = scenes.bar_colour[:, number, :, None, None]
    _paint(image, box(u, v, size[:, 0], size[:, 1]), colour, pixels)


def _local(centre: Tensor, turn: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the pixels' coordinates in a system that is moved and turned, each (N, H, W)."""
    across, up = x - centre[:, 0, None, None], y - centre[:, 1, None, None]
    cosine, sine = turn[:, 0, None, None], turn[:, 1, None, None]
    return across * cosine + up * sine, up * cosine - across * sine


def _along(direction: Tensor, x: Tensor, y: Tensor) -> Tensor:
    return x * direction[:, 0, None, None] + y * direction[:, 1, None, None]


def _wave(stripes: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return a zigzag between plus and minus half the wave's height."""
    phase = _along(stripes, x, y) + stripes[:, 2, None, None]
    phase -= phase.floor()
    return ((phase - 0.5).abs_() * 2 - 0.5) * stripes[:, 3, None, None]


def _coarse(values: Tensor) -> Tensor:
    """Round to multiples of 2**-16, so that the last bit of a sine cannot matter."""
    return (values * 65536).round() / 65536
