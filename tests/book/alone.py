"""Run the exported notebooks as a reader does who has only the package: from empty folders.

Usage: python tests/book/alone.py [--compare] [notebook ...]; without a name, all of them.

Nothing of the repository is on the path, and d2lkit has to be an installed one. As many run at a
time as there are processors. A cell that fails ends its notebook with a traceback. With
--compare, what a run gives is held against what the book has stored: numbers and pictures to a
tolerance (bookform/again.py); not on a GPU, where other figures are right too. Needs d2lkit,
nbclient and ipykernel, nothing else.
"""

import importlib.util
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "_build/notebooks"


def run(path: Path, compare: bool = False) -> tuple[float, str]:
    """Execute one notebook in an empty folder; return the seconds, and what went wrong or ""."""
    import nbformat
    import torch
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            nbformat.read(path, as_version=4),
            kernel_name="python3",
            timeout=600,
            resources={"metadata": {"path": folder}},
        )
        start = time.perf_counter()
        try:
            client.execute()
            wanted = compare and not torch.cuda.is_available()
            fault = stored_otherwise(path, client.nb) if wanted else ""
        except CellExecutionError as error:
            fault = str(error)
        return time.perf_counter() - start, fault


def stored_otherwise(path: Path, fresh) -> str:
    """What the book has stored for an exported notebook, and this run did not give."""
    import nbformat

    sys.path.insert(0, str(Path(__file__).parent))
    from bookform.again import compare

    chapter = ROOT / "chapters" / path.parent.name / path.name
    if not chapter.exists():
        return ""
    return "\n".join(compare(nbformat.read(chapter, as_version=4), fresh))


def outside(root: Path) -> str:
    """Where d2lkit would be imported from; ValueError if that is the repository."""
    spec = importlib.util.find_spec("d2lkit")
    origin = Path(spec.origin).resolve() if spec else None
    if origin is None or (origin.is_relative_to(root) and "site-packages" not in origin.parts):
        raise ValueError(f"d2lkit has to be an installed wheel, got {origin}")
    return str(origin.parent)


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run the notebooks named, or all of them; return 0 if there was one and none failed."""
    print(f"d2lkit is taken from {outside(root)}", flush=True)
    compare = "--compare" in arguments
    paths = [Path(name) for name in arguments if name != "--compare"] or sorted(
        NOTEBOOKS.glob("**/*.ipynb")
    )
    failed = 0
    workers = max(1, min(len(paths), os.cpu_count() or 1))
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
        for path, (seconds, fault) in zip(
            paths, pool.map(run, paths, [compare] * len(paths)), strict=True
        ):
            failed += bool(fault)
            word = "FAILED" if fault else f"{seconds:4.0f} s"
            print(f"{word}  {path.parent.name}/{path.name}\n{fault}".rstrip(), flush=True)
    print(f"{len(paths) - failed} of {len(paths)} notebooks ran")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
