"""A process that is killed at any moment loses nothing but the steps since its last save."""

import os
import subprocess
import sys

import pytest

# One interpreter, which forks a process to train, kills it with -9 after a delay, looks at
# what is left, and forks the next, which resumes. A fork spares the import of torch.
SCRIPT = """
import os, random, signal, sys, time
import torch
from torch import nn
from d2lkit.data import ArrayData
from d2lkit.training import Classifier, Trainer, set_seed
from d2lkit.training.checkpoint import has_checkpoint, load_checkpoint

torch.set_num_threads(1)
folder, epochs, kills = sys.argv[1], 300, int(sys.argv[2])
path, saved = os.path.join(folder, "run.pt"), os.path.join(folder, "saved")
images = torch.randint(0, 256, (32, 1, 8, 8), dtype=torch.uint8)


class Noisy(Classifier):
    heard = None  # the end of a pipe that hears of every step

    def training_step(self, batch):
        if self.heard is not None:
            os.write(self.heard, b".")
        return super().training_step(batch)


def train(path, epochs, note=None, heard=None, resume=False):
    set_seed(0)
    data = ArrayData((images, torch.arange(32) % 2), batch_size=8)
    model = Noisy(nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 2)))
    model.heard = heard
    trainer = Trainer(epochs, device="cpu", checkpoint=path, checkpoint_every=3)
    save = trainer.saver.save

    def noting(trainer):
        save(trainer)
        os.pwrite(note, b"%8d" % trainer.train_batch_idx, 0)  # only after the save is complete

    if note is not None:
        trainer.saver.save = noting
    trainer.fit(model, data, resume=resume)
    return model.net[2].weight, trainer


# The first optimizer loads much of torch; before the fork, once for all.
train(os.path.join(folder, "warm.pt"), 1)
moments = random.Random(0)
note = os.open(saved, os.O_RDWR | os.O_CREAT)
positions = []
for kill in range(kills):
    hear, heard = os.pipe()
    child = os.fork()
    if child == 0:
        train(path, epochs, note, heard, resume=True)
        os._exit(0)
    # Counted in steps first, so that a busy machine tests the same.
    for step in range(moments.randrange(1, 9)):
        os.read(hear, 1)
    time.sleep(moments.uniform(0, 0.02))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(hear), os.close(heard)
    assert os.WIFSIGNALED(status), "the training was over before it could be killed"
    last = int(os.pread(note, 8, 0) or 0)
    position = load_checkpoint(path)["train_batch_idx"] if has_checkpoint(path) else 0
    assert position >= last, f"saved step {last}, but the checkpoint holds step {position}"
    assert position >= max(positions, default=0)
    positions.append(position)

# Resumed for a few more steps, the run is where an uninterrupted one would be.
epochs = positions[-1] // 4 + 2
resumed, trainer = train(path, epochs, resume=True)
whole, _ = train(os.path.join(folder, "whole.pt"), epochs)
assert torch.equal(resumed, whole), "the resumed run ended elsewhere"
assert len(trainer.history.steps) == epochs * 4
print("survived", kills, "kills; steps saved:", len(set(positions)) - 1, positions[-1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has neither fork nor kill -9")
def test_killed_at_many_moments(tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path), "40"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    assert "survived 40 kills" in run.stdout
    # The run went on between the kills; otherwise nothing was tested.
    assert int(run.stdout.split()[-1]) > 20
