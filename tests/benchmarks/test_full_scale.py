"""The training of the real networks, run small: stored, resumed, refused, read back."""

import importlib
import json
import math
from pathlib import Path

import pytest
import torch

from d2lkit import data, results

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SMALL = ["--data", "shapes", "--width", "0.125", "--size", "32", "--images", "80", "--epochs", "2"]
SMALL += ["--device", "cpu", "--seeds", "0", "1", "--batch-size", "16"]


@pytest.fixture
def full_scale(monkeypatch):
    """The script as a module; it finds its neighbour `machine`."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("full_scale")


def test_small_run_is_stored_and_read_back(full_scale, tmp_path, capsys):
    assert full_scale.main([*SMALL, "--networks", "nin", "--output", str(tmp_path)]) == 0
    assert "nin on Shapes, seed 1: accuracy " in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["nin_shapes.json"]
    stored = json.loads((tmp_path / "nin_shapes.json").read_text(encoding="utf-8"))
    assert stored["seeds"] == [0, 1]
    assert (stored["train_images"], stored["test_images"]) == (80, 20)
    assert stored["peak_memory_bytes"] == [None, None]
    assert [len(losses) for losses in stored["loss"]] == [2, 2]
    assert stored["loss"][0] != stored["loss"][1]
    for name in ("accuracy", "seconds", "images_per_second"):
        assert len(stored[name]) == 2
        assert all(math.isfinite(value) and value >= 0 for value in stored[name])
    # 80 images in less than the whole run, which has two epochs
    assert stored["images_per_second"][0] > 160 / stored["seconds"][0]
    assert {"date", "cpu", "gpu", "python", "torch", "d2lkit"} <= set(stored)
    table = results.full_scale("nin", folder=tmp_path)
    assert table.rows[0][:6] == ["nin", "Shapes", "32", "2", "2", f"{stored['parameters']:,}"]
    assert "Not at full size: width 0.125, 32 × 32 pixels." in table.notes


def test_stored_results_are_left_alone(full_scale, tmp_path, capsys, monkeypatch):
    command = [*SMALL, "--networks", "resnet18", "--output", str(tmp_path)]
    runs = []
    train = full_scale.train_once
    monkeypatch.setattr(full_scale, "train_once", lambda *a: runs.append(a[2]) or train(*a))
    full_scale.main(command)
    assert runs == [0, 1]
    capsys.readouterr()
    full_scale.main(command)
    assert capsys.readouterr().out == "resnet18_shapes.json is there\n"
    full_scale.main([*command, "--lr", "0.5"])
    assert "with other settings; --again replaces it" in capsys.readouterr().out
    assert runs == [0, 1]
    full_scale.main([*command, "--seeds", "7", "--again"])
    assert runs == [0, 1, 7]
    assert results.full_scale(folder=tmp_path).rows[0][4] == "1"


def test_googlenet_trains_with_its_auxiliary_heads(full_scale, tmp_path):
    command = [*SMALL, "--networks", "googlenet", "--images", "32", "--output", str(tmp_path)]
    assert full_scale.main([*command, "--seeds", "0", "--epochs", "1"]) == 0
    stored = json.loads((tmp_path / "googlenet_shapes.json").read_text(encoding="utf-8"))
    # Three equal guesses among ten classes cost log 10 · (1 + 0.3 + 0.3).
    assert stored["loss"][0][0] == pytest.approx(1.6 * math.log(10), rel=0.15)
    assert stored["settings"]["auxiliary_heads"] is True


def test_learning_rate_depends_on_batch_normalisation(full_scale):
    options = full_scale.read_arguments([*SMALL, "--output", "x", "--size", "64"])
    rates = {
        name: full_scale.settings_of(name, options)["lr"]
        for name in ("alexnet", "vgg11", "vgg11_bn", "googlenet", "googlenet_torchvision")
    }
    assert rates == {
        "alexnet": 3e-4,
        "vgg11": 3e-4,
        "vgg11_bn": 1e-3,
        "googlenet": 3e-4,
        "googlenet_torchvision": 1e-3,
    }


def test_every_network_of_the_list_can_be_built_at_full_size(full_scale, tmp_path):
    options = full_scale.read_arguments(["--device", "cpu", "--output", str(tmp_path)])
    assert (options.width, options.size) == results.FULL
    for name in full_scale.NETWORKS:
        with torch.device("meta"):
            net = full_scale.build(name, 1, 10, options).eval()
            assert net(torch.zeros(1, 1, 224, 224)).shape == (1, 10)


def test_data_that_cannot_be_had_are_left_out(full_scale, tmp_path, capsys, monkeypatch):
    def unreachable(*_, **__):
        raise data.DatasetError("no network")

    monkeypatch.setitem(full_scale.DOWNLOADED, "cifar10", unreachable)
    command = [*SMALL, "--networks", "nin", "resnet18", "--output", str(tmp_path)]
    assert full_scale.main([*command, "--data", "cifar10"]) == 0
    assert capsys.readouterr().out == "cifar10 is left out: no network\n"
    assert list(tmp_path.iterdir()) == []


def test_downloaded_data_are_enlarged(full_scale, tmp_path, monkeypatch):
    def photographs(root, num_val):
        assert (root, num_val) == ("here", 0)
        images = torch.randint(0, 256, (50, 3, 16, 16), dtype=torch.uint8)
        labels = torch.arange(50) % 10
        return data.ArrayData((images, labels), test=(images, labels), name="CIFAR10")

    monkeypatch.setitem(full_scale.DOWNLOADED, "cifar10", photographs)
    arguments = [*SMALL, "--root", "here", "--images", "40", "--output", str(tmp_path)]
    dataset = full_scale.read_data("cifar10", full_scale.read_arguments(arguments))
    images, labels = next(iter(dataset.dataloader("test")))
    assert images.shape == (10, 3, 32, 32)
    assert len(labels) == 10
    assert len(dataset.labels("train")) == 40
    assert dataset.name == "CIFAR10"
    with pytest.raises(NotImplementedError):
        dataset.dataloader("val")


def test_a_network_too_large_for_the_gpu_is_left_out(full_scale, tmp_path, capsys, monkeypatch):
    train = full_scale.train_once

    def full(network, *rest):
        if network == "nin":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return train(network, *rest)

    monkeypatch.setattr(full_scale, "train_once", full)
    command = [*SMALL, "--seeds", "0", "--networks", "nin", "resnet18", "--output", str(tmp_path)]
    assert full_scale.main(command) == 1
    assert "nin on shapes is left out: the GPU's memory is too small" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["resnet18_shapes.json"]


def test_a_result_is_whole_or_not_there(full_scale, tmp_path, monkeypatch):
    monkeypatch.setattr(full_scale.os, "replace", lambda *_: 1 / 0)  # the program ends here
    with pytest.raises(ZeroDivisionError):
        full_scale.store(tmp_path / "new" / "nin_shapes.json", {"accuracy": [1.0]})
    assert list(tmp_path.glob("new/*.json")) == []


def test_without_a_gpu_one_sentence(full_scale, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match=r"^PyTorch finds no GPU here; --device cpu [^.]*\.$"):
        full_scale.main([])


@pytest.mark.parametrize("reduced", [["--width", "0.5"], ["--size", "64"], ["--device", "cpu"]])
def test_a_reduced_run_stays_out_of_the_committed_folder(full_scale, monkeypatch, reduced):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(SystemExit, match="needs --output FOLDER"):
        full_scale.main(reduced)


def test_unknown_network_is_refused(full_scale, capsys):
    with pytest.raises(SystemExit):
        full_scale.main(["--networks", "resnet19"])
    assert "resnet19" in capsys.readouterr().err
