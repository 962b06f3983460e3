"""What the figures refuse, and what they say."""

import numpy as np
import pytest
import torch

from d2lkit.plotting import (
    diagram,
    diagram_row,
    glue,
    plot_bars,
    plot_confusion,
    plot_curves,
    plot_points,
    show_feature_maps,
    show_images,
    show_kernels,
    show_matrix,
    show_window,
)

NET = torch.nn.Sequential(torch.nn.Linear(4, 2))
X, K = np.arange(9.0).reshape(3, 3), np.arange(4.0).reshape(2, 2)
Y = [[19, 25], [37, 43]]

CASES = {
    "no images": (lambda: show_images([]), ValueError, "images must not be empty"),
    "empty batch": (lambda: show_images(torch.zeros(0, 3, 4, 4)), ValueError, r"\(0, 3, 4, 4\)"),
    "one flat image": (lambda: show_images(torch.zeros(4)), ValueError, "3 or 4 dimensions"),
    "two channels": (lambda: show_images(torch.zeros(1, 2, 4, 4)), ValueError, r"\(2, 4, 4\)"),
    "channels last": (lambda: show_images(np.zeros((1, 4, 4, 3))), ValueError, "1 or 3 channels"),
    "long integers": (lambda: show_images(torch.zeros(1, 4, 4).long()), ValueError, "int64"),
    "words": (lambda: show_images(["a.png"]), TypeError, "real numbers"),
    "nan": (lambda: show_images(torch.full((1, 2, 2), torch.nan)), ValueError, "4 nan or inf"),
    "few titles": (lambda: show_images(torch.zeros(2, 4, 4), ["a"]), ValueError, "2 items, got 1"),
    "one string": (lambda: show_images(torch.zeros(2, 4, 4), "ab"), TypeError, "'ab'"),
    "no columns": (lambda: show_images(torch.zeros(2, 4, 4), columns=0), ValueError, "columns"),
    "no scale": (lambda: show_images(torch.zeros(2, 4, 4), scale=0), ValueError, "scale"),
    "flat kernel": (lambda: show_kernels(torch.zeros(3)), ValueError, "2 or 3 or 4 dimensions"),
    "complex kernel": (lambda: show_kernels([[1j]]), TypeError, "complex128"),
    "batch of maps": (
        lambda: show_feature_maps(torch.zeros(2, 3, 4, 4)),
        ValueError,
        r"one image, got shape \(2, 3, 4, 4\)",
    ),
    "infinite maps": (lambda: show_feature_maps(torch.full((1, 2, 2), torch.inf)), ValueError, "4"),
    "ragged matrix": (lambda: show_matrix([[1, 2], [3]]), ValueError, "different length"),
    "3-D matrix": (lambda: show_matrix(np.zeros((2, 2, 2))), ValueError, r"\(2, 2, 2\)"),
    "empty matrix": (lambda: show_matrix([]), ValueError, "must not be empty"),
    "window outside": (lambda: show_matrix(X, (2, 2, 2, 2)), ValueError, r"\(2, 2, 2, 2\)"),
    "window of three": (lambda: show_matrix(X, (0, 0, 1)), ValueError, r"\(0, 0, 1\)"),
    "window a number": (lambda: show_matrix(X, 3), TypeError, "got 3"),
    "empty window": (lambda: show_matrix(X, (0, 0, 0, 1)), ValueError, "at least 1, got 0"),
    "half a decimal": (lambda: show_matrix(X, decimals=1.5), TypeError, "1.5"),
    "not square": (lambda: plot_confusion(np.zeros((2, 3))), ValueError, r"\(2, 3\)"),
    "negative count": (lambda: plot_confusion([[1, -1], [0, 1]]), ValueError, "got -1"),
    "few names": (lambda: plot_confusion([[1, 0], [0, 1]], ["cat"]), ValueError, "class_names"),
    "no dict": (lambda: plot_curves([1, 2], "x"), TypeError, "dict of names"),
    "no curve": (lambda: plot_curves({}, "x"), ValueError, "at least one curve"),
    "empty panel": (lambda: plot_curves({"loss": {}}, "x"), ValueError, "in each panel"),
    "curves and panels": (lambda: plot_curves({"a": [1], "b": {"c": [1]}}, "x"), TypeError, "both"),
    "y too short": (lambda: plot_curves({"a": ([1, 2], [1])}, "x"), ValueError, "1 and 2"),
    "negative spread": (
        lambda: plot_curves({"a": ([1, 2], [1, 1], [0, -1])}, "x"),
        ValueError,
        "spread of 'a' must not be negative, got -1",
    ),
    "nan loss": (lambda: plot_curves({"a": [1, float("nan")]}, "x"), ValueError, "curve 'a'"),
    "2-D curve": (lambda: plot_curves({"a": X}, "x"), ValueError, r"\(3, 3\)"),
    "unknown scale": (lambda: plot_curves({"a": [1]}, "x", yscale="lin"), ValueError, "'lin'"),
    "no bars": (lambda: plot_bars({}), ValueError, "at least one bar"),
    "list of bars": (lambda: plot_bars([1, 2]), TypeError, "dict of names"),
    "bar of three": (lambda: plot_bars({"a": (1, 2, 3)}), ValueError, r"\(1, 2, 3\)"),
    "bar of words": (lambda: plot_bars({"a": "b"}), TypeError, "bar 'a'"),
    "negative bar spread": (lambda: plot_bars({"a": (1, -2)}), ValueError, "got -2"),
    "unknown highlight": (lambda: plot_bars({"a": 1}, highlight=["b"]), ValueError, "got 'b'"),
    "list of points": (lambda: plot_points([(1, 2)], "x", "y"), TypeError, "dict of names"),
    "no points": (lambda: plot_points({}, "x", "y"), ValueError, "at least one point"),
    "point of one": (lambda: plot_points({"a": (1,)}, "x", "y"), TypeError, r"\(1,\)"),
    "nan point": (lambda: plot_points({"a": (1, float("nan"))}, "x", "y"), ValueError, "'a'"),
    "point's spread": (lambda: plot_points({"a": (1, 2, -3)}, "x", "y"), ValueError, "got -3"),
    "wrong output size": (lambda: show_window(X, K, X), ValueError, r"\(2, 2\), got \(3, 3\)"),
    "wrong output cell": (
        lambda: show_window(X, K, [[19, 25], [37, 44]], (1, 1)),
        ValueError,
        r"output\[1, 1\] is 44, but the window gives 43",
    ),
    "position outside": (lambda: show_window(X, K, Y, (0, 2)), ValueError, r"\(0, 2\)"),
    "negative position": (lambda: show_window(X, K, Y, (0, -1)), ValueError, "-1"),
    "channels differ": (lambda: show_window(X[None], K, Y), ValueError, r"\(1, 3, 3\)"),
    "stride zero": (lambda: show_window(X, K, Y, stride=0), ValueError, "stride"),
    "unknown operation": (lambda: show_window(X, K, Y, operation="min"), ValueError, "'min'"),
    "weights to pool": (lambda: show_window(X, 2.5, Y, operation="max"), TypeError, "kernel"),
    "channels to pool": (lambda: show_window(X[None], 2, Y, operation="max"), ValueError, "one"),
    "kernel too large": (lambda: show_window(K, X, Y), ValueError, "kernel"),
    "name a number": (lambda: glue(3, 1), TypeError, "name must be a string, got 3"),
    "name with a colon": (lambda: glue("a:b", 1), ValueError, "'a:b'"),
    "no name": (lambda: glue("", 1), ValueError, "name"),
    "text a number": (lambda: glue("a", 1, text=2), TypeError, "text must be a string"),
    "many numbers": (lambda: glue("a", torch.zeros(2, 3)), ValueError, r"\(2, 3\)"),
    "no network": (lambda: diagram("lenet", (1, 28, 28)), TypeError, "torch.nn.Module, got str"),
    "no layer": (lambda: diagram(torch.nn.Sequential(), (4,)), ValueError, "at least one layer"),
    "wrong shape": (lambda: diagram(NET, (5,)), ValueError, r"'0', Linear.* got shape \(1, 5\)"),
    "depth zero": (lambda: diagram(NET, (4,), depth=0), ValueError, "depth must be at least 1"),
    "half a depth": (lambda: diagram(NET, (4,), depth=1.5), TypeError, "1.5"),
    "closed a name": (lambda: diagram(NET, (4,), closed=["Linear"]), TypeError, "'Linear'"),
    "unknown style": (lambda: diagram(NET, (4,), style="graph"), ValueError, "'graph'"),
    "saved as PNG": (lambda: diagram(NET, (4,)).save("net.png"), ValueError, "'net.png'"),
    "no diagrams": (lambda: diagram_row([]), ValueError, "at least one diagram"),
    "networks in a row": (lambda: diagram_row([NET]), TypeError, "got Sequential"),
    "titles in a row": (
        lambda: diagram_row([diagram(NET, (4,))], ["a", "b"]),
        ValueError,
        "1 diagrams, got 2",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case):
    call, error, message = CASES[case]
    with pytest.raises(error, match=message):
        call()
