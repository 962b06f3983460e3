"""One training run in several processes: who am I, and what do the others have?

``torchrun --nproc-per-node 4 script.py`` starts the same script four times. Each process
computes a share of every batch; their gradients are averaged, so all keep the same weights.
Without torchrun every function here gives the answer for a single process.
"""

import atexit
import os
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch import distributed as dist

_VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
_SIGNS_OF_A_LOST_PROCESS = ("connection closed", "connection reset", "broken pipe", "timed out")


def rank() -> int:
    """Return the number of this process, 0 if it is the only one.

    >>> rank()
    0
    """
    return int(os.environ["RANK"]) if _under_torchrun() else 0


def world_size() -> int:
    """Return how many processes train together.

    >>> world_size()
    1
    """
    return int(os.environ["WORLD_SIZE"]) if _under_torchrun() else 1


def start(device: torch.device) -> None:
    """Connect with the other processes, if there are any: nccl for GPUs, gloo for CPUs.

    If torchrun itself is to restart the job after a failure (``--max-restarts``), set
    ``TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1`` for it: otherwise the new processes find the old
    ones' addresses (issue 135712 of PyTorch).

    Args:
        device: the one that this process trains on.
    """
    if world_size() == 1 or dist.is_initialized():
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    atexit.register(_stop)


def seed_apart() -> None:
    """Give each process random numbers of its own, so that their dropout masks differ."""
    if rank() > 0:
        torch.manual_seed(torch.initial_seed() + rank())


def parallel(model: nn.Module, device: torch.device) -> Callable[[object], Tensor]:
    """Return the model's ``training_step``, whose backward pass averages over all processes.

    Args:
        model: has ``training_step``.
        device: the one it is on.
    """
    if world_size() == 1:
        return model.training_step
    ids = [device] if device.type == "cuda" else None
    return nn.parallel.DistributedDataParallel(_TrainingStep(model), device_ids=ids)


def total(size: int, device: torch.device) -> Tensor | int:
    """Return how many images all processes together have in this step.

    Args:
        size: how many this process has; the processes' numbers may differ by one.
        device: the one that the processes exchange numbers on.

    >>> total(4, torch.device("cpu"))
    4
    """
    if world_size() == 1:
        return size
    images = torch.full((), float(size), device=device)
    dist.all_reduce(images)
    return images


def mean_over_processes(means: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Return the means over all processes' images, and how many images those are.

    Args:
        means: of this process.
        sizes: images behind each mean.

    Shape: ``(S,)``, ``(S,)`` -> ``(S,)``, ``(S,)``.

    >>> mean_over_processes(torch.tensor([0.5]), torch.tensor([4]))
    (tensor([0.5000]), tensor([4]))
    """
    if world_size() == 1:
        return means, sizes
    sizes = sizes.to(means)
    both = torch.stack([means * sizes, sizes])
    dist.all_reduce(both)
    return both[0] / both[1], both[1]


def gather(value: object) -> list:
    """Return every process's value, in the order of their ranks.

    >>> gather("mine")
    ['mine']
    """
    values = [value] * world_size()
    if world_size() > 1:
        dist.all_gather_object(values, value)
    return values


def same_buffers(model: nn.Module) -> None:
    """Give every process rank 0's buffers, such as the running means of batch normalisation.

    Args:
        model: the one to change.
    """
    if world_size() > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, src=0)


def means(sums: dict[str, Tensor], images: int, device: torch.device) -> dict[str, float]:
    """Return sums over images as means, over the images of all processes.

    Args:
        sums: scalars by name.
        images: how many images this process added up.
        device: the one that the processes exchange numbers on.

    >>> means({"loss": torch.tensor(3.0)}, images=2, device="cpu")
    {'loss': 1.5}
    """
    if not sums:
        return {}
    numbers = [*sums.values(), images]
    totals = torch.stack([torch.as_tensor(n, dtype=torch.float32, device=device) for n in numbers])
    if world_size() > 1:
        dist.all_reduce(totals)
    *values, count = totals.tolist()
    return {name: value / count for name, value in zip(sums, values, strict=True)}


def explain(error: RuntimeError, model: nn.Module) -> None:
    """Raise a clear error in the place of one that only torch's developers understand.

    Args:
        error: what the training raised.
        model: the one that was trained.

    Raises:
        RuntimeError: if the connection to another process was lost, or if a parameter takes no
            part in the loss, for whose gradient the processes would wait.
    """
    message = str(error).lower()
    if world_size() > 1 and "find_unused_parameters" in message:
        names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
        _, _, numbers = message.partition("did not receive grad for rank")  # "0: 2 3"
        idle = [names[int(i)] for i in numbers.partition(":")[2].split() if i.isdigit()]
        raise RuntimeError(
            "every parameter must take part in the loss where several processes share the "
            f"training, got no gradient for {', '.join(idle) or 'some'}: remove these parameters, "
            "or freeze them with requires_grad_(False)"
        ) from error
    if world_size() > 1 and any(sign in message for sign in _SIGNS_OF_A_LOST_PROCESS):
        raise RuntimeError(
            f"process {rank()} of {world_size()} lost the connection to another one, which has "
            "ended or been killed: start the job again; with fit(..., resume=True) it goes on from "
            "its last checkpoint"
        ) from error


class _TrainingStep(nn.Module):
    # DistributedDataParallel watches the call of a module, so training_step becomes one.
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch) -> Tensor:
        return self.model.training_step(batch)


def _under_torchrun() -> bool:
    return all(name in os.environ for name in _VARIABLES)


def _stop() -> None:
    if dist.is_initialized():
        dist.destroy_process_group()
