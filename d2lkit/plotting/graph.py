"""From the rows of a trace to the blocks of a diagram: what is drawn, before where it is drawn."""

from dataclasses import dataclass, field

from torch import nn

from d2lkit.accounting import LayerRecord
from d2lkit.plotting.labels import layer_label, layer_name, look, module_label, shape_text


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


def build(net: nn.Module, rows: list[LayerRecord], depth: int | None = None, closed: tuple = ()):
    """Return the blocks, in an order in which sources come first, and the frames around them.

    Modules below ``depth`` and those of a class in ``closed`` become one block.
    """
    blocks = [Block("input", shape_text(rows[0].input_shape) if rows else "", "data")]
    made = {-1: 0}  # row -> block
    consumers = _consumers(rows)
    for hidden, group in _groups(net, rows, depth, closed):
        first, last = rows[group[0]], rows[group[-1]]
        sources = {made[s] for i in group for s in rows[i].sources if s not in group} or {0}
        path = tuple(first.name.split("."))
        if len(group) == 1 and first.kind == "Identity":  # a shortcut: a line, no block
            made[group[0]] = min(sources)
            continue
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
            path = hidden
            label = module_label(net, path, [rows[i] for i in group])
            block = Block(label, shape_text(last.output_shape), "module", path)
        block.sources = sources
        blocks.append(block)
        made.update(dict.fromkeys(group, len(blocks) - 1))
    return blocks, _frames(net, blocks)


def _consumers(rows) -> dict[int, list[int]]:
    consumers: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        for source in row.sources:
            consumers.setdefault(source, []).append(index)
    return consumers


def _groups(net, rows, depth, closed) -> list[tuple[tuple[str, ...] | None, list[int]]]:
    """Put consecutive rows of the same hidden module together; other rows stay alone."""
    groups: list[tuple[tuple[str, ...] | None, list[int]]] = []
    for index, row in enumerate(rows):
        path = tuple(row.name.split("."))
        levels = range(1, len(path))
        hidden = next(
            (path[:n] for n in levels if n == depth or _is_a(net, path[:n], closed)), None
        )
        if hidden is not None and groups and groups[-1][0] == hidden:
            groups[-1][1].append(index)
        else:
            groups.append((hidden, [index]))
    return groups


def _is_a(net: nn.Module, path: tuple[str, ...], classes: tuple) -> bool:
    return isinstance(net.get_submodule(".".join(path)), classes)


def _is_strip(row: LayerRecord) -> bool:
    kind = row.kind.lower()
    thin = kind == "flatten" or "dropout" in kind
    return len(row.sources) == 1 and (thin or look(row) in ("activation", "norm"))


def _strip(row: LayerRecord) -> tuple[str, str]:
    size = f" ({row.output_shape[-1]})" if row.kind == "Flatten" else ""
    return layer_name(row) + size, look(row)


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
        # Layers of a ModuleList, or a module that runs twice, may have others between them.
        if max(inside) - min(inside) + 1 > len(inside):
            continue
        name = ".".join(prefix[len(wrapper) :])
        kind = "" if isinstance(module, nn.Sequential) else type(module).__name__
        frames.append(Frame(f"{name} {kind}".strip(), inside))
    return frames
