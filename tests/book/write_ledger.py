"""Write the ledger of every chapter, or of those named; always those of pages and stored results.

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
    pages = ledger.written_pages()
    wanted = {ledger.path_of(path) for path in notebook_paths() + pages} | {ledger.SEALS}
    for old in set(ledger.FOLDER.glob("*.txt")) - wanted:
        old.unlink()
    for path in paths:
        write(ledger.path_of(path), ledger.entries(nbformat.read(path, as_version=4), known))
    for path in pages:
        write(ledger.path_of(path), ledger.of_text(path.read_text(encoding="utf-8"), known))
    write(ledger.SEALS, ledger.seals())


def write(path: Path, lines: list[str]) -> None:
    """Write one ledger."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{len(lines):>5} entries  {path.name}")


if __name__ == "__main__":
    main()
