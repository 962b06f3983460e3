"""Callbacks: what they see, stopping early, keeping the best, writing."""

import csv
import sys
import types

import pytest
import torch

from d2lkit.training import (
    BestCheckpoint,
    Callback,
    CheckpointError,
    Classifier,
    CSVLogger,
    EarlyStopping,
    TensorBoardLogger,
    Trainer,
)


class Scripted(Classifier):
    """A classifier whose validation losses a test writes."""

    script = ()

    def validation_step(self, batch):
        return {"loss": torch.tensor(float(self.script[self.trainer.epoch]))}


def scripted(new_model, *losses):
    model = Scripted(new_model().net, lr=0.01)
    model.script = losses
    return model


def trainer(epochs, *callbacks, **settings):
    return Trainer(epochs, device="cpu", callbacks=callbacks, **settings)


def test_what_a_callback_sees(new_model, stripes):
    class Witness(Callback):
        def begin(self, run):
            seen.append(("begin", run.train_batch_idx))

        def after_step(self, run):
            seen.append(("step", run.train_batch_idx))

        def after_epoch(self, run):
            seen.append(("epoch", run.epoch, sorted(run.history.last)))

    seen = []
    trainer(2, Witness(), Callback()).fit(new_model(), stripes)
    names = ["accuracy", "epoch", "loss", "seconds", "val_accuracy", "val_loss"]
    assert seen == [
        ("begin", 0),
        *(("step", i) for i in range(1, 8)),
        ("epoch", 1, names),
        *(("step", i) for i in range(8, 15)),
        ("epoch", 2, names),
    ]


@pytest.mark.parametrize(
    ("losses", "settings", "epochs", "best"),
    [
        ([5, 4, 3, 2, 1], {"patience": 1}, 5, (1, 5)),
        ([5, 4, 4, 3, 1], {"patience": 1}, 3, (4, 2)),
        ([5, 4, 4, 3, 9], {"patience": 2}, 5, (3, 4)),
        ([5, 6, 7, 8, 1], {"patience": 3}, 4, (5, 1)),
        ([5, 4.9, 4.8, 3, 3], {"patience": 3, "min_delta": 0.5}, 5, (3, 4)),
        ([5, 4.9, 4.8, 3, 3], {"patience": 1, "min_delta": 0.5}, 2, (5, 1)),
        ([float("nan")] * 5, {"patience": 2}, 2, (None, 0)),
        ([1, 2, 2, 2, 2], {"patience": 2, "mode": "max"}, 4, (2, 2)),
    ],
)
def test_early_stopping(new_model, stripes, losses, settings, epochs, best):
    stopping = EarlyStopping(**settings)
    working = trainer(5, stopping)
    assert len(working.fit(scripted(new_model, *losses), stripes)) == epochs
    assert (stopping.best, stopping.best_epoch) == best
    assert len(working.fit(scripted(new_model, *losses), stripes)) == epochs  # it has forgotten


@pytest.mark.parametrize("callback", [EarlyStopping, BestCheckpoint])
@pytest.mark.parametrize(
    ("metric", "mode"),
    [("val_loss", "min"), ("loss", "min"), ("val_error", "min"), ("val_accuracy", "max")],
)
def test_what_is_lost_is_to_be_small_and_what_is_right_to_be_much(callback, metric, mode, tmp_path):
    path = () if callback is EarlyStopping else (tmp_path / "best.pt",)
    assert callback(*path, metric=metric).mode == mode


def test_early_stopping_counts_on_after_an_interruption(new_model, stripes, tmp_path):
    path, losses = tmp_path / "run.pt", [5, 6, 6, 6, 6, 6]
    trainer(2, EarlyStopping(), checkpoint=path).fit(scripted(new_model, *losses), stripes)

    def go_on(patience):
        working = trainer(6, EarlyStopping(patience=patience), checkpoint=path)
        return len(working.fit(scripted(new_model, *losses), stripes, resume=True))

    assert go_on(3) == 4
    assert go_on(3) == 4  # it has stopped
    assert go_on(4) == 5


def test_an_early_end_is_saved(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"
    settings = {"checkpoint": path, "checkpoint_every": 1000}
    trainer(9, EarlyStopping(patience=1), **settings).fit(scripted(new_model, 1, 1), stripes)
    assert torch.load(path, weights_only=True)["epoch"] == 2


def test_the_best_weights_are_kept(new_model, stripes, tmp_path):
    class Note(Callback):
        def after_epoch(self, run):
            weights.append(run.model.net[0].weight.detach().clone())

    weights = []
    best = BestCheckpoint(tmp_path / "best.pt", "val_loss")
    model = scripted(new_model, 3, 1, float("nan"), 2)
    trainer(4, Note(), best).fit(model, stripes)
    assert (best.best, best.best_epoch) == (1, 2)
    found = torch.load(tmp_path / "best.pt", weights_only=True)
    assert (found["epoch"], found["val_loss"]) == (2, 1)
    best.restore(model)
    assert torch.equal(model.net[0].weight, weights[1])
    assert not torch.equal(weights[1], weights[3])


def test_the_best_so_far_survives_an_interruption(new_model, stripes, tmp_path):
    path, losses = tmp_path / "run.pt", [1, 3, 2]
    for epochs in (1, 3):
        best = BestCheckpoint(tmp_path / "best.pt", "val_loss")
        working = trainer(epochs, best, checkpoint=path)
        working.fit(scripted(new_model, *losses), stripes, resume=True)
    assert torch.load(tmp_path / "best.pt", weights_only=True)["epoch"] == best.best_epoch == 1


def test_csv(new_model, stripes, tmp_path):
    path, table = tmp_path / "run.pt", tmp_path / "table.csv"
    for epochs in (1, 3):
        history = trainer(epochs, CSVLogger(table), checkpoint=path).fit(
            new_model(), stripes, resume=True
        )
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{k: float(v) for k, v in row.items()} for row in rows] == history.epochs
    assert len(rows) == 3


def test_tensorboard(new_model, stripes, tmp_path, monkeypatch):
    class SummaryWriter:
        def __init__(self, folder):
            assert folder == str(tmp_path)

        def add_scalar(self, name, value, step):
            written.setdefault(name, []).append((step, value))

        def flush(self):
            pass

    written = {}
    module = types.SimpleNamespace(SummaryWriter=SummaryWriter)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    history = trainer(2, TensorBoardLogger(tmp_path)).fit(new_model(), stripes)
    assert written["step/loss"] == [(i + 1, row["loss"]) for i, row in enumerate(history.steps)]
    assert written["epoch/val_accuracy"] == [
        (i + 1, v) for i, v in enumerate(history["val_accuracy"])
    ]
    assert len(written["step/loss"]) == 14


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorBoard's own imports
def test_tensorboard_reads_what_was_written(new_model, stripes, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    history = trainer(2, TensorBoardLogger(tmp_path)).fit(new_model(), stripes)
    read = EventAccumulator(str(tmp_path)).Reload()
    for name, wanted in (
        ("step/loss", [row["loss"] for row in history.steps]),
        ("epoch/val_accuracy", history["val_accuracy"]),
    ):
        assert [event.step for event in read.Scalars(name)] == list(range(1, len(wanted) + 1))
        assert [event.value for event in read.Scalars(name)] == pytest.approx(wanted)


def test_tensorboard_that_is_not_installed(new_model, stripes, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ImportError, match="pip install tensorboard"):
        trainer(1, TensorBoardLogger(tmp_path)).fit(new_model(), stripes)


def test_metrics_that_are_not_there(new_model, stripes):
    with pytest.raises(ValueError, match=r"metric must be one of 'epoch', 'loss'.* got 'val_f1'"):
        trainer(1, EarlyStopping("val_f1", mode="max")).fit(new_model(), stripes)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: EarlyStopping(patience=0), ValueError, "patience must be at least 1, got 0"),
        (lambda: EarlyStopping(min_delta=-1), ValueError, "min_delta must be at least 0"),
        (lambda: EarlyStopping("val_f1"), ValueError, "mode must be one of 'min', 'max', got None"),
        (lambda: EarlyStopping(mode="low"), ValueError, "mode must be one of 'min', 'max'"),
        (lambda: BestCheckpoint("no/such/best.pt"), ValueError, "path must lie in a folder"),
        (lambda: CSVLogger(3), TypeError, r"path must be a path, got 3 \(int\)"),
    ],
)
def test_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_callbacks_find_their_own_state_in_any_order(new_model, stripes, tmp_path):
    path, losses = tmp_path / "run.pt", [3, 1, 2]

    def callbacks():
        stopping = EarlyStopping("val_loss", patience=9)
        return stopping, BestCheckpoint(tmp_path / "best.pt", "val_loss")

    trainer(2, *callbacks(), checkpoint=path).fit(scripted(new_model, *losses), stripes)
    stopping, best = callbacks()
    working = trainer(3, Callback(), best, stopping, checkpoint=path)
    working.fit(scripted(new_model, *losses), stripes, resume=True)
    assert (stopping.best, stopping.waited, best.best_epoch) == (1, 1, 2)


def test_what_ended_a_training_does_not_end_the_next(new_model, stripes):
    class Enough(Callback):
        def after_epoch(self, run):
            self.stop = run.epoch == 2

    working = trainer(5, Enough())
    assert [len(working.fit(new_model(), stripes)) for _ in range(2)] == [2, 2]


def test_the_best_value_of_another_metric_is_refused(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"

    def trainer(metric):
        stopping = EarlyStopping(metric)
        return Trainer(2, device="cpu", checkpoint=path, callbacks=[stopping])

    trainer("val_loss").fit(new_model(), stripes)
    with pytest.raises(CheckpointError, match="its EarlyStopping watches 'val_loss', this one's"):
        trainer("val_accuracy").fit(new_model(), stripes, resume=True)
    assert len(trainer("val_loss").fit(new_model(), stripes, resume=True)) == 2
