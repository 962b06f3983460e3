"""Images as bytes on a device, floats per batch."""

import pytest
import torch
from matplotlib.figure import Figure

from d2lkit.data import ArrayData, Digits, Flip
from d2lkit.data.statistics import channel_statistics
from d2lkit.training import DataModule


def images(n, channels=1, size=6):
    return torch.randint(0, 256, (n, channels, size, size), dtype=torch.uint8)


@pytest.fixture
def data():
    pairs = [(images(n, 3), torch.arange(n) % 4) for n in (11, 5, 6)]
    return ArrayData(*pairs, batch_size=4, class_names=["a", "b", "c", "d"])


def test_attributes(data):
    assert isinstance(data, DataModule)
    assert (data.name, data.size, data.in_channels, data.num_classes) == ("array data", 6, 3, 4)
    assert data.class_names == ("a", "b", "c", "d")
    assert data.batch_size == 4
    assert data.device == torch.device("cpu")
    assert len(data.mean) == len(data.std) == 3
    assert "11 train, 5 val, 6 test images of 3×6×6, 4 classes" in repr(data)


def test_splits_keep_what_was_given(data):
    assert data.images("train").dtype == torch.uint8
    assert [len(data.labels(split)) for split in ("train", "val", "test")] == [11, 5, 6]


def test_statistics_are_those_of_torch():
    given = images(50, 3)
    mean, std = channel_statistics(given)
    values = given.double() / 255
    assert mean == pytest.approx(values.mean((0, 2, 3)).tolist(), rel=1e-12)
    assert std == pytest.approx(values.std((0, 2, 3), correction=0).tolist(), rel=1e-12)


def test_constant_images_are_not_divided_by_zero():
    data = ArrayData((torch.full((4, 1, 5, 5), 7, dtype=torch.uint8), torch.zeros(4).long()))
    assert data.normalise(data.images("train")).abs().max() < 1e-6


def test_normalised_training_images_have_mean_0_and_deviation_1(data):
    values = data.normalise(data.images("train"))
    assert values.dtype == torch.float32
    assert values.mean((0, 2, 3)) == pytest.approx(torch.zeros(3), abs=1e-6)
    assert values.std((0, 2, 3), correction=0) == pytest.approx(torch.ones(3), abs=1e-5)


def test_normalise_takes_bytes_and_floats_and_single_images(data):
    given = data.images("val")
    torch.testing.assert_close(data.normalise(given), data.normalise(given / 255))
    torch.testing.assert_close(data.normalise(given)[2], data.normalise(given[2]))


def test_batches_hold_the_normalised_images(data):
    got = [torch.cat(parts) for parts in zip(*data.val_dataloader(), strict=True)]
    torch.testing.assert_close(got[0], data.normalise(data.images("val")))
    assert got[1].equal(data.labels("val"))
    assert got[0].dtype == torch.float32
    assert got[1].dtype == torch.int64


def test_batches_are_resized():
    data = ArrayData((images(5), torch.arange(5)), size=9)
    ((batch, _),) = data.dataloader("train", shuffle=False)
    wanted = torch.nn.functional.interpolate(
        data.normalise(data.images("train")), (9, 9), mode="bilinear"
    )
    torch.testing.assert_close(batch, wanted)
    assert data.images("train").shape == (5, 1, 6, 6)


def test_resizing_gives_the_same_with_and_without_augmentation():
    pair = (images(7, 3), torch.arange(7))
    plain, flipped = ArrayData(pair, size=9), ArrayData(pair, size=9, augment=[Flip(0)])
    first, second = (next(iter(d.dataloader("train", epoch=0)))[0] for d in (plain, flipped))
    torch.testing.assert_close(first, second)


def test_labels_of_another_integer_type_are_taken():
    data = ArrayData((images(3), torch.tensor([0, 1, 1], dtype=torch.uint8)))
    assert data.labels("train").dtype == torch.int64
    assert data.class_names == ("0", "1")


def test_training_images_alone_are_enough(data):
    alone = ArrayData((images(3), torch.arange(3)))
    assert len(alone.train_dataloader()) == 1
    with pytest.raises(NotImplementedError, match="no split 'val'"):
        alone.val_dataloader()


def test_to_returns_moved_data_and_leaves_the_rest(data):
    assert data.to("cpu") is data
    # "meta" is the one other device that every machine has.
    moved = data.to("meta")
    assert moved.images("train").device.type == moved.labels("val").device.type == "meta"
    assert data.images("train").device.type == "cpu"
    assert moved.mean == data.mean


def test_show_gives_a_figure():
    figure = Digits().show(5, split="test")
    assert isinstance(figure, Figure)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == [str(label) for label in Digits().labels("test")[:5].tolist()]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gets_the_batches_of_the_cpu():
    cpu = Digits(size=32, augment=[Flip()])
    for split in ("train", "val"):
        pairs = zip(cpu.dataloader(split, epoch=3), cpu.to("cuda").dataloader(split, epoch=3))  # noqa: B905
        pairs = [*pairs]
        assert len(pairs) > 1
        for (one, label), (other, other_label) in pairs:
            assert other.device.type == "cuda"
            torch.testing.assert_close(one, other.cpu())
            assert label.equal(other_label.cpu())
