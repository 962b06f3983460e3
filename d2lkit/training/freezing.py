"""Layers that are to stay as they are while others learn."""

from torch import nn


def freeze(module: nn.Module) -> nn.Module:
    """Stop a module from learning: its parameters, and the statistics of batch normalisation.

    A layer whose parameters are fixed would still take the mean and variance of every batch into
    its running statistics, and normalise by those of the batch, as long as the whole model is in
    training mode. A frozen one normalises by what it has. Dropout goes on.

    Args:
        module: the part to freeze, changed in place.

    Returns:
        The module.

    Raises:
        TypeError: if it is no module.

    >>> norm = freeze(nn.BatchNorm2d(3)).train()
    >>> import torch
    >>> _ = norm(torch.randn(4, 3, 2, 2))
    >>> norm.running_mean.tolist(), norm.weight.requires_grad
    ([0.0, 0.0, 0.0], False)
    """
    unfreeze(module).requires_grad_(False)
    for layer in module.modules():
        if getattr(layer, "running_mean", None) is not None:
            layer.register_forward_pre_hook(_leave_training_mode)
    return module


def unfreeze(module: nn.Module) -> nn.Module:
    """Let a frozen module learn again.

    Args:
        module: what :func:`freeze` was given, or a part of it.

    Returns:
        The module.

    Raises:
        TypeError: if it is no module.

    >>> unfreeze(freeze(nn.Linear(2, 2))).weight.requires_grad
    True
    """
    if not isinstance(module, nn.Module):
        raise TypeError(f"module must be an nn.Module, got {module!r} ({type(module).__name__})")
    for layer in module.modules():
        hooks = layer._forward_pre_hooks
        for key in [key for key, hook in hooks.items() if hook is _leave_training_mode]:
            del hooks[key]
    return module.requires_grad_(True)


def _leave_training_mode(layer: nn.Module, _) -> None:
    layer.training = False
