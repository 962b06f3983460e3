"""Random changes whose random numbers are given."""

import pytest
import torch
from torchvision.transforms.v2 import functional as TF

from d2lkit.data import ColourJitter, Cutout, Digits, Flip, PadCrop

JUST_BELOW_1 = 1 - 2**-24  # the largest number that torch.rand draws
EVERY = [PadCrop(2), Flip(), ColourJitter(), Cutout(3)]


@pytest.mark.parametrize("change", EVERY, ids=lambda change: type(change).__name__)
@pytest.mark.parametrize("channels", [1, 3])
def test_shape_range_and_input_are_kept(change, channels):
    images = torch.rand(6, channels, 7, 9)
    before = images.clone()
    for uniforms in (torch.rand(6, change.numbers), torch.full((6, change.numbers), JUST_BELOW_1)):
        changed = change(images, uniforms)
        assert changed.shape == images.shape
        assert changed.min() >= 0
        assert changed.max() <= 1
        assert not changed.equal(images) or isinstance(change, Flip)
        assert images.equal(before)


@pytest.mark.parametrize("change", EVERY, ids=lambda change: type(change).__name__)
def test_an_image_depends_on_its_own_numbers_alone(change):
    images, uniforms = torch.rand(6, 3, 7, 9), torch.rand(6, change.numbers)
    together = change(images, uniforms)
    for i in range(6):
        torch.testing.assert_close(
            together[i : i + 1], change(images[i : i + 1], uniforms[i : i + 1])
        )


@pytest.mark.parametrize("change", EVERY, ids=lambda change: type(change).__name__)
def test_an_empty_batch_stays_empty(change):
    assert change(torch.zeros(0, 3, 7, 9), torch.zeros(0, change.numbers)).shape == (0, 3, 7, 9)


def test_pad_crop_reaches_every_place_equally_often():
    image = torch.arange(1.0, 13).view(1, 1, 3, 4)
    places = torch.cartesian_prod(torch.arange(5), torch.arange(5))
    crops = PadCrop(2)(image.expand(25, -1, -1, -1), (places + 0.5) / 5)
    assert len(crops) == 25
    for crop, (top, left) in zip(crops, places.tolist(), strict=True):
        wanted = TF.crop(TF.pad(image[0], [2]), top, left, 3, 4)
        assert crop.equal(wanted)


def test_flip_changes_its_share():
    images = torch.rand(1000, 1, 2, 3)
    flipped = Flip(0.25)(images, torch.rand(1000, 1))
    mirrored = (flipped == images.flip(-1)).flatten(1).all(1)
    assert mirrored.float().mean() == pytest.approx(0.25, abs=0.05)
    assert flipped[~mirrored].equal(images[~mirrored])


@pytest.mark.parametrize(
    ("strengths", "reference"),
    [
        ((0.5, 0, 0), TF.adjust_brightness),
        ((0, 0.5, 0), TF.adjust_contrast),
        ((0, 0, 0.5), TF.adjust_saturation),
    ],
)
def test_colour_jitter_agrees_with_torchvision(strengths, reference):
    images, uniforms = torch.rand(4, 3, 8, 8), torch.rand(4, 3)
    changed = ColourJitter(*strengths)(images, uniforms)
    assert changed.shape == images.shape
    which = max(range(3), key=lambda i: strengths[i])
    for image, got, number in zip(images, changed, uniforms[:, which].tolist(), strict=True):
        # torchvision rounds the weights of the brightness to four digits.
        wanted = reference(image, 1 + 0.5 * (2 * number - 1))
        torch.testing.assert_close(got, wanted, atol=2e-4, rtol=0)


def test_cutout_covers_one_square_with_the_mean():
    images = torch.rand(1, 3, 9, 9)
    covered = Cutout(3)(images, torch.tensor([[0.5, 0.95]]))
    changed = (covered != images).all(1)[0]
    rows, columns = changed.nonzero().T
    assert sorted(set(rows.tolist())) == [3, 4, 5]
    assert sorted(set(columns.tolist())) == [7, 8]  # the third column lies outside
    torch.testing.assert_close(covered[0, :, 4, 8], images[0].mean((-2, -1)))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_the_hole_of_cutout_lies_where_its_middle_says(size):
    """Half of an even square lies before its middle, the middle itself begins the other half."""
    images = torch.rand(1, 2, 7, 9)
    for row in range(7):
        for column in range(9):
            numbers = torch.tensor([[(row + 0.5) / 7, (column + 0.5) / 9]])
            wanted = images.clone()
            for y in range(7):
                for x in range(9):
                    offsets = (y - row, x - column)
                    if all(2 * o >= -size and 2 * o < size for o in offsets):
                        wanted[0, :, y, x] = images[0].mean((1, 2))
            torch.testing.assert_close(Cutout(size)(images, numbers), wanted)


def test_the_first_and_the_last_random_number_lead_to_the_ends():
    image = torch.arange(1.0, 10).view(1, 1, 3, 3)
    low, high = torch.zeros(1, 2), torch.full((1, 2), JUST_BELOW_1)
    assert PadCrop(1)(image, low).tolist() == [[[[0, 0, 0], [0, 1, 2], [0, 4, 5]]]]
    assert PadCrop(1)(image, high).tolist() == [[[[5, 6, 0], [8, 9, 0], [0, 0, 0]]]]
    assert Cutout(2)(image, low).tolist() == [[[[5, 2, 3], [4, 5, 6], [7, 8, 9]]]]
    assert Cutout(2)(image, high).tolist() == [[[[1, 2, 3], [4, 5, 5], [7, 5, 5]]]]


def test_a_number_that_equals_the_share_flips_nothing():
    image = torch.tensor([[[[1.0, 2.0]]]])
    for probability, drawn, wanted in (
        (0.25, 0.25, [1, 2]),
        (0.25, 0.2499, [2, 1]),
        (0, 0.0, [1, 2]),
        (1, JUST_BELOW_1, [2, 1]),
    ):
        assert Flip(probability)(image, torch.tensor([[drawn]])).flatten().tolist() == wanted


def test_colour_jitter_computes_what_it_says():
    """One pixel of colour and a black one: worked out by hand, one strength at a time."""
    image = torch.tensor([0.8, 0.4, 0.2, 0, 0, 0]).view(1, 2, 3).permute(0, 2, 1)[..., None]
    grey = 0.299 * 0.8 + 0.587 * 0.4 + 0.114 * 0.2  # of the first pixel; the mean is half of it
    half = torch.tensor([[0.25, 0.25, 0.25]])  # factor 1 - 0.5 * x
    for strengths, first, second in (
        ((1, 0, 0), [0.4, 0.2, 0.1], [0.0] * 3),
        ((0, 1, 0), [(value + grey / 2) / 2 for value in (0.8, 0.4, 0.2)], [grey / 4] * 3),
        ((0, 0, 1), [(value + grey) / 2 for value in (0.8, 0.4, 0.2)], [0.0] * 3),
    ):
        got = ColourJitter(*strengths)(image, half)[0, :, :, 0].T
        torch.testing.assert_close(got, torch.tensor([first, second]))


def test_augmented_training_differs_from_epoch_to_epoch_and_repeats():
    data = Digits(augment=[PadCrop(3), Cutout(5)])

    def first(epoch):
        images, labels = next(iter(data.dataloader("train", epoch=epoch)))
        return images[labels.argsort(stable=True)]

    assert first(0).equal(first(0))
    assert not first(0).equal(first(1))
