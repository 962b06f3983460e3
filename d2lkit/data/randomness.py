"""Random numbers that depend on a key alone: drawn on the CPU, so the same for every device."""

import numpy as np
import torch


def generator(*key: int) -> torch.Generator:
    """Return a CPU generator whose numbers depend on every integer of ``key``.

    Args:
        key: non-negative integers, such as ``(seed, epoch)``.

    >>> draws = [torch.rand(1, generator=generator(*key)) for key in [(0, 1), (1, 0), (0, 1)]]
    >>> bool(draws[0] == draws[2]), bool(draws[0] == draws[1])
    (True, False)
    """
    # torch keeps only the lower 32 bits of a CPU seed, and neighbouring seeds would give
    # related streams; SeedSequence mixes the whole key into 32 well-spread bits.
    (seed,) = np.random.SeedSequence(key).generate_state(1)
    return torch.Generator().manual_seed(int(seed))
