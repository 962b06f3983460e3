"""Bring the listings of notebooks into line with the library.

Usage: python tests/book/listings_sync.py chapters/part/01-name.ipynb [...]

A listing is a cell tagged `d2lkit-listing`, whose first line names a module. Each definition in it
that differs from the library's is replaced: the library's own lines, without docstrings and
annotations, in lines of at most 72 characters. What the definition needs from d2lkit, and no cell
before has, is imported at the top of the cell. A listing that is equal already stays as it is, and
nothing is executed: run `make execute NB=...` afterwards.
"""

import ast
import builtins
import importlib.util
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parent))

from bookform.cells import LINES, parse
from bookform.listings import TAG, definitions, plain, source_of
from bookform.reading import code_cells, tags

COLUMNS = 72


def listed(source: str, name: str) -> str:
    """One definition of a module as a listing shows it: no docstrings, no annotations."""
    definition = definitions(source)[name]
    cuts = [cut for node in ast.walk(definition) for cut in _left_out(node, source)]
    for start, end in sorted(cuts, reverse=True):
        source = source[:start] + source[end:]
    return _formatted(ast.get_source_segment(source, definitions(source)[name]), source, name)


def _formatted(segment: str, source: str, name: str) -> str:
    decorators = [
        f"@{ast.get_source_segment(source, decorator)}"
        for decorator in definitions(source)[name].decorator_list
    ]
    code = _with_short_comments("\n".join([*decorators, segment]))
    command = [sys.executable, "-m", "ruff", "format", "--line-length", str(COLUMNS)]
    command += ["--config", "format.skip-magic-trailing-comma=true", "-"]
    ran = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    return _filled(ran.stdout.strip())


def _filled(code: str) -> str:
    """Put short arguments that stand one a line beside each other again."""
    lines = code.splitlines()
    while (place := _one_a_line(lines)) is not None:
        first, last = place
        indent = _indent(lines[first])
        text = " ".join(line.strip() for line in lines[first:last]).removesuffix(",")
        lines[first:last] = textwrap.wrap(
            text, COLUMNS, initial_indent=indent, subsequent_indent=indent
        )
    return "\n".join(lines)


def _one_a_line(lines: list[str]) -> tuple[int, int] | None:
    """The first run of arguments such as `name,` or `name=1,` that stand alone on their lines."""
    for number in range(1, len(lines)):
        last = number
        while last < len(lines) and re.fullmatch(r" +[\w.]+(=[\w.-]+| or [\w.]+)?,", lines[last]):
            last += 1
        if lines[number - 1].endswith("(") and last - number > 2:
            return number, last
    return None


def _with_short_comments(code: str) -> str:
    """Put a comment that makes its line too long above the line, and break long comments."""
    lines, paragraph, indent = [], [], ""
    for line in [*code.splitlines(), ""]:
        if line.lstrip().startswith("# "):
            paragraph.append(line.strip()[2:])
            indent = _indent(line)
            continue
        if paragraph:
            lines += _comment(" ".join(paragraph), indent)
            paragraph = []
        statement, mark, comment = line.rpartition("  # ")
        if mark and len(line) > COLUMNS:
            lines += [*_comment(comment, _indent(line)), statement]
        else:
            lines.append(line)
    return "\n".join(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _comment(text: str, indent: str) -> list[str]:
    start = f"{indent}# "
    return textwrap.wrap(text, COLUMNS, initial_indent=start, subsequent_indent=start)


def _left_out(node: ast.AST, source: str) -> list[tuple[int, int]]:
    """The parts of a source, from character to character, that a listing of a node leaves out."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        cuts = []
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            cuts.append((_place(source, first.lineno, 0), _place(source, first.end_lineno + 1, 0)))
        if getattr(node, "returns", None) is not None:
            end = _end(source, node.returns)
            cuts.append((source.rindex("->", 0, end), end))
        return cuts
    if isinstance(node, ast.arg) and node.annotation is not None:
        start = _place(source, node.lineno, node.col_offset) + len(node.arg)
        return [(start, _end(source, node.annotation))]
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return [(_end(source, node.target), _end(source, node.annotation))]
    return []


def _end(source: str, node: ast.AST) -> int:
    return _place(source, node.end_lineno, node.end_col_offset)


def _place(source: str, line: int, column: int) -> int:
    """A line and a column (in bytes, as in a syntax tree) as a position in a text."""
    lines = source.splitlines(keepends=True)
    if line > len(lines):
        return len(source)
    inside = lines[line - 1].encode()[:column].decode()
    return sum(map(len, lines[: line - 1])) + len(inside)


def imports_needed(code: str, module: str, known: set[str]) -> list[str]:
    """The imports that a listing needs beyond the names that are known before it."""
    tree = ast.parse(code)
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    needed = loaded - bound - own - arguments - known - set(dir(builtins))
    origins = _origins(source_of(module), module)
    lines: dict[str, set[str]] = {}
    for name in needed & set(origins):
        lines.setdefault(origins[name], set()).add(name)
    plain_imports = [f"import {name}" for name in sorted(lines.pop("", ()))]
    places = sorted(lines, key=lambda place: (place.startswith("d2lkit"), place))
    return plain_imports + [
        f"from {place} import {', '.join(sorted(lines[place]))}" for place in places
    ]


def _origins(source: str, module: str) -> dict[str, str]:
    """Where each name of a module comes from: another module, itself, or "" for a plain import."""
    origins = {}
    for node in parse(source).body:
        if isinstance(node, ast.ImportFrom):
            origins |= {alias.asname or alias.name: node.module for alias in node.names}
        elif isinstance(node, ast.Import):
            origins |= {alias.asname or alias.name: "" for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            origins[node.name] = module
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            origins |= dict.fromkeys(names, module)
    return origins


def names_of(cell) -> set[str]:
    """The names that a cell binds at its top level by import or definition."""
    names = set()
    for node in parse(cell.source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def sync(notebook) -> list[str]:
    """Bring the listings of a notebook into line, in place; return what changed."""
    changed, known = [], set()
    for cell in code_cells(notebook):
        if TAG in tags(cell):
            changed += _sync_cell(cell, known)
        known |= names_of(cell)
    return changed


def _sync_cell(cell, known: set[str]) -> list[str]:
    module = cell.source.splitlines()[0].removeprefix("# ").strip()
    source = source_of(module)
    shown, shipped = definitions(cell.source), definitions(source)
    missing = [name for name in shown if name not in shipped]
    if missing:
        return [f"{module} does not define {', '.join(missing)}: choose what to show"]
    equal = all(plain(shown[name]) == plain(shipped[name]) for name in shown)
    if equal and not any(map(_is_broken, parse(cell.source).body)):
        return []
    code = "\n\n\n".join(listed(source, name) for name in shown)
    head = imports_needed(code, module, known)
    cell.source = f"# {module}\n" + "".join(f"{line}\n" for line in head)
    cell.source += ("\n\n" if head else "") + code
    long = len(cell.source.splitlines())
    note = f" ({long} lines, {LINES} are allowed: split the cell)" if long > LINES else ""
    return [f"{module}: {', '.join(shown)}{note}"]


def _is_broken(node: ast.stmt) -> bool:
    """Whether an import asks d2lkit for something that it has no longer."""
    if not isinstance(node, ast.ImportFrom) or not node.module.startswith("d2lkit"):
        return False
    source = source_of(node.module)
    return source is None or not {alias.name for alias in node.names} <= set(
        _origins(source, node.module)
    ) | _submodules(node.module)


def _submodules(module: str) -> set[str]:
    folders = importlib.util.find_spec(module).submodule_search_locations or []
    return {path.stem for folder in folders for path in Path(folder).iterdir()}


def main() -> None:
    """Bring each named notebook into line and say what changed."""
    for path in sys.argv[1:]:
        notebook = nbformat.read(path, as_version=4)
        changed = sync(notebook)
        if changed:
            nbformat.write(notebook, path)
        for line in changed or ["nothing to change"]:
            print(f"{path}: {line}")


if __name__ == "__main__":
    main()
