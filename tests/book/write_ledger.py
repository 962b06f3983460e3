"""Write the ledger of every chapter, or of those named.

Usage: python tests/book/write_ledger.py [chapters/part/01-name.ipynb ...]
"""

import sys
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parent))
from bookform import ledger
from bookform.reading import notebook_paths


def main() -> None:
    """Write what stands in the chapters now."""
    known = ledger.known_targets()
    paths = [Path(name).resolve() for name in sys.argv[1:]] or notebook_paths()
    ledger.FOLDER.mkdir(exist_ok=True)
    wanted = {ledger.path_of(path) for path in notebook_paths()}
    for old in set(ledger.FOLDER.glob("*.txt")) - wanted:
        old.unlink()
    for path in paths:
        lines = ledger.entries(nbformat.read(path, as_version=4), known)
        ledger.path_of(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{len(lines):>5} entries  {ledger.path_of(path).name}")


if __name__ == "__main__":
    main()
