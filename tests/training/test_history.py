"""What a History keeps, and the figure it draws."""

import json

import pytest
import torch
from matplotlib.figure import Figure

from d2lkit.training import History


@pytest.fixture
def history() -> History:
    """Two epochs of two steps each."""
    history = History()
    for epoch in (1, 2):
        for size, loss in ((3, 2.0), (1, 4.0)):
            metrics = {"loss": torch.tensor(loss / epoch), "accuracy": torch.tensor(0.5)}
            history.add_step(metrics, size=size)
        history.end_epoch({"loss": 3.0 / epoch, "accuracy": 0.25 * epoch}, seconds=0.5)
    return history


def test_steps_and_epochs(history):
    assert history.steps[1] == {"epoch": 1, "images": 1, "loss": 4.0, "accuracy": 0.5}
    assert history.epochs[0] == {
        "epoch": 1,
        "loss": 2.5,
        "accuracy": 0.5,
        "val_loss": 3.0,
        "val_accuracy": 0.25,
        "seconds": 0.5,
    }
    assert history.last is history.epochs[1]
    assert history["loss"] == [2.5, 1.25]
    assert history["val_accuracy"] == [0.25, 0.5]
    assert len(history) == 2


def test_steps_are_fetched_when_asked_for():
    history = History()
    history.add_step({"loss": torch.tensor(1.0, requires_grad=True).detach()}, size=2)
    assert history.steps == []
    assert repr(history) == "History(epochs=0, steps=1)"
    history.collect()
    assert history.steps == [{"epoch": 1, "images": 2, "loss": 1.0}]
    assert str(history) == repr(history)


def test_text_forms(history):
    assert repr(history) == "History(epochs=2, steps=4)"
    lines = str(history).splitlines()
    assert lines[0].split() == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"]
    assert lines[2].split() == ["2", "1.2500", "0.5000", "1.5000", "0.5000", "0.5000"]
    assert len({len(line) for line in lines}) == 1


def test_state_survives_json(history):
    other = History()
    other.load_state_dict(json.loads(json.dumps(history.state_dict())))
    assert other.epochs == history.epochs
    assert other.steps == history.steps


def test_metric_that_only_later_epochs_have(history):
    history.end_epoch({"error": 0.1}, seconds=0.5)
    assert history["val_error"] == [0.1]
    assert history["loss"] == [2.5, 1.25]
    assert str(history).splitlines()[3].split() == ["3", "0.5000", "0.1000"]


def test_plot_draws_losses_and_accuracies_over_the_epochs(history):
    figure = history.plot(title="a run")
    assert isinstance(figure, Figure)
    (axes,) = figure.axes
    assert axes.get_xlabel() == "epoch"
    assert axes.get_ylabel() == "loss and accuracy"
    assert len(axes.lines) == 4
    assert list(axes.lines[0].get_xdata()) == [1, 2]
    assert list(axes.lines[0].get_ydata()) == [2.5, 1.25]
    (axes,) = history.plot("val_accuracy").axes
    assert axes.get_ylabel() == "accuracy"
    assert len(axes.lines) == 1


def test_unknown_metric_is_refused(history):
    with pytest.raises(ValueError, match=r"metric must be one of 'epoch', 'loss', .* got 'acc'"):
        history["acc"]
    with pytest.raises(ValueError, match="got 'acc'"):
        history.plot("acc")
