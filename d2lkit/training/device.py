"""Where to train: the fastest device that is there, or the one that was asked for."""

import os

import torch
from torch import nn
from torch.nn.parameter import is_lazy


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


def to_channels_last(model: nn.Module) -> None:
    """Let a model keep its weights as N, H, W, C in memory; a lazy layer once it has weights.

    Args:
        model: the one to change.

    >>> layer = nn.LazyConv2d(4, 3)
    >>> to_channels_last(layer)
    >>> _ = layer(torch.zeros(2, 3, 5, 5))
    >>> layer.weight.is_contiguous(memory_format=torch.channels_last)
    True
    """
    for module in model.modules():
        if any(is_lazy(tensor) for tensor in module.parameters(recurse=False)):
            # It comes after torch's own hook, which gives the layer its weights.
            module.register_forward_pre_hook(_convert_once)
        for tensor in [*module.parameters(recurse=False), *module.buffers(recurse=False)]:
            if not is_lazy(tensor) and tensor.ndim == 4:
                tensor.data = tensor.data.contiguous(memory_format=torch.channels_last)


def _convert_once(layer: nn.Module, _) -> None:
    hooks = layer._forward_pre_hooks
    for key in [key for key, hook in hooks.items() if hook is _convert_once]:
        del hooks[key]
    to_channels_last(layer)
