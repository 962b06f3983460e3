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


def test_augmented_training_differs_from_epoch_to_epoch_and_repeats():
    data = Digits(augment=[PadCrop(3), Cutout(5)])

    def first(epoch):
        images, labels = next(iter(data.dataloader("train", epoch=epoch)))
        return images[labels.argsort(stable=True)]

    assert first(0).equal(first(0))
    assert not first(0).equal(first(1))
