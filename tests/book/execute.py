"""Run notebooks and store what they print, in a form that gives small diffs.

Usage: python tests/book/execute.py chapters/part/01-name.ipynb [...]

Each notebook runs in its own folder, in a fresh kernel, from top to bottom. A cell that fails stops
the run (unless it carries the tag `raises-exception`) and leaves the file as it was. Metadata that
differs from machine to machine is not stored: versions, times, widget state. What the figures hold
is written down beside (`bookform/figures.py`), for the test of what the text says of them.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

sys.path.insert(0, str(Path(__file__).parent))
from bookform import figures
from bookform.reading import notebook_paths, where
from nbval_hooks import VALUES, answer_of

WATCH = Path(__file__).resolve().parent / "figure_facts.py"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
# What editors and kernels leave behind; none of it belongs to the book.
DROPPED_NOTEBOOK_METADATA = ("widgets", "jupytext", "vscode", "colab", "toc", "accelerator")
DROPPED_CELL_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled", "id", "outputId")


def normalise(notebook):
    """Reduce the metadata of a notebook to what the book needs, in place."""
    for key in DROPPED_NOTEBOOK_METADATA:
        notebook.metadata.pop(key, None)
    notebook.metadata["kernelspec"] = dict(KERNELSPEC)
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        for key in DROPPED_CELL_METADATA:
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("needs_background", None)
    return notebook


def peak_bytes(pid):
    """The most memory that a running process has held at once, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # not Linux
        memory = psutil.Process(pid).memory_info()
        return getattr(memory, "peak_wset", memory.rss)
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def run(path):
    """Execute the notebook at `path` and write it back; returns (seconds, peak memory in bytes).

    Of a chapter, what its figures hold is written down, too.
    """
    notebook = nbformat.read(path, as_version=4)
    peak = 0

    def measure(cell, cell_index, execute_reply):
        nonlocal peak
        peak = max(peak, peak_bytes(client.km.provisioner.pid))

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=measure,
    )
    said = []  # of the cell that failed last

    async def name_cell(cell, cell_index, execute_reply):
        """Say which cell fails, and what its assertion compared; the kernel still lives."""
        message = client.kc.execute("", silent=True, user_expressions={"answer": VALUES})
        reply = {"parent_header": {}}
        while reply["parent_header"].get("msg_id") != message:
            reply = await client.kc.get_shell_msg(timeout=60)
        said[:] = where(notebook, cell), answer_of(reply)

    client.on_cell_error = name_cell
    is_chapter = path in notebook_paths()
    if is_chapter:
        client.extra_arguments = [f"--InteractiveShellApp.exec_files={WATCH}"]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        shown = Path(folder) / "facts.jsonl"
        try:
            client.execute(env={**os.environ, "FIGURE_FACTS": str(shown)})
        except CellExecutionError as error:
            error.add_note(": ".join(filter(None, [path.name, *said])))
            raise
        seconds = time.perf_counter() - start
        if is_chapter and shown.exists():
            lines = [json.loads(line) for line in shown.read_text(encoding="utf-8").splitlines()]
            figures.store(path, lines, notebook)

    text = nbformat.writes(normalise(notebook))
    # A notebook that is half written would be lost work: write beside it, then move.
    temporary = path.with_suffix(".ipynb.tmp")
    temporary.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
    os.replace(temporary, path)
    return seconds, peak


def main(names):
    if not names:
        print(__doc__)
        return 2
    failed = 0
    for name in names:
        try:
            seconds, peak = run(Path(name).resolve())
        except CellExecutionError as error:
            failed += 1
            print(f"FAILED  {name}", error, *error.__notes__, sep="\n", flush=True)
        else:
            print(f"{seconds:6.1f} s  {peak / 2**20:6.0f} MiB  {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
