"""One seed for every source of randomness that a training run draws from."""

import random

from d2lkit.arguments import integer


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's random generators.

    The same seed gives the same numbers on the same machine and versions of the libraries;
    another processor may add up in another order, so its last digits can differ.

    Args:
        seed: ``0 <= seed < 2**32``, the range that all three generators accept.

    Raises:
        TypeError: if the seed is not an int.
        ValueError: if it lies outside that range.

    >>> import torch
    >>> set_seed(0)
    >>> first = torch.rand(3)
    >>> set_seed(0)
    >>> torch.equal(first, torch.rand(3))
    True
    """
    import numpy
    import torch

    if integer("seed", seed, minimum=0) >= 2**32:
        raise ValueError(f"seed must be less than 2**32, got {seed}")
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)  # the CPU and every GPU
