"""What a function computes that a ``forward`` calls between its layers: FLOPs and window."""

from math import prod

from d2lkit.accounting.fields import EVERYTHING
from d2lkit.accounting.layers import adaptive_window, make_window, per_axis
from d2lkit.accounting.places import Places, behind_linear, behind_window, is_square, moved, slid
from d2lkit.geometry import Window

# FLOPs per output number of functions that compute each number from those at its own place.
_POINTWISE = {
    **dict.fromkeys(["relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "hardswish"], 1),
    **dict.fromkeys(["sigmoid", "hardsigmoid", "tanh", "add", "sub", "mul"], 1),
    **dict.fromkeys(["softmax", "log_softmax"], 3),
    **dict.fromkeys(["batch_norm", "layer_norm", "group_norm"], 4),
    "cat": 0,
}

# Functions of the same kind that are not worth a row, and are not counted.
_UNCOUNTED = frozenset(
    {"abs", "clamp", "div", "exp", "hardtanh", "local_response_norm", "maximum", "minimum", "neg"}
    | {"pow", "rsqrt", "sqrt", "square"}
)

# Functions that only move numbers, or change their type: nothing to count.
_KEEP_PLACES = frozenset(
    {"__get__", "__getitem__", "bfloat16", "cat", "chunk", "clone", "contiguous", "cpu", "cuda"}
    | {"detach", "double", "dropout", "flatten", "float", "half", "pad", "permute", "reshape"}
    | {"split", "squeeze", "to", "transpose", "type_as", "unsqueeze", "view", "where"}
)
_REARRANGE = frozenset(
    {"broadcast_to", "channel_shuffle", "embedding", "expand", "expand_as", "flip", "gather"}
    | {"index_select", "movedim", "narrow", "pixel_shuffle", "pixel_unshuffle", "repeat", "roll"}
    | {"new_ones", "new_zeros", "select", "stack", "swapaxes", "t", "tile", "unbind"}
    | {"unflatten", "unfold", "view_as"}
)
_STAYING = {*_POINTWISE, *_UNCOUNTED, *_KEEP_PLACES}
_RESHAPES = {"flatten", "permute", "reshape", "squeeze", "transpose", "unsqueeze", "view"}
_PRODUCTS = {"__matmul__", "__rmatmul__", "baddbmm", "bmm", "conv2d", "einsum", "linear", "matmul"}
_POOLS = {"adaptive_avg_pool2d", "avg_pool2d", "lp_pool2d", "max_pool2d", "mean"}

# What the functions with a window call their arguments, in order.
_ARGUMENTS = {
    "__getitem__": ["input", "index"],
    "avg_pool2d": ["input", "kernel_size", "stride", "padding"],
    "conv2d": ["input", "weight", "bias", "stride", "padding", "dilation", "groups"],
    "lp_pool2d": ["input", "norm_type", "kernel_size", "stride"],
    "max_pool2d": ["input", "kernel_size", "stride", "padding", "dilation"],
}
_TURNS = {"T", "mT", "H", "mH"}
_SYNONYMS = {"concat": "cat", "concatenate": "cat"}


def function_name(func) -> str:
    """Return the name of a torch function; in-place and operator forms have the same.

    >>> import torch
    >>> function_name(torch.Tensor.add_), function_name(torch.concat)
    ('add', 'cat')
    """
    name = func.__name__
    if name == "__get__":  # of an attribute: x.data keeps every number's place, x.mT does not
        attribute = func.__self__.__name__
        return attribute if attribute in _TURNS else name
    if not name.startswith("__"):
        name = name.rstrip("_")
    return _SYNONYMS.get(name, name)


def arguments(name: str, args: tuple, kwargs: dict) -> dict:
    """Return the arguments of a call by name, for the functions that slide a window."""
    return dict(zip(_ARGUMENTS.get(name, []), args, strict=False)) | kwargs


def function_window(name: str, given: dict, shape, output_shape) -> Window | None:
    """Return the window of a call such as ``F.max_pool2d(x, 2)``, or None.

    >>> function_window("max_pool2d", {"kernel_size": 2}, (1, 6, 8, 8), (1, 6, 4, 4))
    Window(kernel_size=2, stride=2, padding=0, dilation=1)
    """
    maps = (*output_shape, 1, 1)[:4]  # a mean may have dropped height and width
    if name == "adaptive_avg_pool2d" and len(shape) == 4:
        return adaptive_window(shape, maps)
    if name == "mean" and len(shape) == 4 and maps == (*shape[:2], 1, 1):
        return adaptive_window(shape, maps)
    if name not in _ARGUMENTS or len(shape) != 4:
        return None
    if name == "__getitem__":
        return _window_of_slices(given["index"])
    if name == "conv2d":
        kernel_size, stride = tuple(given["weight"].shape[2:]), given.get("stride", 1)
    else:
        kernel_size, stride = given["kernel_size"], given.get("stride")
    return make_window(kernel_size, stride, given.get("padding", 0), given.get("dilation", 1), 2)


def _window_of_slices(index) -> Window | None:
    """Return the window of ``x[:, :, ::2, ::2]``, which keeps every second pixel."""
    whole = isinstance(index, tuple) and all(
        isinstance(part, slice) and part.start in (None, 0) and part.stop is None for part in index
    )
    if not whole or len(index) != 4:
        return None
    return make_window(1, tuple(part.step or 1 for part in index[2:]), 0, 1, 2)


def function_flops(name: str, window: Window | None, output_shape, products: int) -> int | None:
    """Return the FLOPs of a call, or None if it gets no row.

    ``products`` are the FLOPs of the convolutions and matrix products inside it.
    """
    if name in _PRODUCTS:
        return products
    if name in _POOLS and window is not None:
        return prod(output_shape) * prod(per_axis(window.kernel_size, 2))
    if name in _POINTWISE:
        return prod(output_shape) * _POINTWISE[name]
    return products or None


def is_uncounted(name: str, flops: int | None) -> bool:
    """Whether a call computes something of which the account holds nothing, or its products alone.

    >>> is_uncounted("exp", None), is_uncounted("reshape", None), is_uncounted("linear", 12)
    (True, False, False)
    """
    known = _PRODUCTS | _KEEP_PLACES | _REARRANGE | _TURNS | set(_POINTWISE)
    return name not in known and not (name in _POOLS and flops is not None)


def seen_through(name: str, window: Window | None, seen, places, shape, output_shape):
    """Return the window on the network's input behind a call.

    >>> seen_through("linear", None, Window(3), Places((1, 2)), (1, 5, 5, 8), (1, 5, 5, 4))
    Window(kernel_size=3, stride=1, padding=0, dilation=1)
    """
    if seen == EVERYTHING:
        return EVERYTHING
    if window is not None:
        return behind_window(seen, window, places, shape, 2)
    if name == "linear":
        return behind_linear(seen, places, shape)
    if name in {"permute", "transpose"} and not is_square(seen):
        return None  # which axis is which is not known any more
    same_places = len(shape) == len(output_shape) and shape[2:] == output_shape[2:]
    return seen if name in _RESHAPES or (name in _STAYING and same_places) else None


def places_behind(name: str, args, kwargs, window, places, shape, output_shape) -> Places | None:
    """Return which axes are places behind a call, or None where that is not known.

    >>> places_behind("relu", (), {}, None, Places((2, 3)), (1, 8, 5, 5), (1, 8, 5, 5))
    Places(axes=(2, 3), folded=False)
    >>> places_behind("einsum", (), {}, None, Places((2, 3)), (1, 8, 5, 5), (1, 8, 5, 5))
    """
    if window is not None:
        places = slid(places, shape, 2)
    elif name not in _RESHAPES | _STAYING | {"linear"}:
        return None
    return moved(name, args, kwargs, places, shape, output_shape)
