"""Definitions that a notebook shows and d2lkit ships: the same code, up to comments."""

import ast
import difflib
import functools
import importlib.util
import re
from pathlib import Path

from bookform.cells import parse
from bookform.reading import CHAPTER, code_cells, tags, where

TAG = "d2lkit-listing"
ALIKE = 0.5  # listings are as good as equal to the library, a chapter's own functions below 0.2
Definition = ast.FunctionDef | ast.ClassDef


class _Plain(ast.NodeTransformer):
    """Drops what a listing may say differently: docstrings and annotations."""

    def _body(self, node):
        self.generic_visit(node)
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self._body(node)

    def visit_ClassDef(self, node):
        return self._body(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if node.value is None:
            return None
        return ast.Assign(targets=[node.target], value=node.value)


def plain(definition: Definition) -> str:
    """A definition in a form in which two that do the same, written the same, are equal."""
    return ast.dump(_Plain().visit(definition))


def plain_lines(definition: Definition) -> list[str]:
    """The lines of a definition without docstrings and annotations."""
    return ast.unparse(ast.fix_missing_locations(_Plain().visit(definition))).splitlines()


def definitions(source: str) -> dict[str, Definition]:
    """The functions and classes at the top level of a source."""
    return {node.name: node for node in parse(source).body if isinstance(node, Definition)}


def source_of(module: str) -> str | None:
    """The source of a module of d2lkit; None if there is no such module."""
    path = source_path(module)
    return Path(path).read_text(encoding="utf-8") if path else None


def source_path(module: str) -> str | None:
    """The file of a module, which is not imported; None if there is none."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return spec.origin if spec else None


def listing_cells(notebook) -> list:
    """The cells that show code of the library."""
    return [cell for cell in code_cells(notebook) if TAG in tags(cell)]


def check_listings(notebook) -> list[str]:
    """Each definition in a tagged cell equals the one in the module that its first line names."""
    faults = []
    for cell in listing_cells(notebook):
        place = where(notebook, cell)
        match = re.match(r"# (d2lkit(?:\.\w+)+)\n", cell.source)
        if not match:
            faults.append(f"{place}: the first line must name the module: '# d2lkit.ops.pooling'")
            continue
        source = source_of(match.group(1))
        if source is None:
            faults.append(f"{place}: there is no module {match.group(1)}")
            continue
        shown, shipped = definitions(cell.source), definitions(source)
        if not shown:
            faults.append(f"{place} defines nothing")
        for name, definition in shown.items():
            if name not in shipped:
                faults.append(f"{place}: {match.group(1)} does not define {name}")
            elif plain(definition) != plain(shipped[name]):
                faults.append(f"{place}: {name} differs from {match.group(1)}")
    return faults


@functools.cache
def shipped_definitions() -> dict[str, list[Path]]:
    """The functions and classes of d2lkit by name, each with the modules that define it."""
    found: dict[str, list[Path]] = {}
    for path in Path(source_path("d2lkit")).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE):
            found.setdefault(name, []).append(path)
    return found


def check_tags_of_listings(notebook) -> list[str]:
    """A cell that shows code of the library carries the tag, so that it is compared."""
    faults = []
    for cell in code_cells(notebook):
        if TAG in tags(cell):
            continue
        if re.match(r"# d2lkit(?:\.\w+)+\n", cell.source):
            faults.append(f"{where(notebook, cell)} names a module of d2lkit without the tag {TAG}")
        for name, definition in definitions(cell.source).items():
            own = plain_lines(definition)
            for path in shipped_definitions().get(name, []):
                lines = plain_lines(definitions(path.read_text(encoding="utf-8"))[name])
                if difflib.SequenceMatcher(None, own, lines).ratio() > ALIKE:
                    faults.append(
                        f"{where(notebook, cell)}: {name} is nearly that of d2lkit: "
                        f"the tag {TAG}, or another name"
                    )
    return faults


def check_some_listing(notebooks) -> list[str]:
    """The book shows code of the library at all; if not, the tag has been lost."""
    found = any(listing_cells(notebook) for notebook in notebooks)
    return [] if found else [f"no cell of the book carries the tag {TAG}"]


def check_answers(notebook, registered) -> list[str]:
    """At least one exercise is checked by d2lkit.check, each label exists, the answer is right."""
    used, own = [], re.findall(r"^:label: *(ex-\S+)", _text(notebook), re.MULTILINE)
    for cell in code_cells(notebook):
        for node in ast.walk(parse(cell.source)):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "check.answer"
                and node.args
            ):
                used.append((where(notebook, cell), getattr(node.args[0], "value", None)))
    faults = [] if used else [f"{CHAPTER}: no exercise is checked by check.answer"]
    printed = "\n".join(str(output) for cell in code_cells(notebook) for output in cell.outputs)
    for place, label in used:
        if label not in own:
            faults.append(f"{place}: check.answer({label!r}): not an exercise of this chapter")
        if label not in registered:
            faults.append(f"{place}: check.answer({label!r}): not in d2lkit.check")
        if f"{label}: right." not in printed:
            faults.append(f"{place}: check.answer({label!r}): no stored output says 'right.'")
    return faults


def check_registered(registered, notebooks) -> list[str]:
    """Every exercise that d2lkit.check knows stands in a chapter, under the same label."""
    found = {
        label
        for notebook in notebooks
        for label in re.findall(r"^:label: *(ex-\S+)", _text(notebook), re.MULTILINE)
    }
    return [f"{label} stands in no chapter" for label in registered if label not in found]


def _text(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
