"""What stands in the blocks of a diagram."""

from torch import nn

from d2lkit.accounting import LayerRecord
from d2lkit.geometry import Window

_ACTIVATIONS = {
    *("relu", "relu6", "leakyrelu", "leaky_relu", "elu", "gelu", "silu", "hardswish", "sigmoid"),
    *("hardsigmoid", "tanh", "softmax", "logsoftmax", "log_softmax", "prelu", "softplus"),
}
_MERGES = {"add": "+", "sub": "−", "mul": "×", "cat": "concat"}


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
        return layer_name(row)
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


def module_label(net: nn.Module, path: tuple[str, ...], rows: list[LayerRecord]) -> str:
    """Return what stands in the block of a module whose inside is hidden."""
    module, name = net.get_submodule(".".join(path)), path[-1]
    kinds = {type(child).__name__ for child in module.children()}
    if not isinstance(module, nn.Sequential):
        label = type(module).__name__
    elif len(kinds) == 1 and len(module) > 1 and kinds != {"Sequential"}:
        label = f"{len(module)} × {kinds.pop()}"
    else:
        label = _inside(rows)
    return label if name.isdigit() else f"{name}: {label}"


def _inside(rows: list[LayerRecord]) -> str:
    """Name the main layers of a Sequential, such as ``3×3, 3×3 conv (64), 1 pool``."""
    sorts = [look(row) for row in rows]
    convs = [row for row, sort in zip(rows, sorts, strict=True) if sort == "conv"]
    parts = []
    if convs and len(convs) <= 4 and all(row.window for row in convs):
        kernels = ", ".join(_by(row.window.kernel_size) for row in convs)
        parts.append(f"{kernels} conv ({convs[-1].output_shape[1]})")
    elif convs:
        parts.append(f"{len(convs)} conv")
    counts = {sort: sorts.count(sort) for sort in ("pool", "linear")}
    parts += [f"{count} {sort}" for sort, count in counts.items() if count]
    return ", ".join(parts) or f"{len(rows)} layers"


def layer_name(row: LayerRecord) -> str:
    """Return the name of a layer without settings, the same for a layer and its function."""
    names = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "batch_norm": "BatchNorm"}
    return names.get(row.kind, row.kind).replace("BatchNorm2d", "BatchNorm")


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
