"""Faults of the repository's promises, its pages, its tests and its results."""

import json
import random
import re
from pathlib import Path

from fault import Fault, replacing, some

KEPT = "kept:tests/repository is_kept"
REPOSITORY = (KEPT,)
OF_TESTS = ("kept:tests/repository is_kept tests_that_test", KEPT)
SAID = ("tests:tests/repository/test_said.py",)
EXAMPLE = ("kept:tests/repository example",)
PAGES = (
    "kept:tests/book/test_form_of_chapters.py references_of_page",
    "kept:tests/book/test_bibliography.py",
)
FASHION = ("kept:tests/benchmarks/test_fashion_experiments.py",)
STORED = ("kept:tests/benchmarks/test_store.py",)
RESULTS = ("tests:tests/test_results.py tests/test_results_fashion.py tests/benchmarks",)
TABLES = ("kept:tests/repository is_kept figures_of_benchmarks", "kept:tests/benchmarks")
TEST = re.compile(r"^def test_\w+\([^\n]*\n(?:(?: {4}[^\n]*)?\n)+", re.MULTILINE)

FIXED = [
    ("command", "README.md", "make book ", "make books ", REPOSITORY),
    ("command", "CONTRIBUTING.md", "`make check`", "`make all`", REPOSITORY),
    ("example", "README.md", "Trainer(", "Trainers(", EXAMPLE),
    ("version", "CITATION.cff", "version: 0.1.0", "version: 0.1.1", REPOSITORY),
    ("pin", "requirements.txt", "torch==2.11.0", "torch==2.10.0", REPOSITORY),
    ("part of check", "Makefile", "check: lint bare test", "check: lint bare", REPOSITORY),
    ("part of check", "Makefile", "test strict browser-test ", "test strict ", REPOSITORY),
    ("nbval", "Makefile", "--nbval $(if", "$(if", REPOSITORY),
    ("strict build", "Makefile", "build . -W -n --keep-going", "build . --keep-going", REPOSITORY),
    ("warnings", "pyproject.toml", '"error"', '"default"', REPOSITORY),
    ("docstring", "d2lkit/ops/mean_pooling.py", "None means ``kernel_size``", "None means 1", SAID),
    ("source", "d2lkit/data/augmentation.py", "Source: Lee et al.", "Source: Lin et al.", SAID),
    ("help", "d2lkit/cli/training_run.py", "has not fallen for", "has not risen for", SAID),
    ("ci", ".ci/run", "make check", "make test", REPOSITORY),
]  # fmt: skip


def faults(root: Path, count: int, chance: random.Random) -> list[Fault]:
    """Some by chance of every kind that has many places."""
    return [fault for kind in MANY for fault in some(kind(root), count, chance)]


def everything(root: Path) -> list[Fault]:
    """Every fault of these kinds."""
    return fixed(root) + [fault for kind in MANY for fault in kind(root)]


def fixed(root: Path) -> list[Fault]:
    """The faults that have one place: the same for all seeds, so the first one plants them."""
    return [
        Fault(kind, file, f"{old.strip()} -> {new.strip()}", replacing(old, new), judges)
        for kind, file, old, new, judges in FIXED
        if old in (root / file).read_text(encoding="utf-8")
    ]


def tests_that_test(root: Path) -> list[Fault]:
    """A test of one assertion loses it."""
    found = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for body in re.findall(
            r"^def test_\w+\([^\n]*\n(?:(?: {4}[^\n]*)?\n)+", text, re.MULTILINE
        ):
            lines = re.findall(r"^    assert [^\n]*[^\n,(\[{]$", body, re.MULTILINE)
            if body.count("assert") == 1 and len(lines) == 1 and "raises" not in body:
                change = replacing(body, body.replace(lines[0], "    pass"))
                name = body.partition("(")[0].removeprefix("def ")
                file = path.relative_to(root).as_posix()
                found.append(Fault("assertion of a test", file, name, change, OF_TESTS))
    return found


def skips(root: Path) -> list[Fault]:
    """A test is left out."""
    found = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        first = re.search(r"^def test_\w+", text, re.MULTILINE)
        if first and "import pytest" in text:
            skip = f'@pytest.mark.skip(reason="slow")\n{first[0]}'
            file = path.relative_to(root).as_posix()
            found.append(Fault("skip", file, first[0], replacing(first[0], skip), OF_TESTS))
    return found


def stored_runs(root: Path) -> list[Fault]:
    """A number of a stored run is another one."""
    found = []
    for path in sorted((root / "d2lkit" / "stored").rglob("*.json")):
        text = path.read_text(encoding="utf-8")
        runs = json.dumps(json.loads(text).get("runs", ""))
        numbers = [n for n in re.findall(r"\b0\.\d{3,}\b", runs) if text.count(n) == 1]
        if numbers:
            wrong = numbers[0][:4] + str((int(numbers[0][4]) + 1) % 10) + numbers[0][5:]
            file = path.relative_to(root).as_posix()
            change = replacing(numbers[0], wrong)
            judges = (FASHION if path.name.startswith("fashion.") else STORED) + RESULTS
            found.append(Fault("stored run", file, f"{numbers[0]} -> {wrong}", change, judges))
    return found


def pages(root: Path) -> list[Fault]:
    """A link of a page leads nowhere, or a citation to nothing."""
    found = []
    for path in sorted(root.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r"\{(?:ref|numref|cite|cite:t|cite:p|term)\}`[^`<]+`", text)[:40]:
            file, wrong = path.relative_to(root).as_posix(), link[:-2] + "q`"
            found.append(Fault("broken reference", file, link, replacing(link, wrong), PAGES))
    return found


def tables(root: Path) -> list[Fault]:
    """A figure in a table of the benchmarks is another one."""
    found = []
    for path in sorted((root / "benchmarks").glob("*.md")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            number = re.search(r"\d+\.\d\d", line) if line.startswith("|") else None
            if number:
                wrong = line.replace(number[0], f"{float(number[0]) + 1:.2f}", 1)
                file = path.relative_to(root).as_posix()
                found.append(Fault("table", file, line[:50], replacing(line, wrong), TABLES))
    return found


MANY = (tests_that_test, skips, stored_runs, pages, tables)
