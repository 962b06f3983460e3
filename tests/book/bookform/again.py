"""Stored outputs against those of a new run: numbers, text and pictures.

nbval compares what must be the same to the letter. What it leaves out, cells with the tag
`nbval-ignore-output`, glued numbers and pictures, is compared here to a tolerance: a stored value
that nobody measured does not pass. Needs numpy and Pillow, which matplotlib brings.
"""

import re

import numpy as np
from bookform.pictures import on_white
from bookform.reading import where
from PIL import Image

# The largest difference of a number, as a share of the larger, where the cell's metadata state no
# other. From 1 on ("tolerance": 4.0 for times, which a busy machine may need ten times over) only
# words and signs are compared, and pictures, whose points are such times, not at all.
TOLERANCE = 0.1
# Small numbers are compared absolutely: 0.02 and 0.03 are both about nothing.
SMALL = 0.05
POINTS = 4  # a glued number between 20 and 100 is a percentage, mostly: 94 is not 99
SIDE = 48  # pictures are compared in this size, so that a shifted line is no other picture
PICTURE = 0.2  # share of the ink of two pictures that is not common to both
NUMBER = re.compile(r"(?<![\w.])[-−+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")


def compare(stored, fresh) -> list[str]:
    """Name the code cells of a stored notebook whose outputs a new run of it does not give.

    The new run may lack cells; those that it has are found by their source.
    """
    again: dict[str, list] = {}
    for cell in fresh.cells:
        if cell.cell_type == "code":
            again.setdefault(_key(cell.source), []).append(cell)
    faults, found = [], 0
    for cell in stored.cells:
        if cell.cell_type == "code" and again.get(_key(cell.source)):
            found += 1
            new = again[_key(cell.source)].pop(0)
            faults += [f"{where(stored, cell)}: {fault}" for fault in compare_cell(cell, new)]
    if not found and any(cell.cell_type == "code" for cell in stored.cells):
        faults.append("the new run holds none of the stored cells")
    return faults


def compare_cell(stored, fresh) -> list[str]:
    """Compare the outputs of one cell: as many, of the same kind, to the cell's tolerance."""
    tolerance = float(stored.metadata.get("tolerance", TOLERANCE))
    old, new = (seen_outputs(cell) for cell in (stored, fresh))
    if [kind for kind, _ in old] != [kind for kind, _ in new]:
        kinds = [", ".join(kind for kind, _ in found) or "nothing" for found in (old, new)]
        return [f"stored is {kinds[0]}, a new run gives {kinds[1]}"]
    faults = []
    for (kind, before), (_, after) in zip(old, new, strict=True):
        points = kind.startswith("number") and tolerance == TOLERANCE
        if kind == "picture":
            difference = picture_difference(before, after) if tolerance < 1 else 0.0
            if difference > PICTURE:
                faults.append(f"the stored picture is another one: {difference:.2f} of the ink")
        elif not close(before, after, tolerance, points):
            faults.append(
                f"stored {kind} {_short(before)!r}, a new run gives {_short(after)!r}; "
                f"tolerance {tolerance:g}{f', {POINTS} points of a percentage' if points else ''}"
            )
    return faults


def close(before: str, after: str, tolerance: float = TOLERANCE, points: bool = False) -> bool:
    """Whether two texts are the same but for numbers, and these to a tolerance.

    With `points`, numbers between 20 and 100 are held to `POINTS`, too.

    >>> close("92 % of 360", "94 % of 360")
    True
    >>> close("92 %", "42 %"), close("92 % right", "92 % wrong")
    (False, False)
    >>> close("94", "99"), close("94", "99", points=True)
    (True, False)
    """
    if _words(before) != _words(after):
        return False
    pairs = list(zip(_numbers(before), _numbers(after), strict=True))
    for a, b in pairs:
        largest = max(abs(a), abs(b))
        allowed = max(SMALL, tolerance * largest)
        if points and 20 <= largest <= 100:
            allowed = min(allowed, POINTS)
        if abs(a - b) > allowed:
            return False
    return True


def _words(text: str) -> list[str]:
    return NUMBER.sub(" 0 ", text).split()


def _numbers(text: str) -> list[float]:
    plain = (found.replace(",", "").replace("−", "-") for found in NUMBER.findall(text))
    return [float(number) for number in plain]


def picture_difference(before: str, after: str) -> float:
    """Return the share of the ink of two PNGs (base64) that they do not have in common.

    0 for two equal pictures, 1 for two that have no dark pixel in common.
    """
    first, second = _ink(before), _ink(after)
    return float(np.abs(first - second).sum() / max((first + second).sum(), 1e-9))


def _ink(encoded: str) -> np.ndarray:
    """A PNG laid on white and shrunk: 0 where it is white, 1 where it is black."""
    small = on_white(encoded).resize((SIDE, SIDE), Image.Resampling.BOX)
    return 1 - np.asarray(small, dtype=float) / 255


def _key(source: str) -> str:
    return "".join(source.split())


def seen_outputs(cell) -> list[tuple[str, str]]:
    """The outputs that a reader sees, each with its kind: number, picture or text."""
    found = []
    for output in cell.get("outputs", []):
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        data = output.get("data", {})
        if name:
            found.append((f"number {name}", " ".join(map(_text, data.values()))))
        elif "image/png" in data:
            found.append(("picture", _text(data["image/png"])))
        elif "image/svg+xml" in data:
            found.append(("drawing", _text(data["image/svg+xml"])))
        elif output.output_type == "stream" and output.get("name") == "stdout":
            found.append(("text", _text(output.text)))
        elif "text/plain" in data:
            found.append(("text", _text(data["text/plain"])))
    return found


def _text(value) -> str:
    return value if isinstance(value, str) else "".join(value)


def _short(text: str) -> str:
    return " ".join(text.split())[:60]
