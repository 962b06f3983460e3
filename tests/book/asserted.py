"""What a failed assertion compared: asked after the failure, so that what passes pays nothing.

``nbval_hooks`` hands the source of this file to the notebook's kernel, which need not find it on
its path; ``tests/conftest.py`` asks about a test's `all(...)`, of which pytest shows no value.
"""

import ast
import linecache
import sys

LONGEST = 160  # characters of one value


def compared(trace=None, only=ast.AST) -> str:
    """`a = 3, b = 4` for the assertion that failed last; "" if it was none of these.

    The sides are computed once more, where the assertion stands: in the frame that failed. With
    `only`, for conditions of that kind.
    """
    if trace is None and not isinstance(getattr(sys, "last_value", None), AssertionError):
        return ""
    trace = trace or sys.last_traceback
    while trace.tb_next:
        trace = trace.tb_next
    frame, line = trace.tb_frame, trace.tb_lineno
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except SyntaxError:  # no Python
        return ""
    failed = [n for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    failed = [n for n in failed if n.lineno <= line <= n.end_lineno]
    # A function such as torch.testing.assert_close has raised, and says more.
    if not failed or not isinstance(failed[-1].test, only):
        return ""
    names = {**frame.f_globals, **frame.f_locals}
    return ", ".join(_shown(label, side, names) for label, side in sides(failed[-1].test))


def sides(test: ast.expr) -> list[tuple[str, ast.expr]]:
    """What a condition compares, each with its name; constants need none.

    >>> [label for label, _ in sides(ast.parse("a.b > 2 and not (c == d).all()").body[0].value)]
    ['a.b', 'c', 'd']
    """
    if isinstance(test, ast.BoolOp):
        return [side for value in test.values for side in sides(value)]
    if isinstance(test, ast.UnaryOp):
        return sides(test.operand)
    if isinstance(test, ast.Compare):
        found = [test.left, *test.comparators]
        found = [side for side in found if not isinstance(side, ast.Constant)]
        return [(ast.unparse(side), side) for side in found]
    if isinstance(test, ast.Call):
        if isinstance(test.args[0] if test.args else None, ast.GeneratorExp):
            return [_first_that_fails(test.args[0])]
        if isinstance(test.func, ast.Attribute) and not test.args:  # (a < b).all()
            return sides(test.func.value)
        given = [argument for argument in test.args if not isinstance(argument, ast.Constant)]
        return [(ast.unparse(argument), argument) for argument in given]
    return [(ast.unparse(test), test)]


def _first_that_fails(every: ast.GeneratorExp) -> tuple[str, ast.expr]:
    """What `all(a < b for a, b in pairs)` compares where it first does not hold."""
    values = ", ".join(label for label, _ in sides(every.elt))
    test = ast.unparse(every.elt)
    loops = ast.unparse(every).removeprefix(f"({test}").removesuffix(")")
    source = f"next((({values}){loops} if not ({test})), None)"
    return f"the first {values}", ast.parse(source, mode="eval").body


def _shown(label: str, side: ast.expr, names: dict) -> str:
    try:
        value = eval(compile(ast.Expression(side), "<side>", "eval"), names)
        text = " ".join(repr(value).split())
    except Exception as error:  # what cannot be computed twice
        text = f"({type(error).__name__}: {error})"
    return f"{label} = {text if len(text) <= LONGEST else text[:LONGEST] + '…'}"
