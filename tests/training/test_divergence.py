"""A run whose loss stops being a number says so once, and everything afterwards still works."""

import math
import warnings

import pytest
import torch

from d2lkit.plotting import plot_curves
from d2lkit.training import Classifier, History, Trainer

INF, NAN = float("inf"), float("nan")


class Breaking(Classifier):
    """A classifier whose loss is no number from one step on."""

    breaks_at = 10

    def training_step(self, batch):
        loss = super().training_step(batch)
        return loss * NAN if self.trainer.train_batch_idx >= self.breaks_at else loss


def test_it_warns_once_with_step_and_rate(new_model, stripes, tmp_path):
    path = tmp_path / "run.pt"
    model = Breaking(new_model().net, lr=0.05)
    with pytest.warns(UserWarning, match="the loss is") as caught:
        history = Trainer(3, device="cpu", checkpoint=path).fit(model, stripes)
    (warning,) = [str(w.message) for w in caught]
    assert warning == (
        "the loss is nan since step 11 (epoch 2), at a learning rate of 0.05: "
        "what follows is no training any more; try a smaller learning rate"
    )
    assert [math.isfinite(row["loss"]) for row in history.steps] == [True] * 10 + [False] * 11
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it has been said
        Trainer(4, device="cpu", checkpoint=path).fit(model, stripes, resume=True)


def test_the_warning_names_the_rate_of_that_step(new_model, stripes):
    model = Breaking(new_model().net, lr=0.05, schedule="cosine")
    with pytest.warns(UserWarning, match="learning rate of") as caught:
        Trainer(2, device="cpu").fit(model, stripes)
    wanted = 0.05 * (1 + math.cos(math.pi * 10 / 14)) / 2
    assert f"at a learning rate of {wanted:g}:" in str(caught[0].message)


def test_the_curves_have_gaps(new_model, stripes):
    model = Breaking(new_model().net, lr=0.05)
    with pytest.warns(UserWarning, match="the loss is nan"):
        history = Trainer(3, device="cpu").fit(model, stripes)
    lines = {line.get_label(): line.get_ydata() for line in history.plot().axes[0].lines}
    assert [math.isfinite(y) for y in lines["loss"]] == [True, False, False]
    assert [math.isfinite(y) for y in lines["val_loss"]] == [True, False, False]


def test_gaps_are_asked_for():
    curve = {"a": [1.0, INF, 3.0], "b": ([0, 1, 2], [1.0, NAN, 2.0], [0.1, NAN, 0.1])}
    lines = plot_curves(curve, "x", gaps=True).axes[0].lines
    assert [math.isnan(y) for y in lines[0].get_ydata()] == [False, True, False]
    assert lines[1].get_ydata()[2] == 2.0
    with pytest.raises(ValueError, match="must be finite, got 1 nan or inf"):
        plot_curves(curve, "x")
    with pytest.raises(ValueError, match="x of 'a' must be finite"):
        plot_curves({"a": ([0, NAN], [1, 2])}, "x", gaps=True)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_losses_in_any_precision_are_drawn(dtype):
    losses = [torch.tensor(value, dtype=dtype, requires_grad=True) for value in (2.0, 1.5)]
    (line,) = plot_curves({"loss": losses}, "step").axes[0].lines
    assert line.get_ydata().tolist() == [2.0, 1.5]


def test_an_infinite_loss_counts_too():
    history = History()
    history.add_step({"loss": torch.tensor(1.0)}, size=2)
    history.add_step({"loss": torch.tensor(INF)}, size=2)
    with pytest.warns(UserWarning, match=r"the loss is inf since step 2 \(epoch 1\): what"):
        history.end_epoch({}, seconds=0.0)
