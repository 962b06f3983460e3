"""What does every network of the book reach on Fashion-MNIST, all 60,000 pictures of it?

One recipe serves all networks: Adam with a learning rate that falls along a cosine, batches of
64, no augmentation, and each picture once. The rate is each network's own: short runs on 10,000
pictures, two for each rate, are judged by 5,000 training pictures that are held out; the rate with
the best mean counts, and as long as it is the smallest or the largest of those tried, the next one
is tried too. With this rate the network is trained on all 60,000 pictures from three other seeds,
and measured once, at the end, on the 10,000 test pictures.

Two scales: `small` for a processor (an eighth of the width, 32 × 32 pixels: one hour on one core),
`full` for a GPU (full width, 224 × 224 pixels, bfloat16, ten epochs). Each network has its file in
the package, where `d2lkit.results.fashion()` finds it, and each run is stored as it ends. Started
again, the script goes on where it was; with `--networks` it runs some of them. First every network
gets its rate and one seed, the cheap ones first, then all get their second seed, and so on: the
table is whole early.

Run: .venv/bin/python benchmarks/fashion.py [--scale full] [--networks resnet18 vgg11]
"""

import argparse
import gc
import json
import math
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean

import torch
from machine import describe
from torch import nn
from tqdm import tqdm

from d2lkit import data, models
from d2lkit.accounting import count_parameters
from d2lkit.stored import checksum
from d2lkit.training import Classifier, Trainer, set_seed

FOLDER = Path(__file__).resolve().parents[1] / "d2lkit/results/runs"
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
HELD_OUT = 5_000

# What a network takes besides channels, classes, width and size; in the order of their cost.
NETWORKS: dict[str, dict] = {
    "linear": {},
    "mlp": {},
    "lenet": {},
    "modern_lenet": {},
    "alexnet_torchvision": {"dropout": 0.0},
    "preact_resnet18": {},
    "resnet18": {},
    "plain18": {},
    "zfnet": {"dropout": 0.0},
    "vgg11": {"dropout": 0.0},
    "vgg11_bn": {"dropout": 0.0},
    "all_conv": {"dropout": 0.0},
    "nin": {"dropout": 0.0},
    "googlenet": {"dropout": 0.0},
    "resnext50_32x4d": {"cardinality": 4, "group_width": 32},
}
FULL_WIDTH = ("linear", "mlp", "lenet", "modern_lenet")  # small enough as they are
BEGIN_WITH_96 = ("zfnet", "all_conv", "nin")  # maps, where others have 64
AT_LEAST_64 = ("alexnet_torchvision", "zfnet")  # pixels: they refuse 32
# Faster on a processor as N, C, H, W; all others, and all on a GPU, as N, H, W, C.
CHANNELS_FIRST = ("resnet18", "plain18", "preact_resnet18", "googlenet")

RECIPES: dict[str, dict] = {
    "small": {
        "width": 1 / 8,
        "size": 32,
        "epochs": 1,
        "batch_size": 64,
        "optimizer": "adam",
        "schedule": "cosine",
        "precision": "fp32",
        "augmentation": "none",
        "seeds": [0, 1, 2],
        "sieve_images": 10_000,
        "sieve_epochs": 1,
        "sieve_batch_size": 64,
        "sieve_seeds": [100, 101],
        "sieve_rates": [1e-3, 3e-3, 1e-2],
    }
}
RECIPES["full"] = {
    **RECIPES["small"],
    "width": 1.0,
    "size": 224,
    "epochs": 10,
    "precision": "bf16",
    "sieve_rates": [3e-4, 1e-3, 3e-3],
}


def settings(network: str, recipe: dict) -> dict:
    """Return what the network is built with, besides one channel and ten classes."""
    if recipe["width"] == 1:  # dropout and groups as in the papers
        return {"width": 1.0, "image_size": recipe["size"]}
    width, size = recipe["width"], recipe["size"]
    width = 1.0 if network in FULL_WIDTH else width * (2 / 3 if network in BEGIN_WITH_96 else 1)
    size = max(size, 64) if network in AT_LEAST_64 else size
    return {"width": width, "image_size": size, **NETWORKS[network]}


def read_data(root: str | None = None) -> dict[str, tuple]:
    """Return all training pictures, those without the held out, the held out, the test pictures."""
    kept = data.FashionMNIST(root, num_val=HELD_OUT)
    parts = {split: (kept.images(split), kept.labels(split)) for split in ("train", "val", "test")}
    parts["all"] = tuple(torch.cat([parts["train"][i], parts["val"][i]]) for i in (0, 1))
    parts["class_names"] = kept.class_names
    return parts


class PeakMemory:
    """The most memory that a block of code holds beyond what was there before, in bytes.

    On a GPU what PyTorch allocates there; else the resident memory as Linux counts it; else None.
    """

    def __init__(self, device: torch.device):
        self.device, self.bytes = device, None

    def __enter__(self):
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
            self.before = torch.cuda.memory_allocated()
        elif Path("/proc/self/clear_refs").exists():
            Path("/proc/self/clear_refs").write_text("5")  # sets the peak to what is held now
            self.before = resident("VmRSS")
        return self

    def __exit__(self, *_):
        if self.device.type == "cuda":
            self.bytes = torch.cuda.max_memory_allocated() - self.before
        elif Path("/proc/self/clear_refs").exists():
            self.bytes = resident("VmHWM") - self.before


def resident(field: str) -> int:
    """Return a figure of this process's memory in bytes: VmRSS now, VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(field))


def peak_memory(network: str, recipe: dict, how: dict) -> int | None:
    """Return the peak memory of a few training steps, in bytes.

    In a process of its own: one that has trained before holds memory that it can use again.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(memory_of_steps, network, recipe, how).result()


def memory_of_steps(network: str, recipe: dict, how: dict, steps: int = 4) -> int | None:
    """Take a few training steps and return the most memory held beyond that of before."""
    torch.set_num_threads(1)
    chosen = settings(network, recipe)
    images = torch.zeros(steps * recipe["batch_size"], 1, 28, 28, dtype=torch.uint8)
    images[::2] = 255
    pair = images, torch.arange(len(images)) % 10
    stock = data.ArrayData(
        pair, None, pair, size=chosen["image_size"], batch_size=recipe["batch_size"]
    )
    # What the libraries load at their first step is no network's memory.
    small = models.create("modern_lenet", in_channels=1, num_classes=10, width=0.1, image_size=12)
    few = data.ArrayData((images[:8], pair[1][:8]), None, (images[:8], pair[1][:8]), size=12)
    train_once(small, few, 1e-3, 0, recipe, max_epochs=1)
    with PeakMemory(torch.device("cuda" if torch.cuda.is_available() else "cpu")) as memory:
        net = models.create(network, in_channels=1, num_classes=10, **chosen)
        train_once(net, stock, 1e-3, 0, recipe, **how)
    return memory.bytes


def train_once(
    net: nn.Module, stock: data.ArrayData, rate: float, seed: int, recipe: dict, **how
) -> dict:
    """Train a network that was just built and return what was measured on the test split.

    Args:
        how: options of the Trainer.
    """
    stock.seed = seed  # the order of the pictures
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Classifier(
        net, rate, optimizer=recipe["optimizer"], schedule=recipe["schedule"],
        weight_decay=recipe.get("weight_decay", 0.0),
    )  # fmt: skip
    trainer = Trainer(device=device, progress=False, precision=recipe["precision"], **how)
    wall, processor = time.perf_counter(), time.process_time()
    history = trainer.fit(model, stock)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {
        "accuracy": round(trainer.evaluate(model, stock)["accuracy"], 6),
        # Of training, per epoch; JSON knows no nan.
        "loss": [round(loss, 6) if math.isfinite(loss) else None for loss in history["loss"]],
        "seconds": round(wall, 4),
        "processor_seconds": round(processor, 4),
    }


class Race:
    """The runs of one scale: those in the files, and those still to come."""

    def __init__(self, scale: str, folder: Path, root: str | None = None):
        self.scale, self.recipe, self.folder = scale, RECIPES[scale], folder
        self.networks: dict[str, dict] = {}
        self.parts = read_data(root)
        self.stocks: dict[tuple, data.ArrayData] = {}

    def stock(self, train: str, judge: str, size: int, batch_size: int) -> data.ArrayData:
        """Return one training set and one set of pictures to judge by."""
        key = train, judge, size, batch_size
        if key not in self.stocks:
            images, labels = self.parts[train]
            if train == "train":
                images, labels = (part[: self.recipe["sieve_images"]] for part in (images, labels))
            self.stocks[key] = data.ArrayData(
                (images, labels), None, self.parts[judge], size=size, batch_size=batch_size,
                class_names=self.parts["class_names"], name="Fashion-MNIST",
            )  # fmt: skip
        return self.stocks[key]

    def build(self, network: str, seed: int) -> nn.Module:
        """Return the network with the weights of this seed."""
        set_seed(seed)
        chosen = settings(network, self.recipe)
        return models.create(network, in_channels=1, num_classes=10, **chosen)

    def how(self, network: str, epochs: int) -> dict:
        """Return the Trainer's options for this network."""
        first = network in CHANNELS_FIRST and not torch.cuda.is_available()
        return {"max_epochs": epochs, "channels_last": not first}

    def sieve(self, network: str) -> float:
        """Return the network's best rate on held-out pictures, trying what was not tried yet."""
        entry = self.entry(network)
        recipe, tried = self.recipe, entry["sieve"]
        size = entry["settings"]["image_size"]
        stock = self.stock("train", "val", size, recipe["sieve_batch_size"])
        rates = [RATES.index(rate) for rate in recipe["sieve_rates"]]
        while True:
            for i in rates:
                found = tried.setdefault(f"{RATES[i]:g}", [])
                for seed in recipe["sieve_seeds"][len(found) :]:
                    net = self.build(network, seed)
                    how = self.how(network, recipe["sieve_epochs"])
                    run = train_once(net, stock, RATES[i], seed, recipe, **how)
                    found.append(run["accuracy"])
                    self.store(entry)
            best = max(rates, key=lambda i: mean(tried[f"{RATES[i]:g}"]))
            if best == min(rates) and best > 0:
                rates.insert(0, best - 1)
            elif best == max(rates) and best + 1 < len(RATES):
                rates.append(best + 1)
            else:
                entry["rate"] = RATES[best]
                self.store(entry)
                return RATES[best]

    def train(self, network: str, count: int) -> None:
        """Train the network with its best rate until it has so many seeds."""
        entry, recipe = self.entry(network), self.recipe
        size = entry["settings"]["image_size"]
        stock = self.stock("all", "test", size, recipe["batch_size"])
        for seed in recipe["seeds"][len(entry["runs"]) : count]:
            net = self.build(network, seed)
            how = self.how(network, recipe["epochs"])
            run = train_once(net, stock, entry["rate"], seed, recipe, **how)
            entry["runs"].append({"seed": seed, **run})
            self.store(entry)

    def entry(self, network: str) -> dict:
        """Return what is known of a network, at first its settings and its size."""
        if network not in self.networks:
            path = self.path(network)
            self.networks[network] = self.read(path) if path.exists() else self.begin(network)
        return self.networks[network]

    def begin(self, network: str) -> dict:
        """Return what is known of a network before its first run."""
        return {
            "network": network,
            "scale": self.scale,
            "data": "Fashion-MNIST",
            "train_images": len(self.parts["all"][1]),
            "test_images": len(self.parts["test"][1]),
            "held_out_images": HELD_OUT,
            "recipe": self.recipe,
            "settings": settings(network, self.recipe),
            "parameters": count_parameters(self.build(network, 0)),
            "machine": describe(),
            "peak_memory_bytes": peak_memory(network, self.recipe, self.how(network, 1)),
            "sieve": {},
            "rate": None,
            "runs": [],
        }

    def read(self, path: Path) -> dict:
        """Return the runs in a file, or end the program if they are not of this recipe."""
        before = json.loads(path.read_text(encoding="utf-8"))
        if before["checksum"] != checksum(before):
            raise SystemExit(f"{path} was changed by hand; delete it to train anew")
        if before["recipe"] != self.recipe:
            raise SystemExit(f"{path} has another recipe; delete it to train anew")
        return before

    def path(self, network: str) -> Path:
        """Return the network's file."""
        return self.folder / f"{self.scale}.{network}.json"

    def store(self, entry: dict) -> None:
        """Write a network's runs so that the file is never half a file."""
        entry["checksum"] = checksum(json.loads(json.dumps(entry)))
        path = self.path(entry["network"])
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")
        part.replace(path)


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--scale", choices=tuple(RECIPES), default="small")
    add("--networks", nargs="+", default=list(NETWORKS), choices=list(NETWORKS), metavar="NETWORK")
    add("--root", help="folder of the data set; default: the Debian package's, or the cache")
    add("--output", type=Path, default=FOLDER, help="folder of the results")
    options = parser.parse_args(arguments)
    if options.scale == "full" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no GPU here; --scale small trains without one.")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Make all runs that are missing, and say after each what came out."""
    options = read_arguments(arguments)
    try:
        race = Race(options.scale, options.output, options.root)
    except data.DatasetError as error:
        sys.exit(str(error))
    rounds = range(1, len(race.recipe["seeds"]) + 1)
    for count, network in tqdm([(c, n) for c in rounds for n in options.networks], unit="run"):
        if count == 1:
            race.sieve(network)
        race.train(network, count)
        entry = race.networks[network]
        run = entry["runs"][count - 1]
        tqdm.write(
            f"{network}, rate {entry['rate']:g}, seed {run['seed']}: accuracy "
            f"{run['accuracy']:.4f} in {run['seconds']:.0f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
