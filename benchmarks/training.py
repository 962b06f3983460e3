"""What does the Trainer cost beside a hand-written loop, d2l's Trainer and Lightning's?

Everyone trains the same network with the same optimiser for the same number of steps of the
same size; the contestants run in turn, one epoch each a round, and a ratio is taken within a
round. The loop by hand runs twice: how far its second time is from its first is the noise of
the machine. On a GPU the Trainer's bf16, channels_last and compile run, too.

Run: python benchmarks/training.py [--rounds 61] [--d2l-rounds 5] [--device cuda]
"""

import argparse
import copy
import logging
import os
import statistics
import tempfile
import time
import warnings
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

import torch
from data_path import cpu_seconds, write_idx
from machine import describe, write_result
from torch import nn
from torch.nn import functional as F

from d2lkit.data import ArrayData
from d2lkit.models import resnet18
from d2lkit.training import Classifier, Trainer
from d2lkit.training.device import as_device

LR, MOMENTUM = 0.05, 0.9
TEXT = Path(__file__).with_suffix(".md")
MARK = "<!-- The rest is written by training.py -->\n"
WANTED = {  # largest ratio to the reference, by experiment and contestant
    "LeNet 28²": {"d2lkit": 1.05},
    "ResNet-18 64²": {"d2lkit": 1.05},
    "LeNet 28² from files": {"d2lkit": 1 / 2.5},
}
# On a GPU d2lkit is to be ten times faster than d2l.
WANTED_ON_GPU = WANTED | {"LeNet 28² from files": {"d2lkit": 1 / 10}}


def lenet() -> nn.Sequential:
    """The network of d2l's chapter on LeNet."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)),
    )


def by_hand(net: nn.Module, data: ArrayData):
    """Return a function that trains one epoch over float tensors that are on the device."""
    images, labels = data.normalise(data.images()), data.labels()
    optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
    validation = list(data.val_dataloader()) if has_validation(data) else []

    def epoch() -> None:
        net.train()
        order = torch.randperm(len(images), device=images.device)
        for chosen in order.split(data.batch_size):
            loss = F.cross_entropy(net(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            for some, of_them in validation:
                logits = net(some)
                loss = F.cross_entropy(logits, of_them)
                (logits.argmax(1) == of_them).float().mean()
        loss.item()

    return partial(timed, epoch)


def by_d2lkit(net: nn.Module, data: ArrayData, **settings):
    """Return a function that trains one epoch with d2lkit's Trainer."""
    model = Classifier(net, LR, momentum=MOMENTUM)
    return partial(timed, lambda: Trainer(1, device=data.device, **settings).fit(model, data))


def by_lightning(net: nn.Module, data: ArrayData):
    """Return a function that trains one epoch with Lightning, over d2lkit's loader."""
    import lightning

    # Its advice on worker processes does not apply to tensors that are on the device.
    warnings.filterwarnings("ignore", module="lightning")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    class Model(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = net

        def training_step(self, batch, _):
            images, labels = batch
            return F.cross_entropy(self.net(images), labels)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=LR, momentum=MOMENTUM)

        # Its preparations before the first epoch are not counted.
        def on_train_epoch_start(self):
            self.clock.start()

        def on_train_epoch_end(self):
            self.clock.stop()

    def epoch() -> tuple[float, float]:
        model.clock = Clock()
        lightning.Trainer(
            accelerator="gpu" if data.device.type == "cuda" else "cpu",
            devices=1,
            max_epochs=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        ).fit(model, data.train_dataloader())
        return model.clock.seconds

    model = Model()
    return epoch


def by_d2l(net: nn.Module, data: ArrayData):
    """Return a function that trains one epoch with d2l's Trainer on d2l's FashionMNIST."""
    from d2l import torch as d2l

    class Model(d2l.Classifier):
        def __init__(self):
            super().__init__()
            self.net = net

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=LR, momentum=MOMENTUM)

    def epoch() -> None:
        d2l.Trainer(max_epochs=1, num_gpus=int(data.device.type == "cuda")).fit(model, images)

    model, images = Model(), d2l.FashionMNIST(batch_size=data.batch_size)
    model.board.display = False  # without its animation, which takes longer still
    return partial(timed, epoch)


def has_validation(data: ArrayData) -> bool:
    """Return whether the data hold images to validate on."""
    try:
        data.val_dataloader()
    except NotImplementedError:
        return False
    return True


class Clock:
    """Measures wall time and processor time, that of finished workers included."""

    def start(self) -> None:
        """Begin when the device has nothing left to do."""
        synchronise()
        self._from = time.perf_counter(), cpu_seconds()

    def stop(self) -> None:
        """End when the device has done everything."""
        synchronise()
        self.seconds = time.perf_counter() - self._from[0], cpu_seconds() - self._from[1]


def synchronise() -> None:
    """Wait for the GPU, if there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def timed(epoch) -> tuple[float, float]:
    """Return the wall and the processor time of one epoch, in seconds."""
    clock = Clock()
    clock.start()
    epoch()
    clock.stop()
    return clock.seconds


def spread(values: list[float]) -> dict:
    """Return median, quartiles and range."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "median": median,
        "quartiles": [low, high],
        "range": [min(values), max(values)],
    }


def experiment(contestants: dict, reference: str, rounds: int, steps: int) -> dict:
    """Let the contestants run in turn; return their times and their ratios to the reference."""
    times = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(rounds + 1):
        # Each round begins with another contestant, so that none always follows the same one.
        start = number % len(names)
        for name in names[start:] + names[:start]:
            seconds = contestants[name]()
            if number > 0:  # the first round warms up
                times[name].append(seconds)
    result = {"reference": reference, "n": rounds, "steps": steps, "contestants": {}}
    for name, seconds in times.items():
        ratios = [
            [one / other for one, other in zip(mine, theirs, strict=True)]
            for mine, theirs in zip(seconds, times[reference], strict=True)
        ]
        result["contestants"][name] = {
            "wall_ms_per_step": spread([1000 * wall / steps for wall, _ in seconds]),
            "wall_ratio": spread([wall for wall, _ in ratios]),
            "processor_time_ratio": spread([cpu for _, cpu in ratios]),
        }
    return result


def resident(make_net, data: ArrayData, rounds: int) -> dict:
    """Compare the loops over data that are on the device."""
    net = make_net().to(data.device)
    makers = {"by hand": by_hand, "by hand, again": by_hand}
    makers |= {"d2lkit": by_d2lkit, "Lightning": by_lightning}
    if data.device.type == "cuda":
        fast = {"precision": "bf16", "channels_last": True}
        makers["d2lkit, bf16, channels_last"] = partial(by_d2lkit, **fast)
        makers["d2lkit, bf16, channels_last, compile"] = partial(by_d2lkit, **fast, compile=True)
    contestants = {name: make(copy.deepcopy(net), data) for name, make in makers.items()}
    return experiment(contestants, "by hand", rounds, len(data.train_dataloader()))


def from_files(rounds: int, device: torch.device) -> dict:
    """Compare with d2l, which reads FashionMNIST's files."""
    with tempfile.TemporaryDirectory() as folder, working_folder(Path(folder) / "here"):
        # d2l reads from ../data, whatever the working directory.
        train, val = write_files(Path(folder) / "data" / "FashionMNIST" / "raw")
        data = ArrayData(train, val, batch_size=128, device=device)
        net = lenet().to(device)
        makers = {"by hand": by_hand, "d2lkit": by_d2lkit, "d2l": by_d2l}
        contestants = {name: make(copy.deepcopy(net), data) for name, make in makers.items()}
        return experiment(contestants, "d2l", rounds, len(data.train_dataloader()))


def write_files(raw: Path) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Write files of Fashion-MNIST's size and format, which torchvision takes for it."""
    raw.mkdir(parents=True)
    splits = []
    for name, count in (("train", 60_000), ("t10k", 10_000)):
        images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8)
        labels = torch.randint(0, 10, (count,))
        write_idx(raw / f"{name}-images-idx3-ubyte", images)
        write_idx(raw / f"{name}-labels-idx1-ubyte", labels.byte())
        splits.append((images[:, None], labels))
    return splits


@contextmanager
def working_folder(folder: Path):
    """Work in a new folder for a while."""
    folder.mkdir()
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def random_images(count: int, channels: int, size: int, batch_size: int, device) -> ArrayData:
    """Images of noise: the time of a step does not depend on what they show."""
    images = torch.randint(0, 256, (count, channels, size, size), dtype=torch.uint8)
    return ArrayData((images, torch.arange(count) % 10), batch_size=batch_size, device=device)


def table(result: dict) -> str:
    """Return the figures as text for training.md."""
    lines = []
    for name, part in result["experiments"].items():
        lines += [
            f"**{name}**, {part['steps']} steps a round, n = {part['n']}; ratios to "
            f"*{part['reference']}*, median (quartiles):\n",
            "| contestant | ms per step | ratio, wall time | ratio, processor time | wanted |",
            "|:--|--:|--:|--:|--:|",
        ]
        for contestant, figures in part["contestants"].items():
            wanted = part["wanted_at_most"].get(contestant)
            cells = [
                f"{figures[key]['median']:.2f} ({figures[key]['quartiles'][0]:.2f} to "
                f"{figures[key]['quartiles'][1]:.2f})"
                for key in ("wall_ms_per_step", "wall_ratio", "processor_time_ratio")
            ]
            cells.append("" if wanted is None else f"≤ {wanted:.2f}")
            lines.append(f"| {contestant} | {' | '.join(cells)} |")
        lines.append("")
    lines.append(
        f"Measured on {result['date']}: {result['gpu'] or result['cpu']}, {result['cores']} cores, "
        f"{result['torch_threads']} threads, load average {result['load_before']:.1f} before and "
        f"{result['load_after']:.1f} after, Python {result['python']}, torch {result['torch']}, "
        f"d2l {result['d2l']}, Lightning {result['lightning']}.\n"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=61, help="at least 2")
    parser.add_argument("--d2l-rounds", type=int, default=5, help="at least 2")
    parser.add_argument("--device", default=None, help="None takes the fastest")
    options = parser.parse_args()
    torch.manual_seed(0)
    device = as_device(options.device)
    result = {**describe(), "lightning": version("lightning"), "d2l": version("d2l")}
    result |= {"device": device.type, "torch_threads": torch.get_num_threads()}
    result["load_before"] = os.getloadavg()[0]
    lenet_data = random_images(64 * 40, 1, 28, 64, device)
    resnet_data = random_images(32 * 3, 3, 64, 32, device)
    result["experiments"] = {
        "LeNet 28²": resident(lenet, lenet_data, options.rounds),
        "ResNet-18 64²": resident(
            partial(resnet18, num_classes=10), resnet_data, max(2, options.rounds // 3)
        ),
        "LeNet 28² from files": from_files(options.d2l_rounds, device),
    }
    result["load_after"] = os.getloadavg()[0]
    wanted = WANTED_ON_GPU if device.type == "cuda" else WANTED
    for name, part in result["experiments"].items():
        part["wanted_at_most"] = wanted[name]
    write_result("training" if device.type == "cpu" else f"training_{device.type}", result)
    print(table(result))
    if device.type == "cpu":
        head = TEXT.read_text(encoding="utf-8").split(MARK)[0]
        TEXT.write_text(head + MARK + "\n" + table(result), encoding="utf-8")


if __name__ == "__main__":
    main()
