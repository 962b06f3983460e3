"""Assertions put to the numbers that a chapter stores, where a new run gives others.

A cell tagged `nbval-ignore-output` glues a number that moves from run to run: the page quotes the
stored one, while the assertion below sees the new one. An assertion about the same expression has
to hold for both. Numbers of other cells are the same to the letter, so nothing is asked of them.
"""

import ast
import itertools
from collections.abc import Iterator

from bookform.again import seen_outputs
from bookform.reading import tags

Ends = tuple[float, float]  # between which a rounded number lay


def stored_values(cell) -> dict[str, Ends]:
    """What a tagged cell glues under a fixed name: the expression, and the stored number's ends.

    `glue("share", round(100 * share))` with 94 in its outputs gives `{"share": (0.935, 0.945)}`.
    """
    if "nbval-ignore-output" not in tags(cell):
        return {}
    seen = [(kind.partition("number ")[2], text) for kind, text in seen_outputs(cell)]
    shown = {name: text.strip("'\"") for name, text in seen if name}
    found = {}
    for call in ast.walk(ast.parse(cell.source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "glue":
            name = getattr(call.args[0], "value", None)
            if name in shown:
                expression, ends = before_rounding(call.args[1], shown[name])
                found[ast.unparse(expression)] = ends
    return found


def before_rounding(value: ast.expr, shown: str) -> tuple[ast.expr, Ends]:
    """The expression below `round`, a format, `100 *` and `.item()`, and what it was between.

    >>> expression, ends = before_rounding(ast.parse("round(100 * a.b)").body[0].value, "94")
    >>> ast.unparse(expression), ends
    ('a.b', (0.935, 0.945))
    """
    number = float(shown.replace(",", "").rstrip("%"))
    decimals = len(shown.rstrip("%").partition(".")[2])
    unit = 0.0
    if isinstance(value, ast.JoinedStr) and len(value.values) == 1:
        value, unit = value.values[0].value, 0.5 * 10**-decimals
    elif ast.unparse(value).startswith("round("):
        value, unit = value.args[0], 0.5 * 10**-decimals
    low, high = number - unit, number + unit
    if shown.endswith("%"):
        low, high = low / 100, high / 100
    if ast.unparse(value).startswith("100 * "):
        value, low, high = value.right, low / 100, high / 100
    if ast.unparse(value).endswith(".item()"):
        value = value.func.value
    return value, (low, high)


def forget_assigned(source: str, stored: dict[str, Ends]) -> dict[str, Ends]:
    """What is stored, but for expressions with a name that this code gives another value."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    assigned = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    return {
        expression: ends
        for expression, ends in stored.items()
        if not assigned & {n.id for n in ast.walk(ast.parse(expression)) if isinstance(n, ast.Name)}
    }


def put_to_stored(source: str, stored: dict[str, Ends]) -> list[tuple[str, str]]:
    """The assertions of a cell that speak of stored numbers.

    Each as what to say if it fails, and as an expression to evaluate where the cell has run: true
    if it holds for one of the numbers that round to the stored one.

    >>> put_to_stored("assert a > 3 and b", {"a": (3.0, 4.0)})[0][1]
    'any(map(bool, [3.0 > 3 and b, 4.0 > 3 and b]))'
    """
    found = []
    for condition, statement in _assertions(ast.parse(source).body):
        parts = {ast.unparse(n) for n in ast.walk(statement.test) if isinstance(n, ast.expr)}
        told = [expression for expression in stored if expression in parts]
        if told:
            ways = itertools.product(*(dict.fromkeys(stored[expression]) for expression in told))
            tests = [_with(statement.test, dict(zip(told, way, strict=True))) for way in ways]
            values = ", ".join(f"{name} = {sum(stored[name]) / 2:.4g}" for name in told)
            says = f"not with what is stored ({values}): assert {ast.unparse(statement.test)}"
            found.append((says, f"{condition}any(map(bool, [{', '.join(tests)}]))"))
    return found


def _assertions(body: list[ast.stmt], condition: str = "") -> Iterator[tuple[str, ast.Assert]]:
    """The assertions that are always made, or below an `if`: with "not (its condition) or "."""
    for statement in body:
        if isinstance(statement, ast.Assert):
            yield condition, statement
        elif isinstance(statement, ast.If):
            test = f"{condition}not ({ast.unparse(statement.test)}) or "
            yield from _assertions(statement.body, test)


class _Replace(ast.NodeTransformer):
    def __init__(self, numbers: dict[str, float]):
        self.numbers = numbers

    def visit(self, node: ast.AST) -> ast.AST:
        number = self.numbers.get(ast.unparse(node)) if isinstance(node, ast.expr) else None
        return self.generic_visit(node) if number is None else ast.Constant(number)


def _with(test: ast.expr, numbers: dict[str, float]) -> str:
    """The source of a condition with numbers in the place of expressions."""
    return ast.unparse(_Replace(numbers).visit(ast.parse(ast.unparse(test), mode="eval").body))
