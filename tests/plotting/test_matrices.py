import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from d2lkit.plotting import plot_confusion, show_matrix
from d2lkit.plotting.matrices import _TINT, _readable


def numbers(axes):
    return [text.get_text() for text in axes.texts]


def tinted(axes):
    """The cells (row, column) with the tint of a highlighted window."""
    cells = [p for p in axes.patches if p.get_fill() and to_hex(p.get_facecolor()) == _TINT]
    return sorted((p.get_y(), p.get_x()) for p in cells)


def test_numbers_stand_in_reading_order():
    (axes,) = show_matrix(torch.tensor([[0, 1], [-2, 3]])).axes
    assert numbers(axes) == ["0", "1", "−2", "3"]
    assert axes.yaxis_inverted()


def test_vector_is_one_row():
    (axes,) = show_matrix([1 / 3, 2.5, 1e-9]).axes
    assert numbers(axes) == ["0.333", "2.5", "1e−09"]


def test_decimals_are_fixed_where_asked():
    (axes,) = show_matrix([[1, -0.001, 2.345]], decimals=2).axes
    assert numbers(axes) == ["1.00", "0.00", "2.35"] or numbers(axes) == ["1.00", "0.00", "2.34"]


def test_highlight_tints_and_frames_its_window():
    (axes,) = show_matrix(np.zeros((4, 5)), highlight=(1, 2, 2, 3)).axes
    assert tinted(axes) == [(1, 2), (1, 3), (1, 4), (2, 2), (2, 3), (2, 4)]
    (frame,) = [p for p in axes.patches if not p.get_fill()]
    assert (frame.get_y(), frame.get_x(), frame.get_height(), frame.get_width()) == (1, 2, 2, 3)


def test_several_windows():
    (axes,) = show_matrix(np.zeros((3, 3)), highlight=[(0, 0, 1, 1), (2, 2, 1, 1)]).axes
    assert tinted(axes) == [(0, 0), (2, 2)]


def test_colours_are_centred_on_zero_when_numbers_are_negative():
    for numbers, wanted in [((-2, 0, 1), (0, 0.5, 0.75)), ((-1, 0, 2), (0.25, 0.5, 1))]:
        (axes,) = show_matrix([numbers], cmap="gray").axes
        shades = [patch.get_facecolor()[0] for patch in axes.patches]
        assert shades == pytest.approx(wanted, abs=0.01)


def test_colours_begin_at_zero_when_no_number_is_negative():
    (axes,) = show_matrix([[1, 2, 4]], cmap="gray").axes
    shades = [patch.get_facecolor()[0] for patch in axes.patches]
    assert shades == pytest.approx([0.25, 0.5, 1], abs=0.01)


def test_a_window_must_lie_inside():
    for window in [(1, 0, 2, 1), (0, 2, 1, 2)]:
        with pytest.raises(ValueError, match=r"inside the matrix of shape \(2, 3\), got"):
            show_matrix(np.zeros((2, 3)), highlight=window)
    show_matrix(np.zeros((2, 3)), highlight=(1, 2, 1, 1))


@pytest.mark.parametrize(
    ("colour", "ink"),
    [((1, 1, 1, 1), "#222222"), ((0, 0, 0.4, 1), "white"), ((0.5, 0.5, 0.5, 1), "#222222")],
)
def test_ink_is_readable_on_its_cell(colour, ink):
    assert _readable(colour) == ink


def test_confusion_counts_and_shares():
    (axes,) = plot_confusion(torch.tensor([[3, 1], [0, 8]]), ["cat", "dog"]).axes
    assert numbers(axes) == ["3", "1", "0", "8"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert axes.get_ylabel() == "true class"
    (axes,) = plot_confusion([[3, 1], [0, 8]], normalise=True).axes
    assert numbers(axes) == ["75 %", "25 %", "0 %", "100 %"]


def test_confusion_colours_by_share_of_the_row():
    (axes,) = plot_confusion([[1, 0], [0, 100]]).axes
    first, zero, _, last = (patch.get_facecolor() for patch in axes.patches)
    assert first == last != zero


def test_confusion_with_an_empty_class():
    (axes,) = plot_confusion([[0, 0], [1, 1]], normalise=True).axes
    assert numbers(axes) == ["0 %", "0 %", "50 %", "50 %"]


def test_confusion_with_a_single_example_of_a_class():
    (axes,) = plot_confusion([[1, 0], [0.25, 0.25]], normalise=True).axes
    assert numbers(axes) == ["100 %", "0 %", "50 %", "50 %"]


def test_only_long_names_are_turned():
    for name, turn in [("fridge", 0), ("freezer", 45)]:
        (axes,) = plot_confusion([[1, 0], [0, 1]], [name, "b"]).axes
        assert axes.get_xticklabels()[0].get_rotation() == turn
