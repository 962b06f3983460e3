"""Plant single faults, each in a clean copy of the repository, and see who notices.

Usage: python tests/planted/run.py [--seed 0] [--list] [WORD ...]; --help names the rest

Faults are chosen by chance, from a seed: another seed plants faults that nobody has looked at. Each
is judged by the checks that should see it, from the quickest to the slowest, until one fails; that
judge is asked once about the clean tree too, and only counts if it passes there. What is found goes
line by line to ``_build/planted-SEED.jsonl``, so that a run that is stopped goes on where it was.
Words choose faults whose name holds one of them. Exits 1 where less than 95 % are caught.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

sys.path.insert(0, str(Path(__file__).parent))
import in_library
import in_notebooks
import in_repository
from fault import Fault
from judges import command

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 900  # seconds for one judge
WANTED = 0.95


def all_faults(root: Path, seed: int, library: int, each: int) -> list[Fault]:
    """The faults of a seed: always the same ones for one state of the repository."""
    chance = random.Random(seed)
    notebooks = sorted(root.glob("chapters/*/*.ipynb"))
    found = in_library.faults(root, library, chance)
    found += in_repository.faults(root, each, chance)
    by_kind: dict[str, list[Fault]] = {}
    for path in notebooks:
        name = path.relative_to(root).as_posix()
        for fault in in_notebooks.faults(root, name, chance):
            by_kind.setdefault(fault.kind, []).append(fault)
    for kind in sorted(by_kind):
        found += chance.sample(by_kind[kind], min(each, len(by_kind[kind])))
    return found


def fails(judge: str, root: Path) -> tuple[bool, str]:
    """Whether a judge complains about a tree, and its last words."""
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    how = {"cwd": root, "env": environment, "capture_output": True, "text": True}
    try:
        done = subprocess.run(command(judge, root), timeout=LIMIT, **how)
    except subprocess.TimeoutExpired:
        return True, f"took longer than {LIMIT} s"
    if "no tests ran" in done.stdout or done.returncode == 5:
        raise RuntimeError(f"{judge} tests nothing: {done.stdout[-300:]}{done.stderr[-300:]}")
    last = [line for line in done.stdout.splitlines() if line.strip()][-1:]
    return done.returncode != 0, " ".join(last)[:200]


class Copies:
    """Clean copies of the last commit, one for each worker, and one that stays clean."""

    def __init__(self, folder: Path, workers: int):
        self.free: Queue[Path] = Queue()
        self.clean: dict[str, bool] = {}
        for number in range(workers):
            path = folder / str(number)
            subprocess.run(["git", "clone", "-q", str(ROOT), str(path)], check=True)
            self.free.put(path)

    def judge(self, fault: Fault) -> dict:
        """Plant a fault and ask its judges in turn."""
        root, start = self.free.get(), time.perf_counter()
        record = {"fault": fault.name, "kind": fault.kind, "caught_by": None, "says": ""}
        try:
            fault.plant(root)
            for judge in fault.judges:
                failed, says = fails(judge, root)
                if failed:
                    self.restore(root)
                    if self.passes_clean(judge, root):
                        record |= {"caught_by": judge, "says": says}
                        break
                    record["says"] = f"{judge} fails without the fault too"
                    fault.plant(root)
        finally:
            self.restore(root)
            self.free.put(root)
        return record | {"seconds": round(time.perf_counter() - start, 1)}

    def passes_clean(self, judge: str, root: Path) -> bool:
        """Whether a judge passes without any fault; asked once."""
        if judge not in self.clean:
            self.clean[judge] = not fails(judge, root)[0]
        return self.clean[judge]

    @staticmethod
    def restore(root: Path) -> None:
        """Take the fault back."""
        subprocess.run(["git", "checkout", "-q", "--", "."], cwd=root, check=True)
        subprocess.run(["git", "clean", "-fdxq"], cwd=root, check=True)


def report(records: list[dict]) -> str:
    """How many of each kind were caught, and those that were not."""
    kinds, caught = Counter(), Counter()
    for record in records:
        kinds[record["kind"]] += 1
        caught[record["kind"]] += record["caught_by"] is not None
    lines = [f"{kind:<26}{caught[kind]:>4} of {count}" for kind, count in sorted(kinds.items())]
    lines.append(f"{'all':<26}{sum(caught.values()):>4} of {sum(kinds.values())}")
    lines += [f"not caught: {r['fault']} {r['says']}" for r in records if r["caught_by"] is None]
    return "\n".join(lines)


def main() -> int:
    """Plant what is asked for; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--library", type=int, default=60, help="faults in d2lkit")
    parser.add_argument("--each", type=int, default=8, help="faults of every other kind")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="only name them")
    options = parser.parse_args()
    faults = all_faults(ROOT, options.seed, options.library, options.each)
    faults = [f for f in faults if not options.words or any(w in f.name for w in options.words)]
    if options.list:
        print("\n".join(fault.name for fault in faults), f"{len(faults)} faults", sep="\n")
        return 0
    record = ROOT / "_build" / f"planted-{options.seed}.jsonl"
    record.parent.mkdir(exist_ok=True)
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    known = {entry["fault"]: entry for entry in map(json.loads, lines)}
    waiting = [fault for fault in faults if fault.name not in known]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.workers) as pool:
        copies = Copies(Path(folder), options.workers)
        for entry in pool.map(copies.judge, waiting):
            known[entry["fault"]] = entry
            with record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            print(entry["caught_by"] or "NOT CAUGHT", "|", entry["fault"], flush=True)
    found = [known[fault.name] for fault in faults]
    print(report(found))
    share = sum(entry["caught_by"] is not None for entry in found) / max(1, len(found))
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
