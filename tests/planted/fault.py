"""A fault to plant: one change in one file, and who should see it."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat


@dataclass(frozen=True)
class Fault:
    """One change in one file of a copy of the repository.

    Attributes:
        kind: what is done; several faults share it.
        file: path from the root.
        what: the change in one line.
        change: makes it, from the text of the file to another text.
        judges: who is asked, from the quickest to the slowest; see ``judges.py``.
    """

    kind: str
    file: str
    what: str
    change: Callable[[str], str]
    judges: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the fault is called in the record."""
        return f"{self.kind} | {self.file} | {self.what}"

    def plant(self, root: Path) -> None:
        """Change the file in a copy of the repository."""
        path = root / self.file
        before = path.read_text(encoding="utf-8")
        after = self.change(before)
        if after == before:
            raise ValueError(f"{self.name} changes nothing")
        path.write_text(after, encoding="utf-8")


def replacing(old: str, new: str) -> Callable[[str], str]:
    """A change of text: the first `old` becomes `new`."""

    def change(text: str) -> str:
        if old not in text:
            raise ValueError(f"{old!r} is not there")
        return text.replace(old, new, 1)

    return change


def in_notebook(spoil: Callable[[nbformat.NotebookNode], None]) -> Callable[[str], str]:
    """A change of a notebook: `spoil` alters it in place."""

    def change(text: str) -> str:
        notebook = nbformat.reads(text, as_version=4)
        spoil(notebook)
        return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"

    return change


def some(found: list, count: int, chance: random.Random) -> list:
    """At most `count` of what was found, by chance."""
    return chance.sample(found, min(count, len(found)))
