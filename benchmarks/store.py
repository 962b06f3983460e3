"""Run the long experiments of a chapter once, and keep what came out.

Usage: python benchmarks/store.py chapters/PART/NAME.ipynb FUNCTION [FUNCTION ...]

The chapter defines FUNCTION in a cell with the tag `stored-run`, and beside it FUNCTION_plan: for
each argument the values to call it with. This script executes the first cell, the imports, and
those tagged cells that FUNCTION needs, calls it with every combination, and writes the results
into the package, with machine, versions, a fingerprint of the cells and a checksum. It saves after
every run: started again, it goes on where it was, unless the cells have changed.
"""

import ast
import hashlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import nbformat
from machine import describe
from tqdm import tqdm

from d2lkit.stored import checksum, file_name

FOLDER = Path(__file__).resolve().parents[1] / "d2lkit/stored"
TAG = "stored-run"


def slug(path: Path) -> str:
    """Return the chapter's label without `sec-`."""
    first = nbformat.read(path, 4).cells[0].source
    match = re.match(r"\(sec-([a-z0-9-]+)\)=", first)
    if match is None:
        raise SystemExit(f"{path}: the first cell must begin with (sec-...)=, got {first[:40]!r}")
    return match.group(1)


def chapter_cells(path: Path, function: str) -> list[str]:
    """Return the code of the imports and of the tagged cells that the function needs."""
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    tags = [cell.metadata.get("tags", []) for cell in cells]
    imports = next(i for i, given in enumerate(tags) if "remove-cell" not in given)
    marked = [i for i, given in enumerate(tags) if TAG in given and i != imports]
    defining: dict[str, int] = {}
    for i in marked:
        for name in _stored_names(cells[i].source):
            defining[name] = i
    if function not in defining or f"{function}_plan" not in defining:
        raise SystemExit(
            f"{path}: no cell with the tag {TAG} defines {function} and {function}_plan"
        )
    needed: set[int] = set()
    waiting = [function, f"{function}_plan"]
    while waiting:
        cell = defining.get(waiting.pop())
        if cell is not None and cell not in needed:
            needed.add(cell)
            waiting += _names(cells[cell].source)
    return [cells[i].source for i in (imports, *sorted(needed))]


def _names(source: str) -> list[str]:
    return [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]


def _stored_names(source: str) -> set[str]:
    """The names that a cell gives a value to, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def fingerprint(code: list[str]) -> str:
    """Return what changes with the code, whatever its layout and its comments."""
    bare = "\n".join(ast.unparse(ast.parse(cell)) for cell in code)
    return hashlib.sha256(bare.encode()).hexdigest()[:16]


def run(path: Path, function: str, folder: Path = FOLDER) -> Path:
    """Make all runs of a function that are not there yet; return the file that holds them."""
    code = chapter_cells(path, function)
    names: dict = {}
    for cell in code:
        exec(compile(cell, str(path), "exec"), names)
    stored = folder / file_name(slug(path), function)
    return fill(stored, names[function], names[f"{function}_plan"], fingerprint(code))


def fill(stored: Path, function: Callable, plan: dict[str, Iterable], cells: str) -> Path:
    """Call a function with every setting of a plan that the file does not hold yet.

    Args:
        cells: fingerprint of the code; runs of another one are made again.
    """
    plan = {name: list(values) for name, values in plan.items()}
    before = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    same = before.get("cells") == cells
    done, minutes = (before["runs"], before["minutes"]) if same else ([], 0.0)
    runs: list[dict] = []
    for values in tqdm(list(product(*plan.values())), desc=function.__name__):
        setting = dict(zip(plan, values, strict=True))
        found = [r for r in done if {k: v for k, v in r.items() if k != "result"} == setting]
        if found:
            runs.append(found[0])
            continue
        start = time.monotonic()
        result = json.loads(json.dumps(function(**setting)))
        minutes += (time.monotonic() - start) / 60
        runs.append({**setting, "result": result})
        later = [r for r in done if r not in runs]
        _write(stored, plan, runs + later, cells, minutes)
    _write(stored, plan, runs, cells, minutes)
    return stored


def _write(stored: Path, plan: dict, runs: list[dict], cells: str, minutes: float) -> None:
    content = {
        "machine": describe(),
        "plan": plan,
        "minutes": round(minutes, 2),
        "cells": cells,
        "runs": runs,
    }
    content["checksum"] = checksum(json.loads(json.dumps(content)))
    part = stored.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    part.replace(stored)


def main(arguments: list[str]) -> int:
    if len(arguments) < 2:
        print(__doc__)
        return 2
    for function in arguments[1:]:
        print(run(Path(arguments[0]), function))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
