"""Runs that took too long for a chapter: made once by its own cells, kept with a checksum.

Each file beside this module holds the runs of one function of one chapter. The script
``benchmarks/store.py`` executes the cells that define the function and writes the file; the
chapter reads it with :func:`stored` and repeats one of its runs.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Stored:
    """The runs of one function of a chapter.

    Attributes:
        plan: for each argument of the function the values that it was called with.
        runs: one dict per call: the arguments, and what came out under ``"result"``.
        machine: processor, versions and date.
        minutes: how long all runs took together.
        cells: fingerprint of the cells that define the function.

    >>> runs = Stored({"seed": [0]}, [{"seed": 0, "result": 0.9}], {}, 0.1, "")
    >>> runs.get(seed=0)
    [0.9]
    """

    plan: dict[str, list]
    runs: list[dict]
    machine: dict
    minutes: float
    cells: str

    def get(self, **settings) -> list:
        """Return the results of the runs with these settings, in the order of the plan.

        Raises:
            ValueError: if the plan has no such argument, or no run has these settings.

        >>> table = Stored({"layers": [8], "seed": [0, 1]}, [], {}, 0.0, "")
        >>> table.runs.append({"layers": 8, "seed": 0, "result": 0.5})
        >>> table.get(layers=8)
        [0.5]
        """
        unknown = sorted(set(settings) - set(self.plan))
        if unknown:
            raise ValueError(f"the runs differ in {', '.join(self.plan)}, got {unknown[0]}")
        found = [
            run["result"]
            for run in self.runs
            if all(run[name] == value for name, value in settings.items())
        ]
        if not found:
            raise ValueError(f"no run is stored for {settings}; the plan is {self.plan}")
        return found


def file_name(chapter: str, function: str) -> str:
    """Return the name of the file that holds these runs.

    >>> file_name("vgg", "depth_run")
    'vgg.depth_run.json'
    """
    return f"{chapter}.{function}.json"


def checksum(content: dict) -> str:
    """Return what changes with any run, setting or fingerprint in a file's content.

    >>> checksum({"runs": [1]}) == checksum({"runs": [1], "checksum": "of before"})
    True
    >>> checksum({"runs": [1]}) == checksum({"runs": [2]})
    False
    """
    bare = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()[:16]


def stored(chapter: str, function: str) -> Stored:
    """Return the stored runs of a function of a chapter.

    Args:
        chapter: the chapter's label without ``sec-``, such as ``"vgg"``.
        function: the name of the function in the chapter.

    Raises:
        ValueError: if no such runs are stored, or if the file was changed by hand.

    >>> stored("no-such-chapter", "run")
    Traceback (most recent call last):
    ...
    ValueError: no runs of 'run' in 'no-such-chapter' are stored: benchmarks/store.py makes them

    Source: ``benchmarks/store.py``, which wrote them.
    """
    file = files("d2lkit.stored") / file_name(chapter, function)
    if not file.is_file():
        raise ValueError(
            f"no runs of {function!r} in {chapter!r} are stored: benchmarks/store.py makes them"
        )
    content = json.loads(file.read_text(encoding="utf-8"))
    if checksum(content) != content.get("checksum"):
        raise ValueError(
            f"{file.name} has the checksum {content.get('checksum')!r}, but its content gives "
            f"{checksum(content)!r}: run benchmarks/store.py again"
        )
    parts = (content[name] for name in ("plan", "runs", "machine", "minutes", "cells"))
    return Stored(*parts)
