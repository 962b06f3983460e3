"""Stored results: all networks compared, trainings on Fashion-MNIST, trainings at full size."""

import json
from importlib.resources import files

from d2lkit.results.fashion_runs import FashionRuns, FashionTable, fashion
from d2lkit.results.full_size import FOLDER as FOLDER
from d2lkit.results.full_size import FULL as FULL
from d2lkit.results.full_size import full_scale
from d2lkit.results.tables import Table
from d2lkit.stored import Stored, stored

__all__ = [
    "FashionRuns",
    "FashionTable",
    "Stored",
    "Table",
    "comparison",
    "fashion",
    "full_scale",
    "stored",
]


def comparison() -> dict:
    """Return the stored runs of all networks on one budget, as the book compares them.

    Machine and versions as in every benchmark; ``minutes``: how long all runs took together;
    ``validation_accuracy``: for each network and each learning rate (as text) that of one run
    from ``sieve_seed``; ``test_accuracy``: for each network one figure per seed in ``seeds``,
    with the best of these rates.

    >>> runs = comparison()
    >>> len(runs["test_accuracy"]["VGG-11"]) == len(runs["seeds"])
    True

    Source: ``benchmarks/comparison.py``, which wrote them.
    """
    return json.loads((files("d2lkit") / "comparison.json").read_text(encoding="utf-8"))
