"""Take the causes of a chapter's results away, and list the assertions that do not mind.

Usage: python tests/mutants/mutate.py NOTEBOOK [...] [--causes untrained,shuffled]

A chapter runs once as it is and once with each cause taken away: optimisers that take no step,
labels of other images, stored runs of other settings or with numbers that nobody measured. Its
assertions are written down, not obeyed. An assertion is *touched* if a side of one of its
comparisons changes with a cause; then one of the causes has to make it fail, or it would hold
whatever the experiment gave. Of the others, which no cause touches, the typed thresholds are moved
by a stated margin, to twice or half of them. Listed are those that

* no cause makes fail though it touches them,
* no cause touches, and no moved threshold makes fail,
* are never reached, or go through nothing (`all` of an empty list),
* fail in the chapter as it is.

Times and what else moves from run to run would be touched by any cause: before an assertion is
listed for the first reason, the chapter runs once more as it is, and its sides have to come again.

What is meant stands with its reason in ``tests/mutants/accepted.txt``. Exits 1 if anything else is
listed. The records are kept in ``_build/mutants``; a cause that is recorded for the chapter as it
stands is not run again.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).parent))
from causes import CAUSES, OF_STORED_RUNS
from instrument import instrumented

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = Path(__file__).with_name("accepted.txt")
RECORDS = ROOT / "_build" / "mutants"
AGAIN = "again"  # no cause taken away, a second time
SURVIVES = "holds without the cause"
LOOSE = "holds with twice or half of its threshold"


def prepared(notebook, cause: str | None, record: Path):
    """A copy of a notebook that writes its assertions down, with a cause taken away."""
    cells = [cell.copy() for cell in notebook.cells if cell.cell_type == "code"]
    for index, cell in zip(code_positions(notebook), cells, strict=True):
        cell.source = instrumented(cell.source, index)
        cell.outputs = []
    begin = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    begin += "import recorder as _recorder, causes as _causes\n"
    begin += f"_causes.CAUSES[{cause!r}]()" if cause in CAUSES else ""
    cells.insert(0, nbformat.v4.new_code_cell(begin))
    cells.append(nbformat.v4.new_code_cell(f"_recorder.write({str(record)!r})"))
    return nbformat.v4.new_notebook(cells=cells)


def code_positions(notebook) -> list[int]:
    """Where the code cells of a notebook stand among all cells, counted from 1."""
    return [i for i, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]


def recorded(path: Path, cause: str | None) -> dict[str, dict]:
    """The assertions of a chapter with a cause taken away: run it unless that was done before."""
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    mark = hashlib.sha256(code.encode()).hexdigest()[:12]
    record = RECORDS / f"{path.stem}.{cause or 'as_it_is'}.{mark}.json"
    if not record.exists():
        RECORDS.mkdir(parents=True, exist_ok=True)
        client = NotebookClient(
            prepared(notebook, cause, record),
            kernel_name="python3",
            timeout=1200,
            allow_errors=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        client.execute()
    return json.loads(record.read_text(encoding="utf-8"))


def expected(path: Path) -> list[str]:
    """The assertions that a chapter holds, named as the recorder names them."""
    notebook = nbformat.read(path, as_version=4)
    found = []
    for index in code_positions(notebook):
        text = instrumented(notebook.cells[index - 1].source, index)
        if text != notebook.cells[index - 1].source:
            found += names(text)
    return found


def names(text: str) -> list[str]:
    """The names of the assertions in a rewritten cell."""
    import ast

    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [c.args[0].value for c in calls if ast.unparse(c.func) == "_recorder.holds"]


def weak(wanted: list[str], clean: dict, mutants: dict[str, dict]) -> tuple[list, int]:
    """The assertions that prove nothing, each with why; and how many the causes touch."""
    found, touched = [], 0
    for name in dict.fromkeys(wanted):
        known = clean.get(name)
        if known is None or not known["times"]:
            found.append((name, "is never reached"))
        elif known["raised"] or not known["held"]:
            found.append((name, f"fails in the chapter as it is {known['raised']}".strip()))
        elif known["empty"]:
            found.append((name, "goes through nothing"))
        else:
            others = {cause: seen[name] for cause, seen in mutants.items() if name in seen}
            changes = [c for c, seen in others.items() if seen["sides"] != known["sides"]]
            touched += bool(changes)
            if changes and all(seen["held"] and not seen["raised"] for seen in others.values()):
                values = "; ".join(f"{c}: {others[c]['first']}" for c in changes)
                found.append((name, f"{SURVIVES} ({known['first']}| {values})"))
            elif not changes and known["loose"]:
                found.append((name, f"{LOOSE} ({known['first'].removesuffix('; ')})"))
    return found, touched


def accepted(text: str) -> dict[tuple[str, str], str]:
    """What is meant: chapter and assertion, with the reason."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            chapter, assertion, reason = (part.strip() for part in line.split(" | "))
            if not reason:
                raise ValueError(f"accepted.txt gives no reason for {assertion!r}")
            found[chapter, assertion] = reason
    return found


def judge(path: Path, causes: list[str], known: dict) -> list[str]:
    """Run a chapter and list what is weak and not accepted, one line each."""
    clean = recorded(path, None)
    if "results.stored(" not in path.read_text(encoding="utf-8"):
        causes = [cause for cause in causes if cause not in OF_STORED_RUNS]
    mutants = {cause: recorded(path, cause) for cause in causes}
    wanted = expected(path)
    found, touched = weak(wanted, clean, mutants)
    if any(why.startswith(SURVIVES) for _, why in found):
        again = recorded(path, AGAIN)
        steady = {name for name, seen in again.items() if seen["sides"] == clean[name]["sides"]}
        found = [(n, why) for n, why in found if n in steady or not why.startswith(SURVIVES)]
    faults = []
    for name, why in found:
        cell, _, assertion = name.partition("|")
        if (path.stem, assertion) not in known:
            faults.append(f"{path.name}: cell {cell}: `assert {assertion}` {why}")
    print(f"{path.stem}: {len(wanted)} assertions, {touched} touched, {len(found)} listed")
    return faults


def main() -> int:
    """Judge the chapters that are named; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--causes", default=",".join(CAUSES))
    options = parser.parse_args()
    known = accepted(ACCEPTED.read_text(encoding="utf-8"))
    faults = []
    for path in options.notebooks:
        found = judge(path.resolve(), options.causes.split(","), known)
        print(*found, sep="\n", flush=True)
        faults += found
    if faults:
        print(f"{len(faults)} weak assertions: sharpen them, or say why in {ACCEPTED.name}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
