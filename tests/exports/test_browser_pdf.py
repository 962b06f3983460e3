"""The printed book, as `make pdf` has just made it: pages, bookmarks, contents, fonts."""

import os

import pytest
import yaml
from paper_html import Paper
from pdf_checks import check_bookmarks, check_contents, check_fonts, check_pages, text_of
from pypdf import PdfReader
from small_book import ROOT


@pytest.fixture(scope="module")
def reader():
    return PdfReader(os.environ["BOOK_PDF"])


@pytest.fixture(scope="module")
def paper():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return Paper(ROOT / "_build/html", toc, citation, ROOT / "_build/paper")


@pytest.fixture(scope="module")
def titles(paper):
    return [*(page.title for page in paper.pages[1:]), "Solutions"]


def test_pages(reader, titles):
    chapters = sum(title[:1].isdigit() for title in titles)
    assert check_pages(reader, titles, range(8 * chapters, 40 * chapters)) == []


def test_bookmarks(reader, titles):
    assert check_bookmarks(reader, titles) == []


def test_contents(reader, paper, titles):
    first = paper.pages[0].title  # stands on the title page, too
    end = next(i for i in range(1, 9) if text_of(reader.pages[i]).startswith(first))
    assert check_contents(reader, range(1, end), titles) == []


def test_fonts(reader):
    assert check_fonts(reader) == []


def test_mathematics_is_set(reader):
    fonts = {
        str(font.get_object().get("/BaseFont"))
        for page in reader.pages
        for font in (page["/Resources"].get("/Font") or {}).values()
    }
    assert any("KaTeX" in font for font in fonts)


def test_metadata(reader):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert reader.metadata.title == citation["title"]
    assert reader.root_object["/Lang"] == "en"
