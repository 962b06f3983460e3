"""The tests of the built site want the site and a browser: `make browser-test` brings both.

Without BOOK_SITE (the folder of the built book) the files `test_browser_*` are left alone; what
is left needs neither.
"""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    str(HERE.parent / "exports"),
    *map(str, HERE.parents[1].glob("_extensions/*/")),
]

SITE = os.environ.get("BOOK_SITE")
collect_ignore_glob = [] if SITE else ["test_browser_*.py"]


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """The small book of the exports as HTML: it holds each construct once."""
    from small_book import build, write_book

    source, target = tmp_path_factory.mktemp("small"), tmp_path_factory.mktemp("built")
    write_book(source)
    done = build(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    return target


@pytest.fixture(scope="session")
def site():
    """The folder of the built book."""
    folder = Path(SITE).resolve()
    assert (folder / "search.html").exists(), f"no built book in {folder}"
    return folder


@pytest.fixture(scope="session")
def site_url(site):
    """Where the built book is served, compressed."""
    from served_site import ServedSite

    with ServedSite(site) as served:
        yield served.url
