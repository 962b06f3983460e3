"""Calculations that a demo shows, worked out anew: what stands on both sides of each `=`."""

import math
import re

_PART = r"(?:[\d +/*()⌊⌋·−]|\.(?=\d))"
_CHAIN = re.compile(rf"(?<![\w.]){_PART}*[\d)⌋] *(?:= *{_PART}*[\d)⌋] *)+")
_ROUNDED = re.compile(rf"(?<![\w.])({_PART}*[\d)]), rounded down, is (\d+)")


def worked_out(text: str) -> float:
    """The value of one side."""
    for sign, meaning in {"−": "-", "·": "*", "⌊": "floor(", "⌋": ")"}.items():
        text = text.replace(sign, meaning)
    if set(text.replace("floor", "")) - set("0123456789.+-*/() "):
        raise ValueError(f"{text!r} is no calculation")
    return eval(text.strip(), {"floor": math.floor, "__builtins__": {}})


def calculations(text: str) -> list[list[str]]:
    """The sides of each calculation of a text: `2·3 + bias 1 = 7` gives ["2·3 + 1", "7"]."""
    text = re.sub(r"\bbias (?=[\d(−])", "", text)
    found = [[f"⌊{above}⌋", below] for above, below in _ROUNDED.findall(text)]
    return found + [[side.strip() for side in one[0].split("=")] for one in _CHAIN.finditer(text)]


def calculation_faults(text: str, least: int = 1) -> list[str]:
    """What of a text does not come out.

    Args:
        text: what a reader sees. least: how many calculations it must show.
    """
    found = calculations(text)
    faults = [f"{len(found)} calculations in {text!r}"] if len(found) < least else []
    for sides in found:
        values = [worked_out(side) for side in sides]
        # What is shown with decimals is rounded to two.
        close = 0.0051 if "." in "".join(sides) else 0
        if max(values) - min(values) > close:
            faults.append(f"{' = '.join(sides)}: {values}")
    return faults
