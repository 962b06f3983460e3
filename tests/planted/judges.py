"""Who is asked about a fault: commands that must fail when it is there, and pass when it is not."""

import sys
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
NBVAL = ["--nbval", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
FORM = (
    "tests/book/test_form_of_chapters.py",
    "tests/book/test_ledger.py",
    "tests/book/test_reading_aids.py",
    "tests/benchmarks/test_store.py",
)


def command(judge: str, root: Path) -> list[str]:
    """The command of a judge, such as "nbval:chapters/1-…/01-….ipynb"."""
    kind, _, target = judge.partition(":")
    if kind == "form":
        return [*PYTEST, *FORM, "-k", Path(target).stem]
    if kind == "nbval":
        return [*PYTEST, *NBVAL, target]
    if kind == "again":
        return [sys.executable, "tests/planted/once_more.py", target]
    if kind == "tests":
        return [*PYTEST, *target.split()]
    if kind == "module":
        return [*PYTEST, "--doctest-modules", target, *tests_of(target, root)]
    raise ValueError(f"there is no judge {kind!r}")


def tests_of(module: str, root: Path) -> list[str]:
    """The tests that stand for a module of d2lkit: those of its package."""
    package = Path(module).relative_to("d2lkit").parts[0].removesuffix(".py")
    if (root / "tests" / package).is_dir():
        return [f"tests/{package}"]
    own = sorted((root / "tests").glob(f"test_*{package}*.py"))
    return [path.relative_to(root).as_posix() for path in own] or ["tests/test_package.py"]
