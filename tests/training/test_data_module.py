"""The two forms in which data may be handed to the Trainer."""

import pytest
import torch

from d2lkit.training import DataModule

BATCH = (torch.zeros(2, 1, 4, 4), torch.tensor([0, 1]))


class Simple(DataModule):
    def train_dataloader(self):
        return [BATCH]


class Complete(DataModule):
    def dataloader(self, split="train", *, shuffle=None, epoch=None, rank=0, world_size=1):
        return [(split, shuffle, epoch, rank, world_size)]


def test_a_simple_method_serves_dataloader():
    assert Simple().dataloader("train", epoch=3, shuffle=True) == [BATCH]


def test_dataloader_serves_the_simple_methods():
    data = Complete()
    assert data.train_dataloader() == [("train", None, None, 0, 1)]
    assert data.val_dataloader() == [("val", None, None, 0, 1)]
    assert data.test_dataloader() == [("test", None, None, 0, 1)]


@pytest.mark.parametrize("ask", ["val_dataloader", "test_dataloader"])
def test_a_missing_split_is_named(ask):
    with pytest.raises(NotImplementedError, match=rf"Simple has no {ask}\(\)"):
        getattr(Simple(), ask)()
    with pytest.raises(NotImplementedError, match=rf"Simple has no {ask}\(\)"):
        Simple().dataloader(ask.removesuffix("_dataloader"))


def test_simple_batches_cannot_be_shared():
    with pytest.raises(ValueError, match="world_size must be 1 for Simple, got 2"):
        Simple().dataloader("train", world_size=2)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"split": "dev"}, ValueError),
        ({"rank": -1}, ValueError),
        ({"world_size": 0}, ValueError),
        ({"world_size": 1.0}, TypeError),
    ],
)
def test_wrong_arguments_are_refused(settings, error):
    with pytest.raises(error, match=str(next(iter(settings.values())))):
        Simple().dataloader(**settings)


def test_to_keeps_what_has_no_images():
    data = Simple()
    assert data.to("cpu") is data
