"""Stored results of trainings at full width on images of 224 pixels, made on a GPU."""

import json
import os
import statistics
from pathlib import Path

from d2lkit.models import options
from d2lkit.results.fashion_runs import FashionRuns, fashion
from d2lkit.results.tables import Table

FOLDER = Path("benchmarks/results/full_scale")
#: A training at full size: the width of the network, and the side of the images in pixels.
FULL = 1.0, 224
_HEADINGS = ["network", "data", "side", "epochs", "seeds", "parameters"]
_HEADINGS += ["test accuracy", "images/s", "peak memory"]


def full_scale(*networks: str, folder: str | os.PathLike | None = None) -> Table:
    """Return the stored results of networks trained at full width on images of 224 pixels.

    Without names, those of all networks. Where there is none, what `fashion` has of the network
    stands in, with a note of its size. The accuracy is the mean over the seeds ± their standard
    deviation; the peak memory comes on top of the images, which lie on the GPU throughout.

    Args:
        networks: names as in ``models.names()``.
        folder: where the results lie; None looks for ``benchmarks/results/full_scale`` in the
            working folder and in those above it. In a folder that is named nothing stands in.

    Raises:
        ValueError: if there is no network of a name, or if a file holds no such result.

    >>> full_scale("resnet18", folder="nothing_here")
    No full-size result of resnet18 is stored: `make full-scale` writes it on a machine with a GPU.
    """
    networks = tuple(dict.fromkeys(networks))
    for network in networks:
        options(network)  # refuses a name that no network has
    place = _find() if folder is None else Path(folder)
    found = [] if place is None else [_read(path) for path in sorted(place.glob("*.json"))]
    if folder is None:
        have = {result["network"] for result in found}
        smaller = [name for name in networks if name not in have]
        if smaller or not (networks or found):
            found += [_as_result(runs) for runs in fashion(*smaller)]
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
    return Table(_HEADINGS, [_row(result) for result in found], notes, text_columns=2)


def _as_result(runs: FashionRuns) -> dict:
    """Return runs on Fashion-MNIST in the form of a result at full size."""
    seconds = [run["processor_seconds"] for run in runs.runs]
    seen = runs.train_images * runs.recipe["epochs"]
    return {
        **{name: runs.machine[name] for name in ("cpu", "gpu", "torch", "d2lkit", "date")},
        "network": runs.network,
        "data": "Fashion-MNIST",
        "settings": {
            "width": runs.settings["width"],
            "size": runs.settings["image_size"],
            "epochs": runs.recipe["epochs"],
            "precision": runs.recipe["precision"],
        },
        "parameters": runs.parameters,
        "seeds": [run["seed"] for run in runs.runs],
        "accuracy": runs.accuracies,
        "images_per_second": [seen / one for one in seconds],
        "peak_memory_bytes": [runs.peak_memory_bytes],
    }


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
        notes.insert(0, f"Not at full size: width {width:.3g}, {side} × {side} pixels.")
    return notes
