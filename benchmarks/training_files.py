"""The Trainer against d2l's on the real files of Fashion-MNIST: whole epochs at 28² and 96².

One epoch over the 60,000 training images in batches of 128, then loss and accuracy on the 10,000
test images. d2l trains with its own FashionMNIST, which reads the unpacked files with four worker
processes and resizes image by image; d2lkit and the loop by hand hold the bytes in memory and
resize batch by batch. The contestants run in turn, and a ratio is taken within a round; processor
time stands beside wall time, since machines are shared.

Two networks: one linear layer, whose arithmetic is nothing beside reading and resizing, and d2l's
LeNet with its first fully connected layer as wide as the size asks for. Each part (network and
size) is stored when it is done, and replaces what was stored of it.

Run: python benchmarks/training_files.py [--rounds 5] [--networks linear lenet] [--sizes 28 96]
"""

import argparse
import copy
import json
import os
import sys
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path

import torch
import training
from data_path import write_idx
from machine import RESULTS, describe, write_result
from torch import nn
from torch.nn import functional as F

from d2lkit.data import ArrayData, DatasetError, FashionMNIST

BATCH_SIZE = 128
MARK = "<!-- The rest is written by training_files.py -->\n"
WANTED = {"d2lkit / d2l": 1 / 2.5, "d2lkit / by hand": 1.05}  # largest ratio, with LeNet at 28²


def lenet(size: int) -> nn.Sequential:
    """d2l's LeNet for images of this size."""
    net = training.lenet()
    net[7] = nn.Linear(16 * ((size // 2 - 4) // 2) ** 2, 120)
    return net


def linear(size: int) -> nn.Sequential:
    """One linear layer on the pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(size**2, 10))


NETWORKS = {"linear": linear, "lenet": lenet}


def by_hand(net: nn.Module, data: ArrayData):
    """Return a function that trains one epoch, resizing batch by batch."""
    images, labels = data.normalise(data.images()), data.labels()
    test, of_them = data.normalise(data.images("val")), data.labels("val")
    optimizer = torch.optim.SGD(net.parameters(), lr=training.LR, momentum=training.MOMENTUM)

    def sized(some: torch.Tensor) -> torch.Tensor:
        if data.size == some.shape[-1]:
            return some
        return F.interpolate(some, size=data.size, mode="bilinear", antialias=True)

    def epoch() -> None:
        net.train()
        for chosen in torch.randperm(len(images)).split(BATCH_SIZE):
            loss = F.cross_entropy(net(sized(images[chosen])), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            for some, right in zip(test.split(BATCH_SIZE), of_them.split(BATCH_SIZE), strict=True):
                logits = net(sized(some))
                F.cross_entropy(logits, right)
                (logits.argmax(1) == right).float().mean()

    return partial(training.timed, epoch)


def by_d2l(net: nn.Module, size: int):
    """Return a function that trains one epoch with d2l's Trainer on d2l's FashionMNIST."""
    from d2l import torch as d2l

    class Model(d2l.Classifier):
        def __init__(self):
            super().__init__()
            self.net = net

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=training.LR, momentum=training.MOMENTUM)

    model, images = Model(), d2l.FashionMNIST(batch_size=BATCH_SIZE, resize=(size, size))
    model.board.display = False  # without its animation, which takes longer still
    return partial(training.timed, lambda: d2l.Trainer(max_epochs=1).fit(model, images))


def unpack(raw: Path, data: ArrayData) -> None:
    """Write the real images and labels as torchvision leaves them after its download."""
    raw.mkdir(parents=True)
    for split, name in (("train", "train"), ("test", "t10k")):
        write_idx(raw / f"{name}-images-idx3-ubyte", data.images(split)[:, 0])
        write_idx(raw / f"{name}-labels-idx1-ubyte", data.labels(split).byte())


def compare(stored: ArrayData, network: str, size: int, rounds: int) -> dict:
    """Let the three run in turn over whole epochs."""
    before = os.getloadavg()[0]
    parts = [(stored.images(split), stored.labels(split)) for split in ("train", "test")]
    data = ArrayData(*parts, size=size, batch_size=BATCH_SIZE, device="cpu")
    net = NETWORKS[network](size)
    contestants = {
        "by hand": by_hand(copy.deepcopy(net), data),
        "d2lkit": training.by_d2lkit(copy.deepcopy(net), data),
        "d2l": by_d2l(copy.deepcopy(net), size),
    }
    steps = len(data.train_dataloader())
    times = {name: [] for name in contestants}
    for number in range(rounds):
        names = list(contestants)[number % 3 :] + list(contestants)[: number % 3]
        for name in names:
            times[name].append(contestants[name]())
            print(f"{network} {size}², round {number}: {name} {times[name][-1]}", flush=True)
    ratios, wanted = {}, WANTED if (network, size) == ("lenet", 28) else {}
    for mine, theirs in (("d2lkit", "d2l"), ("d2lkit", "by hand"), ("by hand", "d2l")):
        pairs = list(zip(times[mine], times[theirs], strict=True))
        wall, processor = ([a[i] / b[i] for a, b in pairs] for i in (0, 1))
        ratios[f"{mine} / {theirs}"] = {
            "wall": training.spread(wall),
            "processor": training.spread(processor),
            "wanted_at_most": wanted.get(f"{mine} / {theirs}"),
        }
    part = {**describe(), "torch_threads": torch.get_num_threads(), "d2l": version("d2l")}
    part |= {"load_before": before, "load_after": os.getloadavg()[0]}
    return part | {"n": rounds, "steps": steps, "seconds": times, "ratios": ratios}


def table(parts: dict) -> str:
    """Return the figures as text for training_files.md."""
    lines = [
        "| epoch of | ratio | wall time | processor time | wanted | n | load | measured |",
        "|:--|:--|--:|--:|--:|--:|--:|:--|",
    ]
    for name, part in sorted(parts.items(), reverse=True):
        for pair, ratio in part["ratios"].items():
            cells = [name, pair, *(_middle(ratio[clock]) for clock in ("wall", "processor"))]
            wanted = ratio["wanted_at_most"]
            cells.append("" if wanted is None else f"≤ {wanted:.2f}")
            load = f"{part['load_before']:.1f} to {part['load_after']:.1f}"
            lines.append("| " + " | ".join([*cells, str(part["n"]), load, part["date"]]) + " |")
    last = parts[max(parts, key=lambda name: parts[name]["date"])]
    lines.append(
        f"\n{last['gpu'] or last['cpu']}, {last['cores']} cores, {last['torch_threads']} threads, "
        f"Python {last['python']}, torch {last['torch']}, d2l {last['d2l']}.\n"
    )
    return "\n".join(lines)


def _middle(spread: dict) -> str:
    low, high = spread["range"]
    return f"{spread['median']:.2f} ({low:.2f} to {high:.2f})"


def main() -> None:
    """Measure, print and store part by part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="at least 2")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=list(NETWORKS))
    parser.add_argument("--sizes", type=int, nargs="+", default=[28, 96])
    options = parser.parse_args()
    try:
        stored = FashionMNIST(num_val=0)
    except DatasetError as error:
        sys.exit(str(error))
    torch.manual_seed(0)
    before, page = RESULTS / "training_files.json", RESULTS.parent / "training_files.md"
    parts = json.loads(before.read_text())["parts"] if before.exists() else {}
    with (
        tempfile.TemporaryDirectory() as folder,
        training.working_folder(Path(folder) / "here"),
    ):
        # d2l reads from ../data, whatever the working directory.
        unpack(Path(folder) / "data" / "FashionMNIST" / "raw", stored)
        for network in options.networks:
            for size in options.sizes:
                parts[f"{network}, {size}²"] = compare(stored, network, size, options.rounds)
                write_result("training_files", {"batch_size": BATCH_SIZE, "parts": parts})
                head = page.read_text(encoding="utf-8").partition(MARK)[0]
                page.write_text(f"{head}{MARK}\n{table(parts)}", encoding="utf-8")


if __name__ == "__main__":
    main()
