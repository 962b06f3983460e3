"""Run every notebook as a reader does who has only the package: from an empty folder.

Nothing of the repository is on the path; a cell that fails ends the run with its
traceback. What the cells print is not compared: on a GPU other figures are right too.
Needs d2lkit, nbclient and ipykernel, nothing else.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"


def run(notebook: Path) -> float:
    """Execute a copy of one notebook in a folder of its own; return the seconds it took."""
    import nbformat
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(notebook, folder))
        client = NotebookClient(
            nbformat.read(copy, as_version=4),
            kernel_name="python3",
            timeout=600,
            resources={"metadata": {"path": folder}},
        )
        start = time.perf_counter()
        client.execute()
        return time.perf_counter() - start


def main(arguments: list[str]) -> int:
    """Run the notebooks named, or all of them; return 0 if there was at least one."""
    notebooks = [Path(name) for name in arguments] or sorted(CHAPTERS.glob("**/*.ipynb"))
    for notebook in notebooks:
        print(f"{run(notebook):6.1f} s  {notebook.parent.name}/{notebook.name}", flush=True)
    print(f"{len(notebooks)} notebooks ran")
    return 0 if notebooks else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
