"""Plant single faults, each in a clean copy of the repository, and see who notices.

Usage: python tests/planted/run.py [--seed 0] [--share 1] [--minutes M] [--list] [WORD ...]

Faults are chosen by chance, from a seed: another seed plants faults that nobody has looked at. What
was drawn stands in ``_build/planted-SEED.plan``; delete it and the record to draw anew. Each fault
is judged by the checks that could see it: the quickest asks about all faults, the next about those
that are left, and so on. A test that fails has to pass in the clean tree, or it does not count; a
fault has survived when all its judges have passed it. Each answer is a line of
``_build/planted-SEED.jsonl``, so that a run that is stopped goes on where it was. ``--share`` takes
that part of every kind, ``--minutes`` stops in time, words choose faults whose name holds one of
them, ``--publish`` writes what the record holds into ``benchmarks``. Exits 1 where less than 95 %
are caught; a fault that is not judged to the end is not caught.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

sys.path.insert(0, str(Path(__file__).parent))
import plan
import publish
from fault import Fault
from judges import cost, question

ROOT = Path(__file__).resolve().parents[2]
WANTED = 0.95


def part_of(faults: list[Fault], share: float) -> list[Fault]:
    """The first faults of every kind, at least one of each."""
    sizes, seen, found = Counter(fault.kind for fault in faults), Counter(), []
    for fault in faults:
        seen[fault.kind] += 1
        if seen[fault.kind] <= math.ceil(share * sizes[fault.kind]):
            found.append(fault)
    return found


class Copy:
    """A clean copy of the last commit, with the courts that sit in it."""

    def __init__(self, root: Path):
        self.root = root
        subprocess.run(["git", "clone", "-q", str(ROOT), str(root)], check=True)
        self.courts: dict[str, tuple] = {}

    def ask(self, judge: str, test: str | None = None) -> dict:
        """Ask a judge about the copy as it stands; only one of its tests, if that is named."""
        mode, asked = question(judge, self.root)
        if test and "files" in asked:
            asked = {"files": [test], "words": []}
        elif test and "pytest" in asked and "--nbval" not in asked["pytest"]:
            asked = {"pytest": [test, *[word for word in asked["pytest"] if word[:2] == "--"]]}
        if mode not in self.courts:
            self.courts[mode] = self.open(mode)
        _, questions, answers = self.courts[mode]
        print(json.dumps(asked), file=questions, flush=True)
        line = answers.readline()
        if not line:
            raise RuntimeError(f"the court {mode!r} has closed; see its last words")
        return json.loads(line)

    def open(self, mode: str) -> tuple:
        """Start a court: its process, and the ends of two pipes."""
        (asked, ask), (answers, answer) = os.pipe(), os.pipe()
        environment = {
            **os.environ,
            **{"PYTHONPATH": str(self.root), "OMP_NUM_THREADS": "1"},
            **{"PYTHONDONTWRITEBYTECODE": "1"},
            **{"COURT_QUESTIONS": str(asked), "COURT_ANSWERS": str(answer)},
        }
        process = subprocess.Popen(
            [sys.executable, "tests/planted/court.py", mode],
            cwd=self.root,
            env=environment,
            pass_fds=(asked, answer),
            stdout=subprocess.DEVNULL,
        )
        os.close(asked), os.close(answer)
        return process, os.fdopen(ask, "w"), os.fdopen(answers)

    def close(self) -> None:
        """End the courts."""
        for process, questions, answers in self.courts.values():
            questions.close()
            process.wait()
            answers.close()
        self.courts = {}


class Copies:
    """A copy for each worker."""

    def __init__(self, folder: Path, workers: int):
        self.all = [Copy(folder / str(number)) for number in range(workers)]
        self.free: Queue[Copy] = Queue()
        for copy in self.all:
            self.free.put(copy)
        self.clean: dict[tuple, bool] = {}

    def judge(self, fault: Fault, judge: str) -> dict:
        """Plant a fault and ask one judge; what it says is a line of the record."""
        copy, start = self.free.get(), time.perf_counter()
        path = copy.root / fault.file
        before = path.read_bytes()
        line = {"fault": fault.name, "kind": fault.kind, "judge": judge, "caught": False}
        try:
            fault.plant(copy.root)
            found = copy.ask(judge)
            path.write_bytes(before)
            if found["failed"] is None:
                raise RuntimeError(f"{judge}: {found['says']}")
            line["says"] = f"{found['test']}: {found['says']}" if found["failed"] else ""
            if found["failed"]:
                line["caught"] = self.passes_clean(judge, found["test"], copy)
                if not line["caught"]:  # then it has judged nothing
                    line |= {"broken": True, "says": f"fails in the clean tree: {line['says']}"}
        finally:
            path.write_bytes(before)
            self.free.put(copy)
        return line | {"seconds": round(time.perf_counter() - start, 1)}

    def passes_clean(self, judge: str, test: str | None, copy: Copy) -> bool:
        """Whether what has failed passes without any fault; asked once."""
        key = judge, test if judge.partition(":")[0] != "nbval" else None
        if key not in self.clean:
            self.clean[key] = copy.ask(judge, test)["failed"] is False
        return self.clean[key]


class Record:
    """What the judges have said, line by line, in a file that outlives a run."""

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = map(json.loads, text.splitlines())
        # A judge that failed in the clean tree is asked again.
        self.lines = [line for line in lines if not line.get("broken")]

    def add(self, line: dict) -> None:
        """Keep a line."""
        self.lines.append(line)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def waiting(self, faults: list[Fault]) -> list[tuple[Fault, str]]:
        """The faults that no judge has caught, with the next judge; the quickest judges alone."""
        asked = {(line["fault"], line["judge"]) for line in self.lines}
        caught = {line["fault"] for line in self.lines if line["caught"]}
        found = []
        for fault in faults:
            left = [judge for judge in fault.judges if (fault.name, judge) not in asked]
            if left and fault.name not in caught:
                found.append((fault, left[0]))
        costs = [cost(judge) for _, judge in found]
        return [pair for pair, own in zip(found, costs, strict=True) if own == min(costs)]

    def verdicts(self, faults: list[Fault]) -> list[dict]:
        """Of every fault that is judged to the end: who caught it, and what was said."""
        said: dict[str, list[dict]] = {}
        for line in self.lines:
            said.setdefault(line["fault"], []).append(line)
        found = []
        for fault in faults:
            lines = said.get(fault.name, [])
            caught = next((line for line in lines if line["caught"]), None)
            asked = {line["judge"] for line in lines if not line.get("broken")}
            if caught or asked >= set(fault.judges):
                says = caught["says"] if caught else " ".join(line["says"] for line in lines)
                by = caught["judge"] if caught else None
                record = {"fault": fault.name, "kind": fault.kind, "caught_by": by, "says": says}
                found.append(record)
        return found


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


def run(faults: list[Fault], record: Record, workers: int, minutes: float) -> None:
    """Ask all judges about all faults, as long as the time lasts."""
    end = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies = Copies(Path(folder), workers)

        def work(pair):
            return copies.judge(*pair) if time.monotonic() < end else None

        while time.monotonic() < end and (waiting := record.waiting(faults)):
            for line in pool.map(work, waiting):
                if line:
                    record.add(line)
                    verdict = "caught" if line["caught"] else "passed"
                    verdict = "broken" if line.get("broken") else verdict
                    print(verdict, "|", line["judge"], "|", line["fault"], flush=True)
        for copy in copies.all:
            copy.close()


def main() -> int:
    """Plant what is asked for; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--library", type=int, default=60, help="faults in d2lkit")
    parser.add_argument("--each", type=int, default=8, help="faults of every other kind")
    parser.add_argument("--share", type=float, default=1.0, help="this part of every kind")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="only name them")
    parser.add_argument("--publish", action="store_true", help="only write the tables")
    options = parser.parse_args()
    record = Record(ROOT / "_build" / f"planted-{options.seed}.jsonl")
    faults = plan.of_seed(ROOT, options.seed, options.library, options.each, record)
    faults = part_of(faults, options.share)
    faults = [f for f in faults if not options.words or any(w in f.name for w in options.words)]
    if options.list:
        print("\n".join(fault.name for fault in faults), f"{len(faults)} faults", sep="\n")
        return 0
    if not options.publish:
        run(faults, record, options.workers, options.minutes)
    found = record.verdicts(faults)
    print(report(found))
    if options.publish:
        publish.write(options.seed, [fault.name for fault in faults], found)
    share = sum(entry["caught_by"] is not None for entry in found) / max(1, len(faults))
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
