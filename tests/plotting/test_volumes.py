import numpy as np
import pytest
from matplotlib.patches import Polygon

from d2lkit.plotting import show_volumes
from d2lkit.plotting.style import PAGE_WIDTH
from d2lkit.plotting.volumes import _FACES, _MARK

NET = {"input": (3, 32, 32), "maps": (12, 32, 32), "pooled": (12, 16, 16), "scores": (10,)}


def faces(figure, colour):
    """Corner points of the filled faces of one colour, in the order of the boxes."""
    from matplotlib.colors import to_rgb

    (axes,) = figure.axes
    return [
        patch.get_xy()[:4]
        for patch in axes.patches
        if isinstance(patch, Polygon)
        and patch.get_fill()
        and patch.get_facecolor()[:3] == to_rgb(colour)
    ]


def extent(points):
    return np.ptp(points, axis=0)


def test_names_and_sizes_stand_below():
    (axes,) = show_volumes(NET).axes
    assert [text.get_text() for text in axes.texts] == [
        "input\n32 × 32 × 3",
        "maps\n32 × 32 × 12",
        "pooled\n16 × 16 × 12",
        "scores\n10",
    ]


def test_a_size_is_height_by_width_by_channels():
    (axes,) = show_volumes({"a": (3, 10, 20), "b": (3, 1, 2), "c": (5, 1, 1)}).axes
    sizes = [text.get_text().split("\n")[1] for text in axes.texts]
    assert sizes == ["10 × 20 × 3", "1 × 2 × 3", "5"]


def test_as_many_slices_as_channels():
    for channels, lines in [(1, 0), (2, 1), (24, 23), (25, 0)]:
        (axes,) = show_volumes({"a": (channels, 8, 8)}).axes
        assert len(axes.lines) == lines


def test_the_tallest_or_widest_box_has_the_height_asked_for():
    for shape in [(3, 20, 10), (3, 10, 20)]:
        (front,) = faces(show_volumes({"a": shape}, height=1.25), _FACES[0])
        assert max(extent(front)) == pytest.approx(1.25)


def test_fronts_share_one_scale():
    fronts = [extent(points) for points in faces(show_volumes(NET), _FACES[0])]
    assert fronts[0] == pytest.approx(fronts[1])
    assert fronts[2] == pytest.approx(fronts[0] / 2)


def test_a_front_is_as_wide_as_its_volume_not_as_high():
    (front,) = faces(show_volumes({"wide": (3, 10, 20)}), _FACES[0])
    width, height = extent(front)
    assert width == pytest.approx(2 * height)


def test_depth_follows_the_channels():
    sides = [extent(points)[0] for points in faces(show_volumes(NET), _FACES[2])]
    assert sides[1] == pytest.approx(4 * sides[0])
    assert sides[2] == pytest.approx(sides[1])


def test_boxes_do_not_overlap_and_fit_the_page():
    figure = show_volumes({f"layer {i}": (64, 32, 32) for i in range(9)})
    assert figure.get_figwidth() <= PAGE_WIDTH + 1e-9
    fronts, sides = faces(figure, _FACES[0]), faces(figure, _FACES[2])
    for side, front in zip(sides[:-1], fronts[1:], strict=True):
        assert side[:, 0].max() < front[:, 0].min()


def test_a_window_lies_where_it_was_asked_for():
    figure = show_volumes({"input": (3, 8, 8)}, windows={"input": (0, 6, 2, 2)})
    (box,) = faces(figure, _FACES[0])
    window = faces(figure, _MARK)[0]
    assert extent(window) == pytest.approx(extent(box) / 4)
    assert window.max(axis=0) == pytest.approx(box.max(axis=0))  # top right


def test_windows_of_neighbours_are_joined():
    windows = {"input": (4, 9, 5, 5), "maps": (4, 9, 1, 1)}
    figure = show_volumes({"input": (30, 32, 32), "maps": (30, 28, 28)}, windows=windows)
    here, there = faces(figure, _MARK)[::3]  # three faces each, the front first
    lines = figure.axes[0].lines  # so many channels are drawn without lines between them
    assert len(lines) == 2
    for line, corner in zip(lines, (1, 2), strict=True):
        (x, y), (x_end, y_end) = line.get_xydata()
        assert (x, y) == pytest.approx(here[corner])
        assert (x_end, y_end) == pytest.approx(there[(0, 3)[corner - 1]])


@pytest.mark.parametrize(
    ("volumes", "windows", "error", "message"),
    [
        ([(3, 8, 8)], None, TypeError, "dict of names and shapes"),
        ({}, None, ValueError, "at least one volume"),
        ({"a": 3}, None, TypeError, r"shape \(C, H, W\) or \(F,\), got 3"),
        ({"a": (3, 8)}, None, ValueError, r"got \(3, 8\)"),
        ({"a": (3, 8, 0)}, None, ValueError, "at least 1, got 0"),
        ({"a": (3, 8, 8)}, {"b": (0, 0, 1, 1)}, ValueError, "must be of 'a', got 'b'"),
        ({"a": (3, 8, 8)}, {"a": (0, 0, 1)}, TypeError, "top, left, height, width"),
        ({"a": (3, 8, 8)}, {"a": (7, 0, 2, 1)}, ValueError, "must lie inside"),
        (
            {"a": (3, 4, 8)},
            {"a": (4, 0, 1, 1)},
            ValueError,
            r"inside \(3, 4, 8\)",
        ),
        (
            {"a": (3, 8, 4)},
            {"a": (0, 4, 1, 1)},
            ValueError,
            r"inside \(3, 8, 4\)",
        ),
        ({"a": (3, 8, 8)}, [(0, 0, 1, 1)], TypeError, "dict of names and windows"),
    ],
)
def test_bad_input(volumes, windows, error, message):
    with pytest.raises(error, match=message):
        show_volumes(volumes, windows=windows)
