"""What every stored measurement says first: the machine and the versions it ran with."""

import json
import platform
import statistics
from datetime import date
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


def cpu_name() -> str:
    """The processor's model name as the system gives it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def describe() -> dict:
    """Machine, versions and date, without the machine's name."""
    import os

    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "date": date.today().isoformat(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "gpu": gpu,
        "python": platform.python_version(),
        **{package: version(package) for package in ("torch", "torchvision", "numpy", "d2lkit")},
    }


def spread_of(values: list[float]) -> dict:
    """How many values there are, their median, quartiles and ends."""
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "n": len(values),
        "min": min(values),
        "lower_quartile": lower,
        "median": median,
        "upper_quartile": upper,
        "max": max(values),
    }


def write_result(name: str, result: dict) -> Path:
    """Write benchmarks/results/NAME.json and print it."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    text = json.dumps(result, indent=2) + "\n"
    path.write_text(text)
    print(text)
    return path
