"""Watch one forward pass.

Hooks see the layers. A ``TorchFunctionMode`` sees what a ``forward`` computes between them, for
example ``torch.cat`` or the addition of a shortcut. Every tensor carries a note of the rows it
comes from and of its window on the network's input.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry
from torch.utils.weak import WeakTensorKeyDictionary

from d2lkit.accounting import functions, layers
from d2lkit.accounting.fields import EVERYTHING, PIXEL, behind, field_of, merged
from d2lkit.accounting.records import LayerRecord
from d2lkit.geometry import Window


@dataclass
class _Note:
    """Where a tensor comes from: rows, and its window on the input (see ``fields``)."""

    sources: tuple[int, ...]
    seen: Window | str | None


@dataclass
class _Call:
    """A module or function that is running, with what was known before it ran."""

    module: nn.Module | None
    shape: tuple[int, ...]  # of the first input
    memory: set[int]  # where its inputs lie
    note: _Note  # of its inputs taken together
    products: int


class Tracer(TorchFunctionMode):
    """Runs a network on one input and keeps a record of each layer in ``records``."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.records: list[LayerRecord] = []
        self._net = net
        self._names = {module: name for name, module in net.named_modules()}
        self._notes = WeakTensorKeyDictionary()
        self._calls: list[_Call] = []  # the modules that are running, the innermost last
        self._counted: set[nn.Parameter] = set()
        self._products = _ProductCounter()

    def run(self, x: torch.Tensor) -> None:
        """Run the network on ``x``; a failure becomes a ValueError that names the layer."""
        self._notes[x] = _Note((-1,), PIXEL)
        hooks = []
        for module in self._names:
            hooks.append(module.register_forward_pre_hook(self._enter, with_kwargs=True))
            hooks.append(module.register_forward_hook(self._leave))
        try:
            with self._products, self:
                self._net(x)
        except (RuntimeError, ValueError, IndexError) as error:
            raise ValueError(self._explain(tuple(x.shape), error)) from error
        finally:
            for hook in hooks:
                hook.remove()

    def _enter(self, module: nn.Module, args: tuple, kwargs: dict) -> None:
        self._calls.append(self._begin(module, (args, kwargs)))

    def _leave(self, module: nn.Module, args: tuple, output) -> None:
        call = self._calls.pop()
        outputs = _tensors(output)
        # An empty Sequential hands its input on: no layer has run.
        if _has_layers(module) or isinstance(module, nn.Sequential) or not outputs:
            return
        shape = tuple(outputs[0].shape)
        window = layers.layer_window(module, call.shape, shape)
        flops = layers.layer_flops(module, call.shape, shape)
        if flops is None:
            flops = self._products.flops - call.products
        parameters = set(module.parameters()) - self._counted
        self._counted |= parameters
        self._record(
            call,
            outputs,
            self._seen_behind(module, window, call.note.seen, outputs[0]),
            name=self._names[module],
            kind=type(module).__name__,
            parameters=sum(parameter.numel() for parameter in parameters),
            flops=flops,
            window=window,
            groups=getattr(module, "groups", 1),
        )

    def _seen_behind(self, module, window, seen, output) -> Window | str | None:
        if isinstance(module, nn.Linear):
            return EVERYTHING if output.ndim == 2 else seen
        if window is not None:
            return behind(seen, window)
        if layers.keeps_positions(module):
            return seen
        # A layer of the reader's own: what the functions that it calls have noted.
        return self._notes[output].seen if output in self._notes else None

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        products = self._products.flops
        output = func(*args, **kwargs)
        outputs = [tensor for tensor in _tensors(output) if tensor.is_floating_point()]
        if not outputs:  # most calls: somebody has asked for a shape
            return output
        call = self._begin(None, (args, kwargs))
        if not call.note.sources:
            return output
        name = functions.function_name(func)
        given = functions.arguments(name, args, kwargs)
        shape = tuple(outputs[0].shape)
        window = functions.function_window(name, given, call.shape, shape)
        products = self._products.flops - products
        flops = functions.function_flops(name, window, shape, products)
        seen = functions.seen_through(name, window, call.note.seen, call.shape, shape)
        caller = self._calls[-1].module
        if flops is None or not _has_layers(caller):
            for tensor in outputs:
                self._notes[tensor] = _Note(call.note.sources, seen)
            return output
        path = self._names[caller]
        self._record(
            call,
            outputs,
            seen,
            name=f"{path}.{name}" if path else name,
            kind=name,
            parameters=0,
            flops=flops,
            window=window,
            groups=given.get("groups", 1),
        )
        return output

    def _begin(self, module: nn.Module | None, inputs) -> _Call:
        tensors = _tensors(inputs)
        traced = [tensor for tensor in tensors if tensor in self._notes]
        notes = [self._notes[tensor] for tensor in traced]
        first = [*traced, *tensors][:1]  # the first input that is no weight
        sources = sorted({source for note in notes for source in note.sources})
        seen = merged([note.seen for note in notes]) if notes else None
        return _Call(
            module,
            tuple(first[0].shape) if first else (),
            {_address(tensor) for tensor in tensors},
            _Note(tuple(sources), seen),
            self._products.flops,
        )

    def _record(self, call: _Call, outputs, seen, **columns) -> None:
        for tensor in outputs:
            self._notes[tensor] = _Note((len(self.records),), seen)
        fresh = [tensor for tensor in outputs if _address(tensor) not in call.memory]
        self.records.append(
            LayerRecord(
                input_shape=call.shape,
                output_shape=tuple(outputs[0].shape),
                activation_bytes=sum(t.numel() * t.element_size() for t in fresh),
                receptive_field=field_of(seen),
                sees_everything=seen == EVERYTHING,
                sources=call.note.sources,
                **columns,
            )
        )

    def _explain(self, shape: tuple[int, ...], error: Exception) -> str:
        call = self._calls[-1]
        name = self._names[call.module]
        place = f"layer {name!r}" if name else "the network itself"
        if not _has_layers(call.module):
            place += f", {call.module!r},"
        return f"input of shape {shape} does not fit: {place} got shape {call.shape}: {error}"


class _ProductCounter(TorchDispatchMode):
    """Counts the FLOPs of convolutions and matrix products by torch's own table."""

    def __init__(self):
        super().__init__()
        self.flops = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        output = func(*args, **kwargs)
        if func._overloadpacket in flop_registry:
            self.flops += flop_registry[func._overloadpacket](*args, **kwargs, out_val=output)
        return output


def _has_layers(module: nn.Module) -> bool:
    return next(module.children(), None) is not None


def _tensors(nested) -> list[torch.Tensor]:
    leaves = [leaf for leaf in tree_leaves(nested) if isinstance(leaf, torch.Tensor)]
    # A lazy layer's weights, which have no shape yet, pass through here when it initialises them.
    return [leaf for leaf in leaves if not nn.parameter.is_lazy(leaf)]


def _address(tensor: torch.Tensor) -> int:
    # The address of the numbers themselves would be 0 for every tensor on the meta device.
    return tensor.untyped_storage()._cdata
