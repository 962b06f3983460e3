"""Watch one forward pass.

Hooks see the layers. A ``TorchFunctionMode`` sees what a ``forward`` computes between them, for
example ``torch.cat`` or the addition of a shortcut. Every tensor carries a note of the rows it
comes from and of its window on the network's input.
"""

from dataclasses import dataclass, field

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

from d2lkit.accounting import functions, layers
from d2lkit.accounting.fields import EVERYTHING, PIXEL, covers, field_of, merged
from d2lkit.accounting.places import Places, behind_linear, behind_window, joint, of_input, slid
from d2lkit.accounting.records import DoesNotFit, LayerRecord
from d2lkit.accounting.watching import (
    ProductCounter,
    address,
    has_layers,
    tensors_in,
    without_shortcuts,
)
from d2lkit.geometry import Window


@dataclass
class _Note:
    """Where a tensor comes from: rows, its window on the input (``fields``), its ``places``."""

    sources: tuple[int, ...]
    seen: Window | str | None
    places: Places | None


@dataclass
class _Call:
    """A module or function that is running, with what was known before it ran."""

    module: nn.Module | None
    shape: tuple[int, ...]  # of the first input
    memory: set[int]  # where its inputs lie
    note: _Note  # of its inputs taken together
    products: int
    uncounted: set[str] = field(default_factory=set)  # functions inside it without a rule


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
        self._products = ProductCounter()
        self.input_shapes: tuple[tuple[int, ...], ...] = ()
        self._size: tuple[int, ...] = ()  # (H, W) of the first input, if it has them
        self.used: set[nn.Parameter] = set()  # by a layer or a function
        self.uncounted: set[str] = set()  # functions that computed something and have no row

    def run(self, args: tuple, kwargs: dict) -> None:
        """Run the network; a failure becomes a ValueError that names the layer."""
        inputs = tensors_in((args, kwargs))
        for x in inputs:
            self._notes[x] = _Note((-1,), PIXEL, of_input(x.ndim))
        self.input_shapes = tuple(tuple(x.shape) for x in inputs)
        self._size = self.input_shapes[0][2:] if inputs else ()
        hooks = []
        for module in self._names:
            hooks.append(module.register_forward_pre_hook(self._enter, with_kwargs=True))
            hooks.append(module.register_forward_hook(self._leave))
        try:
            with without_shortcuts(), self._products, self:
                self._net(*args, **kwargs)
        except (RuntimeError, ValueError, IndexError) as error:
            shapes = " and ".join(str(tuple(x.shape)) for x in inputs)
            raise self._explained(shapes, error) from error
        finally:
            for hook in hooks:
                hook.remove()

    def _enter(self, module: nn.Module, args: tuple, kwargs: dict) -> None:
        self._calls.append(self._begin(module, (args, kwargs)))

    def _leave(self, module: nn.Module, args: tuple, output) -> None:
        call = self._calls.pop()
        outputs = tensors_in(output)
        # An empty Sequential hands its input on: no layer has run.
        if has_layers(module) or isinstance(module, nn.Sequential) or not outputs:
            return
        shape = tuple(outputs[0].shape)
        window = layers.layer_window(module, call.shape, shape)
        products = self._products.flops - call.products
        flops = layers.layer_flops(module, call.shape, shape)
        uncounted = call.uncounted if flops is None else set()
        if isinstance(module, torch.jit.ScriptModule):
            uncounted = {"all but convolutions and matrix products"}
        if layers.has_weights_alone(module):
            products = flops
        self._record(
            call,
            outputs,
            *self._seen_behind(module, window, call, outputs[0]),
            name=self._names[module],
            kind=type(module).__name__,
            parameters=self._count(module.parameters()),
            flops=products if flops is None else flops,
            window=window,
            groups=getattr(module, "groups", 1),
            multiply_adds=products // 2,
            uncounted=tuple(sorted(uncounted)),
        )

    def _seen_behind(self, module, window, call: _Call, output):
        """Return the window on the network's input behind a module, and its output's places."""
        seen, places = call.note.seen, call.note.places
        if isinstance(module, nn.Linear):
            return behind_linear(seen, places, call.shape), places
        if window is not None:
            axes = layers.sliding_axes(module, call.shape)
            slid_places = slid(places, call.shape, axes)
            return behind_window(seen, window, places, call.shape, axes), slid_places
        # What the functions that it calls have noted.
        inside = self._notes.get(output, _Note((), None, None))
        if layers.keeps_positions(module):
            return seen, places if output.shape == call.shape else inside.places
        return inside.seen, inside.places

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        products = self._products.flops
        output = func(*args, **kwargs)
        outputs = [t for t in tensors_in(output) if t.is_floating_point() or t.is_complex()]
        if not outputs:  # most calls: somebody has asked for a shape
            return output
        call = self._begin(None, (args, kwargs))
        used = [t for t in tensors_in((args, kwargs)) if isinstance(t, nn.Parameter)]
        self.used.update(used)
        if not call.note.sources:
            return output
        name = functions.function_name(func)
        given = functions.arguments(name, args, kwargs)
        shape = tuple(outputs[0].shape)
        window = functions.function_window(name, given, call.shape, shape)
        products = self._products.flops - products
        flops = functions.function_flops(name, window, shape, products)
        note, before = call.note, call.shape
        seen = functions.seen_through(name, window, note.seen, note.places, before, shape)
        places = functions.places_behind(name, args, kwargs, window, note.places, before, shape)
        caller = self._calls[-1].module
        uncounted = {name} if functions.is_uncounted(name, flops) else set()
        if not has_layers(caller):
            self._calls[-1].uncounted |= uncounted
        elif flops is None:
            self.uncounted |= uncounted
        if flops is None or not has_layers(caller):
            for tensor in outputs:
                self._notes[tensor] = _Note(note.sources, seen, places)
            return output
        path = self._names[caller]
        self._record(
            call,
            outputs,
            seen,
            places,
            name=f"{path}.{name}" if path else name,
            kind=name,
            parameters=self._count(used),
            flops=flops,
            window=window,
            groups=given.get("groups", 1),
            multiply_adds=products // 2,
            uncounted=tuple(f"all of {name} but its products" for name in uncounted),
        )
        return output

    def _begin(self, module: nn.Module | None, inputs) -> _Call:
        tensors = tensors_in(inputs)
        traced = [tensor for tensor in tensors if tensor in self._notes]
        notes = [self._notes[tensor] for tensor in traced]
        first = [*traced, *tensors][:1]  # the first input that is no weight
        sources = sorted({source for note in notes for source in note.sources})
        places, same = joint([note.places for note in notes], [t.shape for t in traced])
        seen = merged(self._seen_by(traced)) if notes and same else None
        return _Call(
            module,
            tuple(first[0].shape) if first else (),
            {address(tensor) for tensor in tensors},
            _Note(tuple(sources), seen, places),
            self._products.flops,
        )

    def _seen_by(self, tensors: list[torch.Tensor]) -> list[Window | str | None]:
        """Return the windows of tensors that meet.

        One number for each channel that meets whole maps, as in squeeze-and-excite, brings along
        all that it has seen.
        """
        seen = [self._notes[tensor].seen for tensor in tensors]
        if len({tensor.shape[2:] for tensor in tensors}) == 1:
            return seen
        return [
            EVERYTHING if tensor.shape[2:] == (1, 1) and covers(window, self._size) else window
            for tensor, window in zip(tensors, seen, strict=True)
        ]

    def _count(self, parameters) -> int:
        """Return how many numbers of the parameters no row has counted."""
        fresh = set(parameters) - self._counted
        self._counted |= fresh
        self.used |= fresh
        return sum(parameter.numel() for parameter in fresh)

    def _record(self, call: _Call, outputs, seen, places, **columns) -> None:
        for tensor in outputs:
            self._notes[tensor] = _Note((len(self.records),), seen, places)
        fresh = [tensor for tensor in outputs if address(tensor) not in call.memory]
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

    def _explained(self, shapes: str, error: Exception) -> DoesNotFit:
        call = self._calls[-1]
        name = self._names[call.module]
        place = f"layer {name!r}" if name else "the network itself"
        if not has_layers(call.module):
            place += f", {call.module!r},"
        text = f"input of shape {shapes} does not fit: {place} got shape {call.shape}: {error}"
        return DoesNotFit(text, name, call.shape, self.records)
