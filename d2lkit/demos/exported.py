"""A trained network as plain data: what its layers are, and their weights."""

import base64
import copy
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, pair

MOST_PARAMETERS = 1_000_000


def export(net: nn.Module, input_shape: Sequence[int]) -> dict:
    """Describe a network as data that JSON can hold, for the explorer to run.

    Weights are texts: numbers of four bytes, the least first, in base 64. The network is
    described as it works after training (``net.eval()``): dropout does nothing, and a batch
    normalisation is a factor and a summand for each channel. The network itself stays as it is.

    Args:
        net: an ``nn.Sequential``, which may hold others, of Conv2d, ReLU, Sigmoid, Tanh,
            MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, BatchNorm2d, Flatten,
            Linear, Dropout, Dropout2d and Identity, with at most a million parameters.
        input_shape: channels, height and width of a picture.

    Raises:
        TypeError: if the network is no ``nn.Sequential``.
        ValueError: names the first layer that cannot be shown, and why.

    >>> described = export(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), (1, 8, 8))
    >>> [(layer["kind"], layer["size"]) for layer in described["layers"]]
    [('Conv2d', [2, 6, 6]), ('ReLU', [2, 6, 6])]
    """
    shape = _shape(input_shape)
    if not _is_chain(net):
        children = net.named_children() if isinstance(net, nn.Module) else []
        inner = [name for name, child in children if _is_chain(child)]
        hint = f"; its attribute {inner[0]!r} is one" if len(inner) == 1 else ""
        raise TypeError(f"net must be an nn.Sequential, got {type(net).__name__}{hint}")
    count = sum(p.numel() for p in net.parameters())
    if count > MOST_PARAMETERS:
        raise ValueError(f"a network may have {MOST_PARAMETERS:,} parameters, got {count:,}")
    net = copy.deepcopy(net).eval().to("cpu", torch.float32)
    layers, maps = [], torch.zeros(1, *shape)
    for name, layer in _chain(net):
        described = _described(name, layer, maps)
        with torch.no_grad():
            maps = _output(name, layer, maps)
        head = {"kind": type(layer).__name__, "name": name, "size": list(maps.shape[1:])}
        layers.append(head | described)
    return {"input": list(shape), "layers": layers}


def _shape(value):
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 3:
        raise ValueError(f"input_shape must be (channels, height, width), got {value!r}")
    return tuple(integer("input_shape", length, minimum=1) for length in value)


def _is_chain(net) -> bool:
    return isinstance(net, nn.Sequential) and type(net).forward is nn.Sequential.forward


def _chain(net: nn.Sequential, before: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The layers in their order, with the names that ``state_dict`` gives them."""
    for name, layer in net.named_children():
        if _is_chain(layer):
            yield from _chain(layer, f"{before}{name}.")
        else:
            yield f"{before}{name}", layer


def _output(name: str, layer: nn.Module, maps: Tensor) -> Tensor:
    try:
        return layer(maps)
    except RuntimeError as error:
        given = tuple(maps.shape[1:])
        raise ValueError(f"layer {name!r} cannot read an input of shape {given}: {error}") from None


def _described(name: str, layer: nn.Module, maps: Tensor) -> dict:
    """What a layer is, beyond its kind; an error if it cannot be shown."""
    kind = type(layer)
    if kind not in KINDS:
        known = ", ".join(one.__name__ for one in KINDS)
        raise ValueError(f"layer {name!r} is {layer}, which cannot be shown; these can: {known}")
    dimensions, describe = KINDS[kind]
    if dimensions is not None and maps.ndim != dimensions:
        raise ValueError(
            f"layer {name!r} is {layer} and must read {dimensions - 1} axes, "
            f"got {tuple(maps.shape[1:])}"
        )
    try:
        return describe(layer)
    except ValueError as error:
        raise ValueError(f"layer {name!r} is {layer}: {error}") from None


def numbers(values: Tensor) -> dict:
    """A tensor as its shape and a text.

    >>> numbers(torch.tensor([1.0, -2.0]))
    {'shape': [2], 'data': 'AACAPwAAAMA='}
    """
    values = values.detach().to("cpu", torch.float32).contiguous()
    text = base64.b64encode(values.numpy().astype("<f4").tobytes()).decode("ascii")
    return {"shape": list(values.shape), "data": text}


def _weights(layer) -> dict:
    bias = None if layer.bias is None else numbers(layer.bias)
    return {"weight": numbers(layer.weight), "bias": bias}


def _convolution(layer: nn.Conv2d) -> dict:
    if layer.padding_mode != "zeros":
        raise ValueError("only padding with zeros can be shown")
    dilation, kernel = layer.dilation, layer.kernel_size
    if layer.padding == "same":
        padding = [d * (k - 1) // 2 for d, k in zip(dilation, kernel, strict=True)]
    else:
        padding = [0, 0] if layer.padding == "valid" else list(layer.padding)
    return {
        "kernel": list(kernel),
        "stride": list(layer.stride),
        "padding": padding,
        "dilation": list(dilation),
        "groups": layer.groups,
        **_weights(layer),
    }


def _window(layer) -> dict:
    return {
        "kernel": list(pair("kernel_size", layer.kernel_size)),
        "stride": list(pair("stride", layer.stride)),
        "padding": list(pair("padding", layer.padding)),
        "dilation": list(pair("dilation", getattr(layer, "dilation", 1))),
    }


def _maximum(layer: nn.MaxPool2d) -> dict:
    if layer.return_indices:
        raise ValueError("return_indices gives two outputs")
    return _window(layer)


def _adaptive_maximum(layer: nn.AdaptiveMaxPool2d) -> dict:
    if layer.return_indices:
        raise ValueError("return_indices gives two outputs")
    return {}


def _average(layer: nn.AvgPool2d) -> dict:
    return {
        **_window(layer),
        "frame": layer.count_include_pad,
        "divisor": layer.divisor_override,
    }


def _normalisation(layer: nn.BatchNorm2d) -> dict:
    if layer.running_mean is None:
        raise ValueError("without running statistics an output depends on the other pictures")
    scale = (layer.running_var.double() + layer.eps).rsqrt()
    if layer.affine:
        scale = scale * layer.weight.double()
    shift = -layer.running_mean.double() * scale
    if layer.affine:
        shift = shift + layer.bias.double()
    return {"scale": numbers(scale), "shift": numbers(shift)}


def _flatten(layer: nn.Flatten) -> dict:
    if (layer.start_dim, layer.end_dim) not in ((1, -1), (1, 3)):
        raise ValueError("only a Flatten of all axes of a picture can be shown")
    return {}


def _nothing(layer) -> dict:
    return {}


# Each kind: how many axes its input has, the batch included, and what describes it.
KINDS = {
    nn.Conv2d: (4, _convolution),
    nn.ReLU: (None, _nothing),
    nn.Sigmoid: (None, _nothing),
    nn.Tanh: (None, _nothing),
    nn.MaxPool2d: (4, _maximum),
    nn.AvgPool2d: (4, _average),
    nn.AdaptiveAvgPool2d: (4, _nothing),
    nn.AdaptiveMaxPool2d: (4, _adaptive_maximum),
    nn.BatchNorm2d: (4, _normalisation),
    nn.Flatten: (None, _flatten),
    nn.Linear: (2, _weights),
    nn.Dropout: (None, _nothing),
    nn.Dropout2d: (None, _nothing),
    nn.Identity: (None, _nothing),
}
