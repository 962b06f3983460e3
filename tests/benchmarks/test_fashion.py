"""The race on Fashion-MNIST, run on a few pictures: rates, seeds, files, and going on."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from statistics import mean

import pytest
import torch

from d2lkit import data, models, results
from d2lkit.results import fashion_runs
from d2lkit.stored import checksum

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
FEW = {"sieve_images": 40, "sieve_batch_size": 20, "batch_size": 20, "sieve_rates": [1e-2]}


def few(count):
    """Pictures of two classes that differ in brightness, 28 × 28."""
    labels = torch.arange(count) % 2
    images = torch.randint(0, 100, (count, 1, 28, 28)) + 120 * labels[:, None, None, None]
    return images.byte(), labels


@pytest.fixture
def fashion(monkeypatch):
    """The script as a module, with few pictures and few rates."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    module = importlib.import_module("fashion")
    torch.manual_seed(0)
    parts = {split: few(count) for split, count in (("train", 60), ("val", 20), ("test", 30))}
    parts["all"] = tuple(torch.cat([parts["train"][i], parts["val"][i]]) for i in (0, 1))
    parts["class_names"] = tuple("0123456789")
    monkeypatch.setattr(module, "read_data", lambda root=None: parts)
    monkeypatch.setattr(module, "peak_memory", lambda *_: 5 * 2**20)
    monkeypatch.setitem(module.RECIPES, "small", module.RECIPES["small"] | FEW)
    return module


@pytest.fixture
def calls(fashion, monkeypatch):
    """What `train_once` was called with: the rate and the seed of each run."""
    made = []
    train = fashion.train_once

    def counted(net, stock, rate, seed, recipe, **how):
        made.append((rate, seed, len(stock.labels("train")), len(stock.labels("test"))))
        return train(net, stock, rate, seed, recipe, **how)

    monkeypatch.setattr(fashion, "train_once", counted)
    return made


def test_a_network_gets_its_rate_and_every_seed(fashion, calls, tmp_path, monkeypatch):
    assert fashion.main(["--networks", "linear", "--output", str(tmp_path)]) == 0
    stored = json.loads((tmp_path / "small.linear.json").read_text(encoding="utf-8"))
    assert stored["checksum"] == checksum(stored)
    means = {float(rate): mean(found) for rate, found in stored["sieve"].items()}
    assert stored["rate"] == max(sorted(means), key=means.get)
    # The rates that were tried enclose the best one.
    assert min(means) < stored["rate"] < max(means) or stored["rate"] in (1e-4, 1e-1)
    assert [run["seed"] for run in stored["runs"]] == [0, 1, 2]
    sieve = [call for call in calls if call[1] >= 100]
    assert {call[2:] for call in sieve} == {(40, 20)}  # judged by held-out pictures
    assert {call[2:] for call in calls if call[1] < 100} == {(80, 30)}  # all, judged by the test
    assert len(sieve) == 2 * len(means)
    assert {"date", "cpu", "gpu", "torch", "d2lkit"} <= set(stored["machine"])
    for run in stored["runs"]:
        assert len(run["loss"]) == stored["recipe"]["epochs"]
        assert run["seconds"] > 0
        assert run["processor_seconds"] > 0
    (tmp_path / "runs").mkdir()
    (tmp_path / "small.linear.json").rename(tmp_path / "runs" / "small.linear.json")
    fashion_runs.reported()
    monkeypatch.setattr(fashion_runs, "files", lambda package: tmp_path)
    row = results.fashion("linear").rows[0]
    assert row[:4] == ["linear", "1", "32", "10,250"]
    assert row[5] == "3"
    assert row[8] == "5 MiB"


MEASURE = """
import fashion, json
how = {"max_epochs": 1, "channels_last": True}
recipe = fashion.RECIPES["small"]
found = [fashion.memory_of_steps(n, recipe, how, steps=2) for n in ("linear", "vgg11")]
print(json.dumps(found))
"""


def test_peak_memory_grows_with_the_network(fashion):
    how = {"max_epochs": 1, "channels_last": True}
    if not Path("/proc/self/clear_refs").exists():
        assert fashion.memory_of_steps("linear", fashion.RECIPES["small"], how) is None
        return
    # A process of its own: this one may hold free memory that the networks would use.
    run = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    # Weights, gradients and Adam's two moments, four bytes each, come to 7 MB for VGG-11 alone.
    assert found[1] > 445_482 * 4 * 4
    assert 0 <= found[0] < found[1]


def test_it_goes_on_where_it_was(fashion, calls, tmp_path):
    command = ["--networks", "linear", "--output", str(tmp_path)]
    fashion.main(command)
    path, first = tmp_path / "small.linear.json", list(calls)
    whole = json.loads(path.read_text(encoding="utf-8"))
    calls.clear()
    fashion.main(command)
    assert calls == []
    shorter = whole | {"runs": whole["runs"][:2]}
    shorter["checksum"] = checksum(shorter)
    path.write_text(json.dumps(shorter), encoding="utf-8")
    fashion.main(command)
    assert calls == first[-1:]
    again = json.loads(path.read_text(encoding="utf-8"))["runs"][2]
    assert again["accuracy"] == whole["runs"][2]["accuracy"]


@pytest.mark.parametrize(
    ("change", "message"), [({"rate": 0.5}, "by hand"), ({"recipe": {}}, "another recipe")]
)
def test_other_runs_are_not_continued(fashion, tmp_path, change, message):
    race = fashion.Race("small", tmp_path)
    race.store(race.begin("linear"))
    path = tmp_path / "small.linear.json"
    stored = json.loads(path.read_text(encoding="utf-8")) | change
    if "recipe" in change:
        stored["checksum"] = checksum(stored)
    path.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(SystemExit, match=message):
        fashion.main(["--networks", "linear", "--output", str(tmp_path)])


def test_all_get_their_first_seed_before_any_gets_its_second(fashion, calls, tmp_path):
    fashion.main(["--networks", "linear", "mlp", "--output", str(tmp_path)])
    assert [seed for _, seed, *_ in calls if seed < 100] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("scale", ["small", "full"])
def test_every_network_can_be_built(fashion, scale):
    assert len(fashion.NETWORKS) == 15
    for network in fashion.NETWORKS:
        settings = fashion.settings(network, fashion.RECIPES[scale])
        with torch.device("meta"):
            net = models.create(network, in_channels=1, num_classes=10, **settings)
        assert settings["width"] == 1 or scale == "small"
        side = settings["image_size"]
        assert side == 224 or scale == "small"
        assert side >= net.smallest_size


def test_without_files_or_gpu_one_sentence_says_so(fashion, tmp_path, monkeypatch):
    def refuse(root=None):
        raise data.DatasetError("no such files: apt-get install dataset-fashion-mnist")

    monkeypatch.setattr(fashion, "read_data", refuse)
    with pytest.raises(SystemExit, match="apt-get install"):
        fashion.main(["--networks", "linear", "--output", str(tmp_path)])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="no GPU here; --scale small"):
        fashion.main(["--scale", "full"])
