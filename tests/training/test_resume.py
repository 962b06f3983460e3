"""A run that is interrupted and resumed ends as if nothing had happened, bit by bit."""

import functools
import signal

import pytest
import torch
from torch.nn import functional as F

from d2lkit.data.augmentation import Augmentation
from d2lkit.training import CheckpointError, Classifier, Trainer, set_seed
from d2lkit.training.checkpoint import load_checkpoint, save_checkpoint


class PowerCutError(Exception):
    """What ends a run in these tests."""


class Darken(Augmentation):
    """Each image a little darker, by a random factor."""

    numbers = 1

    def __call__(self, images, numbers):
        return images * (0.7 + 0.3 * numbers.view(-1, 1, 1, 1))


class Mortal(Classifier):
    """A classifier that dies in the step, or in the validation batch, with a given number."""

    dies_in_step = dies_in_validation = None
    steps = validations = 0

    def training_step(self, batch):
        if self.steps == self.dies_in_step:
            raise PowerCutError
        self.steps += 1
        return super().training_step(batch)

    def validation_step(self, batch):
        if self.validations == self.dies_in_validation:
            raise PowerCutError
        self.validations += 1
        return super().validation_step(batch)


class WithCyclicRate(Mortal):
    """Adam under a scheduler whose state is not a single number."""

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=0.01)
        steps = self.trainer.max_epochs * self.trainer.num_train_batches
        return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=steps)


def outcome(trainer, model):
    """Everything that a resumed run must reproduce exactly."""
    epochs = [{k: v for k, v in e.items() if k != "seconds"} for e in trainer.history.epochs]
    return {
        "weights": {name: value.clone() for name, value in model.state_dict().items()},
        "optimizer": trainer.optimizer.state_dict()["state"],
        "steps": trainer.history.steps,
        "epochs": epochs,
        "next": torch.rand(3),
    }


def assert_identical(a, b, place="outcome"):
    """Compare nested dicts and lists; tensors to the last bit."""
    assert type(a) is type(b), place
    if isinstance(a, torch.Tensor):
        assert a.shape == b.shape, place
        assert torch.equal(a, b), f"{place}: differs by {(a - b).abs().max():.3g} at most"
    elif isinstance(a, dict):
        assert a.keys() == b.keys(), place
        for key in a:
            assert_identical(a[key], b[key], f"{place}[{key!r}]")
    elif isinstance(a, list):
        assert len(a) == len(b), place
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            assert_identical(x, y, f"{place}[{i}]")
    else:
        assert a == b, place


def test_a_difference_says_where_it_is():
    one = {"weights": {"0.bias": torch.zeros(2)}, "steps": [{"loss": 1.0}, {"loss": 2.0}]}
    other = {**one, "weights": {"0.bias": torch.tensor([0.0, 0.5])}}
    with pytest.raises(AssertionError, match=r"outcome\['weights'\]\['0.bias'\]: differs by 0.5"):
        assert_identical(one, other)
    with pytest.raises(AssertionError, match=r"outcome\['steps'\]\[1\]\['loss'\]"):
        assert_identical(one, {**one, "steps": [{"loss": 1.0}, {"loss": 3.0}]})


SETTINGS = {
    "sgd": (Mortal, {"lr": 0.05}),
    "cosine": (Mortal, {"lr": 0.05, "schedule": "cosine", "weight_decay": 0.01}),
    "adamw": (Mortal, {"lr": 0.01, "optimizer": "adamw"}),
    "one cycle": (WithCyclicRate, {}),
}


DEATHS = {
    # what kills the run, steps between saves, the step that the last save was made in
    "within an epoch": ({"dies_in_step": 10}, 4, 8),
    "after an epoch": ({"dies_in_step": 15}, None, 14),
    "in validation": ({"dies_in_validation": 9}, 1, 13),
    "before a save": ({"dies_in_step": 3}, None, None),
}


@pytest.mark.parametrize(
    ("kind", "settings", "death"),
    [
        ("seeded", "cosine", "within an epoch"),
        ("augmented", "sgd", "within an epoch"),
        ("global", "adamw", "within an epoch"),
        ("global", "one cycle", "within an epoch"),
        ("augmented", "cosine", "after an epoch"),
        ("global", "one cycle", "after an epoch"),
        ("global", "sgd", "in validation"),
        ("seeded", "adamw", "in validation"),
        ("global", "cosine", "before a save"),
    ],
)
def test_resumed_run_ends_bit_identical(data_kinds, new_model, tmp_path, kind, settings, death):
    fate, every, saved_step = DEATHS[death]

    def data():
        if kind == "augmented":
            return data_kinds["seeded"](augment=[Darken()])
        return data_kinds[kind]()

    def model():
        cls, arguments = SETTINGS[settings]
        return cls(new_model().net, **arguments)

    def trainer(path):
        return Trainer(3, device="cpu", checkpoint=tmp_path / path, checkpoint_every=every)

    whole = trainer("whole.pt")
    whole_model = model()
    set_seed(2)
    whole.fit(whole_model, data())
    expected = outcome(whole, whole_model)

    first, dying, second, resumed = trainer("run.pt"), model(), trainer("run.pt"), model()
    for name, number in fate.items():
        setattr(dying, name, number)
    set_seed(2)
    with pytest.raises(PowerCutError):
        first.fit(dying, data())
    if saved_step is None:
        assert not (tmp_path / "run.pt").exists()
        set_seed(2)  # nothing was saved, so the run begins again
    else:
        assert load_checkpoint(tmp_path / "run.pt")["train_batch_idx"] == saved_step
        set_seed(77)  # another process, whose generators stand anywhere

    if saved_step is not None:
        for parameter in resumed.parameters():
            torch.nn.init.zeros_(parameter)
    history = second.fit(resumed, data(), resume=True)
    assert_identical(outcome(second, resumed), expected)
    assert len(history.steps) == 21
    assert resumed.steps == 21 - (saved_step or 0)


def test_ctrl_c_saves_after_the_step_and_resumes(new_model, stripes, tmp_path):
    class Interrupted(Classifier):
        count = 0

        def training_step(self, batch):
            self.count += 1
            if self.count == 5:
                signal.raise_signal(signal.SIGINT)
            return super().training_step(batch)

    path = tmp_path / "run.pt"
    before = signal.getsignal(signal.SIGINT)
    model = Interrupted(new_model().net)
    trainer = Trainer(2, device="cpu", checkpoint=path)
    set_seed(2)
    with pytest.raises(KeyboardInterrupt, match=r"stopped after step 5 .*resume=True"):
        trainer.fit(model, stripes)
    assert signal.getsignal(signal.SIGINT) is before
    assert load_checkpoint(path)["train_batch_idx"] == 5
    assert model.trainer is None
    assert trainer.evaluate(model, stripes)["loss"] > 0  # the interrupt is over

    resumed = Classifier(new_model().net)
    second = Trainer(2, device="cpu", checkpoint=path)
    second.fit(resumed, stripes, resume=True)
    reached = outcome(second, resumed)
    whole, whole_model = Trainer(2, device="cpu"), Classifier(new_model().net)
    set_seed(2)
    whole.fit(whole_model, stripes)
    assert_identical(reached, outcome(whole, whole_model))


def test_ctrl_c_in_validation_saves_with_the_epoch_trained(new_model, stripes, tmp_path):
    class Interrupted(Classifier):
        def validation_step(self, batch):
            signal.raise_signal(signal.SIGINT)
            return super().validation_step(batch)

    trainer = Trainer(2, device="cpu", checkpoint=tmp_path / "run.pt")
    with pytest.raises(KeyboardInterrupt, match="stopped after step 7"):
        trainer.fit(Interrupted(new_model().net), stripes)
    second = Trainer(2, device="cpu", checkpoint=tmp_path / "run.pt")
    history = second.fit(new_model(lr=0.1), stripes, resume=True)
    assert [row["epoch"] for row in history.steps] == [1] * 7 + [2] * 7
    assert history.epochs[0]["seconds"] > 0


@pytest.fixture
def python_hears_ctrl_c():
    """Python's own answer to the signal; a shell starts background jobs with it switched off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_without_checkpoint_stops_at_once(new_model, stripes, python_hears_ctrl_c):
    class Interrupted(Classifier):
        def training_step(self, batch):
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("reached")

    with pytest.raises(KeyboardInterrupt):
        Trainer(1, device="cpu").fit(Interrupted(new_model().net), stripes)


def test_resuming_a_complete_run_trains_no_further(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"
    first = Trainer(2, device="cpu", checkpoint=path).fit(new_model(), stripes)
    model = new_model()
    history = Trainer(2, device="cpu", checkpoint=path).fit(model, stripes, resume=True)
    assert history.epochs == first.epochs
    longer = Trainer(3, device="cpu", checkpoint=path).fit(model, stripes, resume=True)
    assert longer.epochs[:2] == first.epochs
    assert len(longer) == 3


def test_saves_fall_on_every_nth_step_and_the_end(new_model, stripes, tmp_path, monkeypatch):
    saved = []
    path = tmp_path / "run.pt"
    trainer = Trainer(2, device="cpu", checkpoint=path, checkpoint_every=3)
    save = trainer.saver.save

    def noting(trainer):
        saved.append((trainer.epoch, trainer.train_batch_idx))
        save(trainer)

    monkeypatch.setattr(trainer.saver, "save", noting)
    trainer.fit(new_model(), stripes)
    assert saved == [(0, 3), (0, 6), (1, 9), (1, 12), (2, 14)]

    saved.clear()
    trainer = Trainer(2, device="cpu", checkpoint=path, checkpoint_every=7)
    save = trainer.saver.save
    monkeypatch.setattr(trainer.saver, "save", noting)
    trainer.fit(new_model(), stripes)
    assert saved == [(1, 7), (2, 14)]  # once at the end of an epoch, after its validation


@pytest.mark.parametrize(
    ("model_settings", "batch_size", "reason"),
    [
        ({"optimizer": "adam"}, 8, "its optimizer is SGD, this one is Adam"),
        ({"schedule": "cosine"}, 8, "one of both has a scheduler"),
        ({}, 16, "7 batches in an epoch, these data have 4"),
        ({"lr": 0.1}, 8, r"its lr is 0\.05, this one's 0\.1"),
        ({"momentum": 0.5}, 8, r"its momentum is 0\.9, this one's 0\.5"),
        ({"weight_decay": 1e-3}, 8, r"its weight_decay is 0\.0, this one's 0\.001"),
        ({"label_smoothing": 0.1}, 8, r"its label_smoothing is 0\.0, this one's 0\.1"),
    ],
)
def test_checkpoint_of_another_run_is_refused(
    new_model, data_kinds, tmp_path, model_settings, batch_size, reason
):
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(), data_kinds["seeded"]())
    data = data_kinds["seeded"](batch_size=batch_size)
    with pytest.raises(CheckpointError, match=reason) as error:
        Trainer(2, device="cpu", checkpoint=path).fit(
            new_model(**model_settings), data, resume=True
        )
    assert str(path) in str(error.value)


def twice(logits, labels):
    return 2 * F.cross_entropy(logits, labels)


def times(factor):
    return lambda logits, labels: factor * F.cross_entropy(logits, labels)


class Scaled:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, logits, labels):
        return self.factor * F.cross_entropy(logits, labels)

    def halved(self, logits, labels):
        return self(logits, labels) / 2


LOSSES = [
    lambda: None,
    lambda: F.cross_entropy,
    lambda: twice,
    lambda: times(2),
    lambda: times(3),
    lambda: lambda logits, labels: 2 * F.cross_entropy(logits, labels),
    lambda: lambda logits, labels: 3 * F.cross_entropy(logits, labels),
    lambda: lambda logits, labels: 3 * F.multi_margin_loss(logits, labels),
    lambda: torch.nn.CrossEntropyLoss(),
    lambda: torch.nn.CrossEntropyLoss(label_smoothing=0.1),
    lambda: torch.nn.CrossEntropyLoss(torch.tensor([1.0, 2.0])),
    lambda: torch.nn.CrossEntropyLoss(torch.tensor([1.0, 3.0])),
    lambda: functools.partial(F.cross_entropy, label_smoothing=0.1),
    lambda: functools.partial(F.cross_entropy, label_smoothing=0.2),
    lambda: Scaled(2),
    lambda: Scaled(3),
    lambda: Scaled(3).halved,
]


def test_another_loss_is_told_from_the_one_before(new_model, stripes, tmp_path):
    told = [new_model(loss=loss()).settings()["loss"] for loss in LOSSES]
    assert [new_model(loss=loss()).settings()["loss"] for loss in LOSSES] == told
    assert len(set(told)) == len(told)
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(loss=twice), stripes)
    trainer = Trainer(2, device="cpu", checkpoint=path)
    with pytest.raises(CheckpointError, match=r"its loss is '.*\.twice', this one's 'Scaled\(f"):
        trainer.fit(new_model(loss=Scaled(3)), stripes, resume=True)
    with pytest.raises(CheckpointError, match=r"its loss is '.*\.twice', this one's None"):
        trainer.fit(new_model(), stripes, resume=True)
    assert len(trainer.fit(new_model(loss=twice), stripes, resume=True)) == 2


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"clip_norm": 0.5}, "its clip_norm is None, this one's 0.5"),
        ({"accumulate": 2}, "its accumulate is 1, this one's 2"),
        ({"precision": "bf16"}, "its precision is 'fp32', this one's 'bf16'"),
    ],
)
def test_a_trainer_that_computes_something_else_does_not_go_on(
    new_model, stripes, tmp_path, settings, reason
):
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(), stripes)
    with pytest.raises(CheckpointError, match=reason):
        Trainer(2, device="cpu", checkpoint=path, **settings).fit(new_model(), stripes, resume=True)


def test_checkpoint_of_another_network_is_refused(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(), stripes)
    other = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 2)))
    with pytest.raises(CheckpointError, match="of another run"):
        Trainer(2, device="cpu", checkpoint=path).fit(other, stripes, resume=True)
    assert other.trainer is None


def test_a_loader_with_a_generator_of_its_own_goes_on_where_it_was(new_model, stripes, tmp_path):
    """Its order must not begin anew: neither after an epoch nor within one."""

    class OwnGenerator:
        def __init__(self, fresh=False, sampler=False):
            self.pairs = list(zip(*stripes.batch("val", torch.arange(52)), strict=True))
            self.fresh, self.sampler = fresh, sampler
            self.generator = torch.Generator().manual_seed(3)

        def train_dataloader(self):
            random = torch.Generator().manual_seed(3) if self.fresh else self.generator
            if self.sampler:
                order = torch.utils.data.RandomSampler(self.pairs, generator=random)
                return torch.utils.data.DataLoader(self.pairs, 8, sampler=order)
            return torch.utils.data.DataLoader(self.pairs, 8, shuffle=True, generator=random)

    for kind in ({}, {"fresh": True}, {"sampler": True}):
        whole, whole_model = Trainer(3, device="cpu"), new_model()
        set_seed(2)
        whole.fit(whole_model, OwnGenerator(**kind))
        expected = outcome(whole, whole_model)
        for death in (14, 10):
            path = tmp_path / f"{death}{len(kind)}{kind.get('fresh')}.pt"
            model = Mortal(new_model().net, lr=0.05)
            model.dies_in_step = death
            set_seed(2)
            with pytest.raises(PowerCutError):
                Trainer(3, device="cpu", checkpoint=path, checkpoint_every=2).fit(
                    model, OwnGenerator(**kind)
                )
            second, resumed = Trainer(3, device="cpu", checkpoint=path), new_model()
            second.fit(resumed, OwnGenerator(**kind), resume=True)
            assert_identical(outcome(second, resumed), expected)


def test_data_of_another_order_are_refused(new_model, data_kinds, tmp_path):
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(), data_kinds["seeded"]())
    trainer = Trainer(2, device="cpu", checkpoint=path)
    with pytest.raises(CheckpointError, match="its data's seed is 0, this one's 1"):
        trainer.fit(new_model(), data_kinds["seeded"](seed=1), resume=True)


def test_a_checkpoint_that_knows_no_settings_is_taken(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"
    Trainer(1, device="cpu", checkpoint=path).fit(new_model(), stripes)
    state = load_checkpoint(path)
    for name in ("settings", "callbacks", "max_epochs"):
        del state[name]
    save_checkpoint(path, state)
    model = new_model(lr=0.1)
    assert len(Trainer(2, device="cpu", checkpoint=path).fit(model, stripes, resume=True)) == 2


def test_what_cannot_be_saved_is_said_before_the_training(new_model, stripes, tmp_path):
    class Strange(Mortal):
        def get_extra_state(self):
            return object()

        def set_extra_state(self, state):
            pass

    model = Strange(new_model().net)
    with pytest.raises(CheckpointError, match=r"must be made of tensors, .* got object"):
        Trainer(1, device="cpu", checkpoint=tmp_path / "run.pt").fit(model, stripes)
    assert model.steps == 0
