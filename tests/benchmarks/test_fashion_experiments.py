"""The experiments on Fashion-MNIST: each runs, repeats itself, and is what is stored."""

import importlib
import json
from itertools import product
from pathlib import Path

import pytest
import torch

from d2lkit import results

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NAMES = ("filters", "rates", "lenets", "remedies", "depth")


def few(count):
    """Pictures of two classes that differ in brightness, 28 × 28."""
    labels = torch.arange(count) % 2
    images = torch.randint(0, 100, (count, 1, 28, 28)) + 120 * labels[:, None, None, None]
    return images.byte(), labels


@pytest.fixture
def script(monkeypatch):
    """The script as a module, with two epochs at most; it finds its neighbours."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    module = importlib.import_module("fashion_experiments")
    fit = module.fit

    def short(net, stock, epochs, rate, **how):
        return fit(net, stock, min(epochs, 2), rate, **how)

    monkeypatch.setattr(module, "fit", short)
    return module


@pytest.fixture
def parts():
    """Few pictures in place of the data set."""
    torch.manual_seed(0)
    return {split: few(count) for split, count in (("train", 40), ("val", 12), ("test", 20))}


def first(plan):
    return {name: next(iter(values)) for name, values in plan.items()}


def test_the_names_are_all_that_there_are(script):
    assert tuple(script.EXPERIMENTS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_repeats_itself(script, parts, name):
    function, plan = script.EXPERIMENTS[name]
    setting = first(plan)
    one, two = function(parts, **setting), function(parts, **setting)
    assert one == two
    assert one == json.loads(json.dumps(one))
    assert 0 <= one["test_accuracy"] <= 1
    assert len(one["loss"]) == len(one["val_loss"])


def test_filters_move(script, parts):
    result = script.filters(parts, "right", 0)
    before, after = torch.tensor(result["before"]), torch.tensor(result["after"])
    assert before.shape == after.shape == (16, 11, 11)
    assert 0 < (after - before).abs().max() < 0.1


def test_another_seed_is_another_run(script, parts):
    losses = [script.lenets(parts, "lenet", seed)["loss"] for seed in (0, 1)]
    assert losses[0] != losses[1]


def test_a_changed_experiment_is_run_again(script, parts, monkeypatch, tmp_path):
    plan = {"network": ["lenet"], "seed": [0, 1]}
    monkeypatch.setitem(script.EXPERIMENTS, "lenets", (script.lenets, plan))
    monkeypatch.setattr(script, "fingerprint", lambda name: "one")
    path = script.run("lenets", parts, tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [run["seed"] for run in content["runs"]] == [0, 1]
    content["runs"][0]["result"] = "made before"
    path.write_text(json.dumps(content))
    again = json.loads(script.run("lenets", parts, tmp_path).read_text(encoding="utf-8"))
    assert again["runs"][0]["result"] == "made before"
    monkeypatch.setattr(script, "fingerprint", lambda name: "another")
    again = json.loads(script.run("lenets", parts, tmp_path).read_text(encoding="utf-8"))
    assert again["runs"][0]["result"] != "made before"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_what_the_script_says(script, name, monkeypatch):
    monkeypatch.undo()
    stored = results.stored("fashion", name)
    assert stored.cells == script.fingerprint(name), (
        f"the code has changed: python benchmarks/fashion_experiments.py {name}"
    )
    plan = {key: list(values) for key, values in script.EXPERIMENTS[name][1].items()}
    assert stored.plan == plan
    made = [{k: v for k, v in run.items() if k != "result"} for run in stored.runs]
    assert made == [dict(zip(plan, v, strict=True)) for v in product(*plan.values())]
