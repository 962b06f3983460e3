"""Which image comes when: the order, the augmentation's numbers and the shards."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from d2lkit.data import ArrayData
from d2lkit.data.augmentation import Augmentation
from d2lkit.data.randomness import generator


def numbered(n, **settings):
    """Data whose labels number the images."""
    return ArrayData((torch.zeros(n, 1, 2, 2, dtype=torch.uint8), torch.arange(n)), **settings)


def order(batches):
    return [label for _, labels in batches for label in labels.tolist()]


class Record(Augmentation):
    """Writes the image's random number into the image, before it is normalised."""

    numbers = 1

    def __call__(self, images, uniforms):
        return images + uniforms[:, :, None, None]


def test_order_depends_on_seed_and_epoch_alone():
    data, twin = numbered(20), numbered(20, batch_size=3)
    orders = [order(data.dataloader("train", epoch=epoch)) for epoch in range(4)]
    assert orders == [order(twin.dataloader("train", epoch=epoch)) for epoch in range(4)]
    assert len({tuple(o) for o in orders}) == 4
    assert orders[0] != order(numbered(20, seed=1).dataloader("train", epoch=0))
    # The order of a shipped seed is a promise: resumed runs rely on it.
    assert orders[0][:6] == [16, 6, 3, 9, 12, 17]


def test_passes_are_counted_where_no_epoch_is_given():
    data = numbered(20)
    wanted = [order(numbered(20).dataloader("train", epoch=epoch)) for epoch in range(3)]
    loader = data.train_dataloader()
    assert [order(loader), order(loader), order(data.train_dataloader())] == wanted


def test_a_length_does_not_count_as_a_pass():
    data = numbered(20)
    assert len(data.train_dataloader()) == 1
    assert order(data.train_dataloader()) == order(data.dataloader("train", epoch=0))


def test_a_last_image_joins_the_batch_before():
    sizes = [[len(labels) for _, labels in numbered(9, batch_size=b).dataloader()] for b in (4, 2)]
    assert sizes == [[4, 5], [2, 2, 2, 3]]
    assert [len(labels) for _, labels in numbered(1).dataloader()] == [1]


def test_shuffling_can_be_asked_for_and_refused():
    data = ArrayData(*[(torch.zeros(9, 1, 2, 2, dtype=torch.uint8), torch.arange(9))] * 2)
    assert order(data.val_dataloader()) == list(range(9))
    assert order(data.dataloader("train", shuffle=False)) == list(range(9))
    assert order(data.dataloader("val", shuffle=True)) != list(range(9))


def test_only_shuffled_training_images_are_augmented():
    pair = (torch.zeros(9, 1, 2, 2, dtype=torch.uint8), torch.arange(9))
    data = ArrayData(pair, pair, augment=[Record()])
    for split, shuffle, wanted in [
        ("train", True, True),
        ("train", False, False),
        ("val", None, False),
        ("val", True, False),
    ]:
        ((batch, _),) = data.dataloader(split, shuffle=shuffle)
        assert bool(batch.any()) is wanted, (split, shuffle)


@given(
    n=st.integers(1, 60),
    batch_size=st.integers(1, 20),
    world_size=st.integers(1, 5),
    epoch=st.integers(0, 3),
    shuffle=st.booleans(),
)
@example(n=9, batch_size=4, world_size=2, epoch=0, shuffle=True)  # one image is left over
@example(n=11, batch_size=4, world_size=4, epoch=0, shuffle=False)
@example(n=53, batch_size=52, world_size=1, epoch=0, shuffle=True)
@example(n=11, batch_size=8, world_size=2, epoch=0, shuffle=True)
def test_processes_share_every_batch(n, batch_size, world_size, epoch, shuffle):
    data = numbered(n, batch_size=batch_size)
    if world_size > min(n, batch_size):
        with pytest.raises(ValueError, match="world_size"):
            data.dataloader("train", world_size=world_size)
        return
    settings = {"shuffle": shuffle, "epoch": epoch}
    alone = order(data.dataloader("train", **settings))
    shares = [
        data.dataloader("train", rank=rank, world_size=world_size, **settings)
        for rank in range(world_size)
    ]
    assert len({len(share) for share in shares}) == 1
    steps = list(zip(*shares, strict=True))
    assert len(steps) == len(shares[0])
    # Nobody is left with a single image where the batches before had more.
    smallest = min(len(labels) for step in steps for _, labels in step)
    assert smallest >= min(2, batch_size // world_size, n // world_size)
    assert sorted(order(batch for step in steps for batch in step)) == list(range(n))
    # A step of all processes together meets the images of one process's step.
    start = 0
    for step in steps:
        met = order(step)
        assert all(len(labels) for _, labels in step)
        assert sorted(met) == sorted(alone[start : start + len(met)])
        start += len(met)


def test_an_image_keeps_its_random_number_in_every_share():
    data = numbered(23, batch_size=8, augment=[Record()])

    def drawn(world_size):
        found = {}
        for rank in range(world_size):
            for images, labels in data.dataloader(epoch=5, rank=rank, world_size=world_size):
                found |= dict(zip(labels.tolist(), images[:, 0, 0, 0].tolist(), strict=True))
        return found

    alone = drawn(1)
    assert alone == drawn(2) == drawn(3)
    assert len(set(alone.values())) == 23


def test_generator_mixes_the_whole_key():
    draws = {torch.rand(1, generator=generator(*key)).item() for key in [(0,), (1,), (2**32,)]}
    assert len(draws) == 3
