"""The archive, unpacked, opened from the disk: no server, every page."""

import zipfile

import pytest
import visits
from archive import pack
from links import link_faults, page_names
from visits import Visit, as_text

pytestmark = pytest.mark.xdist_group("archive")  # unpacked once


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory):
    """The unpacked archive of the built book."""
    target = tmp_path_factory.mktemp("archive") / "book.zip"
    pack(site, target)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(target.parent)
    return target.parent / "book"


@pytest.fixture(scope="module")
def base(folder):
    return folder.as_uri() + "/"


def test_every_page_opens_from_the_disk(browser, folder, base):
    faults = []
    for name in page_names(folder):
        with Visit(browser, base, name, theme="dark") as visit:
            found = visits.load_faults(visit) + visits.image_faults(visit)
            found += visits.mathematics_faults(visit) + visits.icon_faults(visit)
            if visits.theme_shown(visit) != "dark":
                found.append("light for a reader who prefers dark")
            faults += [f"{name}: {fault}" for fault in found]
    assert not faults, as_text(faults)


def test_links_of_the_archive_resolve(folder):
    faults = link_faults(folder)
    assert not faults, as_text(faults)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("pooling", "chapters/1-convolutional-networks/09-pooling.html"),
        ("tích chập", "glossary.html"),
        ("tich chap", "glossary.html"),
    ],
)
def test_search_works_from_the_disk(browser, base, query, page):
    links, faults, _ = visits.search_results(browser, base, query)
    assert not faults, as_text(faults)
    assert page in [link.split("#")[0] for link in links]


def test_first_page_opens_by_a_double_click(browser, base):
    with Visit(browser, base, "index.html") as visit:
        visit.page.wait_for_url("**/intro.html")
        assert not visit.complaints, as_text(visit.complaints)
        # The search field of every page leads to the results.
        visit.page.keyboard.press("Control+k")
        visit.page.keyboard.type("padding")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/search.html?q=padding")
        visit.page.locator("#search-results li > a").first.wait_for()
