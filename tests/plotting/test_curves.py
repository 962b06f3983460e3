import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from d2lkit.plotting import plot_bars, plot_curves, plot_points
from d2lkit.plotting.arrays import with_spread
from d2lkit.plotting.legends import covered


def test_values_are_plotted_over_their_index():
    (axes,) = plot_curves({"loss": torch.tensor([3.0, 2.0, 1.0])}, "epoch", "loss").axes
    (line,) = axes.lines
    assert line.get_xydata().tolist() == [[0, 3], [1, 2], [2, 1]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert axes.get_legend() is None


def test_pairs_give_their_own_x():
    (axes,) = plot_curves({"a": ([10, 20], [1, 2]), "b": [5, 6]}, "step", xscale="log").axes
    assert axes.lines[0].get_xdata().tolist() == [10, 20]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    assert axes.get_xscale() == "log"


def test_spread_is_a_band_of_mean_plus_and_minus_spread():
    (axes,) = plot_curves({"a": ([0, 1], [5, 7], [1, 2])}, "x").axes
    (band,) = axes.collections
    vertices = {tuple(vertex) for vertex in band.get_paths()[0].vertices.tolist()}
    assert {(0, 4), (0, 6), (1, 5), (1, 9)} <= vertices
    assert axes.lines[0].get_ydata().tolist() == [5, 7]


def test_two_values_in_a_tuple_are_a_curve():
    (axes,) = plot_curves({"a": (1.0, 4.0)}, "x").axes
    assert axes.lines[0].get_xydata().tolist() == [[0, 1], [1, 4]]


def test_dict_of_dicts_draws_panels():
    figure = plot_curves({"loss": {"train": [2, 1]}, "accuracy": {"train": [0.1, 0.9]}}, "epoch")
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
    assert figure.axes[1].lines[0].get_ydata().tolist() == [0.1, 0.9]


def test_points_are_marked_where_they_are_few():
    (axes,) = plot_curves({"few": [1, 2], "many": np.zeros(100)}, "x", ylim=(0, None)).axes
    assert [line.get_marker() for line in axes.lines] == ["o", ""]
    assert axes.get_ylim()[0] == 0


def test_twenty_points_are_few():
    (axes,) = plot_curves({"few": np.zeros(20), "many": np.zeros(21)}, "x").axes
    assert [line.get_marker() for line in axes.lines] == ["o", ""]
    (axes,) = plot_curves({"few": np.zeros(2)}, "x", markers=False).axes
    assert axes.lines[0].get_marker() == ""


def test_limits_may_run_from_top_to_bottom():
    (axes,) = plot_curves({"a": [1, 2]}, "x", ylim=(5, 1)).axes
    assert axes.get_ylim() == (5, 1)


def test_gaps_are_in_the_values_and_not_in_their_places():
    nan = float("nan")
    with pytest.raises(ValueError, match="x of 'a' must be finite, got 1"):
        plot_curves({"a": ([0, nan], [1, 2])}, "x", gaps=True)


def test_messages_name_their_numbers():
    with pytest.raises(ValueError, match="spread of 'a' must not be negative, got -2"):
        plot_curves({"a": ([0, 1, 2], [1, 1, 1], [-1, 3, -2])}, "x")
    with pytest.raises(ValueError, match="as many y as x values, got 3 and 2"):
        plot_curves({"a": ([0, 1], [1, 2, 3])}, "x")


def test_what_is_highlighted_is_vermillion():
    (axes,) = plot_bars({"a": 1, "b": 2}, highlight=["b"]).axes
    assert [to_hex(bar.get_facecolor()) for bar in axes.patches] == ["#0072b2", "#d55e00"]
    (axes,) = plot_points({"a": (1, 1), "b": (2, 2)}, "x", "y", highlight="b").axes
    colours = [to_hex(line.get_color()) for line in axes.lines if line.get_marker() == "o"]
    assert colours == ["#0072b2", "#d55e00"]


def test_the_number_of_a_negative_bar_stands_right_of_zero():
    (axes,) = plot_bars({"down": -2, "up": (3, 0.5)}).axes
    assert [text.xy for text in axes.texts] == [(0, 0), (3.5, 1)]


def test_bars_from_top_to_bottom_with_their_numbers():
    values = {"MLP": 61706, "LeNet": torch.tensor(7), "VGG": np.float64(2.5)}
    (axes,) = plot_bars(values, "parameters", highlight="LeNet").axes
    assert [bar.get_width() for bar in axes.patches] == [61706, 7, 2.5]
    assert [text.get_text() for text in axes.texts] == ["61706", "7", "2.5"]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(values)
    assert axes.yaxis_inverted()
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[0] == colours[2] != colours[1]


def test_bars_with_spread_and_format():
    (axes,) = plot_bars({"a": (0.5, 0.25), "b": (1.0, 0)}, fmt="{:.0%}").axes
    assert [text.get_text() for text in axes.texts] == ["50% ± 25%", "100%"]
    (axes,) = plot_bars({"a": 2}, fmt=lambda value: f"<{value}>").axes
    assert axes.texts[0].get_text() == "<2>"


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_bars_on_either_scale(scale):
    (axes,) = plot_bars({"a": 1, "b": 1000}, xscale=scale).axes
    assert axes.get_xscale() == scale


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [
        (0.96, 0.009, "0.960 ± 0.009"),
        (0.9634, 0.0123, "0.963 ± 0.012"),
        (0.9634, 0.0196, "0.96 ± 0.02"),
        (0.9634, 0.0194, "0.963 ± 0.019"),
        (0.9634, 0.01951, "0.96 ± 0.02"),
        (0.9634, 0.096, "0.96 ± 0.10"),
        (1234, 56, "1230 ± 60"),
        (-0.0004, 0.02, "0.00 ± 0.02"),
        (-2.34, 0.5, "−2.3 ± 0.5"),
        (3.0, 0, "3"),
    ],
)
def test_numbers_end_where_their_spread_begins(value, spread, text):
    assert with_spread(value, spread) == text
    if spread:
        (axes,) = plot_bars({"a": (value, spread)}).axes
        assert [one.get_text() for one in axes.texts] == [text]


def whole(ticks):
    return all(tick == round(tick) for tick in ticks)


def test_counts_have_whole_ticks():
    (axes,) = plot_curves({"errors": ([1, 2, 3, 4], [3, 2, 2, 1])}, "epoch").axes
    assert whole(axes.get_xticks())
    assert whole(axes.get_yticks())
    (axes,) = plot_bars({"a": 1, "b": 2}).axes
    assert whole(axes.get_xticks())
    (axes,) = plot_points({"a": (1, 2.0), "b": (3, 2.5)}, "layers", "ms").axes
    assert whole(axes.get_xticks())
    assert not whole(axes.get_yticks())
    (axes,) = plot_curves({"loss": ([0, 1], [0.1, 0.9])}, "epoch").axes
    assert not whole(axes.get_yticks())


def test_few_counts_on_a_logarithmic_axis_are_written_out():
    def ticks(counts):
        figure = plot_curves({"a": (counts, counts)}, "pictures", xscale="log")
        figure.draw_without_rendering()
        written = [*figure.axes[0].get_xticklabels(), *figure.axes[0].get_xticklabels(minor=True)]
        return [one.get_text() for one in written]

    assert ticks([5, 10, 20, 50]) == ["5", "10", "20", "50"]
    assert ticks([1, 2, 3, 5, 7, 11, 13, 17]) == ["1", "2", "3", "5", "7", "11", "13", "17"]
    assert "7" not in ticks([2, 7, 200])  # a factor of 100
    assert "9001" not in ticks([9001, 10_000])
    assert "10" not in ticks([4, 10, 400])  # a power of ten in the place of the number
    assert "20" not in ticks([0.5, 10, 20])
    assert {"3", "4", "6", "10"} <= set(ticks([2.5, 7, 12]))  # between the numbers, but plain


def settled(figure):
    figure.draw_without_rendering()
    return [covered(axes) for axes in figure.axes]


def test_legend_covers_no_curve():
    steps = np.arange(30)
    falling = {"train": (steps, 1 / (steps + 1), 0.1 * np.ones(30)), "test": (steps, steps / 30)}
    figure = plot_curves({"loss": falling, "again": falling}, "step")
    assert settled(figure) == [0, 0]


def test_legend_goes_above_where_curves_are_everywhere():
    steps = np.linspace(0, 1, 400)
    waves = {f"a wave of frequency {f}": (steps, np.sin(60 * f * steps)) for f in range(1, 5)}
    figure = plot_curves(waves, "time", title="Waves")
    assert settled(figure) == [0]
    (axes,) = figure.axes
    legend = axes.get_legend().get_window_extent()
    assert legend.y0 >= axes.get_window_extent().y1 - 1
    assert figure.bbox.x0 <= legend.x0
    assert legend.x1 <= figure.bbox.x1
    axes.get_legend().set_loc("center")  # where it would be in the way
    assert covered(axes) == 4
