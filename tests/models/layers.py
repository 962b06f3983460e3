"""The layers of every network: what `test_layers.py` holds against `layers.txt`.

`python tests/models/layers.py` writes the file anew, after a change that is meant.
"""

import hashlib
from collections import Counter
from pathlib import Path

import torch

from d2lkit import models

STORED = Path(__file__).with_suffix(".txt")
# What a network can be asked for that changes its layers, beside its size.
VARIANTS = [
    *(("all_conv", {"downsample": how}) for how in ("stride", "conv_pool")),
    ("resnet18", {"pre_activation": True, "shortcut": "padding", "small_stem": True}),
    ("googlenet", {"auxiliary": True, "variant": "torchvision"}),
    ("lenet", {"pooling": "max", "activation": "tanh"}),
    ("nin", {"variant": "alexnet"}),
    ("mlp", {"hidden": (64, 32), "dropout": 0.5}),
    ("vgg11", {"width": 0.5, "dropout": 0.25, "image_size": 64}),
    ("resnet18", {"width": 0.25, "in_channels": 1, "num_classes": 10}),
    ("resnext50_32x4d", {"width": 0.5}),
    ("mobilenet_v2", {"width": 0.5, "dropout": 0.0}),
]


def counted() -> dict[str, list[str]]:
    """The kinds of layers of each network, and a digest of their order and names."""
    found = {}
    for name, options in [*((name, {}) for name in models.names()), *VARIANTS]:
        said = ", ".join(f"{key}={value!r}" for key, value in options.items())
        with torch.device("meta"):
            net = models.create(name, **options)
        kinds = Counter(str(layer) for layer in net.modules() if not list(layer.children()))
        digest = hashlib.sha256(str(net).encode()).hexdigest()[:8]
        lines = [f"{count:>5} × {kind}" for kind, count in kinds.items()]
        found[f"{name}({said}): {digest}"] = lines
    return found


def text(networks: dict[str, list[str]]) -> str:
    """All of them, one below the other."""
    return "".join("\n".join([f"# {name}", *lines, ""]) for name, lines in networks.items())


if __name__ == "__main__":
    STORED.write_text(text(counted()), encoding="utf-8")
