"""What a model computes for images, and what it measures on them, without a trace."""

import pytest
import torch
from torch import nn
from torch.utils import data

from d2lkit.data import ArrayData
from d2lkit.data.augmentation import Augmentation
from d2lkit.training import Trainer


class Blank(Augmentation):
    """Nothing is left of an image."""

    numbers = 1

    def __call__(self, images, numbers):
        return images * 0


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_predictions_come_in_the_order_of_the_images(new_model, data_kinds, split):
    stripes = data_kinds["seeded"](batch_size=5)
    model = new_model().train()
    found = Trainer(device="cpu").predict(model, stripes, split)
    assert model.training
    model.eval()
    images, _ = stripes.batch(split, torch.arange(52))
    with torch.no_grad():
        torch.testing.assert_close(found, model(images))
        torch.testing.assert_close(Trainer(device="cpu").predict(model, images), found)
    assert not found.requires_grad
    assert stripes.passes == 0


def test_training_images_are_measured_and_predicted_without_augmentation(new_model, data_kinds):
    plain, blank = data_kinds["seeded"](), data_kinds["seeded"](augment=[Blank()])
    trainer = Trainer(device="cpu")
    model = new_model()
    for do in (trainer.predict, trainer.evaluate):
        found, wanted = (do(model, kind, "train") for kind in (blank, plain))
        if isinstance(found, dict):
            assert found == pytest.approx(wanted)
        else:
            assert torch.equal(found, wanted)


@pytest.mark.parametrize("count", [1, 256, 257, 600])
def test_many_images_in_a_tensor(count):
    images = torch.randn(count, 1, 4, 4)
    assert torch.equal(Trainer(device="cpu").predict(nn.Flatten(), images), images.flatten(1))


@pytest.mark.parametrize(
    "order",
    [
        {"shuffle": True},
        {"sampler": data.SubsetRandomSampler(range(6))},
        {"batch_sampler": data.BatchSampler(data.RandomSampler(range(6)), 2, drop_last=False)},
    ],
    ids=["shuffle", "sampler", "batch sampler"],
)
def test_a_loader_that_draws_its_order_predicts_nothing(order):
    class Loaders:
        def test_dataloader(self):
            return data.DataLoader(images, **order)

        def val_dataloader(self):
            return data.DataLoader(images, 4)

    images = data.TensorDataset(torch.randn(6, 1, 2, 2), torch.arange(6))
    trainer = Trainer(device="cpu")
    with pytest.raises(ValueError, match=r"test_dataloader\(\) must hand out .* with a \w*Random"):
        trainer.predict(nn.Flatten(), Loaders())
    found = trainer.predict(nn.Flatten(), Loaders(), "val")
    assert torch.equal(found, images.tensors[0].flatten(1))


def test_what_cannot_be_predicted(new_model, stripes):
    trainer = Trainer(device="cpu")
    with pytest.raises(TypeError, match=r"model must be an nn\.Module, got 'net'"):
        trainer.predict("net", stripes)
    with pytest.raises(ValueError, match="split must be one of 'train', 'val', 'test'"):
        trainer.predict(new_model(), stripes, "dev")
    with pytest.raises(TypeError, match="data must have the method test_dataloader, got list"):
        trainer.predict(new_model(), [])
    with pytest.raises(ValueError, match="at least one image to predict"):
        trainer.predict(new_model(), torch.zeros(0, 1, 8, 8))
    images = torch.randint(0, 256, (4, 1, 8, 8)).to(torch.uint8)
    with pytest.raises(ValueError, match="at least one image to predict"):
        trainer.predict(new_model(), ArrayData((images, torch.arange(4) % 2)))
