"""Checkpoints are written whole or not at all, and believed only if they are whole."""

import os
import pickle
import subprocess
import sys
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path

import numpy
import pytest
import torch
from torch import nn

from d2lkit.training import CheckpointError
from d2lkit.training.checkpoint import (
    has_checkpoint,
    load_checkpoint,
    previous_path,
    save_checkpoint,
)

STATE = {
    "model": OrderedDict(weight=torch.arange(5000.0), flag=torch.tensor(True)),
    "numbers": [1, 2.5, None, True, ("a", torch.float32, torch.Size([2, 3]))],
}


@pytest.fixture
def path(tmp_path) -> Path:
    """Where two checkpoints have been written, epoch 1 and then epoch 2."""
    for epoch in (1, 2):
        save_checkpoint(tmp_path / "run.pt", {**STATE, "epoch": epoch})
    return tmp_path / "run.pt"


def test_state_comes_back_and_torch_alone_can_read_it(path):
    state = load_checkpoint(path)
    assert torch.equal(state["model"]["weight"], STATE["model"]["weight"])
    assert state["numbers"] == STATE["numbers"]
    assert state["epoch"] == 2
    plain = torch.load(path, weights_only=True)
    assert plain["format"] == "d2lkit checkpoint"
    assert plain["version"] == 1


def test_previous_checkpoint_is_kept_and_nothing_else(path):
    assert load_checkpoint(previous_path(path))["epoch"] == 1
    assert sorted(p.name for p in path.parent.iterdir()) == ["run.pt", "run.pt.previous"]


def test_previous_checkpoint_serves_when_the_newest_lost_its_name(path):
    # So it looks when a process is killed between the two renamings.
    path.rename(path.with_name("run.pt.partial"))
    assert has_checkpoint(path)
    assert load_checkpoint(path)["epoch"] == 1
    save_checkpoint(path, {"epoch": 3})
    assert load_checkpoint(path)["epoch"] == 3
    assert load_checkpoint(previous_path(path))["epoch"] == 1


def test_no_checkpoint(tmp_path):
    assert not has_checkpoint(tmp_path / "run.pt")
    with pytest.raises(FileNotFoundError, match=r"run\.pt must exist"):
        load_checkpoint(tmp_path / "run.pt")


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1  # in the middle of the weights
    path.write_bytes(content)


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "Dear reader")


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("loss 0.1\n"),
    "truncated at the start": lambda path: os.truncate(path, 100),
    "truncated in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "truncated by one byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "one bit flipped": flip_a_bit,
    "another zip file": other_zip,
    "weights of another program": lambda path: torch.save({"weight": torch.ones(3)}, path),
    "a bare tensor": lambda path: torch.save(torch.ones(3), path),
    "a pickled model": lambda path: torch.save(nn.Linear(2, 2), path),
    "a plain pickle": lambda path: path.write_bytes(pickle.dumps({"format": "d2lkit checkpoint"})),
    "a later format": lambda path: torch.save({"format": "d2lkit checkpoint", "version": 2}, path),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_or_foreign_file_gives_one_clear_error(path, damage):
    DAMAGE[damage](path)
    with pytest.raises(CheckpointError) as error:
        load_checkpoint(path)
    message = str(error.value)
    assert str(path) in message
    assert f"rename {previous_path(path)} to run.pt" in message
    assert "\n" not in message
    # The cure works.
    os.replace(previous_path(path), path)
    assert load_checkpoint(path)["epoch"] == 1


@pytest.mark.parametrize("damage", DAMAGE)
def test_without_a_previous_checkpoint_the_cure_is_to_start_again(path, damage):
    previous_path(path).unlink()
    DAMAGE[damage](path)
    with pytest.raises(CheckpointError, match="remove it to train from the start"):
        load_checkpoint(path)


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "run.pt").mkdir()
    with pytest.raises(CheckpointError, match=r"run\.pt is damaged or no checkpoint"):
        load_checkpoint(tmp_path / "run.pt")


@pytest.mark.parametrize("value", [nn.Linear(1, 1), object(), {1, 2}, print, lambda: 0])
def test_what_would_need_pickled_code_is_refused(path, value):
    with pytest.raises(CheckpointError, match=r"state\['optimizer'\] must be made of tensors"):
        save_checkpoint(path, {"optimizer": [value]})
    assert load_checkpoint(path)["epoch"] == 2


FULL_DISK = """
import resource, sys
import torch
from d2lkit.training.checkpoint import CheckpointError, save_checkpoint

# A limit on the size of files fails a write just where a full disk would: in its middle.
for room in (150_000, 1000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        save_checkpoint(sys.argv[1], {"weight": torch.ones(50_000), "epoch": 3})
    except CheckpointError as error:
        print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limit on the size of files")
def test_full_disk_leaves_the_checkpoints_as_they_were(path):
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.count(f"checkpoint {path} could not be written") == 2
    assert run.stdout.count("make room or choose another folder") == 2
    assert load_checkpoint(path)["epoch"] == 2
    assert load_checkpoint(previous_path(path))["epoch"] == 1
    assert sorted(p.name for p in path.parent.iterdir()) == ["run.pt", "run.pt.previous"]


def test_failing_disk_while_renaming_leaves_a_checkpoint(path, monkeypatch):
    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(CheckpointError, match="Input/output error"):
        save_checkpoint(path, {"epoch": 3})
    assert load_checkpoint(path)["epoch"] == 2


def test_a_failed_first_save_does_not_speak_of_one_before(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(CheckpointError, match=r"No space left .*: none was saved before it; make"):
        save_checkpoint(tmp_path / "run.pt", {"epoch": 1})
    assert list(tmp_path.iterdir()) == []


def test_numbers_and_arrays_of_numpy_become_plain(path):
    state = {"a": numpy.float32(0.5), "b": [numpy.int64(3), numpy.bool_(True)], 4: ()}
    state |= {"array": numpy.arange(3.0), "counter": Counter("aab")}
    save_checkpoint(path, state)
    found = load_checkpoint(path)
    assert (found["a"], found["b"], found[4]) == (0.5, [3, True], ())
    assert [type(value) for value in (found["a"], *found["b"])] == [float, int, bool]
    assert torch.equal(found["array"], torch.arange(3.0, dtype=torch.float64))
    assert found["counter"] == {"a": 2, "b": 1}


def test_the_versions_of_layers_are_kept(path):
    state = nn.BatchNorm2d(3).state_dict()
    save_checkpoint(path, {"model": state})
    assert load_checkpoint(path)["model"]._metadata == state._metadata
