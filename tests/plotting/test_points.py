import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from d2lkit.plotting import plot_points


def labels(axes):
    return {text.get_text(): text for text in axes.texts}


def test_points_lie_where_they_belong():
    points = {"a": (1, 0.5), "b": (10.0, torch.tensor(0.75), np.float64(0.1))}
    (axes,) = plot_points(points, "GFLOPs", "accuracy", xscale="log").axes
    drawn = [line.get_xydata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert drawn == [[[1, 0.5]], [[10, 0.75]]]
    assert set(labels(axes)) == {"a", "b"}
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "GFLOPs")
    (bar,) = [c for c in axes.collections if c.get_segments()]
    assert np.allclose(bar.get_segments()[0], [[10, 0.65], [10, 0.85]])


def test_highlighted_point_has_another_colour():
    (axes,) = plot_points({"a": (1, 1), "b": (2, 2)}, "x", "y", highlight="b").axes
    first, second = [line.get_color() for line in axes.lines if line.get_marker() == "o"]
    assert first != second


def test_names_of_close_points_do_not_cover_each_other():
    points = {f"network {i}": (1 + 0.01 * i, 0.9 + 0.001 * i) for i in range(4)}
    points["far away"] = (5, 0.5)
    figure = plot_points(points, "x", "y")
    FigureCanvasAgg(figure).draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 5
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    edge = figure.bbox
    assert all(edge.x0 <= box.x0 and box.x1 <= edge.x1 for box in boxes)
