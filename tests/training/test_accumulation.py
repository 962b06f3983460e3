"""A step in parts, and a step that is cut short, are the steps that a hand-written loop takes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from d2lkit.training import Classifier, DataModule, Trainer, contract, set_seed


class Fixed(DataModule):
    """Batches of some sizes, always the same."""

    def __init__(self, sizes):
        noise = torch.Generator().manual_seed(0)
        self.batches = [
            (torch.randn(n, 5, generator=noise), torch.randint(0, 3, (n,), generator=noise))
            for n in sizes
        ]

    def train_dataloader(self):
        return self.batches


def model(**options):
    """The same weights at every call."""
    set_seed(0)
    return Classifier(nn.Linear(5, 3).double().float(), lr=0.5, **options)


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4), parts=st.integers(2, 10))
@settings(max_examples=25)
def test_parts_add_up_to_the_step_of_the_whole_batch(sizes, parts):
    class Counting(Classifier):
        def training_step(self, batch):
            seen.append(len(batch[-1]))
            return super().training_step(batch)

    whole, divided, seen = model(), model(), []
    divided.__class__ = Counting
    histories = [
        Trainer(2, device="cpu", accumulate=count).fit(one, Fixed(sizes))
        for one, count in ((whole, 1), (divided, parts))
    ]
    assert len(seen) == 2 * sum(min(parts, size) for size in sizes)
    assert sum(seen) == 2 * sum(sizes)
    for a, b in zip(whole.parameters(), divided.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    for one, other in zip(*(history.steps for history in histories), strict=True):
        assert other == pytest.approx(one, rel=1e-4, abs=1e-6)


@given(norm=st.floats(1e-3, 3), parts=st.integers(1, 3))
@settings(max_examples=15)
def test_no_step_is_longer_than_its_gradient_may_be(norm, parts):
    class Watching(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Linear(5, 3)

        def training_step(self, batch):
            return 30 * F.cross_entropy(self.net(batch[0]), batch[1])

        validation_step = training_step

        def configure_optimizers(self):
            sgd = torch.optim.SGD(self.parameters(), lr=1.0)
            sgd.register_step_pre_hook(lambda *_: before.append(flat(self).clone()))
            sgd.register_step_post_hook(lambda *_: after.append(flat(self).clone()))
            return sgd

    def flat(module):
        return torch.cat([p.detach().flatten() for p in module.parameters()])

    data, before, after = Fixed([6, 4]), [], []
    set_seed(1)
    Trainer(2, device="cpu", clip_norm=norm, accumulate=parts).fit(Watching(), data)
    lengths = [(b - a).norm().item() for a, b in zip(before, after, strict=True)]
    assert len(lengths) == 4
    assert max(lengths) == pytest.approx(norm, rel=1e-3)  # the loss is steep: each step is cut


def test_weights_of_the_classes_are_not_divided_into_parts():
    """Each part would divide by its own sum of weights, and the step be another."""
    weighted = model(class_weights=[1, 9, 1])
    with pytest.raises(ValueError, match=r"got \[1\.0, 9\.0, 1\.0\] with accumulate=2 in"):
        Trainer(1, device="cpu", accumulate=2).fit(weighted, Fixed([4]))
    assert len(Trainer(1, device="cpu").fit(weighted, Fixed([4]))) == 1


def test_weights_of_the_classes_are_not_divided_among_processes(monkeypatch):
    monkeypatch.setattr(contract.distributed, "world_size", lambda: 2)
    contract.check_parts(model(), 1)
    with pytest.raises(ValueError, match="with accumulate=1 in 2 processes"):
        contract.check_parts(model(class_weights=[1, 9, 1]), 1)


def test_clipping_ends_with_the_training():
    class Keeps(Classifier):
        def configure_optimizers(self):
            return optimizer

    kept = Keeps(nn.Linear(5, 3))
    optimizer = torch.optim.SGD(kept.parameters(), lr=0.1)
    Trainer(1, device="cpu", clip_norm=1.0).fit(kept, Fixed([4]))
    kept.net.weight.grad.fill_(100.0)
    optimizer.step()
    assert kept.net.weight.grad.unique().tolist() == [100.0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"accumulate": 0}, ValueError, "accumulate must be at least 1, got 0"),
        ({"accumulate": 1.5}, TypeError, "accumulate must be an int"),
        ({"clip_norm": 0}, ValueError, "clip_norm must be greater than 0, got 0"),
        ({"clip_norm": "1"}, TypeError, "clip_norm must be a number"),
        ({"callbacks": [print]}, TypeError, "callbacks must be Callback objects, got builtin"),
        ({"callbacks": print}, TypeError, "callbacks must be a list"),
    ],
)
def test_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        Trainer(1, **arguments)
