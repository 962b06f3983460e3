"""Run a network once, unharmed, and write down every layer that ran."""

import contextlib
import copy
from collections.abc import Mapping

import torch
from torch import nn

from d2lkit.accounting.records import LayerRecord
from d2lkit.accounting.tracer import Tracer
from d2lkit.arguments import integer


def trace(net: nn.Module, input_shape, *, batch_size: int = 1) -> list[LayerRecord]:
    """Run a network once on zeros and return a record of every layer, in order of execution.

    The network runs in eval mode and is left as it was: mode, buffers, gradients and the random
    state do not change, and lazy layers stay uninitialised.

    Args:
        net: any module.
        input_shape: (C, H, W) or (F,) without the batch; (N, C, H, W) or (N, F) with it. A tensor
            where zeros of the network's precision will not do (integers, say); a list of shapes
            or tensors for several arguments, a dict for arguments by name.
        batch_size: N, where the shape does not hold it.

    Raises:
        TypeError: if ``net`` is no module or ``input_shape`` no sequence of ints.
        ValueError: if the network cannot take the shape; the message names the layer that failed.

    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> for row in trace(net, (1, 28, 28)):
    ...     print(row.name, row.kind, row.output_shape, row.parameters)
    0 Conv2d (1, 6, 24, 24) 156
    1 ReLU (1, 6, 24, 24) 0
    2 MaxPool2d (1, 6, 12, 12) 0
    """
    return run(net, input_shape, batch_size).records


def run(net: nn.Module, input_shape, batch_size: int = 1) -> Tracer:
    """Run a network once as `trace` does; return the tracer with all that it has seen."""
    if not isinstance(net, nn.Module):
        raise TypeError(f"net must be a torch.nn.Module, got {type(net).__name__}")
    for name, module in net.named_modules():
        if isinstance(module, torch.jit.RecursiveScriptModule):
            which = f"its part {name!r} is" if name else "it is"
            raise TypeError(f"net must not be scripted, but {which}: pass the module it came from")
    integer("batch_size", batch_size, minimum=1)
    if any(nn.parameter.is_lazy(p) for p in [*net.parameters(), *net.buffers()]):
        net = _lazy_copy(net)  # the run initialises the copy
    args, kwargs = (), {}
    if isinstance(input_shape, Mapping):
        kwargs = {name: _input(net, value, batch_size) for name, value in input_shape.items()}
    elif _is_several(input_shape):
        args = tuple(_input(net, value, batch_size) for value in input_shape)
    else:
        args = (_input(net, input_shape, batch_size),)
    tracer = Tracer(net)
    with _left_as_it_was(net), torch.no_grad():
        tracer.run(args, kwargs)
    return tracer


def _is_several(input_shape) -> bool:
    """Whether a sequence holds shapes or tensors, one an argument, rather than one shape."""
    if not isinstance(input_shape, list | tuple) or not input_shape:
        return False
    return any(isinstance(value, torch.Tensor | list | tuple) for value in input_shape)


def _input(net: nn.Module, value, batch_size: int) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()  # the tracer's notes are not for the caller's tensor
    return _zeros(net, full_shape(value, batch_size))


def full_shape(input_shape, batch_size: int = 1) -> tuple[int, ...]:
    """Return the shape with its batch.

    >>> full_shape((3, 32, 32)), full_shape((8, 784))
    ((1, 3, 32, 32), (8, 784))
    """
    if isinstance(input_shape, str) or not hasattr(input_shape, "__len__"):
        raise TypeError(f"input_shape must be a tuple such as (3, 32, 32), got {input_shape!r}")
    shape = tuple(integer("input_shape", size, minimum=1) for size in input_shape)
    batch_size = integer("batch_size", batch_size, minimum=1)
    if len(shape) in (1, 3):
        return batch_size, *shape
    if len(shape) not in (2, 4):
        raise ValueError(
            f"input_shape must be (C, H, W) or (F,), or with the batch (N, C, H, W) or (N, F), "
            f"got {shape}"
        )
    if batch_size not in (1, shape[0]):
        raise ValueError(f"input_shape {shape} holds a batch of {shape[0]}, got {batch_size=}")
    return shape


def _zeros(net: nn.Module, shape: tuple[int, ...]) -> torch.Tensor:
    """Return an input in the precision and on the device of the network's parameters."""
    for values in [*net.parameters(), *net.buffers()]:
        if values.is_floating_point():
            return torch.zeros(shape, dtype=values.dtype, device=values.device)
    return torch.zeros(shape)


def _lazy_copy(net: nn.Module) -> nn.Module:
    """Return a copy of a network with lazy layers."""
    # Lazy buffers refuse to be copied, so deepcopy is told beforehand what to put in their place.
    lazy = [buffer for buffer in net.buffers() if nn.parameter.is_lazy(buffer)]
    new = [
        nn.parameter.UninitializedBuffer(device=buffer.device, dtype=buffer.dtype)
        for buffer in lazy
    ]
    return copy.deepcopy(net, {id(old): buffer for old, buffer in zip(lazy, new, strict=True)})


@contextlib.contextmanager
def _left_as_it_was(net: nn.Module):
    """Switch to eval mode; afterwards restore mode, buffers and random state."""
    modes = {module: module.training for module in net.modules()}
    buffers = [
        (module, name, buffer, None if buffer is None else buffer.clone())
        for module in modes
        for name, buffer in module._buffers.items()
        if not nn.parameter.is_lazy(buffer)
    ]
    values = [*net.parameters(), *net.buffers()]
    devices = sorted({v.device.index for v in values if v.device.type == "cuda"})
    net.eval()
    try:
        with torch.random.fork_rng(devices):
            yield
    finally:
        for module, mode in modes.items():
            module.training = mode
        for module, name, buffer, value in buffers:
            module._buffers[name] = buffer
            if buffer is not None:
                with torch.no_grad():
                    buffer.copy_(value)
