"""What the tracer needs to know of tensors: which there are, where they lie, what they cost."""

import contextlib
import dataclasses
from collections.abc import Mapping

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from d2lkit.accounting.replay import replay


class ProductCounter(TorchDispatchMode):
    """Counts the FLOPs of convolutions and matrix products by torch's own table."""

    def __init__(self):
        # Imported here: it brings Triton with it, which takes longer than all of d2lkit.
        from torch.utils.flop_counter import flop_registry

        super().__init__()
        self.costs = flop_registry
        self.flops = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        output = replay(func, args, kwargs)
        if func._overloadpacket in self.costs:
            self.flops += self.costs[func._overloadpacket](*args, **kwargs, out_val=output)
        return output


@contextlib.contextmanager
def without_shortcuts():
    """Let attention run as the products that it consists of, on every device.

    In evaluation PyTorch runs attention and whole encoder layers as one operation each, which no
    table of costs knows.
    """
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def has_layers(module: nn.Module) -> bool:
    """Whether a module consists of layers that can be watched; a compiled one hides them."""
    if isinstance(module, torch.jit.ScriptModule):
        return False
    return next(module.children(), None) is not None


def tensors_in(nested) -> list[torch.Tensor]:
    """Return the tensors in lists, tuples, dicts, mappings and dataclasses, however deep."""
    found = []
    for leaf in tree_leaves(nested):
        if isinstance(leaf, torch.Tensor):
            # A lazy layer's weights, which have no shape yet, pass through here when it
            # initialises them.
            found += [] if nn.parameter.is_lazy(leaf) else [leaf]
        elif isinstance(leaf, Mapping):
            found += tensors_in(list(leaf.values()))
        elif dataclasses.is_dataclass(leaf) and not isinstance(leaf, type):
            found += tensors_in(list(vars(leaf).values()))
    return found


def address(tensor: torch.Tensor) -> int:
    """Return what two tensors have in common that share their memory."""
    # The address of the numbers themselves would be 0 for every tensor on the meta device.
    return tensor.untyped_storage()._cdata
