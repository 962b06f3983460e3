"""Stored outputs: complete, quiet, described, and free of traces of the machine."""

import contextlib
import getpass
import json
import re
import socket

from bookform.reading import CHAPTER, code_cells, tags, where

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
IMAGES = ("image/png", "image/svg+xml", "image/jpeg", "image/gif")
# Folders and addresses that tell where a notebook was run.
PRIVATE = re.compile(
    r"(?<![\w./~-])/(?:home|root|Users|tmp|var|private|work|workspace|opt|usr|mnt|content|kaggle)/[\w.@-]+"
    r"|\b[A-Za-z]:\\+\w+"
    r"|/(?:site|dist)-packages/"
    r"|file://"
)
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


def check_counts(notebook) -> list[str]:
    """Run once, from top to bottom, in a fresh kernel."""
    for wanted, cell in enumerate(code_cells(notebook), 1):
        if cell.execution_count != wanted:
            fault = f"execution counts are not 1, 2, ...: {cell.execution_count} where {wanted}"
            return [f"{where(notebook, cell)}: {fault} is wanted"]
    return []


def check_streams(notebook) -> list[str]:
    """Nothing on stderr, and no error but where one is shown on purpose."""
    faults = []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                faults.append(f"{where(notebook, cell)} wrote to stderr: {output.text[:60]!r}")
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                faults.append(f"{where(notebook, cell)} failed: {output.ename}")
    return faults


def figures(cell) -> list:
    """The outputs of a cell that are images."""
    return [o for o in cell.outputs if any(kind in o.get("data", {}) for kind in IMAGES)]


def check_figures(notebook) -> list[str]:
    """Every figure has a caption, a name and an alt text of its own, and a cell for itself."""
    faults, names = [], []
    for cell in code_cells(notebook):
        images = figures(cell)
        book = cell.metadata.get("mystnb", {})
        figure, image = book.get("figure", {}), book.get("image", {})
        if not images:
            if figure or image:
                faults.append(f"{where(notebook, cell)} describes a figure, but shows none")
            continue
        if tags(cell) & {"remove-cell", "remove-output"}:
            continue
        place = where(notebook, cell)
        if len(images) > 1:
            faults.append(f"{place} shows {len(images)} figures: one per cell")
        caption, alt = str(figure.get("caption", "")).strip(), str(image.get("alt", "")).strip()
        if len(caption.split()) < 4 or not re.search(r"[.?!]\)?$", caption):
            faults.append(f"{place}: the caption must be a sentence, got {caption!r}")
        if len(alt.split()) < 4:
            faults.append(f"{place}: the alt text must say what is seen, got {alt!r}")
        if alt and alt == caption:
            faults.append(f"{place}: the alt text repeats the caption")
        if not re.fullmatch(r"fig-[a-z0-9-]+", str(figure.get("name", ""))):
            faults.append(f"{place}: the figure needs a name fig-..., got {figure.get('name')!r}")
        if figure.get("name") in names:
            faults.append(f"{place}: two figures are named {figure['name']!r}")
        names.append(figure.get("name"))
    return faults


def own_names() -> set[str]:
    """The names of this user and this machine, as far as they are names and not words."""
    common = {"root", "user", "runner", "jovyan", "admin", "ubuntu", "docker", "localhost", "main"}
    names = {socket.gethostname()}
    with contextlib.suppress(OSError, KeyError, ImportError):  # a container may have no users
        names.add(getpass.getuser())
    return {name for name in names if len(name) > 2} - common


def check_privacy(notebook, names: set[str] | None = None) -> list[str]:
    """No folder, user or memory address of the machine on which the notebook was run.

    Whoever executes a notebook is told of the own name before it is stored; nobody else can know.
    """
    faults = []
    names = own_names() if names is None else names
    user = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)) or r"(?!)")
    for cell in notebook.cells:
        texts = [cell.source, json.dumps(cell.metadata)]
        for output in cell.get("outputs", []):
            data = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/p")}
            rest = {k: v for k, v in output.items() if k != "data"}
            texts.append(json.dumps([data, rest], ensure_ascii=False).replace("\\\\", "\\"))
        for text in texts:
            for pattern, what in ((PRIVATE, "path"), (ADDRESS, "address"), (user, "name")):
                found = pattern.search(text)
                if found:
                    faults.append(f"{where(notebook, cell)} holds the {what} {found.group()!r}")
    return faults


def check_metadata(notebook) -> list[str]:
    """Metadata that is the same on every machine."""
    faults = []
    meta = notebook.metadata
    if dict(meta.get("kernelspec", {})) != KERNELSPEC:
        faults.append(
            f"{CHAPTER}: the kernel is {dict(meta.get('kernelspec', {}))}, not {KERNELSPEC}"
        )
    if dict(meta.get("language_info", {})) != {"name": "python"}:
        faults.append(f"{CHAPTER}: language_info must hold the name of the language alone")
    other = set(meta) - {"kernelspec", "language_info"}
    faults += [f"{CHAPTER}: its metadata hold {key!r}" for key in sorted(other)]
    for cell in notebook.cells:
        extra = set(cell.metadata) - {"tags", "mystnb", "tolerance"}
        faults += [f"{where(notebook, cell)}: metadata {key!r}" for key in sorted(extra)]
        for output in cell.get("outputs", []):
            if any("widget" in kind for kind in output.get("data", {})):
                faults.append(f"{where(notebook, cell)} stores a widget")
    return faults
