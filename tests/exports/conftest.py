"""Makes the small book, and the extensions that export it, importable; builds it once.

Without BOOK_PDF (the printed book) the files `test_browser_*` are left alone: `make pdf` runs them.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), *map(str, ROOT.glob("_extensions/*/"))]

collect_ignore_glob = [] if os.environ.get("BOOK_PDF") else ["test_browser_*.py"]


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """The small book as HTML, with its notebooks."""
    from small_book import build, write_book

    source, target = tmp_path_factory.mktemp("small"), tmp_path_factory.mktemp("site")
    write_book(source)
    done = build(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    return target
