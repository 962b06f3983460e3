"""What the library says of itself as lines of text.

Of a docstring: what its sentences stand on (numbers, comparisons, negations, code spans), all its
words as digits, and whose work it follows. Of the words of the demos the same, line by line. Of
options, hints and photographs: the whole text.
`python tests/repository/said.py` writes them into `said.txt`: after a change that is meant, which
is then seen where it is read.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend(str(Path(__file__).parents[1] / one) for one in ("repository", "book", ".."))

from bookform.stands import stands_on

from d2lkit import check
from d2lkit.cli import main
from d2lkit.data.photographs import PHOTOGRAPHS

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).with_suffix(".txt")
_SPAN = re.compile(r"``(.+?)``", re.DOTALL)
_DOCTEST = re.compile(r"^ *>>>.*(?:\n.*\S.*)*", re.MULTILINE)  # runs as a test


def of_library(root: Path = ROOT) -> list[str]:
    """Every line: of docstrings in the order of the files, options, hints, photographs, demos."""
    lines = []
    for path in sorted((root / "d2lkit").rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        lines += of_module(module, ast.parse(path.read_text(encoding="utf-8")))
    said_elsewhere = *of_options(main, "d2lkit"), *of_hints(), *of_photographs(), *of_demos(root)
    return [*lines, *said_elsewhere]


def of_module(module: str, tree: ast.Module) -> list[str]:
    """The lines of the docstrings of one module.

    >>> of_module("m", ast.parse('def f(): "At least 3 of ``net``."'))
    ['m.f: least 3 ⟨net⟩ · 4e64']
    """
    lines = []
    for name, node in _documented(module, tree):
        for said in of_text(ast.get_docstring(node) or ""):
            lines.append(f"{name}: {said}")
    return lines


def of_text(text: str) -> list[str]:
    """What a docstring stands on, a line for each paragraph; of a source the whole paragraph."""
    lines = []
    for paragraph in re.split(r"\n\s*\n", _DOCTEST.sub("", text)):
        plain = " ".join(paragraph.split())
        if plain.startswith("Source"):
            lines.append(plain)
        else:
            found = stands_on(_SPAN.sub(r"⟨\1⟩", plain))
            lines += [line.partition('": ')[2] for line in found]
    return lines


def of_options(command, name: str) -> Iterator[str]:
    """The helps of a command, its options and the commands in it."""
    yield f"{name}: {' '.join((command.help or '').split())}"
    for option in command.params:
        if getattr(option, "help", None):
            yield f"{name} {option.opts[-1]}: {option.help}"
    for one, inner in sorted(getattr(command, "commands", {}).items()):
        yield from of_options(inner, f"{name} {one}")


def of_hints() -> list[str]:
    """The hint of each exercise."""
    return [f"{label}: {check._find(label).hint}" for label in check.exercises()]


def of_photographs() -> list[str]:
    """What is said below each photograph."""
    return [f"{name}: {photograph}" for name, photograph in PHOTOGRAPHS.items()]


def of_demos(root: Path = ROOT) -> list[str]:
    """The words of the figures that move: of a line what it stands on, all of it as digits."""
    lines = []
    for path in sorted((root / "demos/texts").rglob("*.js")):
        name = path.relative_to(root).as_posix()
        for text in path.read_text(encoding="utf-8").splitlines():
            lines += [f"{name}: {line}" for line in stands_on(text)]
    return lines


def _documented(name: str, tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A module, its classes and its functions, each with its name."""
    yield name, tree
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            if isinstance(node, ast.ClassDef):
                yield from _documented(f"{name}.{node.name}", node)
            else:
                yield f"{name}.{node.name}", node


if __name__ == "__main__":
    STORED.write_text("\n".join(of_library()) + "\n", encoding="utf-8")
