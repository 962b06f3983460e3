"""What do the networks of Part II reach at full width, on images of 224 × 224 pixels?

Every network is trained on `Shapes`, and on CIFAR-10 and Fashion-MNIST enlarged to 224 pixels
where these can be downloaded, several times from different seeds, and measured once on test images
after its last epoch. One recipe serves all: AdamW with a learning rate that falls along a cosine,
bf16, channels_last, no augmentation. It is nobody's best recipe, and no network was tuned.

One JSON per network and data set goes to results/full_scale as soon as its last seed is done. A
later run leaves out what is there; `--again` replaces it. A run at reduced width, size or on the
CPU must be given a folder of its own with `--output`.

- images_per_second: training images, median over the epochs, without the test.
- peak_memory_bytes: the most that was allocated on the GPU, less the images that lie there.

Run: make full-scale [ARGS="--networks resnet18 --data shapes"]
"""

import argparse
import gc
import json
import math
import os
import statistics
import sys
import time
from pathlib import Path

import torch
from machine import RESULTS, describe
from torch import Tensor, nn

from d2lkit import data, models
from d2lkit.accounting import count_parameters
from d2lkit.data.distances import SHAPES
from d2lkit.models import GoogLeNetOutputs, auxiliary_loss
from d2lkit.training import Classifier, Trainer, set_seed

FOLDER = RESULTS / "full_scale"
NETWORKS = (
    *("alexnet", "alexnet_single", "alexnet_torchvision", "zfnet"),
    *("vgg11", "vgg11_bn", "vgg16_bn", "nin", "nin_alexnet", "googlenet", "googlenet_torchvision"),
    *("resnet18", "resnet34", "resnet50", "plain34", "preact_resnet18", "resnext50_32x4d"),
)
DOWNLOADED = {"cifar10": data.CIFAR10, "fashion_mnist": data.FashionMNIST}
DATA_SETS = ("shapes", *DOWNLOADED)


class WithAuxiliaryHeads(Classifier):
    """A classifier whose loss takes in GoogLeNet's two auxiliary heads, as in the paper."""

    def training_step(self, batch) -> Tensor:
        images, labels = batch
        outputs = self(images)
        if not isinstance(outputs, GoogLeNetOutputs):
            raise TypeError(f"the network must have auxiliary heads, got {type(outputs).__name__}")
        return auxiliary_loss(outputs, labels)


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options; end the program with one sentence if they cannot be followed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--networks", nargs="+", default=NETWORKS, choices=models.names(), metavar="NETWORK")
    add("--data", nargs="+", default=DATA_SETS, choices=DATA_SETS)
    add("--root", help="folder of the downloaded data sets")
    add("--images", type=int, default=20_000, help="training images; a quarter more for the test")
    add("--size", type=int, default=224, help="side of the images in pixels")
    add("--width", type=float, default=1.0, help="factor on the numbers of channels")
    add("--epochs", type=int, default=20)
    add("--seeds", type=int, nargs="+", default=[0, 1, 2])
    add("--batch-size", type=int, default=128)
    add("--lr", type=float, help="default: 0.001 with batch normalisation, 0.0003 without")
    add("--weight-decay", type=float, default=0.01)
    add("--compile", action="store_true", help="let torch.compile translate the networks")
    add("--device", choices=("cuda", "cpu"), default="cuda")
    add("--output", type=Path, default=FOLDER, help="folder of the results")
    add("--again", action="store_true", help="replace results that are there")
    options = parser.parse_args(arguments)
    reduced = options.width != 1 or options.size != 224 or options.device != "cuda"
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no GPU here; --device cpu trains without one, if you can wait.")
    if reduced and options.output.resolve() == FOLDER.resolve():
        sys.exit("A run at reduced size or without a GPU needs --output FOLDER, its own folder.")
    return options


def read_data(name: str, options: argparse.Namespace) -> data.ArrayData:
    """Return a data set without validation images: nothing here is chosen by them."""
    train, test = options.images, max(options.images // 4, 1)
    if name in DOWNLOADED:
        stored = DOWNLOADED[name](options.root, num_val=0)
        splits = [
            (stored.images(split)[:count], stored.labels(split)[:count])
            for split, count in (("train", train), ("test", test))
        ]
        title, class_names = stored.name, stored.class_names
    else:
        splits = [
            data.draw_shapes(count, options.size, split=split, device=options.device)
            for split, count in (("train", train), ("test", test))
        ]
        title, class_names = "Shapes", tuple(SHAPES)
    return data.ArrayData(
        splits[0],
        test=splits[1],
        class_names=class_names,
        size=options.size,
        batch_size=options.batch_size,
        device=options.device,
        name=title,
    )


def has_batch_norm(net: nn.Module) -> bool:
    """Return whether the network normalises its batches."""
    return any(isinstance(module, nn.BatchNorm2d) for module in net.modules())


def settings_of(network: str, options: argparse.Namespace) -> dict:
    """Return what a result depends on, besides its network, data and seeds."""
    with torch.device("meta"):  # shapes alone, no memory
        normalised = has_batch_norm(build(network, 3, 10, options))
    lr = options.lr if options.lr is not None else (1e-3 if normalised else 3e-4)
    on_gpu = options.device == "cuda"
    return {
        "width": options.width,
        "size": options.size,
        "images": options.images,
        "epochs": options.epochs,
        "batch_size": options.batch_size,
        "optimizer": "adamw",
        "lr": lr,
        "schedule": "cosine",
        "weight_decay": options.weight_decay,
        "precision": "bf16" if on_gpu else "fp32",
        "channels_last": on_gpu,
        "compile": options.compile,
        "device": options.device,
        "auxiliary_heads": network.startswith("googlenet"),
    }


def build(network: str, in_channels: int, num_classes: int, options) -> nn.Module:
    """Return the network, GoogLeNet with its auxiliary heads."""
    extra = {"auxiliary": True} if network.startswith("googlenet") else {}
    return models.create(
        network,
        in_channels=in_channels,
        num_classes=num_classes,
        width=options.width,
        image_size=options.size,
        **extra,
    )


def train_once(network: str, dataset: data.ArrayData, seed: int, options, settings) -> dict:
    """Train one network from one seed and return what was measured."""
    on_gpu = options.device == "cuda"
    set_seed(seed)
    dataset.seed = seed  # the order of the images; the images are the same for all
    gc.collect()
    if on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
    net = build(network, dataset.in_channels, dataset.num_classes, options)
    model_class = WithAuxiliaryHeads if settings["auxiliary_heads"] else Classifier
    chosen = {name: settings[name] for name in ("optimizer", "lr", "schedule", "weight_decay")}
    model = model_class(net, chosen.pop("lr"), **chosen)
    how = {name: settings[name] for name in ("precision", "channels_last", "compile", "device")}
    trainer = Trainer(options.epochs, **how)
    start = time.perf_counter()
    history = trainer.fit(model, dataset)
    seconds = time.perf_counter() - start
    peak = torch.cuda.max_memory_allocated() - before if on_gpu else None
    images = len(dataset.labels("train"))
    return {
        "parameters": count_parameters(net),
        "accuracy": trainer.evaluate(model, dataset)["accuracy"],
        # Of training, per epoch; JSON knows no nan.
        "loss": [loss if math.isfinite(loss) else None for loss in history["loss"]],
        "seconds": seconds,
        "images_per_second": images / statistics.median(history["seconds"]),
        "peak_memory_bytes": peak,
    }


def train(network: str, dataset: data.ArrayData, options, settings: dict) -> dict:
    """Train one network from every seed and return its result."""
    runs = []
    for seed in options.seeds:
        runs.append(train_once(network, dataset, seed, options, settings))
        print(
            f"{network} on {dataset.name}, seed {seed}: accuracy {runs[-1]['accuracy']:.3f} "
            f"in {runs[-1]['seconds']:.0f} s",
            flush=True,
        )
    parameters = runs[0].pop("parameters")
    series = {name: [run[name] for run in runs] for name in runs[0]}
    return {
        **describe(),
        "network": network,
        "data": dataset.name,
        "settings": settings,
        "seeds": options.seeds,
        "parameters": parameters,
        "train_images": len(dataset.labels("train")),
        "test_images": len(dataset.labels("test")),
        **series,
    }


def store(path: Path, result: dict) -> None:
    """Write a result so that its file is never half a result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)


def is_done(path: Path, settings: dict, options: argparse.Namespace) -> bool:
    """Return whether a result is stored already, and say so."""
    if options.again or not path.exists():
        return False
    stored = json.loads(path.read_text(encoding="utf-8"))
    same = (stored["settings"], stored["seeds"]) == (settings, options.seeds)
    reason = "is there" if same else "is there with other settings; --again replaces it"
    print(f"{path.name} {reason}", flush=True)
    return True


def main(arguments: list[str] | None = None) -> int:
    """Train what is missing; return 1 if something had to be left out."""
    options = read_arguments(arguments)
    torch.backends.cudnn.benchmark = True  # every batch has the same shape
    left_out = 0
    for name in options.data:
        dataset = None
        for network in options.networks:
            path = options.output / f"{network}_{name}.json"
            settings = settings_of(network, options)
            if is_done(path, settings, options):
                continue
            try:
                dataset = dataset or read_data(name, options)
                store(path, train(network, dataset, options, settings))
            except data.DatasetError as error:
                print(f"{name} is left out: {error}", flush=True)
                break
            except torch.cuda.OutOfMemoryError:
                left_out += 1
                print(f"{network} on {name} is left out: the GPU's memory is too small", flush=True)
    return min(left_out, 1)


if __name__ == "__main__":
    sys.exit(main())
