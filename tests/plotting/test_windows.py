import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from torch.nn import functional as F

from d2lkit.plotting import show_window
from d2lkit.plotting.matrices import _TINT
from d2lkit.plotting.windows import _step

X = torch.arange(9.0).reshape(3, 3)
K = torch.arange(4.0).reshape(2, 2)


def numbers(axes):
    return [text.get_text() for text in axes.texts]


def tinted(axes):
    """The numbers in the tinted cells, in reading order."""
    cells = [p for p in axes.patches if p.get_fill()]
    return [
        text.get_text()
        for cell, text in zip(cells, axes.texts, strict=True)
        if to_hex(cell.get_facecolor()) == _TINT
    ]


def written(figure):
    """The lines of the sum below the panels."""
    return [text.get_text() for text in figure.texts if len(text.get_text()) > 1]


def names(figure):
    return [axes.get_title() for axes in figure.axes]


def test_the_panels_are_called_as_asked():
    called = ("output gradient", "turned kernel", "gradient")
    assert names(show_window(X, K, [[19, 25], [37, 43]], names=called)) == list(called)
    for wrong in (["input", "kernel"], "abc"):
        with pytest.raises(ValueError, match="names must be three, for input, kernel, output, got"):
            show_window(X, K, [[19, 25], [37, 43]], names=wrong)


def test_the_hand_worked_example():
    figure = show_window(X, K, [[19, 25], [37, 43]], (0, 1))
    assert names(figure) == ["input", "kernel", "output"]
    x, kernel, output = figure.axes
    assert tinted(x) == ["1", "2", "4", "5"]
    assert numbers(kernel) == ["0", "1", "2", "3"]
    assert tinted(output) == ["25"]
    assert written(figure) == ["1·0 + 2·1 + 4·2 + 5·3 = 25"]


def test_padding_is_drawn_around_the_input():
    output = F.conv2d(X[None, None], K[None, None], padding=1)[0, 0]
    figure = show_window(X, K, output, padding=1)
    assert len(numbers(figure.axes[0])) == 25
    assert tinted(figure.axes[0]) == ["0", "0", "0", "0"]
    assert written(figure) == ["0·0 + 0·1 + 0·2 + 0·3 = 0"]


def test_a_position_outside_the_output_is_refused():
    output = torch.zeros(2, 3)
    for position in [(2, 0), (0, 3)]:
        with pytest.raises(
            ValueError, match=rf"of shape \(2, 3\), got \({position[0]}, {position[1]}"
        ):
            show_window(torch.zeros(3, 4), K, output, position)


def test_a_cell_that_the_window_does_not_give_is_told_with_both_numbers():
    with pytest.raises(ValueError, match=r"output\[1, 0\] is 38, but the window gives 37$"):
        show_window(X, K, [[19, 25], [38, 43]], (1, 0))
    for off in (1.001, 0.95):  # a thousandth is no rounding
        with pytest.raises(ValueError, match="but the window gives 37"):
            show_window(X, K, [[19, 25], [37 * off, 43]], (1, 0))
    with pytest.raises(ValueError, match=r"is 0\.0005, but the window gives 0$"):
        show_window(0 * X, K, [[0.0005, 0], [0, 0]])


def test_several_channels_are_pooled_one_at_a_time():
    with pytest.raises(ValueError, match=r"'max' must be one channel, got shape \(2, 3, 3\)"):
        show_window(torch.stack([X, X]), 2, [[4, 5], [7, 8]], operation="max")


def test_unequal_steps_go_down_and_across():
    """Two rows and three columns apart, in a window of 2 by 3 with gaps of its own."""
    x, kernel = torch.arange(54.0).reshape(6, 9), torch.ones(2, 3)
    settings = {"stride": (2, 3), "padding": (1, 0), "dilation": (3, 2)}
    output = F.conv2d(x[None, None], kernel[None, None], **settings)[0, 0]
    figure = show_window(x, kernel, output, (1, 1), **settings)
    panel = figure.axes[0]
    # Row 1 of the padded rows is row 0 of the input: rows 1 and 4, columns 3, 5 and 7.
    assert tinted(panel) == [f"{9 * i + j}" for i in (1, 4) for j in (3, 5, 7)]
    (window,) = [p for p in panel.patches if not p.get_fill()]
    assert (window.get_y(), window.get_x()) == (2, 3)
    assert (window.get_height(), window.get_width()) == (4, 5)
    figure = show_window(x, kernel, output, (0, 1), **settings)
    (cell,) = [p for p in figure.axes[2].patches if not p.get_fill()]
    assert (cell.get_y(), cell.get_x()) == (0, 1)
    assert tinted(figure.axes[2]) == [numbers(figure.axes[2])[1]]


def test_padding_is_grey_and_the_input_is_dark():
    output = F.conv2d(X[None, None], K[None, None], padding=(1, 0))[0, 0]
    figure = show_window(X, K, output, (2, 1), padding=(1, 0))
    inks = [text.get_color() for text in figure.axes[0].texts]
    assert inks == ["#888888"] * 3 + ["#222222"] * 9 + ["#888888"] * 3


def test_channels_are_drawn_one_below_the_other_and_added():
    figure = show_window(torch.stack([X, X + 1]), torch.stack([K, K + 1]), [[56, 72], [104, 120]])
    assert names(figure) == ["input[0]", "kernel[0]", "input[1]", "kernel[1]", "output"]
    heights = [axes.get_position().y0 for axes in figure.axes]
    assert heights[0] > heights[2]
    assert written(figure) == [
        "0·0 + 1·1 + 3·2 + 4·3",
        "+ 1·1 + 2·2 + 4·3 + 5·4 = 56",
    ]


def test_bias_and_negative_numbers_in_the_sum():
    figure = show_window([[1, -2]], [[-3, 4]], [[-11.5]], bias=-0.5)
    assert written(figure) == ["1·(−3) + (−2)·4 + (−0.5) = −11.5"]


def test_long_sums_are_shortened():
    ones = torch.ones(4, 4)
    figure = show_window(ones, ones, [[16]])
    assert written(figure) == ["1·1 + 1·1 + 1·1 + … + 1·1 = 16"]
    figure = show_window(torch.ones(3, 3), torch.ones(3, 3), [[9]])
    assert written(figure) == [" + ".join(["1·1"] * 9) + " = 9"]
    figure = show_window(torch.ones(2, 5), torch.ones(2, 5), [[10]])
    assert written(figure) == ["1·1 + 1·1 + 1·1 + … + 1·1 = 10"]


def test_dilated_window_reads_every_second_cell():
    x = torch.arange(16.0).reshape(4, 4)
    figure = show_window(x, K, [[4 * 0 + 2 * 1 + 8 * 2 + 10 * 3, 54], [72, 78]], dilation=2)
    assert tinted(figure.axes[0]) == ["0", "2", "8", "10"]
    (frame,) = [p for p in figure.axes[0].patches if not p.get_fill()]
    assert (frame.get_height(), frame.get_width()) == (3, 3)


def test_pooling_has_no_kernel_and_pads_a_maximum_with_minus_infinity():
    figure = show_window(-X - 1, 2, [[-1, -2], [-4, -5]], stride=2, padding=1, operation="max")
    assert names(figure) == ["input", "output"]
    assert tinted(figure.axes[0]) == ["−∞", "−∞", "−∞", "−1"]
    assert written(figure) == ["max of −∞, −∞, −∞, −1 = −1"]
    figure = show_window(X, (1, 2), [[0.5, 1.5], [3.5, 4.5], [6.5, 7.5]], (2, 1), operation="mean")
    assert written(figure) == ["mean of 7, 8 = 7.5"]


small = st.integers(1, 3)


@given(
    kernel=st.tuples(small, small),
    stride=st.tuples(small, small),
    padding=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    channels=small,
    seed=st.integers(0, 99),
)
def test_accepts_what_torch_computes_and_nothing_else(
    kernel, stride, padding, dilation, channels, seed
):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(channels, 5, 6, generator=generator)
    weight = torch.randn(channels, *kernel, generator=generator)
    output = F.conv2d(x[None], weight[None], None, stride, padding, dilation)[0, 0]
    last = (output.shape[0] - 1, output.shape[1] - 1)
    _step(x, weight, output, last, stride, padding, dilation, "sum", 0.0)
    output[last] += 0.01
    with pytest.raises(ValueError, match="but the window gives"):
        _step(x, weight, output, last, stride, padding, dilation, "sum", 0.0)


@given(
    size=st.tuples(st.integers(2, 3), st.integers(2, 3)),
    stride=st.tuples(small, small),
    padding=st.integers(0, 1),
    seed=st.integers(0, 99),
)
def test_accepts_what_torch_pools(size, stride, padding, seed):
    x = torch.randn(5, 6, generator=torch.Generator().manual_seed(seed)) - 2
    pools = {"max": F.max_pool2d, "mean": F.avg_pool2d}
    for operation, pool in pools.items():
        output = pool(x[None], size, stride, padding)[0]
        for position in [(0, 0), (output.shape[0] - 1, output.shape[1] - 1)]:
            step = _step(x, size, output, position, stride, padding, 1, operation, 0.0)
            assert (step.position, len(step.touched)) == (position, size[0] * size[1])
