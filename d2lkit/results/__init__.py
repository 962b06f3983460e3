"""Stored results: all networks on Fashion-MNIST, runs of chapters, trainings at full size."""

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
    "fashion",
    "full_scale",
    "stored",
]
