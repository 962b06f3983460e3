"""What decides, and how much the tests say, as lines of text that are stored a second time.

`python tests/repository/registers.py` writes them anew after a change that is meant: `recipes.txt`
(the recipes of the Makefile, the workflows, the book's settings, the script of CI),
`assertions.txt` (of each file of tests how many tests, assertions and examples it has, and all its
text as digits) and `prose.txt` (the sentences with numbers that somebody has typed into the pages
of benchmarks). What changes there is seen where it is read.
"""

import ast
import re
import sys
from pathlib import Path

import yaml
from promises_of_benchmarks import prose_of

sys.path.append(str(Path(__file__).parents[1] / "book"))

from bookform.stands import digits_of

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
# The targets that decide, and those that a workflow runs.
DECIDE = {
    *("test", "check", "lint", "strict", "browser-test", "bare", "check-chapter"),
    *("published", "pdf", "archive", "student", "slides", "notebooks", "wheel", "alone", "colab"),
    *("mutants", "compare", "older-processor"),
}
ASSERTS = re.compile(r"(?:^|[._])(?:assert_\w+|raises|warns|fail|expect|CLOSE)$")


def recipes(root: Path = ROOT) -> list[str]:
    """The lines of the Makefile that decide, of the workflows, the settings and CI's script."""
    lines, inside = [], False
    for line in (root / "Makefile").read_text(encoding="utf-8").splitlines():
        target = re.match(r"([a-z][a-z -]*):", line)
        if target:
            inside = bool(set(target[1].split()) & DECIDE)
        elif not line.startswith(("\t", " ")):
            inside = bool(re.match(r"(?:export )?[A-Z_]+ [:?]?=|\.[A-Z]+:(?!.*help)", line))
        if inside and line.strip():
            lines.append(f"Makefile: {line.partition('  ## ')[0].strip()}")
    for path in [root / "_config.yml", *sorted((root / ".github/workflows").glob("*.yml"))]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        lines += [f"{path.name}: {line}" for line in leaves(content)]
    script = (root / ".ci/run").read_text(encoding="utf-8").splitlines()
    return lines + [f".ci/run: {line}" for line in script if line and line[0] != "#"]


def leaves(value, place: str = "") -> list[str]:
    """Each value of a document of YAML with where it stands.

    >>> leaves({"on": {"push": None}, "runs": ["make", "test"]})
    ['on.push = None', "runs.0 = 'make'", "runs.1 = 'test'"]
    """
    if isinstance(value, dict):  # YAML takes `on` for True
        value = [("on" if key is True else key, part) for key, part in value.items()]
    elif isinstance(value, list):
        value = list(enumerate(value))
    else:
        return [f"{place} = {value!r}"]
    return [line for key, part in value for line in leaves(part, f"{place}.{key}".lstrip("."))]


def assertions(root: Path = ROOT) -> list[str]:
    """A line for each file of tests: its tests, assertions, stated examples, and its text."""
    lines = []
    for path in sorted((root / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        counts = counted(ast.parse(text)).items()
        found = [f"{number} {what}" for what, number in counts if number]
        name = path.relative_to(root).as_posix()
        lines.append(f"{name}: {', '.join([*found, f'text {digits_of(text)}'])}")
    return lines


def counted(tree: ast.Module) -> dict[str, int]:
    """How many tests, assertions and examples a module has, and how often it leaves out.

    >>> counted(ast.parse("def test_it():\\n    assert 1\\n    assert_close(2, 2)"))
    {'tests': 1, 'assertions': 2, 'examples': 0, 'left out': 0}
    """
    count = dict.fromkeys(("tests", "assertions", "examples", "left out"), 0)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            count["tests"] += 1
        elif isinstance(node, ast.Assert) or (
            isinstance(node, ast.Call) and ASSERTS.search(ast.unparse(node.func))
        ):
            count["assertions"] += 1
        elif isinstance(node, ast.keyword) and node.arg == "max_examples":
            count["examples"] += int(ast.unparse(node.value))
        elif isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "importorskip"):
            count["left out"] += 1
    return count


def _compares(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(ASSERTS.search(ast.unparse(node.func)))


def prose(root: Path = ROOT) -> list[str]:
    """The sentences with numbers, in the pages of benchmarks, that no script writes."""
    lines = []
    for path in sorted((root / "benchmarks").glob("*.md")):
        for sentence in re.split(r"(?<=[.:;|¶]) ", prose_of(root, path.stem)):
            if re.search(r"\d", sentence):
                lines.append(f"benchmarks/{path.name}: {sentence}")
    return lines


REGISTERS = {"recipes.txt": recipes, "assertions.txt": assertions, "prose.txt": prose}


if __name__ == "__main__":
    for name, lines in REGISTERS.items():
        (HERE / name).write_text("\n".join(lines()) + "\n", encoding="utf-8")
