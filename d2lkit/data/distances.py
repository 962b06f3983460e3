"""How far a point lies outside a shape: one formula for each class of ``Shapes``.

Each function takes coordinates ``u`` (to the right) and ``v`` (upwards) in which the shape
reaches about 1 from its middle, and returns a distance: negative inside, 0 on the outline,
positive outside, exact enough near the outline, where it decides how a pixel is shaded.

Only additions, products, minima, maxima and absolute values occur. These have one correct
result in floating point, so every device finds the same; a sine, a root or a quotient may
differ in its last bit between a CPU and a GPU.
"""

from collections.abc import Callable
from math import cos, pi, sin, sqrt

import torch
from torch import Tensor


def disc(u: Tensor, v: Tensor, radius: float = 1.0) -> Tensor:
    """Return about ``sqrt(u² + v²) - radius``: near the outline both agree, without the root."""
    return (u * u + v * v - radius**2) * (0.5 / radius)


def box(u: Tensor, v: Tensor, width: float | Tensor, height: float | Tensor) -> Tensor:
    """Return the distance from a box with the given half width and half height."""
    return torch.maximum(u.abs() - width, v.abs() - height)


def sides(u: Tensor, v: Tensor, n: int, apothem: float) -> list[Tensor]:
    """Return the distances from ``n`` lines around the middle, the first one below it."""
    angles = [2 * pi * k / n - pi / 2 for k in range(n)]
    # Rounded, so that the last bit of a sine cannot matter.
    return [u * round(cos(a), 6) + v * round(sin(a), 6) - apothem for a in angles]


def polygon(u: Tensor, v: Tensor, n: int) -> Tensor:
    """Return the distance from a regular polygon with ``n`` corners: inside all its sides."""
    first, *rest = sides(u, v, n, round(cos(pi / n), 6))
    for side in rest:
        first = torch.maximum(first, side)
    return first


def circle(u: Tensor, v: Tensor) -> Tensor:
    return disc(u, v)


def ring(u: Tensor, v: Tensor) -> Tensor:
    return torch.maximum(disc(u, v), -disc(u, v, 0.55))


def crescent(u: Tensor, v: Tensor) -> Tensor:
    return torch.maximum(disc(u, v), -disc(u - 0.5, v, 0.8))


def triangle(u: Tensor, v: Tensor) -> Tensor:
    return polygon(u, v, 3)


def square(u: Tensor, v: Tensor) -> Tensor:
    return box(u, v, 0.8, 0.8)


def pentagon(u: Tensor, v: Tensor) -> Tensor:
    return polygon(u, v, 5)


def star(u: Tensor, v: Tensor) -> Tensor:
    """A point lies in a five-pointed star if it is inside at least four of the five lines."""
    lines = sides(u, -v, 5, 0.38)  # the first line above the middle: a tip on top
    largest = torch.maximum(lines[0], lines[1])
    second = torch.minimum(lines[0], lines[1])
    for line in lines[2:]:
        second = torch.maximum(second, torch.minimum(largest, line))
        largest = torch.maximum(largest, line)
    return second


def cross(u: Tensor, v: Tensor) -> Tensor:
    return torch.minimum(box(u, v, 1.0, 0.3), box(u, v, 0.3, 1.0))


def arrow(u: Tensor, v: Tensor) -> Tensor:
    shaft = box(u, v + 0.45, 0.22, 0.55)
    # A roof over the line v = 0: the slope falls by 1 for each 1 to the side.
    head = torch.maximum(-v, (u.abs() + v - 0.95) * round(sqrt(0.5), 6))
    return torch.minimum(shaft, head)


def heart(u: Tensor, v: Tensor) -> Tensor:
    side = u.abs()
    diamond = (side + v.abs() - 0.8) * round(sqrt(0.5), 6)
    return torch.minimum(diamond, disc(side - 0.4, v - 0.4, round(0.8 * sqrt(0.5), 6)))


SHAPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    shape.__name__: shape
    for shape in (
        circle,
        ring,
        crescent,
        triangle,
        square,
        pentagon,
        star,
        cross,
        arrow,
        heart,
    )
}
