"""What a figure shows against what its caption and alternative text say of it.

What a figure holds (panels, lines, bars, pictures, words) is written down when its cell runs
(`figure_facts.py`), in `tests/book/figures/NAME.json`. Colours are read off the picture itself.
"""

import json
import re
from pathlib import Path

import numpy as np
from bookform.ledger import code_of
from bookform.pictures import on_white
from bookform.reading import code_cells, where

FOLDER = Path(__file__).resolve().parents[1] / "figures"
COUNTED = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
)
NUMBERS = {word: number for number, word in enumerate(COUNTED, 1)}
KINDS = {  # what an alternative text counts: what of the figure that is
    "panels": "panels panel",
    "lines": "curves curve lines line",
    "bars": "bars bar",
    "pictures": "pictures picture photographs maps squares patterns views strips",
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
_NUMBER = "|".join(NUMBERS)
# "Two rows of eight small pictures", "Three falling curves"
_FIRST = re.compile(
    rf"^(?:(?P<rows>{_NUMBER}) rows of )?(?P<count>{_NUMBER}) (?:[\w-]+ ){{0,2}}?"
    rf"(?P<what>{'|'.join(KIND_OF)})\b",
    re.IGNORECASE,
)
SHARE = 0.0004  # of the pixels of a picture: a few letters have less, a thin line has more
# Hue from 0 to 1, saturation at least, value from and to.
COLOURS = {
    "blue": [(0.50, 0.70, 0.25, 0.2, 1.0)],
    "orange": [(0.02, 0.14, 0.35, 0.4, 1.0)],
    "vermillion": [(0.02, 0.09, 0.50, 0.4, 1.0)],
    "red": [(0.0, 0.06, 0.35, 0.3, 1.0), (0.93, 1.0, 0.35, 0.3, 1.0)],
    "green": [(0.20, 0.48, 0.15, 0.15, 1.0)],
    "yellow": [(0.11, 0.19, 0.30, 0.5, 1.0)],
    "purple": [(0.70, 0.92, 0.10, 0.2, 1.0)],
    "violet": [(0.66, 0.92, 0.05, 0.2, 1.0)],
    "pink": [(0.85, 1.0, 0.15, 0.5, 1.0), (0.0, 0.04, 0.15, 0.6, 1.0)],
    "brown": [(0.02, 0.13, 0.25, 0.1, 0.75)],
    "black": [(0.0, 1.0, 0.0, 0.0, 0.2)],
    "white": [(0.0, 1.0, 0.0, 0.9, 1.0)],
}


def path_of(notebook: Path) -> Path:
    """Where the facts of a notebook's figures lie."""
    return FOLDER / f"{notebook.parent.name}.{notebook.stem}.json"


def described(notebook) -> list[tuple]:
    """The figures of a notebook: name, cell, caption, alternative text."""
    found = []
    for cell in code_cells(notebook):
        book = cell.metadata.get("mystnb", {})
        if "figure" in book:
            figure, alt = book["figure"], book.get("image", {}).get("alt", "")
            found.append((figure.get("name"), cell, figure.get("caption", ""), alt))
    return found


def written_down(lines: list[dict], notebook) -> dict[str, dict]:
    """The facts of every figure by its name, from what a run of the notebook has shown."""
    by_cell = {line["cell"]: line for line in lines}
    found = {}
    for name, cell, _, _ in described(notebook):
        if code_of(cell) in by_cell:
            found[name] = by_cell[code_of(cell)]
    return found


def store(notebook_path: Path, lines: list[dict], notebook) -> None:
    """Write the facts of a notebook's figures, one figure a line."""
    facts = written_down(lines, notebook)
    rows = [f"{json.dumps(n)}: {json.dumps(one, ensure_ascii=False)}" for n, one in facts.items()]
    path_of(notebook_path).parent.mkdir(exist_ok=True)
    text = "{\n" + ",\n".join(rows) + "\n}\n"
    path_of(notebook_path).write_text(text, encoding="utf-8")


def faults(notebook, facts: dict[str, dict]) -> list[str]:
    """Where words and figures of a notebook do not agree."""
    found = []
    for name, cell, caption, alt in described(notebook):
        pictures = [output.get("data", {}).get("image/png") for output in cell.outputs]
        pictures = [picture for picture in pictures if picture]
        for picture in pictures[:1]:
            wrong = colour_faults(picture, f"{caption} {alt}")
            if facts.get(name, {}).get("cell") != code_of(cell):
                wrong.append("its facts are of another cell: execute the notebook again")
            else:
                wrong += word_faults(facts[name], caption, alt)
            found += [f"{where(notebook, cell)}: {name}: {sentence}" for sentence in wrong]
    return found


def word_faults(fact: dict, caption: str, alt: str) -> list[str]:
    """Counts, axes and names that the words about a figure have otherwise than the figure."""
    found = []
    first = _FIRST.match(alt)
    kind = KIND_OF.get(first["what"].lower()) if first else None
    single = kind in ("panels", "pictures") or fact["panels"] == 1
    if kind and single and not (kind == "pictures" and fact["pictures"] == 0):
        rows = NUMBERS[(first["rows"] or "one").lower()]
        count = rows * NUMBERS[first["count"].lower()]
        if count != fact[kind]:
            found.append(f"{first[0]!r} in the alternative text, {fact[kind]} {kind} drawn")
    words = f"{caption} {alt}"
    if bool(re.search(r"\blog", words, re.IGNORECASE)) and not fact["log"]:
        found.append("a logarithmic axis in the words, none drawn")
    if fact["log"] and not re.search(r"\blog", words, re.IGNORECASE):
        found.append("a logarithmic axis drawn, none in the words")
    for label in fact["names"]:
        if not _mentioned(label, words):
            found.append(f"the series {label!r} is in no word of caption and alternative text")
    return found


def _mentioned(label: str, words: str) -> bool:
    """Whether a text has a label as a whole, or one of its words, in full or as far as it goes."""
    if _squashed(label) in _squashed(words):
        return True
    there = _parts(words)
    return any(
        word == part or (len(part) > 2 and word.startswith(part[: max(4, len(part) - 3)]))
        for part in _parts(label)
        for word in there
    )


def _squashed(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _parts(text: str) -> list[str]:
    """The words of a text in small letters: two in `val_acc`, in `resnet18` and in `BatchNorm`."""
    names = {str(number): name for name, number in NUMBERS.items()}
    parts = re.findall(r"[A-Z]?[a-zäöüï]+|[A-Z]+|\d+", text)
    return [names.get(part, part.lower()) for part in parts]


def colour_faults(picture: str, words: str) -> list[str]:
    """The colours that the words about a figure name and the picture does not have."""
    flat = np.asarray(on_white(picture).convert("HSV")) / 255
    hue, saturation, value = np.moveaxis(flat, -1, 0)
    words = re.sub(r"\b\w+ minus \w+", "", words)  # channels of a photograph
    found = []
    for colour, ranges in COLOURS.items():
        if not re.search(rf"(?<![-\w]){colour}\b", words, re.IGNORECASE):
            continue
        drawn = np.zeros(hue.shape, bool)
        weak = re.search(rf"\b(pale|faint) {colour}\b", words, re.IGNORECASE)
        for low, high, strong, dark, light in ranges:
            here = (hue >= low) & (hue <= high) & (saturation >= (0.02 if weak else strong))
            drawn |= here & (value >= dark) & (value <= light)
        if drawn.mean() < SHARE:
            found.append(f"{colour} in the words, {drawn.mean():.3%} of the picture has it")
    return found
