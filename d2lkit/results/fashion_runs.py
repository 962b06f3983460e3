"""Stored results on Fashion-MNIST: every network of the book on 60,000 real pictures."""

import json
import math
import statistics
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from d2lkit.arguments import one_of
from d2lkit.models import options
from d2lkit.results.tables import Table
from d2lkit.stored import checksum

SCALES = ("full", "small")  # the first is preferred where both are stored
CONFIDENCE = 0.95
_HEADINGS = ["network", "width", "side", "parameters", "rate", "seeds", "test accuracy"]
_HEADINGS += ["seconds", "peak memory", "reported"]


@dataclass(frozen=True)
class FashionRuns:
    """The runs of one network on Fashion-MNIST: what was measured, seed by seed.

    Attributes:
        network: its name, as in ``models.names()``.
        scale: ``"small"`` (a processor) or ``"full"`` (a GPU, full width, 224 × 224 pixels).
        recipe: how every network of this scale was trained.
        settings: what the network was built with.
        parameters: how many it has.
        sieve: for each learning rate (as text) the accuracies on held-out pictures.
        rate: the learning rate with the best mean of these.
        runs: one dict per seed: seed, accuracy, loss, seconds, processor_seconds.
        peak_memory_bytes: the most that a training step holds beyond what was there before.
        train_images: how many pictures each epoch saw.
        test_images: how many pictures the accuracies were measured on.
        machine: processor, versions and date.

    >>> runs = fashion("lenet")["lenet"]
    >>> runs.network, len(runs.accuracies) == len(runs.runs)
    ('lenet', True)
    """

    network: str
    scale: str
    recipe: dict
    settings: dict
    parameters: int
    sieve: dict[str, list[float]]
    rate: float
    runs: list[dict]
    peak_memory_bytes: int | None
    train_images: int
    test_images: int
    machine: dict

    @cached_property
    def accuracies(self) -> list[float]:
        """The test accuracy of each seed."""
        return [run["accuracy"] for run in self.runs]

    @cached_property
    def accuracy(self) -> float:
        """The mean of the seeds' test accuracies."""
        return statistics.mean(self.accuracies)

    @cached_property
    def margin(self) -> float:
        """Half the length of the accuracy's interval of 95 %.

        Two kinds of chance count: the seeds, by their standard deviation, and the test
        pictures, by that of a share, √(p(1 − p)/n); Student's t with the degrees of freedom
        of Welch and Satterthwaite. One seed alone gives the second part only.
        """
        from scipy.special import stdtrit  # scikit-learn brings it

        count, share = len(self.accuracies), self.accuracy
        pictures = share * (1 - share) / self.test_images
        seeds = statistics.variance(self.accuracies) / count if count > 1 else 0.0
        freedom = (seeds + pictures) ** 2 * (count - 1) / seeds**2 if seeds else 1e9
        return float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * math.sqrt(seeds + pictures)

    @property
    def interval(self) -> tuple[float, float]:
        """The accuracy's interval of 95 %, over seeds and test pictures."""
        return max(self.accuracy - self.margin, 0.0), min(self.accuracy + self.margin, 1.0)


class FashionTable(Table):
    """A table of networks on Fashion-MNIST that also gives out the runs behind its rows.

    >>> table = fashion("mlp", "lenet")
    >>> table["mlp"].accuracy == sum(table["mlp"].accuracies) / len(table["mlp"].runs)
    True
    """

    def __init__(self, found: list[FashionRuns], notes: list[str]):
        super().__init__(_HEADINGS, [_row(one) for one in found], notes)
        object.__setattr__(self, "_found", {one.network: one for one in found})

    def __getitem__(self, network: str) -> FashionRuns:
        return self._found[one_of("network", network, list(self._found))]

    def __iter__(self):
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)


def fashion(*networks: str, scale: str | None = None) -> FashionTable:
    """Return the stored results of networks on all 60,000 pictures of Fashion-MNIST.

    Without names, those of all networks that are stored, best last. Means and intervals are
    computed anew from the runs of every seed; ``fashion("lenet")["lenet"]`` gives these runs.

    Args:
        networks: names as in ``models.names()``.
        scale: ``"small"``, ``"full"``, or None for the larger one that is stored.

    Raises:
        ValueError: if there is no network of a name, or if a file was changed by hand.

    >>> fashion("lenet").rows[0][:4]
    ['lenet', '1', '32', '82,826']

    Source: ``benchmarks/fashion.py``, which wrote the runs.
    """
    one_of("scale", scale, [None, *SCALES])
    networks = tuple(dict.fromkeys(networks))
    for network in networks:
        options(network)  # refuses a name that no network has
    found = [runs for runs in map(_read, _files(networks, scale)) if runs.runs]
    if not networks:
        found.sort(key=lambda runs: runs.accuracy)
    missing = [name for name in networks if name not in {runs.network for runs in found}]
    notes = _notes(found)
    if missing or not found:
        names = f" of {' or '.join(missing)}" if missing else ""
        command = f" --networks {' '.join(missing)}" if missing else ""
        notes.append(
            f"No result{names} on Fashion-MNIST is stored: "
            f"`benchmarks/fashion.py{command}` makes it."
        )
    return FashionTable(found, notes)


@cache
def reported() -> dict:
    """Return what others report for the same networks, with the source."""
    return json.loads((files("d2lkit.results") / "reported.json").read_text(encoding="utf-8"))


def _files(networks: tuple[str, ...], scale: str | None) -> list:
    """Return one file per network, of the scale that was asked for or else of the largest."""
    folder = files("d2lkit.results") / "runs"
    scales = SCALES if scale is None else (scale,)
    if not networks:
        stored = sorted(file.name for file in folder.iterdir())
        parts = [name.split(".") for name in stored if name.endswith(".json")]
        networks = tuple(dict.fromkeys(part[1] for part in parts if part[0] in scales))
    found = []
    for network in networks:
        places = (folder / f"{one}.{network}.json" for one in scales)
        found += [place for place in places if place.is_file()][:1]
    return found


def _read(file: Path) -> FashionRuns:
    """Return the runs in a file, or say what is wrong with it."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        written, computed = content["checksum"], checksum(content)
        fields = FashionRuns.__dataclass_fields__
        runs = FashionRuns(**{name: content[name] for name in fields})
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{file.name} must hold runs that benchmarks/fashion.py wrote, "
            f"got {type(error).__name__}: {error}"
        ) from error
    if written != computed:
        raise ValueError(
            f"{file.name} has the checksum {written!r}, but its content gives {computed!r}: "
            "it was changed by hand. Take the published file, or run benchmarks/fashion.py again"
        )
    return runs


def _row(one: FashionRuns) -> list[str]:
    others = reported()["networks"]
    peak = one.peak_memory_bytes
    return [
        one.network,
        f"{one.settings['width']:.3g}",
        f"{one.settings['image_size']:d}",
        f"{one.parameters:,d}",
        f"{one.rate:g}",
        f"{len(one.runs)}",
        f"{100 * one.accuracy:.1f} ± {100 * one.margin:.1f} %",
        f"{statistics.median(run['processor_seconds'] for run in one.runs):,.0f}",
        f"{peak / 2**20:,.0f} MiB" if peak is not None else "–",
        f"{100 * others[one.network]['accuracy']:.1f} %" if one.network in others else "–",
    ]


def _notes(found: list[FashionRuns]) -> list[str]:
    """Return the recipe, what the columns mean, and the machines, each once."""
    notes = []
    for scale in dict.fromkeys(one.scale for one in found):
        first = next(one for one in found if one.scale == scale)
        recipe = first.recipe
        passes = "once" if recipe["epochs"] == 1 else f"{recipe['epochs']} times"
        notes.append(
            f"Fashion-MNIST: each of the {first.train_images:,d} pictures {passes}, in batches of "
            f"{recipe['batch_size']}; {recipe['optimizer'].capitalize()} with a cosine schedule, "
            "no augmentation; the rate is the best of at least "
            f"{len(recipe['sieve_rates'])} by the mean of {len(recipe['sieve_seeds'])} runs on "
            f"{recipe['sieve_images']:,d} pictures, judged by held-out pictures."
        )
    if found:
        notes.append(
            f"Accuracy: mean over the seeds on {found[0].test_images:,d} test pictures ± half the "
            "interval of 95 % over seeds and pictures; seconds: processor time of one training, "
            "median, on a machine that did other work, too; peak memory: of the first "
            "steps, in a process of their own, beyond what was held before."
        )
    few = [one for one in found if len(one.runs) < len(one.recipe["seeds"])]
    if few:
        names = ", ".join(f"{one.network} {len(one.runs)}" for one in few)
        wanted = len(few[0].recipe["seeds"])
        notes.append(
            f"Seeds are missing ({names} of {wanted}): `benchmarks/fashion.py` "
            "trains them; with one seed the interval counts the test pictures alone."
        )
    others = reported()
    if shown := [one.network for one in found if one.network in others["networks"]]:
        what = "; ".join(f"{name}: {others['networks'][name]['text']}" for name in shown)
        notes.append(f"Reported: by others, with recipes of their own ({what}); {others['url']}")
    machines: dict[str, list[str]] = {}
    for one in found:
        m = one.machine
        where = m["gpu"] or f"{m['cpu']}, one core"
        text = f"{where}, torch {m['torch']}, d2lkit {m['d2lkit']}, {m['date']}."
        machines.setdefault(text, []).append(one.network)
    for text, names in machines.items():
        notes.append(text if len(names) == len(found) else f"{', '.join(names)}: {text}")
    return notes
