"""The defaults of everything public in d2lkit as lines of text.

`python tests/repository/defaults.py` writes them into `defaults.txt`: after a change that is meant,
which is then seen where it is read.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).with_suffix(".txt")


def of_library(root: Path = ROOT) -> list[str]:
    """A line for each public callable that has defaults, in the order of the files."""
    lines = []
    for path in sorted((root / "d2lkit").rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        if "check.chapters" not in module:
            lines += of_module(module, ast.parse(path.read_text(encoding="utf-8")))
    return lines


def of_module(module: str, tree: ast.Module) -> list[str]:
    """The lines of one module.

    >>> of_module("m", ast.parse("def f(a, b=1, *, c=True): ..."))
    ['m.f(b=1, c=True)']
    """
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            fields = [
                f"{part.target.id}={ast.unparse(part.value)}"
                for part in node.body
                if isinstance(part, ast.AnnAssign) and part.value is not None
            ]
            switches = [
                f"@{ast.unparse(decorator)}"
                for decorator in node.decorator_list
                if isinstance(decorator, ast.Call) and "dataclass" in ast.unparse(decorator.func)
            ]
            found.append((node.name, [*switches, *fields]))
            found += [
                (f"{node.name}.{part.name}", defaults(part.args))
                for part in node.body
                if isinstance(part, ast.FunctionDef)
            ]
        elif isinstance(node, ast.FunctionDef):
            found.append((node.name, defaults(node.args)))
    return [
        f"{module}.{name}({', '.join(values)})"
        for name, values in found
        if values and is_public(name)
    ]


def is_public(name: str) -> bool:
    """Whether a name, or the class whose own method it is, can be called from outside."""
    return not any(p.startswith("_") and not p.startswith("__") for p in name.split("."))


def defaults(arguments: ast.arguments) -> list[str]:
    """The arguments that have a default, with it."""
    by_place = [*arguments.posonlyargs, *arguments.args]
    by_place = by_place[len(by_place) - len(arguments.defaults) :]
    pairs = [*zip(by_place, arguments.defaults, strict=True)]
    pairs += [*zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return [f"{one.arg}={ast.unparse(value)}" for one, value in pairs if value is not None]


if __name__ == "__main__":
    STORED.write_text("\n".join(of_library()) + "\n", encoding="utf-8")
