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


def draw_epoch(
    num_images: int, numbers: int, *key: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return an order of images, and what the augmentation of each draws from.

    A whole epoch's random numbers at once make one small copy to the device, not many.

    Args:
        num_images: how many there are.
        numbers: random numbers for each image; for 0 the second result is None.
        key: ``(seed, epoch)``.
        device: where the images are.

    Shape: -> (num_images,), (num_images, numbers)

    >>> draw_epoch(4, 0, 7, 0, device=torch.device("cpu"))[0].sort().values
    tensor([0, 1, 2, 3])
    """
    random = generator(*key)
    order = torch.randperm(num_images, generator=random).to(device)
    if not numbers:
        return order, None
    return order, torch.rand(num_images, numbers, generator=random).to(device)
