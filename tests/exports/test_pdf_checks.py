"""Faults planted in small PDF files: each check finds its own."""

import pytest
from pdf_checks import check_bookmarks, check_contents, check_fonts, check_pages, text_of
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

TITLES = ["One", "Two"]


def add_page(writer, text, embedded):
    """A page with one line of text."""
    page = writer.add_blank_page(200, 200)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    if embedded:
        file = {NameObject("/FontFile3"): writer._add_object(DecodedStreamObject())}
        font[NameObject("/FontDescriptor")] = DictionaryObject(file)
    fonts = DictionaryObject({NameObject("/F"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F 10 Tf 10 100 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)


@pytest.fixture
def pdf(tmp_path):
    """A function that writes a PDF of pages and bookmarks, and opens it."""

    def write(texts, marks, embedded=True):
        writer = PdfWriter()
        for text in texts:
            add_page(writer, text, embedded)
        for title, page in marks:
            writer.add_outline_item(title=title, page_number=page)
        writer.write(tmp_path / "x.pdf")
        return PdfReader(tmp_path / "x.pdf")

    return write


GOOD = ["Contents One 2 Two 3", "One It begins 2", "Two It ends 3"]
MARKS = [("One", 1), ("Two", 2)]


def bookmarks(reader):
    return check_bookmarks(reader, TITLES)


def test_good(pdf):
    reader = pdf(GOOD, MARKS)
    assert check_pages(reader, TITLES, range(2, 5)) == []
    assert check_bookmarks(reader, TITLES) == []
    assert check_contents(reader, range(1), TITLES) == []
    assert check_fonts(reader) == []


def test_empty_page_and_number_of_pages(pdf):
    reader = pdf([*GOOD, "Two 4", ""], MARKS)
    assert check_pages(reader, TITLES, range(1, 4)) == [
        "5 pages, 1 to 4 expected",
        "page 4 is empty",
        "page 5 is empty",
    ]


def test_bookmarks(pdf):
    assert bookmarks(pdf(GOOD, [])) == [
        "no bookmark for 'One'",
        "no bookmark for 'Two'",
    ]
    assert bookmarks(pdf(GOOD, [("OneOne", 1), ("Two", 2)])) == ["no bookmark for 'One'"]
    assert bookmarks(pdf(GOOD, [("Two", 2), ("One", 1)])) == [
        "the bookmarks are not in the order of the chapters"
    ]
    assert bookmarks(pdf(GOOD, [("One", 2), ("Two", 2)])) == [
        "the bookmark 'One' leads to another page"
    ]


def test_contents(pdf):
    reader = pdf(["Contents One 2 Two 7", *GOOD[1:]], MARKS)
    assert check_contents(reader, range(1), TITLES) == [
        "the contents do not say that 'Two' begins on page 3"
    ]


def test_fonts(pdf):
    assert check_fonts(pdf(GOOD, MARKS, embedded=False)) == ["the font /Helvetica is not embedded"]


def test_ligatures_are_letters():
    class Page:
        def extract_text(self):
            return "Receptive \ufb01elds\n55"

    assert text_of(Page()) == "Receptive fields 55"
