"""Writes what the planted faults have shown into benchmarks/planted.md and its result file."""

import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
HEAD = "<!-- The rest is written by tests/planted/run.py --publish -->"


def write(seed: int, planned: int, verdicts: list[dict]) -> None:
    """Put the verdicts of a seed beside those of the others."""
    from machine import RESULTS, describe

    path = RESULTS / "planted.json"
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"seeds": {}}
    stored["seeds"][str(seed)] = summary(planned, verdicts) | {"machine": describe()}
    path.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = ROOT / "benchmarks" / "planted.md"
    before = page.read_text(encoding="utf-8").partition(HEAD)[0]
    page.write_text(before + HEAD + "\n\n" + table(stored["seeds"]), encoding="utf-8")


def summary(planned: int, verdicts: list[dict]) -> dict:
    """How many faults of each kind were planted and caught, and which were not."""
    planted = Counter(entry["kind"] for entry in verdicts)
    caught = Counter(entry["kind"] for entry in verdicts if entry["caught_by"])
    judges = Counter(
        entry["caught_by"].partition(":")[0] for entry in verdicts if entry["caught_by"]
    )
    return {
        "planned": planned,
        "planted": len(verdicts),
        "caught": sum(caught.values()),
        "kinds": {kind: [caught[kind], planted[kind]] for kind in sorted(planted)},
        "caught_by": dict(judges.most_common()),
        "survived": [entry["fault"] for entry in verdicts if not entry["caught_by"]],
    }


def table(seeds: dict) -> str:
    """A row for each kind, a column for each seed; then the survivors by name."""
    numbers = sorted(seeds, key=int)
    kinds = sorted({kind for seed in seeds.values() for kind in seed["kinds"]})
    lines = [
        "| kind | " + " | ".join(f"seed {number}" for number in numbers) + " |",
        "|:--|" + "--:|" * len(numbers),
    ]
    for kind in kinds:
        shares = [seeds[number]["kinds"].get(kind) for number in numbers]
        said = [f"{share[0]} of {share[1]}" if share else "" for share in shares]
        lines.append(f"| {kind.replace('_', ' ')} | " + " | ".join(said) + " |")
    said = [f"{seeds[n]['caught']} of {seeds[n]['planted']}" for n in numbers]
    lines.append("| **all** | " + " | ".join(said) + " |")
    for number in numbers:
        seed = seeds[number]
        machine = seed["machine"]
        share = 100 * seed["caught"] / max(1, seed["planted"])
        lines += [
            "",
            f"Seed {number}: {seed['planted']} of {seed['planned']} faults judged to the end, "
            f"{share:.0f} % caught; {machine['date']}, {machine['cpu']}, "
            f"Python {machine['python']}, torch {machine['torch']}.",
        ]
        if seed["survived"]:
            lines += ["Not caught:", "", *(f"- `{name}`" for name in seed["survived"])]
    return "\n".join(lines) + "\n"
