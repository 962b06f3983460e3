"""Print the built book: one PDF with a contents page, page numbers and bookmarks.

Usage: python _extensions/paper/paper.py SITE PDF, where SITE is the folder of the built pages.

The pages become one document (paper_html.py), which Chromium prints. It is printed twice: the first
time tells on which page everything falls, the second time says so in the contents.
"""

import logging
import sys
from pathlib import Path

import yaml
from browsers import find_browser
from paper_html import Paper

ROOT = Path(__file__).resolve().parents[2]


def print_pdf(browser, html, pdf):
    """Print an HTML file to a PDF with bookmarks."""
    page = browser.new_page()
    page.set_default_timeout(300_000)
    page.goto(html.resolve().as_uri(), wait_until="load")
    page.evaluate("document.fonts.ready")
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    page.close()


def page_numbers(pdf):
    """On which page, counted from 1, each target of a link was printed."""
    from pypdf import PdfReader

    reader = PdfReader(pdf)
    places = reader.named_destinations.items()
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in places
    }


def name_bookmarks(pdf, headings):
    """Write the headings into the bookmarks, whose texts Chromium garbles.

    Raises:
        ValueError: if there are not as many bookmarks as headings.
    """
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    writer = PdfWriter(clone_from=pdf)
    marks, waiting = [], [writer.root_object["/Outlines"].get("/First")]
    while waiting:
        mark = waiting.pop()
        if mark is not None:
            mark = mark.get_object()
            marks.append(mark)
            waiting += [mark.get("/Next"), mark.get("/First")]
    if len(marks) != len(headings):
        raise ValueError(f"{len(marks)} bookmarks for {len(headings)} headings")
    for mark, heading in zip(marks, headings, strict=True):
        mark[NameObject("/Title")] = TextStringObject(heading)
    writer.write(pdf)


def make(site, pdf, toc, citation):
    """Print the pages of a site to a PDF.

    Raises:
        ValueError: if the contents would name a wrong page.
    """
    from playwright.sync_api import sync_playwright

    pdf.parent.mkdir(parents=True, exist_ok=True)
    html = pdf.with_suffix(".html")
    paper = Paper(site, toc, citation, pdf.parent)
    numbers = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for _ in range(2):
            before = numbers
            html.write_text(paper.html(before), encoding="utf-8")
            print_pdf(browser, html, pdf)
            numbers = page_numbers(pdf)
        browser.close()
    moved = sorted(name for name in numbers if numbers[name] != before.get(name))
    if moved:
        raise ValueError(f"page numbers changed between the two prints: {', '.join(moved[:5])}")
    name_bookmarks(pdf, paper.headings)


def main(site, pdf):
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # how Chromium counts its objects
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    make(Path(site), Path(pdf), toc, citation)
    print(f"The book for printing is here: {Path(pdf).resolve()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
