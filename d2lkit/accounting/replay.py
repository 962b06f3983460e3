"""Operations on the meta device, computed once: what they put out follows from shapes alone."""

import torch
from torch import Tensor, nn

# Remembered outputs; the largest network of the library needs a few hundred.
_LIMIT = 4096
_recipes: dict[tuple, object] = {}


class _Unknown(Exception):
    """A value of which we cannot say that it decides the output's shape."""


def replay(func, args: tuple, kwargs: dict):
    """Return ``func(*args, **kwargs)``, on the meta device without computing it a second time.

    PyTorch works out the shapes of batch normalisation, and of much else, in Python, and networks
    repeat the same layer. An output is made anew from a remembered shape only where the call put
    out new tensors of their own memory: what changes or passes on its input is always called.

    Args:
        func: an operation, as a ``TorchDispatchMode`` receives it.
        args, kwargs: its arguments.

    >>> x = torch.empty(2, 3, device="meta")
    >>> replay(torch.ops.aten.relu.default, (x,), {}).shape
    torch.Size([2, 3])
    """
    try:
        key = (func, _facts(args), _facts(tuple(kwargs.items())))
    except _Unknown:
        return func(*args, **kwargs)
    if key in _recipes:
        return _made(_recipes[key])
    output = func(*args, **kwargs)
    try:
        recipe = _recipe(output, _memory_of((args, tuple(kwargs.values()))))
    except _Unknown:
        return output
    if len(_recipes) == _LIMIT:
        _recipes.pop(next(iter(_recipes)))
    _recipes[key] = recipe
    return output


def _facts(value) -> object:
    """Return all that can decide the output's shape, in a form that can be looked up."""
    if isinstance(value, Tensor):
        return _metadata(value)
    if type(value) in (tuple, list):
        return type(value), tuple(map(_facts, value))
    if value is None or type(value) in _PLAIN:
        return type(value), value  # with the type, since 1 == 1.0 == True
    raise _Unknown


_PLAIN = (bool, int, float, str, torch.dtype, torch.device, torch.layout, torch.memory_format)


def _metadata(tensor: Tensor) -> tuple:
    plain = type(tensor) in (Tensor, nn.Parameter) and tensor.device.type == "meta"
    if not plain or tensor.layout != torch.strided or tensor.dtype.is_complex:
        raise _Unknown
    return tuple(tensor.shape), tensor.stride(), tensor.dtype


def _memory_of(value) -> set[int]:
    """Return where the tensors among the arguments lie."""
    if isinstance(value, Tensor):
        return {value.untyped_storage()._cdata}
    if type(value) in (tuple, list):
        return set().union(*map(_memory_of, value))
    return set()


def _recipe(output, taken: set[int]) -> object:
    """Return what `_made` needs to make this output again."""
    if output is None:
        return None
    if type(output) in (tuple, list):
        return type(output), [_recipe(part, taken) for part in output]
    if type(output) is not Tensor or output.requires_grad:
        raise _Unknown
    recipe = _metadata(output)
    storage = output.untyped_storage()
    if storage._cdata in taken or storage.nbytes() != _made(recipe).untyped_storage().nbytes():
        raise _Unknown
    taken.add(storage._cdata)
    return recipe


def _made(recipe):
    if recipe is None:
        return None
    if len(recipe) == 2:
        kind, parts = recipe
        return kind(map(_made, parts))
    shape, strides, dtype = recipe
    return torch.empty_strided(shape, strides, dtype=dtype, device="meta")
