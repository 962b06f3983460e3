"""From the rows of a trace to the blocks of a diagram: what is drawn, before where it is drawn."""

from dataclasses import dataclass, field

from torch import nn

from d2lkit.accounting import LayerRecord
from d2lkit.geometry import Window

_ACTIVATIONS = {
    *("relu", "relu6", "leakyrelu", "leaky_relu", "elu", "gelu", "silu", "hardswish", "sigmoid"),
    *("hardsigmoid", "tanh", "softmax", "logsoftmax", "log_softmax", "prelu", "softplus"),
}
_MERGES = {"add": "+", "sub": "−", "mul": "×", "cat": "concat"}


@dataclass
class Block:
    """One block: a layer, a whole module when its inside is hidden, or the input.

    Attributes:
        label: what stands in it.
        detail: shape of its output, or of what it holds.
        look: colours, a key of ``svg.LOOKS``.
        path: names of the modules around it and its own.
        sources: numbers of the blocks that it reads.
        strips: layers drawn as thin strips below it: (label, look).
    """

    label: str
    detail: str
    look: str
    path: tuple[str, ...] = ()
    sources: set[int] = field(default_factory=set)
    strips: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_round(self) -> bool:
        """Whether it is drawn as a circle with a sign in it."""
        return self.label in ("+", "−", "×")

    @property
    def has_two_lines(self) -> bool:
        """Whether the shape stands below the label; a linear layer's label says it all."""
        if self.look in ("conv", "pool", "module"):
            return True
        return self.look in ("linear", "merge") and f"({self.detail})" not in self.label


def bypassed(blocks: list[Block]) -> set[int]:
    """Return the blocks that some connection leads past: those in branches."""
    edges = [(source, i) for i, block in enumerate(blocks) for source in block.sources]
    return {i for i in range(len(blocks)) if any(a < i < b for a, b in edges)}


@dataclass
class Frame:
    """A module drawn as a frame around its blocks."""

    label: str
    blocks: set[int]


def build(net: nn.Module, rows: list[LayerRecord], depth: int | None):
    """Return the blocks, in an order in which sources come first, and the frames around them."""
    blocks = [Block("input", shape_text(rows[0].input_shape) if rows else "", "data")]
    made = {-1: 0}  # row -> block
    consumers = _consumers(rows)
    groups = _groups(rows, depth)
    for group in groups:
        first, last = rows[group[0]], rows[group[-1]]
        sources = {made[s] for i in group for s in rows[i].sources if s not in group} or {0}
        path = tuple(first.name.split("."))
        if len(group) == 1 and _is_strip(first):
            (source, *others) = sources
            alone = not others and len(consumers.get(first.sources[0], ())) == 1
            if alone and source != 0 and not blocks[source].is_round:
                blocks[source].strips.append(_strip(first))
                made[group[0]] = source
                continue
        if len(group) == 1:
            block = Block(layer_label(first), shape_text(first.output_shape), look(first), path)
        else:
            path = path[:depth]
            label = module_label(net, path)
            block = Block(label, shape_text(last.output_shape), "module", path)
        block.sources = sources
        blocks.append(block)
        made.update(dict.fromkeys(group, len(blocks) - 1))
    return blocks, _frames(net, blocks)


def layer_label(row: LayerRecord) -> str:
    """Return what stands in a layer's block, such as ``5×5 conv (6), pad 2``."""
    kind, channels = row.kind, row.output_shape[1] if len(row.output_shape) > 1 else ""
    sort = look(row)
    if kind.lower() in _MERGES:
        return _MERGES[kind.lower()]
    if sort == "pool":
        return _pool_label(row)
    if sort == "linear":
        return f"linear ({row.output_shape[-1]})"
    if row.window is None or sort != "conv":
        return kind
    name = "conv" if kind.lower() in ("conv1d", "conv2d") else kind
    groups = f", groups {row.groups}" if row.groups > 1 else ""
    return f"{_by(row.window.kernel_size)} {name} ({channels}){_settings(row.window, 1)}{groups}"


def look(row: LayerRecord) -> str:
    """Return the sort of a layer: the key of its colours."""
    kind = row.kind.lower()
    if kind in _MERGES:
        return "merge"
    if kind in _ACTIVATIONS:
        return "activation"
    for part, sort in [("pool", "pool"), ("mean", "pool"), ("linear", "linear"), ("norm", "norm")]:
        if part in kind:
            return sort
    return "conv" if "conv" in kind or (row.window and row.parameters) else "other"


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape without its batch.

    >>> shape_text((1, 6, 28, 28)), shape_text((1, 10))
    ('6×28×28', '10')
    """
    return "×".join(map(str, shape[1:]))


def module_label(net: nn.Module, path: tuple[str, ...]) -> str:
    """Return what stands in the block of a module whose inside is hidden."""
    module = net.get_submodule(".".join(path))
    if not isinstance(module, nn.Sequential):
        name, kind = path[-1], type(module).__name__
        return kind if name.isdigit() else f"{name}: {kind}"
    kinds = {type(child).__name__ for child in module}
    if len(kinds) == 1 and len(module) > 1:
        return f"{len(module)} × {kinds.pop()}"
    return path[-1] if not path[-1].isdigit() else f"{len(module)} layers"


def _consumers(rows) -> dict[int, list[int]]:
    consumers: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        for source in row.sources:
            consumers.setdefault(source, []).append(index)
    return consumers


def _groups(rows, depth) -> list[list[int]]:
    """Put consecutive rows together that lie in the same module below ``depth``."""
    groups: list[list[int]] = []
    previous = None
    for index, row in enumerate(rows):
        path = tuple(row.name.split("."))
        hidden = path[:depth] if depth is not None and len(path) > depth else None
        if hidden is not None and hidden == previous:
            groups[-1].append(index)
        else:
            groups.append([index])
        previous = hidden
    return groups


def _is_strip(row: LayerRecord) -> bool:
    kind = row.kind.lower()
    thin = kind in ("flatten", "identity") or "dropout" in kind
    return len(row.sources) == 1 and (thin or look(row) in ("activation", "norm"))


def _strip(row: LayerRecord) -> tuple[str, str]:
    names = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "batch_norm": "BatchNorm"}
    label = names.get(row.kind, row.kind).replace("BatchNorm2d", "BatchNorm")
    if row.kind == "Flatten":
        label += f" ({row.output_shape[-1]})"
    return label, look(row)


def _frames(net: nn.Module, blocks: list[Block]) -> list[Frame]:
    """Frame every module with several blocks; a Sequential only where it is a main part.

    A main part is a child of the network that everything passes through.
    """
    in_branches = bypassed(blocks)
    prefixes = {block.path[:n] for block in blocks for n in range(1, len(block.path))}
    frames = []
    wrapper: tuple[str, ...] = ()  # a module that holds all the others is not worth a frame
    for prefix in sorted(prefixes, key=lambda prefix: (len(prefix), prefix)):
        inside = {i for i, block in enumerate(blocks) if block.path[: len(prefix)] == prefix}
        if len(inside) == len(blocks) - 1:
            wrapper = prefix
            continue
        module = net.get_submodule(".".join(prefix))
        main = len(prefix) == len(wrapper) + 1 and not inside <= in_branches
        if len(inside) < 2 or (isinstance(module, nn.Sequential) and not main):
            continue
        name = ".".join(prefix[len(wrapper) :])
        kind = "" if isinstance(module, nn.Sequential) else type(module).__name__
        frames.append(Frame(f"{name} {kind}".strip(), inside))
    return frames


def _pool_label(row: LayerRecord) -> str:
    kind = row.kind.lower()
    name = "max pool" if "max" in kind else "Lp pool" if "lp" in kind else "avg pool"
    whole = row.input_shape[2:] and row.output_shape[2:] in ((), (1, 1))
    if whole and ("adaptive" in kind or "mean" in kind or "global" in kind):
        return f"global {name}"
    if row.window is None or "adaptive" in kind:
        return f"{name} to {shape_text((0, *row.output_shape[2:]))}"
    return f"{_by(row.window.kernel_size)} {name}{_settings(row.window, 0)}"


def _settings(window: Window, usual_stride: int) -> str:
    text = f", stride {_by(window.stride, equal=True)}" if window.stride != usual_stride else ""
    if window.padding:
        sides = window.padding
        nested = isinstance(sides, tuple) and any(isinstance(side, tuple) for side in sides)
        text += f", pad {'uneven' if nested else _by(sides, equal=True)}"
    return text + (f", dilation {_by(window.dilation, equal=True)}" if window.dilation != 1 else "")


def _by(size, *, equal: bool = False) -> str:
    if isinstance(size, tuple):
        return "×".join(map(str, size))
    return str(size) if equal else f"{size}×{size}"
