"""What do the networks of the comparison chapter reach on its budget, from several seeds?

The settings, the networks, the pictures and the function that trains one network are the chapter's
own cells, those with the tag `stored-run`: this script executes them. First every network is
trained once with each learning rate and judged by validation pictures; then five times from other
seeds with the best of these rates, judged by test pictures. The result goes into the package, so
that the chapter finds it wherever it runs, and carries a fingerprint of the cells: a test fails
when the chapter's cells have changed since.

Run: python benchmarks/comparison.py (half an hour on one core)
"""

import json
import time
from pathlib import Path

import nbformat
from machine import describe
from store import TAG, fingerprint

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "chapters/2-modern-architectures/09-comparison.ipynb"
STORED = ROOT / "d2lkit/comparison.json"
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
SIEVE_SEED = 100
SEEDS = (0, 1, 2, 3, 4)


def chapter_code(path: Path) -> list[str]:
    """Return the code of the first cell, the imports, and of the cells with the tag."""
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    tags = [cell.metadata.get("tags", []) for cell in cells]
    imports = next(i for i, given in enumerate(tags) if "remove-cell" not in given)
    return [
        cell.source
        for i, (cell, given) in enumerate(zip(cells, tags, strict=True))
        if i == imports or TAG in given
    ]


def main(chapter: Path = CHAPTER, stored: Path = STORED) -> None:
    """Train all contestants, print each accuracy, and store them with machine and versions."""
    code = chapter_code(chapter)
    names: dict = {}
    for cell in code:
        exec(compile(cell, str(chapter), "exec"), names)
    race, start = names["race"], time.monotonic()
    sieve, accuracy = {}, {}
    for name in names["contestants"]:
        sieve[name] = {str(rate): race(name, rate, SIEVE_SEED, "val") for rate in RATES}
        best = max(RATES, key=lambda rate: sieve[name][str(rate)])
        accuracy[name] = [race(name, best, seed) for seed in SEEDS]
        print(name, sieve[name], accuracy[name], flush=True)
    result = {
        **describe(),
        "cells": fingerprint(code),
        "minutes": round((time.monotonic() - start) / 60, 1),
        "sieve_seed": SIEVE_SEED,
        "seeds": list(SEEDS),
        "validation_accuracy": sieve,
        "test_accuracy": accuracy,
    }
    stored.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
