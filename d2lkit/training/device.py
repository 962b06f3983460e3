"""Where to train: the fastest device that is there, or the one that was asked for."""

import os

import torch


def default_device() -> torch.device:
    """Return the device to train on: CUDA, else Apple's MPS, else the CPU.

    Under ``torchrun`` each process gets a GPU of its own.

    >>> default_device().type in {"cuda", "mps", "cpu"}
    True
    """
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def as_device(device: str | torch.device | None) -> torch.device:
    """Return the device that was named, or the default; refuse one that is not there.

    Args:
        device: a name such as ``"cpu"`` or ``"cuda:1"``, a device, or None.

    Raises:
        ValueError: if the name is unknown to torch or the machine lacks the device.

    >>> as_device("cpu")
    device(type='cpu')
    """
    if device is None:
        return default_device()
    try:
        found = torch.empty(0, device=device).device
    except (RuntimeError, TypeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            "device must be one that torch finds on this machine ('cpu', 'cuda', 'mps'), "
            f"got {device!r}: {str(error).splitlines()[0]}"
        ) from error
    # "cuda" without a number means this process's own GPU.
    return default_device() if str(device) == "cuda" else found
