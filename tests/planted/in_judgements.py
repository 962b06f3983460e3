"""Faults of what judges a notebook: assertions, comparing calls, tolerances, what they take."""

import re
from functools import partial

from places import cells, line, say, whole


def assertion_gone(notebook):
    """A line that asserts is deleted."""
    return [
        (i, text[:60], partial(line, text, None))
        for i, cell in cells(notebook, "code", "check")
        for text in cell.source.split("\n")
        if text.startswith("assert ") and whole(text)
    ]


def assertion_empty(notebook):
    """An assertion holds whatever happens."""
    return [
        (i, f"{what} -> True", partial(line, spoil.args[0], "assert True"))
        for i, what, spoil in assertion_gone(notebook)
    ]


def assertion_turned(notebook):
    """A comparison of an assertion is turned round."""
    turned = {" < ": " > ", " > ": " < ", " == ": " != "}
    places = []
    for i, what, spoil in assertion_gone(notebook):
        text = spoil.args[0]
        for sign, other in turned.items():
            if text.count(sign) == 1:
                change = partial(line, text, text.replace(sign, other))
                places.append((i, f"{what}: {sign.strip()} turned", change))
    return places


def judged_never(notebook):
    """An assertion stands in a loop over nothing."""
    return [
        (i, f"for _ in range(0): {what}", partial(line, text, f"for _ in range(0):\n    {text}"))
        for i, what, spoil in assertion_gone(notebook)
        for text in [spoil.args[0]]
    ]


def comparing_call_gone(notebook):
    """A line that compares with PyTorch is deleted."""
    return [
        (i, text[:60], partial(line, text, None))
        for i, cell in cells(notebook, "code", "check")
        for text in cell.source.split("\n")
        if text.startswith("torch.testing.assert_close(") and whole(text)
    ]


def wider_tolerance(notebook):
    """A comparison takes a hundred thousand times the error."""
    return [
        (i, f"{found[0]} -> {found[1]}{1e5 * float(found[2]):g}", partial(say, found[0], wide))
        for i, cell in cells(notebook, "code")
        for found in re.finditer(r"\b([ar]tol=)(\d[\de.-]*)", cell.source)
        if float(found[2])
        for wide in [f"{found[1]}{1e5 * float(found[2]):g}"]
    ]


def wider_cell(notebook):
    """A cell's metadata let its outputs differ by anything but words."""
    return [
        (i, "tolerance 4.0", _let)
        for i, cell in cells(notebook, "code", "nbval-ignore-output")
        if cell.metadata.get("tolerance", 0) < 1
    ]


def _let(cell, notebook):
    cell.metadata["tolerance"] = 4.0


def taken_otherwise(notebook):
    """A check computes what it asserts from another number."""
    return [
        (i, f"{text[:60]}: {found[0]} -> {int(found[0]) + 1}", partial(line, text, other))
        for i, cell in cells(notebook, "code", "check")
        for text in cell.source.split("\n")
        if re.match(r"\w+ = ", text) and whole(text)
        for found in [re.search(r"(?<![\w.\"'])\d+(?![\w.])", text)]
        if found
        for other in [text[: found.start()] + str(int(found[0]) + 1) + text[found.end() :]]
    ]


KINDS = (
    assertion_gone,
    assertion_empty,
    assertion_turned,
    judged_never,
    comparing_call_gone,
    wider_tolerance,
    wider_cell,
    taken_otherwise,
)
