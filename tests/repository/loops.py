"""Tests that would pass on nothing: all that they assert stands in loops over what was found.

A test of every picture of a page passes on a page without pictures, unless it says how many there
are. Any assertion outside of such a loop counts: `assert len(pictures) == 3`.
"""

import ast

# `for a, b in zip(found, (1, 2, 3))` goes through three, or fails.
THROUGH = ("zip", "enumerate", "pairwise", "product", "sorted", "reversed")
# What finds something where an empty list of faults is no sign: [... for one in find()] == [].
FINDS = ("all", "glob", "rglob", "findall", "finditer", "select", "find_all", "evaluate_all")


def tests_of_nothing(tree: ast.Module) -> list[str]:
    """The tests of a module that say of no loop how often it runs."""
    known = _written_out(tree.body, set())
    tests = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name[:5] == "test_"]
    found = []
    for test in tests:
        names = _written_out([n for n in ast.walk(test) if isinstance(n, ast.Assign)], known)
        places = [kind for child in test.body for kind in _places(child, names, False)]
        if places and all(places):
            found.append(test.name)
    return found


def _written_out(nodes: list, known: set[str]) -> set[str]:
    """The names that stand for values written out in the file; there is something to go through."""
    known = set(known)
    for node in nodes:
        if isinstance(node, ast.Assign) and _literal(node.value, known):
            known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return known


def _literal(node: ast.AST, known: set[str]) -> bool:
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func).rpartition(".")
        if called[2] in ("items", "values", "keys"):
            return called[0] in known
        return called[2] == "range" or (
            called[2] in THROUGH and any(_literal(argument, known) for argument in node.args)
        )
    written = ast.Tuple | ast.List | ast.Dict | ast.Set | ast.Constant
    return isinstance(node, written) or (isinstance(node, ast.Name) and node.id in known)


def _places(node: ast.AST, known: set[str], inside: bool):
    """For each assertion below a node, whether it stands in a loop over what was found."""
    if isinstance(node, ast.For):
        inside = inside or not _literal(node.iter, known)
    if isinstance(node, ast.Assert):
        yield inside or _goes_through(node.test, known)
    elif isinstance(node, ast.Call) and _asserts(ast.unparse(node.func)):
        yield inside
    for child in ast.iter_child_nodes(node):
        yield from _places(child, known, inside)


def _asserts(called: str) -> bool:
    return called.rpartition(".")[2].startswith("assert_") or called.endswith("raises")


def _goes_through(test: ast.expr, known: set[str]) -> bool:
    """Whether a condition is `all(...)` over what was found, or finds nothing wrong there."""
    if isinstance(test, ast.Call) and ast.unparse(test.func) == "all" and test.args:
        loop = test.args[0]
    elif isinstance(test, ast.Compare) and ast.unparse(test.comparators[-1]) == "[]":
        loop = test.left
        calls = [n for n in ast.walk(loop) if isinstance(n, ast.Call)]
        if not any(ast.unparse(call.func).rpartition(".")[2] in FINDS for call in calls):
            return False
    else:
        return False
    every = isinstance(loop, ast.GeneratorExp | ast.ListComp)
    return every and not _literal(loop.generators[0].iter, known)
