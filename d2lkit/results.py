"""Stored results: of the comparison of all networks, and of trainings at full size on a GPU."""

import html
import json
import os
import statistics
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from d2lkit.models import options
from d2lkit.stored import Stored, stored

__all__ = ["Stored", "Table", "comparison", "full_scale", "stored"]

FOLDER = Path("benchmarks/results/full_scale")
FULL = 1.0, 224  # width, and side of the images in pixels
_HEADINGS = ["network", "data", "side", "epochs", "seeds", "parameters"]
_HEADINGS += ["test accuracy", "images/s", "peak memory"]
_TEXT_COLUMNS = 2  # the first columns hold text, the others numbers
_CELL = "padding: 0.1em 0.35em; white-space: nowrap"


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of text with notes below: text in a terminal, a table in a notebook.

    Attributes:
        rows: one list of cells per training, in the order of the headings.
        notes: sentences below the table: machine, versions, date, and what is missing.
    """

    rows: list[list[str]]
    notes: list[str]

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(_HEADINGS, *self.rows, strict=True)]

        def line(cells: list[str]) -> str:
            sides = "<" * _TEXT_COLUMNS + ">" * (len(cells) - _TEXT_COLUMNS)
            aligned = zip(cells, sides, widths, strict=True)
            return "  ".join(f"{cell:{side}{width}}" for cell, side, width in aligned)

        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        table = [line(_HEADINGS), rule, *map(line, self.rows), rule] if self.rows else []
        return "\n".join([*table, *self.notes])

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str = "td") -> str:
            sides = ["left" if i < _TEXT_COLUMNS else "right" for i in range(len(cells))]
            written = [
                f'<{tag} style="text-align: {side}; {_CELL}">{html.escape(cell)}</{tag}>'
                for side, cell in zip(sides, cells, strict=True)
            ]
            return f"<tr>{''.join(written)}</tr>"

        notes = "\n".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        if not self.rows:
            return notes
        # No colours of its own: those of the page hold, in its light and in its dark theme.
        body = "\n".join([f"<thead>{row(_HEADINGS, 'th')}</thead>", *map(row, self.rows)])
        table = f'<table class="d2lkit-summary" style="font-size: 0.8em">\n{body}\n</table>'
        return f'<div style="overflow-x: auto">\n{table}\n{notes}\n</div>'


def full_scale(*networks: str, folder: str | os.PathLike | None = None) -> Table:
    """Return the stored results of networks trained at full width on images of 224 pixels.

    Without names, those of all networks. The accuracy is the mean over the seeds ± their standard
    deviation; the peak memory comes on top of the images, which lie on the GPU throughout.

    Args:
        networks: names as in ``models.names()``.
        folder: where the results lie; None looks for ``benchmarks/results/full_scale`` in the
            working folder and in those above it.

    Raises:
        ValueError: if there is no network of a name, or if a file holds no such result.

    >>> full_scale("resnet18", folder="nothing_here")
    No full-size result of resnet18 is stored: `make full-scale` writes it on a machine with a GPU.
    """
    networks = tuple(dict.fromkeys(networks))
    for network in networks:
        options(network)  # refuses a name that no network has
    folder = _find() if folder is None else Path(folder)
    found = [] if folder is None else [_read(path) for path in sorted(folder.glob("*.json"))]
    if networks:  # in the order that was asked for
        found = [result for name in networks for result in found if result["network"] == name]
    rows_of: dict[str, list[str]] = {}  # the trainings that share a note
    for result in found:
        for note in _notes(result):
            rows_of.setdefault(note, []).append(f"{result['network']} on {result['data']}")
    notes = [
        note if len(names) == len(found) else f"{', '.join(names)}: {note}"
        for note, names in rows_of.items()
    ]
    missing = [name for name in networks if name not in {result["network"] for result in found}]
    if missing or not found:
        of_these = f" of {' or '.join(missing)}" if missing else ""
        notes.append(
            f"No full-size result{of_these} is stored: "
            "`make full-scale` writes it on a machine with a GPU."
        )
    return Table([_row(result) for result in found], notes)


def comparison() -> dict:
    """Return the stored runs of all networks on one budget, as the book compares them.

    Machine and versions as in every benchmark; ``minutes``: how long all runs took together;
    ``validation_accuracy``: for each network and each learning rate (as text) that of one run
    from ``sieve_seed``; ``test_accuracy``: for each network one figure per seed in ``seeds``,
    with the best of these rates.

    >>> runs = comparison()
    >>> len(runs["test_accuracy"]["VGG-11"]) == len(runs["seeds"])
    True

    Source: ``benchmarks/comparison.py``, which wrote them.
    """
    return json.loads((files("d2lkit") / "comparison.json").read_text(encoding="utf-8"))


def _find() -> Path | None:
    """Return the folder of the results in the working folder or above, if there is one."""
    places = [above / FOLDER for above in (Path.cwd(), *Path.cwd().parents)]
    return next((place for place in places if place.is_dir()), None)


def _read(path: Path) -> dict:
    """Return a result, or say what is wrong with its file."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        _row(result), _notes(result)  # whatever they need is there
    except (ValueError, TypeError, KeyError, AttributeError, statistics.StatisticsError) as error:
        raise ValueError(
            f"{path} must hold a result that benchmarks/full_scale.py wrote, "
            f"got {type(error).__name__}: {error}. Delete it and train again."
        ) from error
    return result


def _row(result: dict) -> list[str]:
    settings, accuracy = result["settings"], result["accuracy"]
    if len(accuracy) != len(result["seeds"]):
        raise ValueError(f"{len(accuracy)} accuracies for {len(result['seeds'])} seeds")
    spread = f" ± {statistics.stdev(accuracy):.3f}" if len(accuracy) > 1 else ""
    peaks = [peak for peak in result["peak_memory_bytes"] if peak is not None]  # None: no GPU
    return [
        str(result["network"]),
        str(result["data"]),
        f"{settings['size']:d}",
        f"{settings['epochs']:d}",
        f"{len(accuracy)}",
        f"{result['parameters']:,d}",
        f"{statistics.mean(accuracy):.3f}{spread}",
        f"{statistics.mean(result['images_per_second']):,.0f}",
        f"{max(peaks) / 2**20:,.0f} MiB" if peaks else "–",
    ]


def _notes(result: dict) -> list[str]:
    settings, width = result["settings"], float(result["settings"]["width"])
    machine = result["gpu"] or f"{result['cpu']}, no GPU"
    versions = f"torch {result['torch']}, d2lkit {result['d2lkit']}"
    notes = [f"{machine}, {settings['precision']}, {versions}, {result['date']}."]
    if (width, settings["size"]) != FULL:
        side = settings["size"]
        notes.insert(0, f"Not at full size: width {width:g}, {side} × {side} pixels.")
    return notes
