"""Train the networks of "Move the digit" as the chapter does, and write them as a module.

python demos/weights/digits.py

The definitions are the chapter's own cells. Each network is trained on digits in the middle of a
canvas, seed 0, ten epochs; the convolutional ones a second time on pictures whose pixels are all
shuffled alike. (The MLP needs no second training: with its weights in the new order it gives the
same answers.) A weight is stored as one byte, a whole multiple of a step that its layer has. What
the module says of accuracies was counted with these rounded weights.
"""

import ast
import base64
import hashlib
import json
from pathlib import Path

import torch

from d2lkit.demos import export

TARGET = Path(__file__).with_name("digits.js")
CHAPTER = Path(__file__).parents[2] / "chapters/1-convolutional-networks/01-why-convolutions.ipynb"
NAMES = ("mlp", "train", "changed", "small", "place", "convolutions", "cnn", "cnn_pooled")
SEED, EPOCHS, CANVAS, FARTHEST = 0, 10, 16, 4
SHIFTS = range(-FARTHEST, FARTHEST + 1)


def cells() -> list[str]:
    """The cells of the chapter that define what is needed, the imports first."""
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    chosen = [next(source for source in sources if source.startswith("import torch\n"))]
    return chosen + [source for source in sources if _defined(source) & set(NAMES)]


def _defined(source: str) -> set[str]:
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def fingerprint() -> str:
    """What the weights depend on: this script and those cells, their imports aside."""
    text = "\n".join([*cells()[1:], Path(__file__).read_text(encoding="utf-8")])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def chapter() -> dict:
    """The names that the cells define."""
    names = {}
    for source in cells():
        exec(compile(source, CHAPTER.name, "exec"), names)
    return names


def order() -> torch.Tensor:
    """The pixel that comes to each place of a shuffled picture."""
    generator = torch.Generator().manual_seed(SEED)
    return torch.randperm(CANVAS * CANVAS, generator=generator)


def shuffle(images: torch.Tensor) -> torch.Tensor:
    """Put the pixels of every image into the same new order."""
    return images.flatten(1)[:, order()].reshape(images.shape)


def kinds(names: dict) -> dict:
    """What builds each network."""
    return {
        "mlp": lambda: names["mlp"](CANVAS),
        "cnn": names["cnn"],
        "pooled": names["cnn_pooled"],
    }


def trained(names: dict, kind: str, shuffled: bool = False) -> torch.nn.Module:
    """One network, trained on digits in the middle."""
    names["set_seed"](SEED)
    net = kinds(names)[kind]()

    def change(images):
        return shuffle(names["place"](images)) if shuffled else names["place"](images)

    names["train"](net, names["changed"](names["small"], change, SEED), epochs=EPOCHS)
    return net.eval()


def rounded(net: torch.nn.Module) -> torch.nn.Module:
    """Make each parameter a whole multiple, at most 127, of a step."""
    with torch.no_grad():
        for parameter in net.parameters():
            step = parameter.abs().max() / 127
            parameter.copy_((parameter / step).round() * step)
    return net


def description(net: torch.nn.Module) -> dict:
    """The network as `export` describes it, with one byte for each weight."""
    described = export(net, (1, CANVAS, CANVAS))
    for layer in described["layers"]:
        for name in ("weight", "bias"):
            if layer.get(name):
                shape = layer[name]["shape"]
                values = torch.frombuffer(
                    bytearray(base64.b64decode(layer[name]["data"])), dtype=torch.float32
                )
                step = values.abs().max().item() / 127
                data = (values / step).round().to(torch.int8).numpy().tobytes()
                layer[name] = {"shape": shape, "step": step, "data": _text(data)}
    return described


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@torch.no_grad()
def read(names: dict, net: torch.nn.Module, change=lambda images: images) -> list[int]:
    """How many test digits the network reads at each of the places, row by row."""
    data, small = names["changed"](names["small"], names["place"]), names["small"]
    images, labels = small.images("test"), small.labels("test")
    counts = []
    for rows in SHIFTS:
        for columns in SHIFTS:
            pictures = change(data.normalise(names["place"](images, rows, columns)))
            counts.append(int((net(pictures).argmax(1) == labels).sum()))
    return counts


def twin(net: torch.nn.Module) -> torch.nn.Module:
    """The MLP that says of shuffled pictures what `net` says of pictures."""
    weight = net[1].weight
    with torch.no_grad():
        weight.copy_(weight[:, order()])
    return net


def samples(names: dict) -> torch.Tensor:
    """The first test digit of each class. Shape: (10, 8, 8)."""
    small = names["small"]
    labels = small.labels("test")
    first = [(labels == digit).nonzero()[0, 0] for digit in range(10)]
    return small.images("test")[torch.stack(first), 0]


def module() -> str:
    """The module with the weights."""
    names = chapter()
    data = names["changed"](names["small"], names["place"])
    networks, counts = {}, {}
    for kind in kinds(names):
        plain = rounded(trained(names, kind))
        networks[kind], counts[kind] = description(plain), read(names, plain)
        if kind == "mlp":
            counts["mlp-shuffled"] = read(names, twin(plain), shuffle)
        else:
            other = rounded(trained(names, kind, shuffled=True))
            networks[f"{kind}-shuffled"] = description(other)
            counts[f"{kind}-shuffled"] = read(names, other, shuffle)
    stored = {
        "fingerprint": fingerprint(),
        "mean": float(data.mean[0]),
        "std": float(data.std[0]),
        "samples": _text(samples(names).numpy().tobytes()),
        "order": _text(order().to(torch.uint8).numpy().tobytes()),
        "tested": len(names["small"].labels("test")),
        "read": {kind: " ".join(map(str, numbers)) for kind, numbers in counts.items()},
        "networks": networks,
    }
    return (
        "// Made by digits.py: networks of the chapter on why convolutions, a byte for a weight.\n"
        f"export const STORED = {json.dumps(stored, indent=1)};\n"
    )


if __name__ == "__main__":
    TARGET.write_text(module(), encoding="utf-8")
