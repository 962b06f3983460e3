"""The memory that a computation really takes, as PyTorch's allocators see it."""

import os
from collections.abc import Callable

import torch
from torch.autograd.profiler import profile  # torch.profiler loads a compiler when it starts


def measured_peak(run: Callable[[], object], device: str | torch.device = "cpu") -> int:
    """Call ``run()`` and return the most bytes that it held at one time, beyond what it found.

    On a GPU the figure comes from ``torch.cuda.max_memory_allocated``, on the CPU from the memory
    events of PyTorch's profiler. What a library takes past PyTorch's allocator is not seen.

    Args:
        run: a function without arguments, for example one step of training.
        device: where its tensors live, "cpu" or "cuda".

    Raises:
        ValueError: for another device.

    >>> x = torch.zeros(1000)
    >>> measured_peak(lambda: x.clone().relu_())
    4000
    """
    device = torch.device(device)
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        run()
        torch.cuda.synchronize(device)
        return torch.cuda.max_memory_allocated(device) - before
    if device.type != "cpu":
        raise ValueError(f"device must be 'cpu' or 'cuda', got {str(device)!r}")
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # it reports that there is no GPU
    with profile(profile_memory=True) as watch:
        run()
    changes = [e for e in watch.kineto_results.events() if e.name() == "[memory]"]
    held = most = 0
    for change in sorted(changes, key=lambda event: event.start_ns()):
        held += change.nbytes()
        most = max(most, held)
    return most
