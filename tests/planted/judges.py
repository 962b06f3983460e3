"""Who is asked about a fault, as a question for a court: see ``court.py``."""

import ast
import re
from pathlib import Path

NBVAL = ["--nbval", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
FORM = (
    "tests/book/test_ledger.py",
    "tests/book/test_form_of_chapters.py",
    "tests/book/test_reading_aids.py",
    "tests/benchmarks/test_store.py",
)


# From the quickest to the slowest.
ORDER = ("ledger", "form", "kept", "tests", "nearest", "near", "package", "nbval", "book")


def cost(judge: str) -> int:
    """How long a judge takes, beside the others."""
    return ORDER.index(judge.partition(":")[0])


def question(judge: str, root: Path) -> tuple[str, dict]:
    """The court that a judge sits in, and its question.

    Judges are named such as "nbval:chapters/1-…/01-….ipynb", "kept:tests/repository is_kept".
    """
    kind, _, target = judge.partition(":")
    if kind in ("ledger", "form"):
        files = FORM[:1] if kind == "ledger" else FORM
        return "collected", {"files": files, "words": [Path(target).stem]}
    if kind == "kept":
        words = target.split()
        files = [word for word in words if word.startswith("tests/")]
        return "collected", {"files": files, "words": words[len(files) :]}
    if kind == "book":
        return "collected", {"files": target.split(), "words": []}
    if kind == "nbval":
        return "fresh", {"pytest": [*NBVAL, target]}
    if kind == "nearest":
        return "fresh", {"pytest": nearest(target, root, most=1) or tests_of(target, root)}
    if kind == "near":
        return "fresh", {"pytest": [*nearest(target, root)[1:], "--doctest-modules", target]}
    if kind == "package":
        return "fresh", {"pytest": tests_of(target, root)}
    if kind == "tests":
        return "fresh", {"pytest": target.split()}
    raise ValueError(f"there is no judge {kind!r}")


def tests_of(module: str, root: Path) -> list[str]:
    """The tests that stand for a module of d2lkit: those of its package."""
    package = Path(module).relative_to("d2lkit").parts[0].removesuffix(".py")
    if (root / "tests" / package).is_dir():
        return [f"tests/{package}"]
    own = sorted((root / "tests").glob(f"test_*{package}*.py"))
    return [path.relative_to(root).as_posix() for path in own] or ["tests/test_package.py"]


def nearest(module: str, root: Path, most: int = 3) -> list[str]:
    """The test files that speak most of a module: of its name and of what it defines."""
    tree = ast.parse((root / module).read_text(encoding="utf-8"))
    names = {Path(module).stem.strip("_")} | {
        node.name.strip("_")
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    spoken = re.compile(rf"\b_*(?:{'|'.join(map(re.escape, sorted(names)))})\b")
    found = []
    for place in tests_of(module, root):
        path = root / place
        for file in sorted(path.glob("test_*.py")) if path.is_dir() else [path]:
            times = len(spoken.findall(file.read_text(encoding="utf-8")))
            times += 100 * (Path(module).stem in file.stem)
            found.append((-times, file.relative_to(root).as_posix()))
    return [file for times, file in sorted(found)[:most] if times]
