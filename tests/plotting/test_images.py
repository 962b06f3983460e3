import numpy as np
import pytest
import torch

from d2lkit.plotting import show_feature_maps, show_images, show_kernels


def pictures(figure):
    """The arrays drawn, without those of colour bars."""
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def limits(figure):
    return [axes.images[0].get_clim() for axes in figure.axes if axes.images]


@pytest.mark.parametrize("make", [torch.tensor, np.array], ids=["torch", "numpy"])
def test_bytes_are_shown_as_they_are(make):
    images = make(np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5).astype(np.uint8))
    first, second = pictures(show_images(images))
    assert first.dtype == np.uint8
    assert np.array_equal(first, np.asarray(images[0]).transpose(1, 2, 0))
    assert np.array_equal(second, np.asarray(images[1]).transpose(1, 2, 0))


def test_grey_bytes_run_from_0_to_255():
    figure = show_images(torch.full((1, 1, 2, 2), 7, dtype=torch.uint8))
    assert limits(figure) == [(0, 255)]
    assert pictures(figure)[0].tolist() == [[7, 7], [7, 7]]


def test_floats_between_0_and_1_are_not_stretched():
    images = torch.rand(3, 1, 4, 4) * 0.5 + 0.25
    figure = show_images(images)
    assert limits(figure) == [(0, 1)] * 3
    assert np.allclose(pictures(figure), images[:, 0])


def test_floats_beyond_0_and_1_share_one_scale():
    first, second = pictures(show_images([torch.full((2, 2), -1.0), torch.full((2, 2), 3.0)]))
    assert (first == 0).all()
    assert (second == 1).all()
    (middle, _) = pictures(show_images([torch.ones(2, 2), torch.tensor([[-1.0, 3.0]])]))
    assert np.allclose(middle, 0.5)


def test_stretching_keeps_zero_at_the_least_and_one_at_the_most():
    """Where only one side is passed, the other stays where it is."""
    for values, wanted in [([0.5, 3.0], [1 / 6, 1.0]), ([-1.0, 0.5], [0.0, 0.75])]:
        (drawn,) = pictures(show_images(torch.tensor([[values]])))
        assert drawn[0] == pytest.approx(wanted)


def test_one_or_three_channels():
    with pytest.raises(ValueError, match=r"1 or 3 channels in front, got an image of shape \(4, 5"):
        show_images(torch.zeros(1, 4, 5, 5))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.bool])
def test_every_precision_is_drawn(dtype):
    (drawn,) = pictures(show_images(torch.ones(1, 2, 2, dtype=dtype)))
    assert (drawn == 1).all()


def test_images_that_need_a_gradient_are_drawn():
    assert len(pictures(show_images(torch.rand(2, 3, 4, 4, requires_grad=True)))) == 2


def test_list_of_images_of_different_size():
    shapes = [p.shape for p in pictures(show_images([torch.rand(3, 4, 6), torch.rand(5, 5)]))]
    assert shapes == [(4, 6, 3), (5, 5)]


def test_titles_may_be_numbers_or_a_tensor():
    figure = show_images(torch.zeros(3, 4, 4), titles=torch.tensor([7, 8, 9]))
    assert [axes.get_title() for axes in figure.axes] == ["7", "8", "9"]


def test_images_fill_rows_from_left_to_right():
    figure = show_images(torch.zeros(5, 4, 4), columns=2)
    places = [axes.get_position() for axes in figure.axes]
    columns, rows = [p.x0 for p in places], [-p.y0 for p in places]
    assert columns == pytest.approx([columns[0], columns[1]] * 2 + [columns[0]])
    assert rows[0] == pytest.approx(rows[1])
    assert rows[0] < rows[2] < rows[4]


def test_a_wide_row_is_shrunk_to_the_page_and_a_narrow_one_keeps_its_scale():
    assert show_images(torch.zeros(30, 4, 4), columns=30).get_figwidth() == pytest.approx(7.0)
    assert show_images(torch.zeros(2, 4, 4), scale=1.0).get_figwidth() == pytest.approx(2.06)


def test_kernels_are_centred_on_zero_with_one_scale():
    weight = torch.tensor([[[[1.0, -2.0]]], [[[0.5, 0.0]]]])
    figure = show_kernels(weight)
    assert limits(figure) == [(-2, 2), (-2, 2)]
    assert len(figure.axes) == 3  # two kernels and the colour bar
    assert limits(show_kernels(weight, each=True)) == [(-2, 2), (-0.5, 0.5)]


def test_kernels_of_colour_images_are_grey_where_they_are_zero():
    weight = torch.zeros(1, 3, 1, 2)
    weight[0, 0, 0, 1] = -4.0
    (drawn,) = pictures(show_kernels(weight))
    assert drawn.tolist() == [[[0.5, 0.5, 0.5], [0.0, 0.5, 0.5]]]


def test_kernels_with_many_channels_have_a_row_per_output_channel():
    weight = torch.arange(2 * 5 * 3 * 3.0).reshape(2, 5, 3, 3)
    figure = show_kernels(weight)
    drawn = pictures(figure)
    assert np.array_equal(drawn, weight.reshape(10, 3, 3))
    rows = {round(axes.get_position().y0, 6) for axes in figure.axes if axes.images}
    assert len(rows) == 2


def test_two_channels_are_two_columns_and_one_channel_fills_the_rows():
    for shape, rows in [((4, 2, 3, 3), 4), ((4, 1, 3, 3), 1)]:
        figure = show_kernels(torch.ones(shape))
        places = [round(axes.get_position().y0, 6) for axes in figure.axes if axes.images]
        assert len(set(places)) == rows


def test_a_colour_kernel_is_neither_turned_nor_blurred():
    weight = torch.zeros(1, 3, 2, 3)
    weight[0, 1, 0, 2] = 1.0
    figure = show_kernels(weight)
    (drawn,) = pictures(figure)
    assert drawn.shape == (2, 3, 3)
    assert drawn[0, 2].tolist() == [0.5, 1.0, 0.5]
    assert figure.axes[0].images[0].get_interpolation() == "nearest"


def test_a_colour_bar_runs_as_the_pictures_do():
    for figure in (
        show_kernels(torch.tensor([[[[1.0, -2.0]]]])),
        show_feature_maps(torch.tensor([[[1.0, -2.0]]]), each=False),
    ):
        assert figure.axes[-1].get_ylim() == limits(figure)[0] == (-2, 2)


def test_maps_without_negative_numbers_are_bright_where_they_are_large():
    (axes,) = show_feature_maps(torch.tensor([[[0.0, 1.0]]])).axes
    dark, bright = axes.images[0].to_rgba(np.array([0.0, 1.0]))[:, :3].sum(axis=1)
    assert dark < 1 < bright


def test_kernels_of_zeros_are_drawn():
    assert limits(show_kernels(torch.zeros(2, 2))) == [(-1, 1)]


def test_feature_maps_run_from_zero_or_around_zero():
    maps = torch.tensor([[[0.0, 2.0]], [[0.0, 4.0]]])
    assert limits(show_feature_maps(maps)) == [(0, 2), (0, 4)]
    assert limits(show_feature_maps(maps[None], each=False)) == [(0, 4), (0, 4)]
    assert limits(show_feature_maps(-maps)) == [(-2, 2), (-4, 4)]
