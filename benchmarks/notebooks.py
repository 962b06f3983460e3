"""How long does each notebook run, and how much memory does it take?

Each runs alone, from an empty folder, on all cores; run: python benchmarks/notebooks.py
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import describe, write_result

ROOT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"([\d.]+) s +([\d.]+) MiB +(\S+\.ipynb)")


def measure(notebook: Path) -> dict:
    """Execute a copy of one notebook; return its seconds and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / notebook.name
        copy.write_bytes(notebook.read_bytes())
        command = [sys.executable, str(ROOT / "tests" / "book" / "execute.py"), str(copy)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, mebibytes, _ = LINE.search(run.stdout + run.stderr).groups()
    return {"seconds": float(seconds), "peak_mib": float(mebibytes)}


def main() -> None:
    """Measure all notebooks, print and store."""
    notebooks = sorted((ROOT / "chapters").glob("*/*.ipynb"))
    figures = {path.relative_to(ROOT).as_posix(): measure(path) for path in notebooks}
    total = round(sum(figure["seconds"] for figure in figures.values()), 1)
    write_result("notebooks", {**describe(), "n": 1, "total_seconds": total, "notebooks": figures})


if __name__ == "__main__":
    main()
