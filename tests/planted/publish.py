"""Writes what the planted faults have shown into benchmarks/planted.md and its result file."""

import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
HEAD = "<!-- The rest is written by tests/planted/run.py --publish -->"


# Why a fault of a kind survives, where no check can see it or none has been written.
REASONS = {
    "ignored_output": "within the tolerance that the cell states for times and small numbers",
    "typed_number": "the wrong number stands elsewhere in the chapter, in its code or outputs",
}


def write(seed: int, planned: list[str], verdicts: list[dict]) -> None:
    """Put the verdicts of a seed beside those of the others; `planned` names kind and fault."""
    from machine import RESULTS, describe

    path = RESULTS / "planted.json"
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"seeds": {}}
    stored["seeds"][str(seed)] = summary(planned, verdicts) | {"machine": describe()}
    path.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = ROOT / "benchmarks" / "planted.md"
    before = page.read_text(encoding="utf-8").partition(HEAD)[0]
    page.write_text(before + HEAD + "\n\n" + table(stored["seeds"]), encoding="utf-8")


def summary(planned: list[str], verdicts: list[dict]) -> dict:
    """How many faults of each kind were planted and caught; which survived, which are open."""
    kinds = Counter(name.partition(" | ")[0] for name in planned)
    caught = Counter(entry["kind"] for entry in verdicts if entry["caught_by"])
    judges = Counter(
        by.partition(":")[0] for by in (entry["caught_by"] for entry in verdicts) if by
    )
    judged = {entry["fault"] for entry in verdicts}
    return {
        "planted": len(planned),
        "caught": sum(caught.values()),
        "kinds": {kind: [caught[kind], kinds[kind]] for kind in sorted(kinds)},
        "caught_by": dict(judges.most_common()),
        "survived": [entry["fault"] for entry in verdicts if not entry["caught_by"]],
        "open": [name for name in planned if name not in judged],
    }


def table(seeds: dict) -> str:
    """A row for each kind, a column for each seed; then survivors and open ones by name."""
    numbers = sorted(seeds, key=int)
    kinds = sorted({kind for seed in seeds.values() for kind in seed["kinds"]})
    lines = [
        "| kind | " + " | ".join(f"caught, seed {number}" for number in numbers) + " |",
        "|:--|" + "--:|" * len(numbers),
    ]
    for kind in kinds:
        shares = [seeds[number]["kinds"].get(kind) for number in numbers]
        said = [f"{share[0]} of {share[1]}" if share else "" for share in shares]
        lines.append(f"| {kind.replace('_', ' ')} | " + " | ".join(said) + " |")
    said = [f"{seeds[n]['caught']} of {seeds[n]['planted']}" for n in numbers]
    lines.append("| **all** | " + " | ".join(said) + " |")
    for number in numbers:
        lines += ["", *_in_words(number, seeds[number])]
    return "\n".join(lines) + "\n"


def _in_words(number: str, seed: dict) -> list[str]:
    machine = seed["machine"]
    count = len(seed["survived"])
    lived = f"{count} has" if count == 1 else f"{count} have"
    lines = [
        f"Seed {number}: of {seed['planted']} faults {seed['caught']} are caught, "
        f"{lived} survived, {len(seed['open'])} are open: they have passed "
        "the quick judges, or were not planted yet, and the slow ones are to be asked. So what "
        "is judged is no fair sample, and no share is given while any is open. "
        if seed["open"]
        else f"Seed {number}: {100 * seed['caught'] / seed['planted']:.0f} % are caught. ",
        f"{machine['date']}, {machine['cpu']}, Python {machine['python']}, "
        f"torch {machine['torch']}.",
    ]
    lines = ["".join(lines)]
    for title, names in (("Survived:", seed["survived"]), ("Open:", seed["open"])):
        if names:
            lines += ["", title, ""]
        for name in names:
            kind, _, place = name.partition(" | ")
            reason = f" ({REASONS[kind]})" if title[0] == "S" and kind in REASONS else ""
            place = place.replace("|", "·").replace("`", "'")
            lines.append(f"- {kind.replace('_', ' ')}: `{place}`{reason}")
    return lines
