"""How much longer does `import d2lkit` with its submodules take than `import torch`?

Interleaved fresh interpreters, median of each; run: python benchmarks/import_time.py
"""

import statistics
import subprocess
import sys

from machine import describe, write_result

REPEATS = 9
STATEMENTS = {
    "torch": "import torch",
    "d2lkit": "import torch, d2lkit",
    "d2lkit_submodules": "import torch; from d2lkit import accounting, data, geometry, models, "
    "ops, training",
}
TIMER = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def seconds(statement: str) -> float:
    """The time one statement takes in a fresh interpreter."""
    code = TIMER.format(statement)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(run.stdout)


def main() -> None:
    """Measure, print and store."""
    times = {name: [] for name in STATEMENTS}
    for _ in range(REPEATS):
        for name, statement in STATEMENTS.items():
            times[name].append(seconds(statement))
    median = {name: statistics.median(values) for name, values in times.items()}
    result = {
        **describe(),
        "n": REPEATS,
        "median_seconds": median,
        "spread_seconds": {name: [min(values), max(values)] for name, values in times.items()},
        "over_torch_seconds": {
            name: median[name] - median["torch"] for name in STATEMENTS if name != "torch"
        },
    }
    write_result("import_time", result)


if __name__ == "__main__":
    main()
