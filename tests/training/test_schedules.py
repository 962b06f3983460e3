"""Learning rates that move with steps, with epochs, and with a metric."""

import re

import pytest
import torch
from torch.optim import lr_scheduler

from d2lkit.training import CheckpointError, Classifier, Trainer

STEPS = 7  # in an epoch of the stripes


class Scheduled(Classifier):
    """A classifier whose scheduler a test chooses; it notes the rate of every step."""

    schedule_with = None

    def configure_optimizers(self):
        self.rates = []
        optimizer = torch.optim.SGD(self.parameters(), lr=self.lr)
        optimizer.register_step_pre_hook(
            lambda sgd, *_: self.rates.append(sgd.param_groups[0]["lr"])
        )
        return self.schedule_with(optimizer)


def scheduled(new_model, make, lr=1.0):
    model = Scheduled(new_model().net, lr=lr)
    model.schedule_with = make
    return model


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (
            lambda o: (o, lr_scheduler.StepLR(o, 3, 0.5)),
            [0.5 ** (i // 3) for i in range(2 * STEPS)],
        ),
        (lambda o: (o, lr_scheduler.StepLR(o, 1, 0.5), "epoch"), [1.0] * STEPS + [0.5] * STEPS),
        (
            lambda o: (o, lr_scheduler.StepLR(o, 1, 0.5), "step"),
            [0.5**i for i in range(2 * STEPS)],
        ),
        (
            lambda o: (o, lr_scheduler.CosineAnnealingLR(o, 2), "epoch"),
            [1.0] * STEPS + [0.5] * STEPS,
        ),
        (lambda o: (o, None), [1.0] * 2 * STEPS),
    ],
    ids=["steps", "epochs", "steps by name", "cosine of epochs", "none"],
)
def test_when_a_scheduler_steps(new_model, stripes, make, wanted):
    model = scheduled(new_model, make)
    Trainer(2, device="cpu").fit(model, stripes)
    assert model.rates == pytest.approx(wanted)


@pytest.mark.parametrize(
    "make",
    [
        lambda o: (o, lr_scheduler.CosineAnnealingLR(o, 2)),
        lambda o: (o, lr_scheduler.MultiStepLR(o, [1, 2])),
        lambda o: (o, lr_scheduler.StepLR(o, 2)),
        lambda o: (o, lr_scheduler.LinearLR(o, total_iters=2)),
        lambda o: (o, lr_scheduler.PolynomialLR(o, total_iters=2)),
        lambda o: (o, lr_scheduler.OneCycleLR(o, 0.1, total_steps=2)),
    ],
)
def test_a_scheduler_that_counts_epochs_is_not_made_to_count_steps(new_model, stripes, make):
    with pytest.raises(ValueError, match=r"counts up to 2 epochs, but .* each of 14 steps"):
        Trainer(2, device="cpu").fit(scheduled(new_model, make), stripes)


@pytest.mark.parametrize(
    "make",
    [
        lambda o: lr_scheduler.ExponentialLR(o, 0.5),
        lambda o: lr_scheduler.LambdaLR(o, lambda count: 0.5**count),
        lambda o: lr_scheduler.MultiplicativeLR(o, lambda count: 0.5),
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.ExponentialLR(o, 0.5)] * 2, [20]),
        lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.ExponentialLR(o, 0.5)]),
    ],
)
def test_a_scheduler_that_may_count_either_says_which(new_model, stripes, make):
    with pytest.raises(ValueError, match=r"must come with when it is called, .* or \(optimizer"):
        Trainer(2, device="cpu").fit(scheduled(new_model, lambda o: (o, make(o))), stripes)
    for when, rates in (
        ("step", [0.5**i for i in range(2 * STEPS)]),
        ("epoch", [1.0] * STEPS + [0.5] * STEPS),
    ):
        model = scheduled(new_model, lambda o, when=when: (o, make(o), when))
        Trainer(2, device="cpu").fit(model, stripes)
        assert model.rates == pytest.approx(rates)


def other_numbers(kind, old, new, when="epoch"):
    """Two functions that make the same scheduler with other numbers."""
    return [lambda o, numbers=numbers: (o, kind(o, **numbers), when) for numbers in (old, new)]


@pytest.mark.parametrize(
    ("makes", "message"),
    [
        (
            other_numbers(lr_scheduler.StepLR, {"step_size": 2}, {"step_size": 3}),
            "its StepLR's step_size is 2, this one's 3",
        ),
        (
            other_numbers(lr_scheduler.ExponentialLR, {"gamma": 0.5}, {"gamma": 0.9}),
            r"its ExponentialLR's gamma is 0\.5, this one's 0\.9",
        ),
        (
            other_numbers(lr_scheduler.LinearLR, {"total_iters": 5}, {"total_iters": 9}),
            "its LinearLR's total_iters is 5, this one's 9",
        ),
        (
            other_numbers(lr_scheduler.MultiStepLR, {"milestones": [1]}, {"milestones": [1, 2]}),
            r"its MultiStepLR's milestones is \[1\], this one's \[1, 2\]",
        ),
        (
            other_numbers(
                lr_scheduler.ReduceLROnPlateau, {"patience": 1}, {"patience": 2}, "val_loss"
            ),
            "its ReduceLROnPlateau's patience is 1, this one's 2",
        ),
        (
            [
                lambda o: (o, lr_scheduler.ExponentialLR(o, 0.5), "epoch"),
                lambda o: (o, lr_scheduler.StepLR(o, 2, 0.5), "epoch"),
            ],
            "its scheduler is 'ExponentialLR', this one's 'StepLR'",
        ),
        (
            [
                lambda o: (o, lr_scheduler.StepLR(o, 2, 0.5), "epoch"),
                lambda o: (o, lr_scheduler.StepLR(o, 2, 0.5), "step"),
            ],
            "its scheduler's when is 'epoch', this one's 'step'",
        ),
    ],
)
def test_a_scheduler_with_other_numbers_does_not_go_on(
    new_model, stripes, tmp_path, makes, message
):
    path = tmp_path / "run.pt"
    first, other = (scheduled(new_model, make, lr=0.05) for make in makes)
    Trainer(1, device="cpu", checkpoint=path).fit(first, stripes)
    with pytest.raises(CheckpointError, match=message):
        Trainer(2, device="cpu", checkpoint=path).fit(other, stripes, resume=True)
    same = scheduled(new_model, makes[0], lr=0.05)
    assert len(Trainer(2, device="cpu", checkpoint=path).fit(same, stripes, resume=True)) == 2


PAIRS = {
    "constant": [lambda o, n: lr_scheduler.ConstantLR(o, 0.2, 20 + n), "total_iters is 20, "],
    "linear": [lambda o, n: lr_scheduler.LinearLR(o, 0.2, (1, 0.9)[n], 20), "end_factor is 1, "],
    "polynomial": [lambda o, n: lr_scheduler.PolynomialLR(o, 20, 1.0 + n), "power is 1.0, this"],
    "cosine": [lambda o, n: lr_scheduler.CosineAnnealingLR(o, 20, 0.01 * n), "eta_min is 0.0"],
    "restarts": [lambda o, n: lr_scheduler.CosineAnnealingWarmRestarts(o, 9 + n), "T_0 is 9, "],
    "cyclic": [lambda o, n: lr_scheduler.CyclicLR(o, 0.05, 0.1 + n), "max_lrs is [0.1], this one"],
    "cyclic steps": [lambda o, n: lr_scheduler.CyclicLR(o, 0.05, 1, 9 + n), "total_size is 18"],
    "one cycle": [
        lambda o, n: lr_scheduler.OneCycleLR(o, 1, 50, pct_start=0.5 - n / 10),
        "phases is [24.0, 49], this one's [19.0, 49]",
    ],
    "averaging": [
        lambda o, n: torch.optim.swa_utils.SWALR(o, 0.1, anneal_epochs=5 + n),
        "anneal_epochs is 5",
    ],
    "product": [
        lambda o, n: lr_scheduler.MultiplicativeLR(o, lambda step: 0.9 - n / 10),
        "after 7 steps was 0.0239",
    ],
    "function": [
        lambda o, n: lr_scheduler.LambdaLR(o, lambda step: (0.9 - n / 10) ** step),
        "after 7 steps was 0.0239",
    ],
}


def alone(optimizer, make, number):
    return make(optimizer, number)


def second(optimizer, make, number):
    parts = [lr_scheduler.ConstantLR(optimizer, 1, 3), make(optimizer, number)]
    return lr_scheduler.SequentialLR(optimizer, parts, [3])


def first_of_two(optimizer, make, number):
    parts = [make(optimizer, number), lr_scheduler.ConstantLR(optimizer, 1, 3)]
    return lr_scheduler.SequentialLR(optimizer, parts, [9])


def chained(optimizer, make, number):
    return lr_scheduler.ChainedScheduler([make(optimizer, number)])


def deep(optimizer, make, number):
    return lr_scheduler.ChainedScheduler([first_of_two(optimizer, make, number)])


@pytest.mark.filterwarnings("ignore:The epoch parameter in")  # SequentialLR's own call
@pytest.mark.parametrize(
    ("name", "around"),
    [
        (name, around)
        for name in PAIRS
        for around in (alone, second, first_of_two, chained, deep)
        if around is alone or name != "product"  # whose rate depends on those of the other parts
    ],
)
def test_other_numbers_are_found_in_every_kind_and_every_part(
    new_model, stripes, tmp_path, name, around
):
    make, message = PAIRS[name]
    if name == "function":
        message = "its learning rate after "
    path = tmp_path / "run.pt"

    def model(number):
        return scheduled(new_model, lambda o: (o, around(o, make, number), "step"), lr=0.05)

    Trainer(1, device="cpu", checkpoint=path).fit(model(0), stripes)
    with pytest.raises(CheckpointError, match=re.escape(message)):
        Trainer(1, device="cpu", checkpoint=path).fit(model(1), stripes, resume=True)
    assert len(Trainer(1, device="cpu", checkpoint=path).fit(model(0), stripes, resume=True)) == 1


@pytest.mark.filterwarnings("ignore:The epoch parameter in")
def test_another_milestone_is_found_and_parts_without_an_end_go_on(new_model, stripes, tmp_path):
    def make(milestone):
        def scheduler(o):
            parts = [lr_scheduler.LinearLR(o, 0.1, total_iters=4), lr_scheduler.StepLR(o, 3)]
            return o, lr_scheduler.SequentialLR(o, parts, [milestone]), "step"

        return scheduled(new_model, scheduler, lr=0.05)

    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(make(4), stripes)
    with pytest.raises(CheckpointError, match=r"milestones is \[4\], this one's \[5\]"):
        Trainer(2, device="cpu", checkpoint=path).fit(make(5), stripes, resume=True)
    whole, more = make(4), make(4)
    Trainer(2, device="cpu").fit(whole, stripes)
    Trainer(2, device="cpu", checkpoint=path).fit(more, stripes, resume=True)
    assert more.rates == whole.rates[STEPS:]


@pytest.mark.parametrize("watched", [None, "val_loss", "loss"])
def test_plateau_steps_as_by_hand(new_model, stripes, watched):
    def make(optimizer):
        plateau = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=0, threshold=0.5)
        return (optimizer, plateau) if watched is None else (optimizer, plateau, watched)

    model = scheduled(new_model, make, lr=0.1)
    history = Trainer(5, device="cpu").fit(model, stripes)
    twin = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    plateau = make(twin)[1]
    wanted = []
    for value in history[watched or "val_loss"]:
        wanted += [twin.param_groups[0]["lr"]] * STEPS
        plateau.step(value)
    assert model.rates == wanted
    assert wanted[0] > wanted[-1]


def test_plateau_without_validation_watches_the_training_loss(new_model, stripes):
    class NoValidation:
        train_dataloader = stripes.train_dataloader

    model = scheduled(new_model, lambda o: (o, lr_scheduler.ReduceLROnPlateau(o)), lr=0.01)
    Trainer(2, device="cpu").fit(model, NoValidation())
    assert model.trainer is None
    assert len(model.rates) == 2 * STEPS


def test_a_cosine_is_not_stretched(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(schedule="cosine"), stripes)
    with pytest.raises(
        CheckpointError, match=r"after 7 steps was 0, this one's is 0\.025: .* stretched"
    ):
        Trainer(2, device="cpu", checkpoint=path).fit(
            new_model(schedule="cosine"), stripes, resume=True
        )


def test_a_schedule_of_epochs_goes_on_where_it_was(new_model, stripes, tmp_path):
    def make(optimizer):
        return optimizer, lr_scheduler.StepLR(optimizer, 2, 0.5), "epoch"

    path = tmp_path / "run.pt"
    whole, first, second = (scheduled(new_model, make) for _ in range(3))
    Trainer(4, device="cpu").fit(whole, stripes)
    Trainer(1, device="cpu", checkpoint=path).fit(first, stripes)
    Trainer(4, device="cpu", checkpoint=path).fit(second, stripes, resume=True)
    assert first.rates + second.rates == whole.rates


@pytest.mark.parametrize("saved", [5, 7, 12])
def test_a_cosine_of_other_length_is_refused_wherever_it_stands(
    new_model, stripes, tmp_path, saved
):
    class Cut(Classifier):
        def training_step(self, batch):
            if self.trainer.train_batch_idx == saved:
                raise RuntimeError("cut")
            return super().training_step(batch)

    path = tmp_path / "run.pt"
    with pytest.raises(RuntimeError, match="cut"):
        Trainer(2, device="cpu", checkpoint=path, checkpoint_every=1).fit(
            Cut(new_model().net, lr=0.05, schedule="cosine"), stripes
        )
    with pytest.raises(CheckpointError, match=f"after {saved} steps was .* stretched"):
        Trainer(3, device="cpu", checkpoint=path).fit(
            new_model(schedule="cosine"), stripes, resume=True
        )
    history = Trainer(2, device="cpu", checkpoint=path).fit(
        new_model(schedule="cosine"), stripes, resume=True
    )
    assert len(history) == 2


def test_a_warm_up_alone_goes_on_for_more_epochs(new_model, stripes, tmp_path):
    def make(optimizer):
        return (
            optimizer,
            lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / 5)),
            "step",
        )

    path = tmp_path / "run.pt"
    whole, first, second = (scheduled(new_model, make) for _ in range(3))
    Trainer(3, device="cpu").fit(whole, stripes)
    Trainer(1, device="cpu", checkpoint=path).fit(first, stripes)
    Trainer(3, device="cpu", checkpoint=path).fit(second, stripes, resume=True)
    assert first.rates + second.rates == whole.rates


def test_one_cycle_is_not_stretched(new_model, stripes, tmp_path):
    def make(optimizer):
        steps = STEPS * epochs
        return optimizer, lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=steps)

    path = tmp_path / "run.pt"
    for epochs in (1, 2):
        trainer = Trainer(epochs, device="cpu", checkpoint=path)
        if epochs == 1:
            trainer.fit(scheduled(new_model, make), stripes)
        else:
            with pytest.raises(CheckpointError, match=r"OneCycleLR was made for max_epochs=1"):
                trainer.fit(scheduled(new_model, make), stripes, resume=True)
