"""Which devices there are, and how long something takes."""

import time
from itertools import accumulate

import torch


def cpu() -> torch.device:
    """Return the CPU.

    >>> cpu()
    device(type='cpu')
    """
    return torch.device("cpu")


def gpu(i: int = 0) -> torch.device:
    """Return the GPU of that number, whether it is there or not.

    >>> gpu(1)
    device(type='cuda', index=1)
    """
    return torch.device("cuda", i)


def num_gpus() -> int:
    """Return how many GPUs there are.

    >>> num_gpus() == torch.cuda.device_count()
    True
    """
    return torch.cuda.device_count()


def try_gpu(i: int = 0) -> torch.device:
    """Return the GPU of that number if it is there, else the CPU.

    >>> try_gpu(99)
    device(type='cpu')
    """
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[torch.device]:
    """Return all GPUs, or the CPU alone if there is none.

    >>> len(try_all_gpus()) == max(1, num_gpus())
    True
    """
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


class Timer:
    """A stopwatch that keeps its times, in seconds.

    >>> timer = Timer()
    >>> timer.stop() == timer.sum() == timer.avg()
    True
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        """Start, or start again."""
        # Unlike the time of day, this clock is never set back.
        self.tik = time.perf_counter()

    def stop(self) -> float:
        """Note and return the seconds since the start."""
        self.times.append(time.perf_counter() - self.tik)
        return self.times[-1]

    def avg(self) -> float:
        """Return the mean of the times."""
        return self.sum() / len(self.times)

    def sum(self) -> float:
        """Return the sum of the times."""
        return sum(self.times)

    def cumsum(self) -> list[float]:
        """Return the running sums of the times."""
        return list(accumulate(self.times))
