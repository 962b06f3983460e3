"""Faults of the library: one operator, number or default of `d2lkit` is another one."""

import ast
import copy
import random
from pathlib import Path

from fault import Fault

DEFAULTS = "kept:tests/repository/test_defaults.py"
# What is written down of a whole package.
WRITTEN = {
    "plotting": ("tests:tests/plotting/test_drawings.py",),
    "models": ("tests:tests/models/test_layers.py tests/models/test_registry.py",),
}
TURNED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def faults(root: Path, count: int, chance: random.Random) -> list[Fault]:
    """A number of faults, each in another module."""
    modules = [
        path
        for path in sorted((root / "d2lkit").rglob("*.py"))
        if path.name != "__init__.py" and "check/chapters" not in path.as_posix()
    ]
    found = []
    for path in chance.sample(modules, len(modules)):
        places = of_module(root, path.relative_to(root).as_posix())
        if places and len(found) < count:
            found.append(chance.choice(places))
    return found


def of_module(root: Path, file: str) -> list[Fault]:
    """Every fault of one module."""
    judges = (DEFAULTS, *WRITTEN.get(Path(file).parts[1], ()))
    judges += tuple(f"{judge}:{file}" for judge in ("nearest", "near", "package"))
    places = mutants((root / file).read_text(encoding="utf-8"))
    return [Fault("library", file, what, change, judges) for what, change in places]


def mutants(text: str) -> list:
    """Every change of one operator, number or truth value, with a line that names it."""
    found = []
    for node in ast.walk(ast.parse(text)):
        other = _other(node)
        if other is not None and node.lineno == node.end_lineno:
            old, new = ast.get_source_segment(text, node), ast.unparse(other)
            found.append((f"line {node.lineno}: {old} -> {new}", _put(node, old, new)))
    return found


def _other(node):
    """The node with another meaning, or None."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        other = copy.deepcopy(node)
        other.ops[0] = TURNED[type(node.ops[0])]()
        return other
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in TURNED:
        if any(isinstance(part, ast.JoinedStr) for part in ast.walk(node)):
            return None
        other = copy.deepcopy(node)
        other.op = TURNED[type(node.op)]()
        return other
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        return ast.copy_location(ast.Constant(value), node)
    return None


def _put(node, old, new):
    def change(text: str) -> str:
        lines = text.split("\n")
        line = lines[node.lineno - 1].encode()
        start, end = node.col_offset, node.end_col_offset
        if line[start:end].decode() != old:
            raise ValueError(f"{old!r} does not stand in line {node.lineno}")
        brackets = f"({new})" if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare) else new
        lines[node.lineno - 1] = (line[:start] + brackets.encode() + line[end:]).decode()
        return "\n".join(lines)

    return change
