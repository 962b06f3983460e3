"""Weights from torchvision: the same numbers under this library's names."""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from d2lkit.arguments import one_of
from d2lkit.models.googlenet import GoogLeNet
from d2lkit.models.registry import TORCHVISION
from d2lkit.models.torchvision_names import renames_of


def from_torchvision(
    name: str,
    weights: str | Mapping[str, Tensor] | None = None,
    *,
    num_classes: int | None = None,
    **options,
) -> nn.Module:
    """Build the network that torchvision calls ``name``, with its weights if there are any.

    Args:
        name: torchvision's name, such as "resnet50", which here is version 1.5.
        weights: None for new weights; a ``state_dict`` of torchvision's network; or the name of
            published weights, such as "DEFAULT", which are downloaded once into torch's cache.
        num_classes: number of outputs; by default that of the weights, or 1000. With another number
            the last layer keeps its new weights, ready for fine-tuning.
        options: of the network, such as ``dropout``.

    Raises:
        ValueError: if torchvision has no such network or weights, or they do not fit.
        ConnectionError: if published weights are not in the cache and cannot be downloaded.

    >>> net = from_torchvision("resnet18", num_classes=10)
    >>> net.head
    Linear(in_features=512, out_features=10, bias=True)

    Source: ``torchvision.models``.
    """
    one_of("name", name, sorted(TORCHVISION))
    published = isinstance(weights, str)
    if published:
        weights = published_weights(name, weights)
        if name == "googlenet":
            options = {"rescale": True, **options}
    elif weights is not None and not isinstance(weights, Mapping):
        raise TypeError(
            f"weights must be None, a name such as 'DEFAULT' or a state_dict, got {weights!r}"
        )
    if weights is None:
        classes = 1000 if num_classes is None else num_classes
        return TORCHVISION[name](num_classes=classes, **options)
    own_classes = _classes_of(weights)
    classes = own_classes if num_classes is None else num_classes
    net = TORCHVISION[name](num_classes=classes, **options)
    return load_torchvision(net, weights, new_head=classes != own_classes)


def load_torchvision(
    net: nn.Module, state_dict: Mapping[str, Tensor], *, new_head: bool = False
) -> nn.Module:
    """Copy the weights of torchvision's network into ``net`` and return it.

    Args:
        net: the same network from this library.
        state_dict: of torchvision's network. Its auxiliary heads are left out if ``net`` has none.
        new_head: keep the last layer of ``net`` (and of its auxiliary heads) as it is.

    Raises:
        TypeError: if ``state_dict`` is no mapping.
        ValueError: if ``net`` computes something else than torchvision's network, or names or
            shapes do not fit; ``net`` is then unchanged.

    >>> from torchvision.models import resnet18 as theirs
    >>> from d2lkit.models import resnet18
    >>> net = load_torchvision(resnet18(num_classes=4), theirs(num_classes=4).state_dict())
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"state_dict must be a mapping, got {type(state_dict).__name__}")
    renames = renames_of(net)
    own = net.state_dict()
    found: dict[str, Tensor] = {}
    for key, value in state_dict.items():
        if isinstance(net, GoogLeNet) and net.auxiliary1 is None and key.startswith("aux"):
            continue
        for pattern, replacement in renames:
            key = re.sub(pattern, replacement, key)
        found[key] = value
    kept = _last_layers(net) if new_head else []
    for key, value in own.items():
        if key.rpartition(".")[0] in kept:
            found[key] = value
        # Files from before 2018 do not count the batches that batch normalisation has seen.
        if key.endswith("num_batches_tracked"):
            found.setdefault(key, value)
    _check_fit(type(net).__name__, own, found)
    net.load_state_dict(found)
    return net


def published_weights(name: str, weights: str = "DEFAULT") -> Mapping[str, Tensor]:
    """Return the state_dict that torchvision publishes for its network ``name``.

    Raises:
        ValueError: if torchvision has no weights of that name for the network.
        ConnectionError: if they cannot be downloaded.
        RuntimeError: if the file in torch's cache cannot be read.
    """
    from torchvision.models import get_model_weights

    known = get_model_weights(name)
    one_of("weights", weights, ["DEFAULT", *known.__members__])
    entry = known[weights]
    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(entry.url).name
    cached = file.exists()
    try:
        return entry.get_state_dict(progress=False, check_hash=True)
    # The cache holds what a crash may have cut short: unpickling that raises almost anything.
    except Exception as error:
        if cached:
            raise RuntimeError(f"cannot read {file}: {error}; delete it and call again") from error
        raise ConnectionError(
            f"cannot download the weights of {name!r} from {entry.url}: {error}. Call again with a "
            f"network, or put the file there yourself: {file}"
        ) from error


def _classes_of(state_dict: Mapping[str, Tensor]) -> int:
    """Return the number of outputs of torchvision's network."""
    for key in ("fc.bias", "classifier.6.bias", "classifier.1.bias"):
        if key in state_dict:
            return len(state_dict[key])
    raise ValueError(
        "weights must be a state_dict of torchvision's network, with 'fc.bias' or "
        f"'classifier.6.bias' for its last layer, got the names {list(state_dict)[:3]} ..."
    )


def _last_layers(net: nn.Module) -> list[str]:
    """Return the names of the layers with one output per class."""
    parts = ["head", "auxiliary1", "auxiliary2"]
    dense = [name for name, module in net.named_modules() if isinstance(module, nn.Linear)]
    of_parts = ([name for name in dense if name.split(".")[0] == part] for part in parts)
    return [names[-1] for names in of_parts if names]


def _check_fit(name: str, own: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    """Raise ValueError unless both have the same names and shapes."""
    problems = [f"{key} is missing" for key in own.keys() - found.keys()]
    problems += [f"{key} is not known" for key in found.keys() - own.keys()]
    problems += [
        f"{key} has shape {tuple(found[key].shape)}, not {tuple(own[key].shape)}"
        for key in own.keys() & found.keys()
        if found[key].shape != own[key].shape
    ]
    if problems:
        few = "; ".join(sorted(problems)[:3])
        raise ValueError(f"the weights do not fit this {name}, in {len(problems)} places: {few}")
