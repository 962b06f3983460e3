"""The memory of a training step: what it consists of, its peak, and the largest batch that fits."""

import copy
import weakref
from dataclasses import dataclass
from functools import cache

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from d2lkit.accounting.replay import replay
from d2lkit.accounting.summaries import count_parameters, size_text
from d2lkit.accounting.tracing import full_shape
from d2lkit.accounting.watching import address, tensors_in
from d2lkit.arguments import boolean, integer, one_of
from d2lkit.tables import html_table, text_table

#: Numbers that an optimiser keeps for each parameter.
OPTIMIZERS = {"sgd": 0, "momentum": 1, "adam": 2}
_HEADINGS = ["what", "memory"]


@dataclass(frozen=True)
class Memory:
    """Bytes of one step of training, or of a forward pass alone.

    Attributes:
        network: class of the network.
        input_shape: shape of the images, with the batch.
        parameters: bytes of parameters and buffers.
        gradients: bytes of the parameters' gradients.
        optimizer_state: bytes that the optimiser keeps, such as velocities.
        images: bytes of the batch.
        activations: bytes that the forward pass keeps for the backward pass.
        peak: the most that lies in memory at one time.

    >>> memory(nn.Linear(10, 5), (10,), batch_size=8, optimizer="adam").gradients
    220
    """

    network: str
    input_shape: tuple[int, ...]
    parameters: int
    gradients: int
    optimizer_state: int
    images: int
    activations: int
    peak: int

    def _rows(self) -> list[list[str]]:
        names = ("parameters", "gradients", "optimizer_state", "images", "activations")
        return [[name.replace("_", " "), size_text(getattr(self, name))] for name in names]

    def _title(self) -> str:
        return f"{self.network}, input {self.input_shape}"

    def __repr__(self) -> str:
        table = text_table(_HEADINGS, self._rows(), total=["peak", size_text(self.peak)])
        return f"{self._title()}\n{table}"

    def _repr_html_(self) -> str:
        total = ["peak", size_text(self.peak)]
        return html_table(_HEADINGS, self._rows(), total=total, title=self._title())


def memory(
    net: nn.Module,
    input_shape,
    *,
    batch_size: int = 1,
    optimizer: str = "momentum",
    training: bool = True,
) -> Memory:
    """Return the memory of a training step, without running it.

    A copy of the network runs on PyTorch's meta device, forward and backward, where tensors have
    shapes and no numbers. Counted are the tensors that autograd keeps, and all that live at the
    same time. What a library takes within one operation (the workspace of a convolution, say) and
    what an allocator holds in reserve come on top.

    Args:
        net: any module that takes one tensor; it is left as it was.
        input_shape: (C, H, W) or (F,) without the batch; (N, C, H, W) or (N, F) with it.
        batch_size: N, where the shape does not hold it.
        optimizer: "sgd", "momentum" or "adam": none, one or two numbers for each parameter.
        training: with the backward pass and all that it needs; otherwise a forward pass alone.

    Raises:
        TypeError: if ``net`` is no module, or an argument has a wrong type.
        ValueError: for another optimiser, a lazy layer, or an input that does not fit.

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
    >>> memory(net, (3, 32, 32), batch_size=16)
    Sequential, input (16, 3, 32, 32)
    what                memory
    --------------------------
    parameters         3.2 KiB
    gradients          3.2 KiB
    optimizer state    3.2 KiB
    images           192.0 KiB
    activations      512.0 KiB
    --------------------------
    peak               2.2 MiB
    """
    one_of("optimizer", optimizer, list(OPTIMIZERS))
    boolean("training", training)
    count_parameters(net)  # refuses what is no module, and lazy layers
    shape = full_shape(input_shape, batch_size)
    empty = copy.deepcopy(net).to("meta")
    floating = [p.dtype for p in empty.parameters() if p.is_floating_point()]
    images = torch.zeros(shape, device="meta", dtype=floating[0] if floating else None)
    trained = [p for p in empty.parameters() if p.requires_grad] if training else []
    weights = _bytes(trained)
    state = OPTIMIZERS[optimizer] * weights
    fixed = _bytes([*empty.parameters(), *empty.buffers()])
    activations, passing = _one_pass(empty, images, training)
    return Memory(
        type(net).__name__,
        shape,
        parameters=fixed,
        gradients=weights,
        optimizer_state=state,
        images=_bytes([images]),
        activations=activations,
        peak=fixed + state + _bytes([images]) + max(passing, weights),
    )


def largest_batch(
    net: nn.Module,
    input_shape,
    limit: int,
    *,
    optimizer: str = "momentum",
    training: bool = True,
) -> int:
    """Return the largest batch whose step stays within ``limit`` bytes; 0 if one image does not.

    Args:
        net: as for `memory`.
        input_shape: (C, H, W) or (F,), without the batch.
        limit: in bytes.
        optimizer: as for `memory`.
        training: as for `memory`.

    Raises:
        TypeError, ValueError: as `memory`, and for a limit below 1.

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
    >>> largest_batch(net, (3, 32, 32), 2**20)
    13
    """
    integer("limit", limit, minimum=1)

    @cache
    def peak(batch_size: int) -> int:
        settings = {"optimizer": optimizer, "training": training}
        return memory(net, input_shape, batch_size=batch_size, **settings).peak

    if peak(1) > limit:
        return 0
    fits, fails = 1, 2
    while peak(fails) <= limit:  # the peak grows in a straight line, or nearly so
        slope = (peak(2 * fails) - peak(fails)) / fails
        fits = fails
        fails = max(2 * fails, fits + int((limit - peak(fits)) / slope) + 1)
    while fails - fits > 1:
        slope = (peak(fails) - peak(fits)) / (fails - fits)
        guess = fits + int((limit - peak(fits)) / slope)
        middle = min(max(guess, fits + 1), fails - 1)
        fits, fails = (middle, fails) if peak(middle) <= limit else (fits, middle)
    return fits


def _bytes(tensors) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _one_pass(net: nn.Module, images: torch.Tensor, training: bool) -> tuple[int, int]:
    """Return the bytes kept for the backward pass, and the most that a pass needs at one time."""
    known = {address(tensor) for tensor in [images, *net.parameters(), *net.buffers()]}
    kept: dict[int, int] = {}

    def put_away(tensor: torch.Tensor) -> torch.Tensor:
        if address(tensor) not in known:
            kept[address(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    net.train(training)
    hooks = torch.autograd.graph.saved_tensors_hooks(put_away, lambda tensor: tensor)
    live = _Live(known)
    with torch.set_grad_enabled(training), live, hooks:
        outputs = [t for t in tensors_in(net(images)) if t.is_floating_point()]
        if training:
            sum(output.sum() for output in outputs).backward()
    return sum(kept.values()), live.most


class _Live(TorchDispatchMode):
    """Counts the bytes of the tensors that live at the same time."""

    def __init__(self, known: set[int]):
        super().__init__()
        self.now = self.most = 0
        self._known = known
        self._alive: dict[int, tuple[weakref.ref, int]] = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        output = replay(func, args, kwargs or {})
        for tensor in tensors_in(output):
            if (key := address(tensor)) not in self._known:
                self._born(key, tensor.untyped_storage())
        self.most = max(self.most, self.now)
        return output

    def _born(self, key: int, storage: torch.UntypedStorage) -> None:
        _, before = self._alive.get(key, (None, 0))  # an operation may have resized it
        self.now += storage.nbytes() - before
        # The storage's Python object lives as long as the memory that it stands for.
        self._alive[key] = weakref.ref(storage, lambda _: self._gone(key)), storage.nbytes()

    def _gone(self, key: int) -> None:
        _, size = self._alive.pop(key)
        self.now -= size
