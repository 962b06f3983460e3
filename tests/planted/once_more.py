"""Execute a notebook and hold what it gives against what is stored; exit 1 where they differ."""

import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "book"))
import execute
from bookform.again import compare


def main() -> int:
    """Compare one notebook, given by its path."""
    stored = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(shutil.copy(stored, folder))
        execute.run(fresh)
        faults = compare(nbformat.read(stored, as_version=4), nbformat.read(fresh, as_version=4))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
