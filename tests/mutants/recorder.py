"""What a cell with rewritten assertions calls: see ``instrument.py``. Runs in the kernel."""

import hashlib
import json
import operator
from pathlib import Path

OPERATORS = {
    "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge,
    "Eq": operator.eq, "NotEq": operator.ne, "Is": operator.is_, "IsNot": operator.is_not,
    "In": lambda a, b: a in b, "NotIn": lambda a, b: a not in b,
}  # fmt: skip
LESS = {"Lt", "LtE"}
ORDERS = LESS | {"Gt", "GtE"}
ROUNDING = 0.001
entries: dict[str, dict] = {}


def entry(name: str) -> dict:
    """What is known of an assertion."""
    new = {"times": 0, "held": True, "raised": "", "empty": False, "first": "", "sides": ""}
    new["loose"] = None  # whether all typed thresholds can be moved; None where nothing is compared
    return entries.setdefault(name, new)


def holds(name: str, test) -> None:
    """Evaluate an assertion, and go on whether it holds or not."""
    known = entry(name)
    known["times"] += 1
    try:
        held = bool(test())
    except Exception as error:
        known["raised"] = type(error).__name__
    else:
        known["held"] &= held


def compare(name: str, signs: list[str], typed: list[bool], *values):
    """Do what a chain of comparisons does, and note its sides; `typed` tells which are literals."""
    for value in values:
        side(name, value)
    known, found = entry(name), True
    for i, sign in enumerate(signs):
        pair = slice(i, i + 2)
        found = OPERATORS[sign](*values[pair])
        known["loose"] = known["loose"] is not False and loose(sign, values[pair], typed[pair])
        if len(signs) > 1 and not found:
            break
    return found


def loose(sign: str, values: tuple, typed: list[bool]) -> bool:
    """Whether a comparison holds with its typed threshold moved by the stated margin, too.

    False where there is none to move: `==`, two measured sides, zero, a tolerance for rounding.
    """
    if sign not in ORDERS or typed[0] == typed[1]:
        return False
    place = typed.index(True)
    if abs(values[place]) <= ROUNDING:
        return False
    harder = list(values)
    harder[place] = moved(values[place], up=(sign in LESS) == (place == 0))
    found = OPERATORS[sign](*harder)
    return bool(found.all() if hasattr(found, "all") else found)


def moved(threshold: float, up: bool) -> float:
    """Twice or half of a threshold.

    >>> moved(3, up=True), moved(3, up=False), moved(-3, up=True)
    (6, 1.5, -1.5)
    """
    return threshold * 2 if up == (threshold > 0) else threshold / 2


def counted(name: str, parts):
    """Go through the parts of `all` or `any`; none at all proves nothing."""
    count = 0
    for part in parts:
        count += 1
        yield part
    entry(name)["empty"] |= count == 0


def side(name: str, value):
    """Note one side of a comparison, and return it."""
    known = entry(name)
    plain = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(plain, set | frozenset):  # shown in another order by each process
        plain = sorted(plain, key=repr)
    text = repr(plain)
    if known["times"] <= 1 and len(known["first"]) < 60:
        known["first"] += f"{text[:30]}; "
    known["sides"] = hashlib.sha256((known["sides"] + text).encode()).hexdigest()[:16]
    return value


def write(path: str) -> None:
    """Write all entries."""
    Path(path).write_text(json.dumps(entries), encoding="utf-8")
