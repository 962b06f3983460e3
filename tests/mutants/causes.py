"""Takes the cause of a result away: called in the kernel before the first cell of a chapter."""

import dataclasses
import random


def untrained() -> None:
    """No optimiser takes a step: networks stay as they were drawn."""
    import torch

    def stay(self, closure=None):
        return None if closure is None else closure()

    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
        getattr(torch.optim, name).step = stay


def shuffled() -> None:
    """Every loss that is trained on gets the labels of other images."""
    import torch
    from torch.nn import functional

    right = functional.cross_entropy
    chance = torch.Generator().manual_seed(1)

    def wrong(input, target, *arguments, **options):
        if torch.is_grad_enabled() and input.requires_grad and target.ndim and len(target) > 1:
            target = target[torch.randperm(len(target), generator=chance).to(target.device)]
        return right(input, target, *arguments, **options)

    functional.cross_entropy = wrong


def exchanged() -> None:
    """Stored runs answer for other settings: their results are dealt out anew by chance."""
    _change_stored_runs(lambda found: random.Random(1).sample(found, len(found)))


def invented() -> None:
    """Stored runs answer what nobody measured: half of every number."""
    _change_stored_runs(halved)


def _change_stored_runs(change) -> None:
    """Let every stored run answer with what `change` makes of the list of results."""
    import d2lkit.stored
    from d2lkit import results

    right = d2lkit.stored.stored

    def wrong(chapter, function):
        found = right(chapter, function)
        others = change([run["result"] for run in found.runs])
        runs = [run | {"result": r} for run, r in zip(found.runs, others, strict=True)]
        return dataclasses.replace(found, runs=runs)

    d2lkit.stored.stored = results.stored = wrong


def halved(value):
    """Half of every number of a result, however deep.

    >>> halved({"loss": [0.5, 4], "name": "a"})
    {'loss': [0.25, 2.0], 'name': 'a'}
    """
    if isinstance(value, dict):
        return {key: halved(part) for key, part in value.items()}
    if isinstance(value, list):
        return [halved(part) for part in value]
    return value / 2 if isinstance(value, int | float) and not isinstance(value, bool) else value


CAUSES = {cause.__name__: cause for cause in (untrained, shuffled, exchanged, invented)}
OF_STORED_RUNS = {"exchanged", "invented"}
