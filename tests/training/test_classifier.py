"""The Classifier's loss, accuracy and optimisers."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2lkit.training import Classifier, Module, accuracy


@pytest.fixture
def batch():
    """Five images of three classes."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(5, 1, 4, 4, generator=generator), torch.tensor([0, 1, 2, 0, 1])


@pytest.fixture
def net():
    """One layer."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 3))


def test_steps(net, batch):
    images, labels = batch
    model = Classifier(net, label_smoothing=0.2)
    assert isinstance(model, Module)
    loss = model.training_step(batch)
    assert torch.equal(loss, F.cross_entropy(net(images), labels, label_smoothing=0.2))
    assert torch.equal(model.logged["accuracy"], accuracy(net(images), labels))
    assert not model.logged["accuracy"].requires_grad
    metrics = model.validation_step(batch)
    assert torch.equal(metrics["loss"], F.cross_entropy(net(images), labels))
    assert torch.equal(metrics["accuracy"], accuracy(net(images), labels))


def test_accuracy_counts():
    logits = torch.tensor([[3.0, 1.0, 2.0], [0.0, 1.0, 0.5], [0.0, 0.0, 9.0], [1.0, 0.0, 0.0]])
    assert accuracy(logits, torch.tensor([0, 1, 0, 2])).item() == 0.5
    assert accuracy(logits, torch.tensor([0, 1, 2, 0])).item() == 1.0


@pytest.mark.parametrize(
    ("settings", "kind", "expected"),
    [
        ({}, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0}),
        ({"momentum": 0, "lr": 1}, torch.optim.SGD, {"lr": 1.0, "momentum": 0.0}),
        ({"optimizer": "adam", "lr": 0.01}, torch.optim.Adam, {"lr": 0.01}),
        ({"optimizer": "adamw", "weight_decay": 0.3}, torch.optim.AdamW, {"weight_decay": 0.3}),
    ],
)
def test_optimisers(net, settings, kind, expected):
    optimizer = Classifier(net, **settings).configure_optimizers()
    assert type(optimizer) is kind
    (group,) = optimizer.param_groups
    assert {name: group[name] for name in expected} == expected
    assert len(group["params"]) == 2


def test_cosine_schedule_ends_at_zero(net):
    model = Classifier(net, lr=0.4, schedule="cosine")
    model.trainer = SimpleNamespace(max_epochs=2, num_train_batches=5)
    optimizer, scheduler, _ = model.configure_optimizers()
    rates = []
    for _ in range(12):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert rates[:11] == pytest.approx([0.2 * (1 + math.cos(math.pi * i / 10)) for i in range(11)])
    assert rates[10] == rates[11] == pytest.approx(0, abs=1e-12)


def test_lr_may_be_set_after_construction(net):
    model = Classifier()
    model.net, model.lr = net, 0.7
    assert model.configure_optimizers().param_groups[0]["lr"] == 0.7
    assert [name for name, _ in model.named_parameters()] == ["net.1.weight", "net.1.bias"]
