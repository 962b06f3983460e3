"""How long does each notebook run, and how much memory does it take?

Each runs from an empty folder, on one thread as `make test` runs it; run:
python benchmarks/notebooks.py
With the names of notebooks only these are measured; the others keep the figures that are stored.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import RESULTS, describe, write_result

ROOT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"([\d.]+) s +([\d.]+) MiB +(\S+\.ipynb)")


def measure(notebook: Path) -> dict:
    """Execute a copy of one notebook; return its seconds and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / notebook.name
        copy.write_bytes(notebook.read_bytes())
        command = [sys.executable, str(ROOT / "tests" / "book" / "execute.py"), str(copy)]
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
        run = subprocess.run(command, capture_output=True, text=True, env=one_thread)
    if run.returncode:
        raise SystemExit(f"{notebook} was not measured; it fails:\n{run.stdout}{run.stderr}")
    seconds, mebibytes, _ = LINE.search(run.stdout + run.stderr).groups()
    return {"seconds": float(seconds), "peak_mib": float(mebibytes)}


def merged(old: dict, new: dict) -> dict:
    """Put new figures in the place of old ones.

    What was measured on another machine, or with other versions, says so beside its figures.
    """
    kept = ("date", "notebooks", "total_seconds", "n")
    other = {key: value for key, value in new.items() if key not in kept and old.get(key) != value}
    measured = {name: {**figures, **other} for name, figures in new["notebooks"].items()}
    figures = {**old["notebooks"], **measured}
    figures = {name: figures[name] for name in sorted(figures) if (ROOT / name).exists()}
    total = round(sum(figure["seconds"] for figure in figures.values()), 1)
    return {**old, "date": new["date"], "total_seconds": total, "notebooks": figures}


def main(names: list[str]) -> None:
    """Measure all notebooks, or those named, print and store; the others keep their figures."""
    notebooks = [Path(name).resolve() for name in names]
    notebooks = notebooks or sorted((ROOT / "chapters").glob("*/*.ipynb"))
    figures = {path.relative_to(ROOT).as_posix(): measure(path) for path in notebooks}
    total = round(sum(figure["seconds"] for figure in figures.values()), 1)
    result = {**describe(), "n": 1, "total_seconds": total, "notebooks": figures}
    if names:
        result = merged(json.loads((RESULTS / "notebooks.json").read_text()), result)
    write_result("notebooks", result)


if __name__ == "__main__":
    main(sys.argv[1:])
