"""The Trainer does what a hand-written loop does, with any model and data that fit its contract."""

import copy
import math
import pickle
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from d2lkit.data import ArrayData
from d2lkit.training import Classifier, DataModule, Module, Trainer, set_seed


def trainer(max_epochs=2, **settings):
    """A Trainer on the CPU."""
    return Trainer(max_epochs, device="cpu", **settings)


def test_same_losses_and_weights_as_a_loop_written_by_hand(new_model, stripes):
    model = new_model(schedule="cosine", weight_decay=0.01, label_smoothing=0.1)
    set_seed(5)
    history = trainer().fit(model, stripes)

    net = new_model().net
    set_seed(5)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01)
    losses, hits = [], []
    for epoch in range(2):
        net.train()
        for images, labels in stripes.dataloader("train", epoch=epoch):
            rate = 0.05 * (1 + math.cos(math.pi * len(losses) / 14)) / 2
            optimizer.param_groups[0]["lr"] = rate
            logits = net(images)
            loss = F.cross_entropy(logits, labels, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            hits.append((logits.argmax(1) == labels).float().mean().item())
    assert [row["loss"] for row in history.steps] == losses
    assert [row["accuracy"] for row in history.steps] == hits
    for ours, theirs in zip(model.net.parameters(), net.parameters(), strict=True):
        assert torch.equal(ours, theirs)

    net.eval()
    images, labels = stripes.batch("val", torch.arange(52))
    logits = net(images)
    assert history.last["val_loss"] == pytest.approx(F.cross_entropy(logits, labels).item())
    assert history["val_accuracy"][1] == (logits.argmax(1) == labels).float().mean().item()


def test_epoch_means_count_images_not_batches(new_model, stripes):
    # 52 images in batches of 8: the last of seven has 4.
    history = trainer(1).fit(new_model(), stripes)
    assert [row["images"] for row in history.steps] == [8] * 6 + [4]
    for name in ("loss", "accuracy"):
        mean = sum(row[name] * row["images"] for row in history.steps) / 52
        assert history.last[name] == pytest.approx(mean)
        assert mean != pytest.approx(sum(row[name] for row in history.steps) / 7)


def test_evaluate_measures_all_images_and_leaves_no_trace(new_model, stripes):
    model = new_model()
    model.train()
    before = copy.deepcopy(model.state_dict())
    random = torch.get_rng_state()
    metrics = trainer().evaluate(model, stripes, split="val")
    assert model.training
    assert model.trainer is None
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())

    model.eval()
    images, labels = stripes.batch("val", torch.arange(52))
    assert metrics["loss"] == pytest.approx(F.cross_entropy(model(images), labels).item())
    assert trainer().evaluate(model, stripes) == metrics  # the same images in both splits
    assert not model.training


def test_data_without_validation(new_model):
    images = torch.randint(0, 256, (10, 1, 8, 8), dtype=torch.uint8)
    history = trainer().fit(new_model(), ArrayData((images, torch.arange(10) % 2)))
    assert list(history.last) == ["epoch", "loss", "accuracy", "seconds"]


class OnlyThreeMethods(nn.Module):
    """A model that knows nothing of d2lkit, for data that know nothing of it."""

    def __init__(self, metrics):
        super().__init__()
        self.layer = nn.Linear(3, 1)
        self.metrics = metrics

    def training_step(self, batch):
        inputs, scale, targets = batch
        return F.mse_loss(self.layer(inputs).flatten() * scale, targets)

    def validation_step(self, batch):
        return self.metrics(self.training_step(batch))

    def configure_optimizers(self):
        return [torch.optim.Adam(self.parameters(), lr=0.05)]


class OnlyLoaders:
    """Data with the two methods that d2l's classes have."""

    def train_dataloader(self):
        generator = torch.Generator().manual_seed(0)
        inputs = torch.randn(40, 3, generator=generator)
        parts = inputs, torch.ones(40), inputs @ torch.tensor([1.0, -2.0, 0.5])
        return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*parts), 16)

    val_dataloader = train_dataloader


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        (lambda loss: None, []),
        (lambda loss: loss, ["val_loss"]),
        (lambda loss: {"loss": loss, "error": loss.sqrt()}, ["val_loss", "val_error"]),
        (lambda loss: {"val_loss": loss}, ["val_loss"]),
    ],
    ids=["nothing", "the loss", "a dict", "named val_ already"],
)
def test_any_model_with_the_three_methods(metrics, names):
    def configured(self):
        return torch.optim.Adam(self.parameters(), lr=0.05)

    model = OnlyThreeMethods(metrics)
    model.configure_optimizers = configured.__get__(model)
    history = trainer(20).fit(model, OnlyLoaders())
    assert list(history.last) == ["epoch", "loss", *names, "seconds"]
    assert history["loss"][-1] < history["loss"][0] / 4
    assert model.trainer is None


def test_subclass_in_the_manner_of_d2l(stripes):
    class Small(Classifier):
        def __init__(self, hidden, lr):
            super().__init__()
            self.lr = lr
            self.net = nn.Sequential(
                nn.Flatten(), nn.LazyLinear(hidden), nn.ReLU(), nn.LazyLinear(2)
            )

    set_seed(0)
    model = Small(hidden=16, lr=0.05)
    history = trainer(3).fit(model, stripes)
    assert sum(p.numel() for p in model.parameters()) == 64 * 16 + 16 + 16 * 2 + 2
    assert history["val_accuracy"][-1] > 0.9


def test_module_measures_its_loss_if_it_has_no_validation_step(stripes):
    class Mean(Module):
        def __init__(self):
            super().__init__()
            self.value = nn.Parameter(torch.zeros(()))

        def training_step(self, batch):
            self.log(value=self.value, twice=2.0)
            return (self.value - 1).square()

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.25)

    history = trainer(1).fit(Mean(), stripes)
    assert [row["value"] for row in history.steps][:3] == [0.0, 0.5, 0.75]
    assert history.last["twice"] == 2.0
    assert history.last["val_loss"] == 2.0**-14


def test_metric_that_is_logged_now_and_then(new_model, stripes):
    class Sometimes(Classifier):
        def training_step(self, batch):
            if self.trainer.train_batch_idx % 3 == 0:
                self.log(norm=self.net[0].weight.norm())
            return super().training_step(batch)

    history = trainer(1).fit(Sometimes(new_model().net), stripes)
    assert ["norm" in row for row in history.steps] == [True, False, False] * 2 + [True]
    assert history.last["norm"] > 0


def test_the_model_sees_its_trainer_at_work_only(new_model, stripes):
    class Curious(Classifier):
        def validation_step(self, batch):
            seen.append((self.trainer.epoch, self.trainer.train_batch_idx, self.training))
            return super().validation_step(batch)

    seen = []
    model = Curious(new_model().net)
    working = trainer()
    working.fit(model, stripes)
    assert seen == [(0, 7, False)] * 7 + [(1, 14, False)] * 7
    assert (working.num_train_batches, working.num_val_batches, working.epoch) == (7, 7, 2)
    assert model.trainer is None
    pickle.loads(pickle.dumps(model.net))
    copy.deepcopy(model)

    class Broken(Classifier):
        def validation_step(self, batch):
            raise ArithmeticError

    model = Broken(new_model().net)
    with pytest.raises(ArithmeticError):
        trainer().fit(model, stripes)
    assert model.trainer is None


def test_nothing_waits_for_the_device_within_an_epoch(new_model, stripes):
    class Watch(TorchDispatchMode):
        """Counts how often a value is fetched from a tensor."""

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function is torch.ops.aten._local_scalar_dense.default:
                fetched.append(inside)
            return function(*args, **kwargs or {})

    class Marked(Classifier):
        def training_step(self, batch):
            nonlocal inside
            inside = True
            return super().training_step(batch)

        def validation_step(self, batch):
            nonlocal inside
            inside = False
            torch.ones(()).item()
            return super().validation_step(batch)

    inside, fetched = False, []
    with Watch():
        trainer().fit(Marked(new_model(schedule="cosine").net, schedule="cosine"), stripes)
    assert fetched  # those of the validation step: the watch works
    assert not any(fetched)


def test_bf16_computes_in_bfloat16_and_keeps_float32_weights(stripes):
    class Typed(Classifier):
        def forward(self, images):
            logits = super().forward(images)
            types.add(logits.dtype)
            return logits

    def run(precision):
        set_seed(0)
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2))
        model = Typed(net, lr=0.05)
        history = trainer(3, precision=precision).fit(model, stripes)
        assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
        return history

    types = set()
    full = run("fp32")
    assert types == {torch.float32}
    types = set()
    half = run("bf16")
    assert types == {torch.bfloat16}
    assert half.steps[0]["loss"] != full.steps[0]["loss"]
    assert half.steps[0]["loss"] == pytest.approx(full.steps[0]["loss"], rel=0.02)
    assert half.last["val_accuracy"] > 0.9


def test_channels_last_changes_the_memory_not_the_numbers():
    class Strided(Classifier):
        def forward(self, images):
            layouts.add(images.is_contiguous(memory_format=torch.channels_last))
            layouts.add(self.net[0].weight.is_contiguous(memory_format=torch.channels_last))
            return super().forward(images)

    images = torch.randint(0, 256, (24, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    split = images.to(torch.uint8), torch.arange(24) % 2
    data = ArrayData(split, split, batch_size=8)
    losses = []
    for channels_last in (False, True):
        layouts = set()
        set_seed(0)
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2))
        history = trainer(channels_last=channels_last).fit(Strided(net, lr=0.01), data)
        losses.append([row["loss"] for row in history.steps])
        assert layouts == {channels_last}
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)


def test_compile_translates_the_forward_pass_and_keeps_the_names(new_model, stripes, monkeypatch):
    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward  # no C++ compiler needed for this

    original, graphs = nn.Module.compile, []
    monkeypatch.setattr(nn.Module, "compile", lambda self: original(self, backend=backend))
    expected = trainer(1).fit(new_model(), stripes)
    assert not graphs
    model = new_model()
    history = trainer(1, compile=True).fit(model, stripes)
    assert graphs
    assert history["loss"] == pytest.approx(expected["loss"])
    assert set(model.state_dict()) == set(new_model().state_dict())


def test_progress_bar_shows_where_it_is_wanted_only(new_model, stripes, capsys):
    trainer(1, progress=True).fit(new_model(), stripes)
    assert "/7 [" in capsys.readouterr().err
    for progress in (None, False):  # under pytest nobody watches
        trainer(1, progress=progress).fit(new_model(), stripes)
        captured = capsys.readouterr()
        assert captured.err == captured.out == ""


def test_fit_begins_anew_each_time(new_model, stripes):
    again = trainer(1)
    first = again.fit(new_model(), stripes)
    second = again.fit(new_model(), stripes)
    assert first is not second
    assert len(first) == len(second) == 1
    assert first.steps == second.steps  # order of the images included


def test_data_module_with_the_simple_methods_only(new_model, stripes):
    class Simple(DataModule):
        def train_dataloader(self):
            return [stripes.batch("train", torch.arange(8))] * 3

    history = trainer(1).fit(new_model(), Simple())
    assert len(history.steps) == 3
    assert "val_loss" not in history.last


def test_lazy_layers_keep_their_weights_as_channels_last(stripes):
    class Strided(Classifier):
        def forward(self, images):
            logits = super().forward(images)
            layouts.append(self.net[0].weight.is_contiguous(memory_format=torch.channels_last))
            return logits

    layouts = []
    net = nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    model = Strided(net, lr=0.01)
    trainer(1, channels_last=True).fit(model, stripes)
    assert layouts == [True] * 14
    assert not net[0]._forward_pre_hooks
    copy.deepcopy(model)


def test_fit_epoch_is_a_loop_that_a_subclass_may_write(new_model, stripes):
    class Own(Trainer):
        def fit_epoch(self):
            self.model.train()
            for batch in self.training_batches():
                self.optimizer.zero_grad()
                loss = self.training_loss(batch)
                loss.backward()
                self.optimizer.step()
                self.after_step()

    histories = []
    for one in (Own(2, device="cpu"), trainer()):
        set_seed(4)
        histories.append(one.fit(new_model(), stripes))
    assert histories[0].steps == histories[1].steps
    assert "val_loss" not in histories[0].last


def test_a_new_trainer_says_that_it_has_no_history():
    with pytest.raises(AttributeError, match="history is there once fit has begun"):
        _ = trainer().history
    assert not hasattr(trainer(), "train_batch_idx")


@pytest.mark.filterwarnings("ignore:the last of 3 training batches")
def test_a_batch_of_one_image_under_batch_normalisation(stripes):
    def model():
        return Classifier(
            nn.Sequential(nn.Conv2d(1, 4, 8), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2)),
            lr=0.01,
        )

    images, labels = stripes.batch("train", torch.arange(9))

    class Loader(DataModule):
        def train_dataloader(self):
            rows = torch.utils.data.TensorDataset(images, labels)
            return torch.utils.data.DataLoader(rows, 4)

    with pytest.raises(
        ValueError, match=r"more than one image for batch normalisation .* drop_last"
    ):
        trainer(1).fit(model(), Loader())
    joined = ArrayData((stripes.images()[:9], stripes.labels()[:9]), batch_size=4)
    assert [row["images"] for row in trainer(1).fit(model(), joined).steps] == [4, 5]


@pytest.mark.parametrize(
    ("images", "settings", "norm", "warns"),
    [
        (9, {}, True, True),
        (9, {"shuffle": True}, True, True),
        (9, {"drop_last": True}, True, False),
        (10, {}, True, False),
        (9, {}, False, False),
    ],
)
def test_a_last_batch_of_one_image_is_announced_at_the_start(images, settings, norm, warns):
    pairs = [(torch.randn(1, 4, 4), i % 2) for i in range(images)]

    class Plain:
        def train_dataloader(self):
            return torch.utils.data.DataLoader(pairs, 4, **settings)

    norms = [nn.BatchNorm2d(1)] if norm else []
    model = Classifier(nn.Sequential(*norms, nn.Flatten(), nn.Linear(16, 2)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Trainer(1, device="cpu").fit(model, Plain())
    found = [str(one.message) for one in caught if "single image" in str(one.message)]
    assert len(found) == warns
    assert not found or found[0].startswith("the last of 3 training batches holds a single image")
