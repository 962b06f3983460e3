"""What a subclass or ``add_to_class`` replaces in d2l's Trainer is replaced in ours."""

import pytest
import torch
from torch import nn

from d2lkit import d2l as ours
from d2lkit import training


class Batches(training.DataModule):
    """Three fixed batches."""

    def __init__(self):
        noise = torch.Generator().manual_seed(0)
        self.batches = [
            (torch.randn(4, 1, 8, 8, generator=noise), torch.arange(4) % 3) for _ in range(3)
        ]

    def train_dataloader(self):
        return self.batches

    def val_dataloader(self):
        return self.batches[:2]


class ScaledBatch:
    """Images a tenth as large."""

    def prepare_batch(self, batch):
        images, labels = super().prepare_batch(batch)
        return [images / 10, labels]


class DoubledModel:
    """The model's weights doubled before it is trained."""

    def prepare_model(self, model):
        super().prepare_model(model)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter *= 2


class OnceMoreData:
    """Other batches than those of the data, and no validation."""

    def prepare_data(self, data):
        self.train_dataloader = data.train_dataloader()[::-1] * 2
        self.val_dataloader = None
        self.num_train_batches, self.num_val_batches = 6, 0


class OwnEpoch:
    """The loop of d2l, a step for two batches, with its own names."""

    def fit_epoch(self):
        self.model.train()
        for i, batch in enumerate(self.train_dataloader):
            loss = self.model.training_step(self.prepare_batch(batch))
            loss.backward()
            if i % 2:
                self.optim.step()
                self.optim.zero_grad()
            self.train_batch_idx += 1
        self.model.eval()
        for batch in self.val_dataloader:
            with torch.no_grad():
                self.model.validation_step(self.prepare_batch(batch))
            self.val_batch_idx += 1


class OwnFitAlone:
    """The whole training of d2l, with its own names, over the epochs of the package."""

    def fit(self, model, data):
        self.prepare_data(data)
        self.prepare_model(model)
        self.optim = model.configure_optimizers()
        self.epoch = self.train_batch_idx = self.val_batch_idx = 0
        for self.epoch in range(self.max_epochs):  # noqa: B020
            self.fit_epoch()


class OwnFit(OwnFitAlone, OwnEpoch):
    """Both."""


class ShortGradient:
    """Every gradient has the length of what is asked for."""

    def clip_gradients(self, grad_clip_val, model):
        for parameter in model.parameters():
            parameter.grad *= grad_clip_val / parameter.grad.norm()


CASES = [
    (ScaledBatch, {}),
    (DoubledModel, {}),
    (OnceMoreData, {}),
    (OwnEpoch, {}),
    (ShortGradient, {"gradient_clip_val": 0.01}),
]


def trained(package, hooks, settings):
    class Tiny(package.Classifier):
        def __init__(self, lr=0.5):
            super().__init__()
            self.save_hyperparameters()
            self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))

    torch.manual_seed(0)
    model = Tiny()
    model.board.display = False
    trainer = type("Hooked", (hooks, package.Trainer), {})(max_epochs=2, **settings)
    trainer.fit(model, Batches())
    return trainer, model


@pytest.mark.parametrize(("hooks", "settings"), CASES, ids=[case[0].__name__ for case in CASES])
def test_replaced_methods_are_called_as_in_d2l(real, hooks, settings):
    (theirs, wanted), (mine, found) = (trained(p, hooks, settings) for p in (real, ours))
    for a, b in zip(wanted.parameters(), found.parameters(), strict=True):
        torch.testing.assert_close(b, a)
    plain, _ = trained(ours, type("Nothing", (), {}), {})
    assert not torch.allclose(plain.model.net[1].weight, found.net[1].weight)
    for name in ("max_epochs", "train_batch_idx", "val_batch_idx", "num_train_batches"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert mine.epoch == 2


@pytest.mark.parametrize("settings", [{}, {"gradient_clip_val": 0.01}])
@pytest.mark.parametrize("hooks", [OwnFit, OwnFitAlone])
def test_a_fit_of_ones_own_trains_and_draws_as_in_d2l(real, hooks, settings):
    (theirs, wanted), (mine, found) = (trained(p, hooks, settings) for p in (real, ours))
    for a, b in zip(wanted.parameters(), found.parameters(), strict=True):
        torch.testing.assert_close(b, a)
    for name in ("epoch", "train_batch_idx", "val_batch_idx"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert mine.optim.param_groups[0]["lr"] == 0.5
    curves = wanted.board.data
    assert list(curves) == ["train_loss", "val_loss", "val_acc"]
    assert found.board.data.keys() == curves.keys()
    for name, points in curves.items():
        assert [p.x for p in found.board.data[name]] == [p.x for p in points]
        assert [float(p.y) for p in found.board.data[name]] == pytest.approx([p.y for p in points])
    assert found.board.xlim == wanted.board.xlim == [0, 2]


def test_the_curves_of_a_fit_of_ones_own_grow(monkeypatch):
    """The board is shown while the training runs, not when it is over."""
    drawn = []
    monkeypatch.setattr(ours.ProgressBoard, "show", lambda board: drawn.append(len(board.data)))
    trained(ours, OwnFitAlone, {})
    assert len(drawn) > 4
    drawn.clear()
    trained(ours, type("Nothing", (), {}), {})
    assert len(drawn) == 1


def test_measuring_before_any_training_draws_nothing():
    model = ours.LeNet()
    data = Batches()
    data.batches = [(torch.zeros(2, 1, 28, 28), torch.arange(2))]
    measured = ours.Trainer(1).evaluate(model, data, "val")
    assert sorted(measured) == ["accuracy", "loss"]
    assert not any(model.board.data.values())


def test_methods_added_to_the_class_are_called(monkeypatch):
    monkeypatch.setattr(ours.Trainer, "prepare_batch", ours.Trainer.prepare_batch)  # put back

    @ours.add_to_class(ours.Trainer)
    def prepare_batch(self, batch):
        seen.append(len(batch[-1]))
        return batch

    seen = []
    trained(ours, type("Nothing", (), {}), {})
    assert seen == [4] * 2 * (3 + 2)


def test_what_a_trainer_knows_after_the_training(real):
    for package in (real, ours):
        trainer, model = trained(package, type("Nothing", (), {}), {})
        assert model.trainer is trainer
        assert trainer.model is model
        assert len(trainer.train_dataloader) == trainer.num_train_batches == 3
        assert len(trainer.val_dataloader) == trainer.num_val_batches == 2
        assert (trainer.train_batch_idx, trainer.val_batch_idx) == (6, 4)
        assert trainer.gpus == []
        assert trainer.optim.param_groups[0]["lr"] == 0.5


def test_data_without_validation_have_none():
    class OnlyTraining(Batches):
        def val_dataloader(self):
            raise NotImplementedError

    model = ours.LeNet()
    trainer = ours.Trainer(1)
    data = OnlyTraining()
    data.batches = [(torch.zeros(2, 1, 28, 28), torch.arange(2))]
    trainer.fit(model, data)
    assert trainer.val_dataloader is None
