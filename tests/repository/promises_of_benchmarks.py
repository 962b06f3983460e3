"""What the pages of measurements promise: that their figures are those of the result files."""

import json
import re
from pathlib import Path


def figures_of_benchmarks(root: Path) -> list[str]:
    """Each decimal number in a table of benchmarks/*.md stands in the result file of its name."""
    faults = []
    for page in sorted((root / "benchmarks").glob("*.md")):
        stored = root / "benchmarks" / "results" / f"{page.stem}.json"
        if not stored.exists():
            continue
        known = _numbers(json.loads(stored.read_text(encoding="utf-8")))
        for line in page.read_text(encoding="utf-8").splitlines():
            for figure in re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", line) if "|" in line else []:
                digits = len(figure.partition(".")[2])
                # Seconds may be shown as milliseconds.
                if not any(figure in (f"{n:.{digits}f}", f"{1000 * n:.{digits}f}") for n in known):
                    faults.append(
                        f"benchmarks/{page.name} says {figure}, which {stored.name} does not hold"
                    )
    return faults


def _numbers(value) -> list[float]:
    """All numbers of a result, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []
