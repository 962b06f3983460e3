from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from d2lkit import plotting
from d2lkit.plotting.style import DIVERGING, PALETTE, STYLE

DRAWN = {
    "show_images": lambda: plotting.show_images(np.zeros((2, 4, 4))),
    "show_kernels": lambda: plotting.show_kernels(np.ones((2, 1, 3, 3))),
    "show_feature_maps": lambda: plotting.show_feature_maps(np.ones((2, 3, 3))),
    "show_matrix": lambda: plotting.show_matrix([[1, 2]]),
    "show_volumes": lambda: plotting.show_volumes({"input": (3, 8, 8), "scores": (10,)}),
    "show_window": lambda: plotting.show_window([[1, 2]], [[1, 1]], [[3]]),
    "plot_confusion": lambda: plotting.plot_confusion([[1, 0], [0, 1]]),
    "plot_curves": lambda: plotting.plot_curves({"a": [1, 2]}, "x"),
    "plot_points": lambda: plotting.plot_points({"a": (1, 2)}, "x", "y"),
    "plot_bars": lambda: plotting.plot_bars({"a": 1}),
}


def pixels(figure):
    """Draw the figure and return what is seen."""
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(50)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


@pytest.fixture(autouse=True)
def _restore_settings():
    with matplotlib.rc_context():
        yield
    plt.close("all")


def test_every_drawing_function_is_tried_here():
    public = {name for name in plotting.__all__ if name.startswith(("show_", "plot_"))}
    assert public == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_figure_is_unknown_to_pyplot_and_changes_no_setting(name):
    before = dict(matplotlib.rcParams)
    figure = DRAWN[name]()
    assert type(figure) is Figure
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", DRAWN)
def test_figure_does_not_depend_on_the_settings_of_the_reader(name):
    plain = DRAWN[name]()
    matplotlib.rcParams.update({"font.size": 30, "axes.grid": True, "figure.dpi": 37})
    changed = DRAWN[name]()
    assert repr(plain) == repr(changed)
    assert np.array_equal(pixels(plain), pixels(changed))


@pytest.mark.parametrize("name", DRAWN)
def test_figure_fits_the_page_in_whole_pixels(name):
    width, height = DRAWN[name]().get_size_inches() * 100
    assert width <= 700
    assert (width, height) == pytest.approx((round(width), round(height)), abs=1e-9)


def test_use_style_sets_the_look_and_fixes_the_ids_of_svg_files():
    plotting.use_style()
    assert matplotlib.rcParams["svg.hashsalt"] == "d2lkit"
    assert matplotlib.rcParams["axes.prop_cycle"] == STYLE["axes.prop_cycle"]


def test_font_comes_with_matplotlib():
    path = font_manager.findfont(STYLE["font.sans-serif"][0], fallback_to_default=False)
    # Both may lie behind a link, such as an environment that several folders share.
    assert Path(path).resolve().is_relative_to(Path(matplotlib.get_data_path()).resolve())


def test_lines_differ_in_colour_and_in_dashes():
    steps = list(STYLE["axes.prop_cycle"])
    assert len({step["color"] for step in steps}) == len(steps)
    assert len({str(step["linestyle"]) for step in steps[:6]}) == 6


def test_palette_is_okabe_and_ito():
    assert sorted(PALETTE.values()) == sorted(
        ["#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"]
    )


def test_diverging_map_is_white_in_the_middle():
    assert DIVERGING(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.01)
    assert DIVERGING(0.0)[2] > DIVERGING(0.0)[0]  # negative is blue
    assert DIVERGING(1.0)[0] > DIVERGING(1.0)[2]  # positive is red


def test_title_stands_above_the_panels():
    figure = plotting.plot_bars({"a": 1}, title="Heading")
    pixels(figure)
    (axes,) = figure.axes
    assert figure._suptitle.get_window_extent().y0 >= axes.get_window_extent().y1
    figure = plotting.show_matrix([[1]], title="Heading")
    pixels(figure)
    assert figure._suptitle.get_window_extent().y0 >= figure.axes[0].get_window_extent().y1
