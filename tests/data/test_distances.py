"""The formulas of the ten shapes."""

import pytest
import torch
from matplotlib.path import Path
from torch import cos, pi, sin

from d2lkit.data.distances import SHAPES, sides

GRID = torch.linspace(-1.3, 1.3, 201, dtype=torch.float64)
U, V = GRID[None, :].expand(201, 201), GRID[:, None].expand(201, 201)


def corners(n, start=pi / 2, radius=1.0):
    angles = start + torch.arange(n) * 2 * pi / n
    return torch.stack([cos(angles), sin(angles)], 1) * radius


def star_corners():
    # The inner corners of a pentagram lie where two of its lines meet.
    inner = 0.38 / torch.cos(torch.tensor(pi / 5))
    outer = 0.38 / torch.cos(torch.tensor(2 * pi / 5))
    points = torch.stack([corners(5, pi / 2, outer), corners(5, pi / 2 + pi / 5, inner)], 1)
    return points.flatten(0, 1)


OUTLINES = {
    "triangle": corners(3),
    "pentagon": corners(5),
    "square": [(0.8, 0.8), (-0.8, 0.8), (-0.8, -0.8), (0.8, -0.8)],
    "star": star_corners(),
    "cross": [
        (1, 0.3), (0.3, 0.3), (0.3, 1), (-0.3, 1), (-0.3, 0.3), (-1, 0.3),
        (-1, -0.3), (-0.3, -0.3), (-0.3, -1), (0.3, -1), (0.3, -0.3), (1, -0.3),
    ],
    "arrow": [(0, 0.95), (-0.95, 0), (-0.22, 0), (-0.22, -1), (0.22, -1), (0.22, 0), (0.95, 0)],
}  # fmt: skip


@pytest.mark.parametrize("name", OUTLINES)
def test_inside_is_what_the_outline_encloses(name):
    path = Path([tuple(map(float, corner)) for corner in OUTLINES[name]])
    points = torch.stack([U, V], -1).view(-1, 2).numpy()
    wanted = torch.from_numpy(path.contains_points(points)).view(201, 201)
    distance = SHAPES[name](U, V)
    clear = distance.abs() > 1e-4
    assert ((distance < 0) == wanted)[clear].all()
    assert clear.double().mean() > 0.99


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("circle", U**2 + V**2 < 1),
        ("ring", (U**2 + V**2 < 1) & (U**2 + V**2 > 0.55**2)),
        ("crescent", (U**2 + V**2 < 1) & ((U - 0.5) ** 2 + V**2 > 0.8**2)),
        (
            "heart",
            (U.abs() + V.abs() < 0.8) | ((U.abs() - 0.4) ** 2 + (V - 0.4) ** 2 < 0.32),
        ),
    ],
)
def test_round_shapes(name, wanted):
    distance = SHAPES[name](U, V)
    clear = distance.abs() > 1e-4
    assert ((distance < 0) == wanted)[clear].all()


@pytest.mark.parametrize("name", SHAPES)
def test_distance_grows_by_about_1_per_length_across_the_outline(name):
    distance = SHAPES[name](U, V)
    step = float(GRID[1] - GRID[0])
    slopes = torch.stack(torch.gradient(distance, spacing=step)).square().sum(0).sqrt()
    at_outline = distance.abs() < 2 * step
    assert slopes[at_outline].median() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("name", SHAPES)
def test_shape_reaches_about_1_from_its_middle(name):
    reach = (U**2 + V**2).sqrt()[SHAPES[name](U, V) < 0].max()
    assert 0.9 < reach < 1.25


def test_first_side_lies_below():
    assert sides(torch.zeros(1), torch.full((1,), -0.5), 3, 0.5)[0] == pytest.approx(0, abs=1e-6)
