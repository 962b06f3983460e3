"""One seed for every source of randomness that a training run draws from."""

import random
from collections.abc import Sequence

import numpy
import torch
from torch import Tensor

from d2lkit.arguments import integer


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's random generators.

    The same seed gives the same numbers on the same machine with the same versions; another
    processor may add up in another order, so that the last digits differ.

    Args:
        seed: ``0 <= seed < 2**32``, the range that all three generators accept.

    Raises:
        TypeError: if the seed is not an int.
        ValueError: if it lies outside that range.

    >>> set_seed(0)
    >>> first = torch.rand(3)
    >>> set_seed(0)
    >>> torch.equal(first, torch.rand(3))
    True
    """
    if integer("seed", seed, minimum=0) >= 2**32:
        raise ValueError(f"seed must be less than 2**32, got {seed}")
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)  # the CPU and every GPU


def random_state(device: torch.device, generators: Sequence[torch.Generator] = ()) -> dict:
    """Return where the random generators stand, as tensors and plain numbers.

    Args:
        device: the one whose generator counts beside the CPU's.
        generators: further ones, such as that of a ``DataLoader``.

    >>> here = random_state(torch.device("cpu"))
    >>> first = torch.rand(3)
    >>> restore_random_state(here, torch.device("cpu"))
    >>> torch.equal(first, torch.rand(3))
    True
    """
    name, keys, *rest = numpy.random.get_state()
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(keys.astype("int64")), *rest),
        "torch": torch.get_rng_state(),
        "device": _device_state(device),
        "own": [generator.get_state() for generator in generators],
    }


def restore_random_state(
    state: dict, device: torch.device, generators: Sequence[torch.Generator] = ()
) -> None:
    """Put the random generators back to where :func:`random_state` found them.

    Args:
        state: what :func:`random_state` returned.
        device: the one whose generator is put back beside the CPU's.
        generators: the further ones.
    """
    name, keys, *rest = state["numpy"]
    random.setstate(state["python"])
    numpy.random.set_state((name, keys.numpy().astype("uint32"), *rest))
    torch.set_rng_state(state["torch"])
    # A run that moves from a GPU to the CPU, or back, has no state to restore there.
    if state["device"] is not None and device.type == "cuda":
        torch.cuda.set_rng_state(state["device"], device)
    if state["device"] is not None and device.type == "mps":
        torch.mps.set_rng_state(state["device"])
    for generator, its in zip(generators, state.get("own", ()), strict=False):
        generator.set_state(its)


def _device_state(device: torch.device) -> Tensor | None:
    if device.type == "cuda":
        return torch.cuda.get_rng_state(device)
    if device.type == "mps":
        return torch.mps.get_rng_state()
    return None
