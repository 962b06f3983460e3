"""What every explanation needs: a network in evaluation mode, the output of one layer, a score."""

import contextlib
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, tensor


@contextlib.contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode, and each of its modules back into its own afterwards.

    >>> net = nn.Sequential(nn.Dropout(), nn.BatchNorm2d(1).eval())
    >>> with evaluating(net):
    ...     print(net.training, net[0].training)
    False False
    >>> net.training, net[0].training, net[1].training
    (True, True, False)
    """
    if not isinstance(net, nn.Module):
        raise TypeError(f"net must be an nn.Module, got {net!r} ({type(net).__name__})")
    before = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


@contextlib.contextmanager
def watching(net: nn.Module, layer: nn.Module) -> Iterator[list[Tensor]]:
    """Collect what a layer puts out while the network runs.

    Raises:
        TypeError: if ``layer`` is no module.
        ValueError: if it is none of the network's.
    """
    if not isinstance(layer, nn.Module):
        raise TypeError(f"layer must be an nn.Module, got {layer!r} ({type(layer).__name__})")
    if all(module is not layer for module in net.modules()):
        raise ValueError(f"layer must be a module of the network, got {type(layer).__name__}")
    seen: list[Tensor] = []
    handle = layer.register_forward_hook(lambda module, inputs, output: seen.append(output))
    try:
        yield seen
    finally:
        handle.remove()


def maps_of(seen: list[Tensor], layer: nn.Module) -> Tensor:
    """Return the one stack of maps that a layer has put out.

    Raises:
        ValueError: if the layer did not run once, or put out something else than (N, K, H, W).
    """
    name = type(layer).__name__
    if len(seen) != 1:
        raise ValueError(f"{name} must run once for each image, but it ran {len(seen)} times")
    if not isinstance(seen[0], Tensor) or seen[0].ndim != 4:
        got = tuple(seen[0].shape) if isinstance(seen[0], Tensor) else type(seen[0]).__name__
        raise ValueError(f"{name} must put out maps (N, K, H, W), got {got}")
    return seen[0]


def scores_of(logits: Tensor, classes: int | Sequence[int] | Tensor | None) -> Tensor:
    """Return one score for each image: that of its class; None takes the highest.

    Shape: (N, C) -> (N,)

    Raises:
        TypeError: if a class is no int.
        ValueError: if it is none of the network's, or there is not one for each image.

    >>> scores_of(torch.tensor([[1.0, 5.0], [2.0, 0.0]]), None)
    tensor([5., 2.])
    >>> scores_of(torch.tensor([[1.0, 5.0], [2.0, 0.0]]), [0, 1])
    tensor([1., 0.])
    """
    tensor("the network's output", logits, ndim=2)
    images, outputs = logits.shape
    if classes is None:
        chosen = logits.argmax(1).tolist()
    elif isinstance(classes, Sequence | Tensor):
        chosen = classes.tolist() if isinstance(classes, Tensor) else list(classes)
    else:
        chosen = [classes] * images
    if not isinstance(chosen, list) or len(chosen) != images:
        raise ValueError(f"classes must be one for each of {images} images, got {classes!r}")
    for one in chosen:
        if not 0 <= integer("class", one) < outputs:
            raise ValueError(f"class must be from 0 to {outputs - 1}, got {one}")
    return logits[torch.arange(images, device=logits.device), chosen]


def checked_images(images: object) -> Tensor:
    """Return images as a tensor of their own that takes gradients.

    Shape: (N, C, H, W), floating-point numbers
    """
    return tensor("images", images, ndim=4, floating=True).detach().clone().requires_grad_()
