"""Claims of Part II that small digits cannot carry, tried on real pictures of Fashion-MNIST.

Each experiment is a function of a few settings and a seed, with a plan of the values that it is
called with. The runs lie in the package, where `d2lkit.results.stored("fashion", NAME)` finds
them, with machine, versions, a fingerprint of the code below and a checksum. Each run is saved as
it ends: started again, the script goes on where it was.

Run: .venv/bin/python benchmarks/fashion_experiments.py [depth ...] [--root FOLDER]
"""

import argparse
import inspect
import math
import sys
from collections.abc import Callable, Iterable
from functools import partial, update_wrapper
from pathlib import Path

import fashion
import store
import torch
from torch import nn

from d2lkit import data, models
from d2lkit.data.augmentation import Flip, PadCrop
from d2lkit.stored import file_name
from d2lkit.training import Classifier, Trainer, set_seed


def pictures(parts: dict, number: int, **how) -> data.ArrayData:
    """Return the first training pictures, 2,000 held-out ones, and all test pictures."""
    train = tuple(part[:number] for part in parts["train"])
    val = tuple(part[:2000] for part in parts["val"])
    return data.ArrayData(train, val, parts["test"], **how)


def curve(values: list[float]) -> list[float | None]:
    """Return what JSON can hold: rounded, None where it is not finite."""
    return [round(value, 5) if math.isfinite(value) else None for value in values]


def fit(net: nn.Module, stock: data.ArrayData, epochs: int, rate: float, **how) -> dict:
    """Train with a rate that falls along a cosine; return the curves and the last accuracies."""
    model = Classifier(net, rate, schedule="cosine", **how)
    trainer = Trainer(epochs, progress=False)
    history = trainer.fit(model, stock)
    accuracy = {split: trainer.evaluate(model, stock, split) for split in ("train", "test")}
    return {
        "loss": curve(history["loss"]),
        "val_loss": curve(history["val_loss"]),
        "train_accuracy": round(accuracy["train"]["accuracy"], 5),
        "test_accuracy": round(accuracy["test"]["accuracy"], 5),
    }


def depth(parts: dict, layers: int, shortcut: str, seed: int) -> dict:
    """Train a network of 6n + 2 layers with shortcuts without parameters ("padding") or "none".

    The networks of the paper's section 4.2 at a quarter of their width, 5,000 pictures of
    14 × 14, 40 times; SGD with momentum and weight decay as there.
    """
    set_seed(seed)
    net = models.resnet_small(layers, 1, 10, width=1 / 4, shortcut=shortcut)
    return fit(net, pictures(parts, 5000, size=14, seed=seed), 40, 0.1, weight_decay=1e-4)


def remedies(parts: dict, dropout: float, augmented: bool, seed: int) -> dict:
    """Train AlexNet at an eighth of its width for 40 epochs on 2,000 pictures of 64 × 64."""
    set_seed(seed)
    net = models.create(
        "alexnet_torchvision", in_channels=1, num_classes=10, width=1 / 8, dropout=dropout,
        image_size=64,
    )  # fmt: skip
    augment = (PadCrop(6), Flip()) if augmented else ()
    stock = pictures(parts, 2000, size=64, seed=seed, augment=augment)
    return fit(net, stock, 40, 1e-3, optimizer="adam")


def rates(parts: dict, network: str, rate: float, seed: int) -> dict:
    """Train VGG-11 at an eighth of its width for two epochs on 10,000 pictures of 32 × 32."""
    set_seed(seed)
    options = {"width": 1 / 8, "image_size": 32, "dropout": 0.0}
    net = models.create(network, in_channels=1, num_classes=10, **options)
    return fit(net, pictures(parts, 10_000, size=32, seed=seed), 2, rate, optimizer="adam")


def lenets(parts: dict, network: str, seed: int) -> dict:
    """Train LeNet-5 or its modern form for three epochs on 55,000 pictures of 28 × 28."""
    set_seed(seed)
    net = models.create(network, in_channels=1, num_classes=10)
    return fit(net, pictures(parts, 55_000, seed=seed), 3, 1e-2, optimizer="adam")


def filters(parts: dict, labels: str, seed: int) -> dict:
    """Train AlexNet at a quarter of its width for one epoch; keep the first filters, too.

    55,000 pictures of 64 × 64; with "shuffled" labels there is nothing to learn about them.
    """
    set_seed(seed)
    net = models.create(
        "alexnet_torchvision", in_channels=1, num_classes=10, width=1 / 4, dropout=0.0,
        image_size=64,
    )  # fmt: skip
    first = next(layer for layer in net.modules() if isinstance(layer, nn.Conv2d))
    before = kept(first.weight)
    images, right = parts["train"]
    if labels == "shuffled":
        right = right[torch.randperm(len(right), generator=torch.Generator().manual_seed(seed))]
    shown = {**parts, "train": (images, right)}
    result = fit(net, pictures(shown, 55_000, size=64, seed=seed), 1, 3e-3, optimizer="adam")
    return {**result, "before": before, "after": kept(first.weight)}


def kept(weights: torch.Tensor) -> list:
    """Return the weights with four decimals."""
    return [[[round(w, 4) for w in row] for row in f[0]] for f in weights.tolist()]


EXPERIMENTS: dict[str, tuple[Callable, dict[str, Iterable]]] = {
    "filters": (filters, {"labels": ["right", "shuffled"], "seed": [0]}),
    "rates": (
        rates,
        {
            "network": ["vgg11", "vgg11_bn"],
            "rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2],
            "seed": [0, 1, 2],
        },
    ),
    "lenets": (lenets, {"network": ["lenet", "modern_lenet"], "seed": [0, 1, 2]}),
    "remedies": (remedies, {"dropout": [0.0, 0.5], "augmented": [False, True], "seed": [0, 1]}),
    "depth": (
        depth,
        {"seed": [0, 1], "layers": [8, 20, 32], "shortcut": ["padding", "none"]},
    ),
}


def fingerprint(name: str) -> str:
    """Return what changes with the experiment's code, whatever its layout and comments."""
    helpers = [pictures, curve, fit, EXPERIMENTS[name][0], *([kept] if name == "filters" else [])]
    return store.fingerprint([inspect.getsource(helper) for helper in helpers])


def run(name: str, parts: dict, folder: Path = store.FOLDER) -> Path:
    """Make all runs that are not there yet; return the file that holds them."""
    function, plan = EXPERIMENTS[name]
    called = update_wrapper(partial(function, parts), function)
    return store.fill(folder / file_name("fashion", name), called, plan, fingerprint(name))


def main() -> None:
    """Run the experiments that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="EXPERIMENT", help=", ".join(EXPERIMENTS))
    parser.add_argument("--root", help="folder of the data set; default: the Debian package's")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(EXPERIMENTS))
    if unknown:
        parser.error(f"{unknown[0]!r} is none of {', '.join(EXPERIMENTS)}")
    try:
        parts = fashion.read_data(options.root)
    except data.DatasetError as error:
        sys.exit(str(error))
    for name in options.names or EXPERIMENTS:
        print(run(name, parts))


if __name__ == "__main__":
    main()
