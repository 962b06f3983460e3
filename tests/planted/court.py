"""A process that has imported what tests need, and answers each question in a child of its own.

Importing torch and collecting the tests of the chapters takes longer than the one test that sees a
fault. So a court sits in a clean copy of the repository, with all imported that is not of the
repository (mode "fresh") or with the tests of chapters and pages collected (mode "collected"). For
each question it forks, after the fault was planted, and the child reads the changed files.

Usage: python tests/planted/court.py fresh|collected; questions and answers are lines of JSON.
"""

import ast
import functools
import gc
import importlib
import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path

import nbformat
import pytest

LIMIT = 900  # seconds for one question
# What tests and notebooks import beside the repository.
IMPORTED = ("torch", "torchvision", "matplotlib.pyplot", "sklearn.datasets", "scipy", "nbclient")
OPTIONS = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
COLLECTED = ("tests/book", "tests/repository", "tests/benchmarks", "tests/test_results.py")


class First:
    """Remembers the first test that fails, and how many ran."""

    def __init__(self):
        self.name, self.says, self.count = None, "", 0

    def pytest_runtest_logreport(self, report):
        """Called by pytest after each step of a test."""
        self.count += report.when == "call"
        self.note(report)

    def pytest_collectreport(self, report):
        """Called by pytest after it has read a file."""
        self.note(report)

    def note(self, report):
        """Keep the first failure."""
        if report.failed and self.name is None:
            crash = getattr(report.longrepr, "reprcrash", None)
            text = crash.message if crash else str(report.longrepr).strip().rpartition("\n")[2]
            self.name, self.says = report.nodeid, " ".join(text.split())[:200]


def run_fresh(question: dict) -> dict:
    """Run pytest with the arguments of a question."""
    first = First()
    code = pytest.main([*OPTIONS, *question["pytest"]], plugins=[first])
    return {
        "failed": code not in (0, 5),
        "test": first.name,
        "says": first.says or f"pytest ends with {int(code)}",
        "count": first.count,
    }


class Bench:
    """Takes the place of pytest's loop over the collected tests."""

    def pytest_runtestloop(self, session):
        """Called by pytest when all tests are collected."""

        def run_collected(question: dict) -> dict:
            first = First()
            session.config.pluginmanager.register(first)
            words, files = question["words"], tuple(question["files"])
            items = [
                item
                for item in session.items
                if item.nodeid.startswith(files) and all(word in item.nodeid for word in words)
            ]
            for item, after in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                if first.name:
                    break
            failed = first.name is not None
            return {"failed": failed, "test": first.name, "says": first.says, "count": first.count}

        remember()
        serve(run_collected)
        return True


def remember() -> None:
    """Read notebooks and tests once; of these only the changed file is read again."""
    read = nbformat.read

    @functools.cache
    def as_of(path, changed, size, as_version):
        return read(path, as_version)

    def recall(path, as_version, **options):
        if options or not isinstance(path, str | Path):
            return read(path, as_version, **options)
        now = os.stat(path)
        return as_of(path, now.st_mtime_ns, now.st_size, as_version)

    nbformat.read = recall
    for path in sorted(Path.cwd().glob("chapters/*/*.ipynb")):
        nbformat.read(path, as_version=4)
    ast.parse = functools.cache(ast.parse)
    for path in Path("tests").rglob("test_*.py"):
        ast.parse(path.read_text(encoding="utf-8"))


def serve(answer) -> None:
    """Answer each line of questions until there are no more."""
    gc.freeze()
    inlet, outlet = (int(os.environ[f"COURT_{name}"]) for name in ("QUESTIONS", "ANSWERS"))
    with os.fdopen(inlet) as questions, os.fdopen(outlet, "w") as answers:
        for line in questions:
            print(json.dumps(ask(answer, json.loads(line))), file=answers, flush=True)


def ask(answer, question: dict, limit: float = LIMIT) -> dict:
    """Answer one question in a child; one that takes too long has failed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        gc.disable()
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            found = answer(question)
        except BaseException:
            found = {
                "failed": None,
                "test": None,
                "says": traceback.format_exc()[-600:],
                "count": 0,
            }
        os.write(write, json.dumps(found).encode())
        os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], limit)
    text = os.read(read, 65536) if ready else b""
    if not ready:
        os.killpg(child, signal.SIGKILL)
    os.close(read)
    os.waitpid(child, 0)
    if not ready:
        return {"failed": True, "test": None, "says": f"takes longer than {limit} s", "count": 1}
    if not text:
        return {"failed": True, "test": None, "says": "the process dies", "count": 1}
    return json.loads(text)


def main() -> None:
    """Sit, in one of the two modes."""
    if sys.argv[1] == "fresh":
        for name in IMPORTED:
            importlib.import_module(name)
        # A file whose imports bring the plugins, and no d2lkit.
        pytest.main([*OPTIONS, "--collect-only", "tests/repository/test_promises.py"])
        if "d2lkit" in sys.modules:
            raise RuntimeError("a court that has imported d2lkit cannot judge it")
        serve(run_fresh)
    else:
        sys.exit(pytest.main([*OPTIONS[:1], "-s", *OPTIONS[2:], *COLLECTED], plugins=[Bench()]))


if __name__ == "__main__":
    main()
