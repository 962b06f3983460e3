"""Which faults a seed plants: drawn once, and kept while chapters and modules go on changing."""

import random
import re
from pathlib import Path

import in_library
import in_notebooks
import in_repository
from fault import Fault

PLACE = re.compile(r"^(cell|line) (\d+): ")


def draw(root: Path, seed: int, library: int, each: int) -> list[Fault]:
    """The faults of a seed: always the same ones for one state of the repository."""
    chance = random.Random(seed)
    notebooks = sorted(root.glob("chapters/*/*.ipynb"))
    found = in_library.faults(root, library, chance)
    found += in_repository.fixed(root) if seed == 0 else []
    found += in_repository.faults(root, each, chance)
    by_kind: dict[str, list[Fault]] = {}
    for path in notebooks:
        name = path.relative_to(root).as_posix()
        for fault in in_notebooks.faults(root, name, chance):
            by_kind.setdefault(fault.kind, []).append(fault)
    for kind in sorted(by_kind):
        found += chance.sample(by_kind[kind], min(each, len(by_kind[kind])))
    return found


def kept(root: Path, names: list[str], caught: set[str]) -> list[Fault]:
    """The planned faults as they can be planted today.

    A fault whose line or cell has moved is planted where it is now, under a new name. One whose
    place has gone counts if it was caught, and is left out if it was not.
    """
    by_name = {fault.name: fault for fault in everything(root, {n.split(" | ")[1] for n in names})}
    by_text: dict[tuple, list[Fault]] = {}
    for fault in by_name.values():
        by_text.setdefault(_text(fault.name)[0], []).append(fault)
    found = []
    for name in names:
        text, number = _text(name)
        if name in by_name:
            found.append(by_name[name])
        elif name in caught:
            kind, file, what = name.split(" | ", 2)
            found.append(Fault(kind, file, what, _gone, ("gone",)))
        elif text in by_text:
            found.append(min(by_text[text], key=lambda f: abs(_text(f.name)[1] - number)))
    return found


def everything(root: Path, files: set[str]) -> list[Fault]:
    """Every fault that could be planted in some files."""
    found = in_repository.everything(root)
    for file in sorted(files):
        if not (root / file).exists():
            continue
        if file.startswith("d2lkit/") and file.endswith(".py"):
            found += in_library.of_module(root, file)
        if file.endswith(".ipynb"):
            found += in_notebooks.of_notebook(root, file)
    return found


def of_seed(root: Path, seed: int, library: int, each: int, record) -> list[Fault]:
    """Draw the faults of a seed and write down their names, or take those that were drawn."""
    path = record.path.with_suffix(".plan")
    if path.exists():
        names = path.read_text(encoding="utf-8").splitlines()
        caught = {line["fault"] for line in record.lines if line["caught"]}
        faults = kept(root, names, caught)
    else:
        faults = draw(root, seed, library, each)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{fault.name}\n" for fault in faults), encoding="utf-8")
    return faults


def _text(name: str) -> tuple[tuple, int]:
    """A name without the number of its cell or line, and that number."""
    kind, file, what = name.split(" | ", 2)
    place = PLACE.match(what)
    return (kind, file, PLACE.sub("", what)), int(place[2]) if place else 0


def _gone(text: str) -> str:
    raise ValueError("the place of this fault has gone")
