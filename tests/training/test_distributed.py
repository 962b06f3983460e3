"""Several processes train as one process would with the same batches."""

import json
import os
import subprocess
import sys

import pytest
import torch

from d2lkit.training import distributed

# Run by torchrun, or by FORK below, in one process or in several. Each label stands for one
# image, so the labels that a process meets tell which images it got.
TRAIN = """
import json, os, signal, sys
import torch
from torch import nn
from d2lkit.data import ArrayData
from d2lkit.training import Classifier, Trainer, set_seed

folder, settings = sys.argv[1], json.loads(sys.argv[2])
rank = int(os.environ.get("RANK", 0))
torch.set_num_threads(1)
images = torch.randint(0, 256, (105, 1, 6, 6), generator=torch.Generator().manual_seed(0))
split = images.to(torch.uint8), torch.arange(105)


class Witness(Classifier):
    def training_step(self, batch):
        seen["train"].append(batch[1].tolist())
        if rank == settings["dying_rank"] and self.trainer.train_batch_idx == 10:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().training_step(batch)

    def validation_step(self, batch):
        seen["val"].append(batch[1].tolist())
        return super().validation_step(batch)


seen = {"train": [], "val": []}
set_seed(3 + rank)  # other weights in each process: those of rank 0 must win
layers = [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 105)]
if settings["dropout"]:
    layers[2:2] = [nn.BatchNorm2d(4), nn.Dropout(0.2)]
model = Witness(nn.Sequential(*layers), lr=0.05, schedule="cosine")
if settings["idle"]:
    model.idle = nn.Linear(3, 2)
trainer = Trainer(
    3, device="cpu", progress=True,
    checkpoint=os.path.join(folder, "run.pt"), checkpoint_every=4,
    accumulate=settings["accumulate"],
)
data = ArrayData(split, split, split, batch_size=16)
history = trainer.fit(model, data, resume=True)
test = trainer.evaluate(model, data)
weights = [tensor.double().sum().item() for tensor in model.state_dict().values()]
with open(os.path.join(folder, f"rank{rank}.json"), "w") as file:
    json.dump({
        "seen": seen, "weights": weights, "history": history.state_dict(),
        "test": test, "random": torch.rand(1).item(),
    }, file)
"""


# Forks the processes of several jobs one after the other, which spares the import of torch in
# each of them, and prints how they ended.
FORK = """
import json, os, socket, sys
import torch
from d2lkit.data import ArrayData
from d2lkit.training import Classifier, Trainer

torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)  # loads much of torch, once for all
folder, train = sys.argv[1], compile(open(sys.argv[2]).read(), "train.py", "exec")
for name, processes, settings in json.loads(sys.argv[3]):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    children = []
    for rank in range(processes):
        children.append(os.fork())
        if children[-1] == 0:
            if processes > 1:
                os.environ |= {
                    "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(processes),
                    "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
                }
            sys.argv = ["train.py", os.path.join(folder, name), json.dumps(settings)]
            sys.stderr = open(os.path.join(folder, name, f"stderr{rank}"), "w")
            try:
                exec(train, {"__name__": "__main__"})
            except BaseException as error:
                print(type(error).__name__, error, file=sys.stderr, flush=True)
                os._exit(1)
            sys.stderr.flush()
            os._exit(0)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(name, codes, flush=True)
"""

PLAIN = {"dropout": False, "dying_rank": None, "idle": False, "accumulate": 1}
JOBS = [
    # name, processes, settings
    ("one", 1, {}),
    ("two", 2, {}),
    ("four", 4, {}),
    ("whole", 2, {"dropout": True}),
    ("killed", 2, {"dropout": True, "dying_rank": 1}),
    ("idle", 2, {"idle": True}),
    ("parts", 2, {"accumulate": 3}),
    ("torchrun", 2, {"dropout": True}),  # goes on where torchrun's job was killed
]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Run all jobs; return their folder, their exit codes, and torchrun's job that died."""
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "train.py").write_text(TRAIN)
    (folder / "torchrun").mkdir()
    settings = json.dumps({**PLAIN, "dropout": True, "dying_rank": 1})
    torchrun = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
        + [folder / "train.py", folder / "torchrun", settings],
        capture_output=True,
        text=True,
        timeout=300,
    )
    jobs = [(name, n, {**PLAIN, **more}) for name, n, more in JOBS]
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK, folder, folder / "train.py", json.dumps(jobs)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    lines = [line.split(" ", 1) for line in run.stdout.splitlines()]
    return folder, {name: json.loads(codes) for name, codes in lines}, torchrun


def results(folder, processes):
    """What every process of a job wrote down."""
    return [json.loads((folder / f"rank{rank}.json").read_text()) for rank in range(processes)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize(("name", "processes"), [("two", 2), ("four", 4)])
def test_processes_together_do_what_one_does_alone(jobs, name, processes):
    folder, codes, _ = jobs
    stderr = (folder / name / "stderr0").read_text()
    assert codes[name] == [0] * processes, stderr
    (alone,) = results(folder / "one", 1)
    ranks = results(folder / name, processes)

    # The loss of every step, the metrics of every epoch, and the weights at the end; float32
    # sums in another order agree to about 1e-6, and 21 steps let that grow a little.
    for key in ("steps", "epochs"):
        assert len(ranks[0]["history"][key]) == len(alone["history"][key])
        for row, expected in zip(ranks[0]["history"][key], alone["history"][key], strict=True):
            assert row.keys() == expected.keys()
            for metric in row.keys() - {"seconds"}:
                assert row[metric] == pytest.approx(expected[metric], rel=1e-5), metric
    assert ranks[0]["test"] == pytest.approx(alone["test"], rel=1e-5)
    assert ranks[0]["weights"] == pytest.approx(alone["weights"], abs=1e-4)

    # All processes hold the same weights and metrics, and draw other random numbers.
    for other in ranks[1:]:
        assert other["weights"] == ranks[0]["weights"]
        assert other["history"]["steps"] == ranks[0]["history"]["steps"]
        assert other["test"] == ranks[0]["test"]
    assert len({rank["random"] for rank in ranks}) == processes

    # Together they meet each image once an epoch: 7 steps in each of 3 epochs, and in each of
    # 3 validations and the test at the end.
    for split, epochs in (("train", 3), ("val", 4)):
        for epoch in range(epochs):
            steps = [rank["seen"][split][7 * epoch : 7 * epoch + 7] for rank in ranks]
            images = [image for batches in steps for batch in batches for image in batch]
            assert sorted(images) == list(range(105))

    # Only rank 0 shows progress and writes.
    assert "/21 [" in stderr
    for rank in range(1, processes):
        assert (folder / name / f"stderr{rank}").read_text() == ""
    written = {path.name for path in (folder / name).iterdir() if path.suffix not in (".json",)}
    assert written - {f"stderr{rank}" for rank in range(processes)} == {"run.pt", "run.pt.previous"}
    state = torch.load(folder / name / "run.pt", weights_only=True)
    assert len(state["random"]) == processes
    assert "net.0.weight" in state["model"]  # no "module." before the names


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_parts_of_a_share_do_what_one_process_does_alone(jobs):
    folder, codes, _ = jobs
    assert codes["parts"] == [0, 0], (folder / "parts" / "stderr0").read_text()
    (alone,) = results(folder / "one", 1)
    for rank in results(folder / "parts", 2):
        # Shares of 8 images in three parts each; the last ones, of 5 and 4, too.
        assert [len(batch) for batch in rank["seen"]["train"][:3]] == [3, 3, 2]
        assert len(rank["seen"]["train"]) == 3 * 21
        for row, expected in zip(rank["history"]["steps"], alone["history"]["steps"], strict=True):
            assert row == pytest.approx(expected, rel=1e-5)
        assert rank["weights"] == pytest.approx(alone["weights"], abs=1e-4)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_parameters_that_take_no_part_are_named(jobs):
    folder, codes, _ = jobs
    assert codes["idle"] == [1, 1]
    for rank in (0, 1):
        stderr = (folder / "idle" / f"stderr{rank}").read_text()
        assert "got no gradient for idle.weight, idle.bias: remove these parameters" in stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_killed_process_ends_the_others_with_a_clear_error(jobs):
    folder, codes, _ = jobs
    assert codes["killed"] == [1, -9]
    stderr = (folder / "killed" / "stderr0").read_text()
    assert "process 0 of 2 lost the connection to another one" in stderr
    assert "resume=True" in stderr
    state = torch.load(folder / "killed" / "run.pt", weights_only=True)
    assert state["train_batch_idx"] == 8  # of 10 steps, saved after every fourth


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_killed_worker_ends_the_job_of_torchrun_and_the_run_goes_on(jobs):
    folder, codes, torchrun = jobs
    assert torchrun.returncode == 1
    assert "train.py FAILED" in torchrun.stderr
    assert "Signal 9 (SIGKILL)" in torchrun.stderr

    assert codes["torchrun"] == [0, 0]
    resumed, expected = results(folder / "torchrun", 2), results(folder / "whole", 2)
    assert expected[0]["weights"] == expected[1]["weights"]  # running means included
    assert expected[0]["test"] == expected[1]["test"]
    for rank in (0, 1):
        assert len(resumed[rank]["seen"]["train"]) == 21 - 8
        assert resumed[rank]["weights"] == expected[rank]["weights"]
        assert resumed[rank]["history"]["steps"] == expected[rank]["history"]["steps"]
        assert resumed[rank]["random"] == expected[rank]["random"]


def test_other_errors_stay_as_they_are(monkeypatch):
    layer = torch.nn.Linear(2, 2)
    assert distributed.explain(RuntimeError("connection closed by peer"), layer) is None
    for name, value in {"RANK": "1", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    for name in ("MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.setenv(name, "0")
    assert distributed.explain(RuntimeError("shapes do not fit"), layer) is None
    with pytest.raises(RuntimeError, match="process 1 of 2 lost the connection"):
        distributed.explain(RuntimeError("[pair.cc] Connection reset by peer"), layer)
