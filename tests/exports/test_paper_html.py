"""The one document that is printed: made from the pages of the small book."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from paper_html import Paper

TOC = {
    "root": "index",
    "parts": [
        {
            "caption": "Part I: All",
            "chapters": [
                {"file": "chapters/1-part/01-first"},
                {"file": "chapters/2-part/01-second.ipynb"},
            ],
        },
        {
            "caption": "Reference",
            "chapters": [
                {"file": "words.md", "sections": [{"file": "works"}, {"file": "api/x"}]},
            ],
        },
    ],
}
CITATION = {
    "title": "A small book: for tests",
    "authors": [{"name": "The authors"}, {"given-names": "Ann", "family-names": "Other"}],
    "version": "1.2.3",
    "date-released": "2026-01-02",
    "url": "https://example.org/book",
}


@pytest.fixture(scope="module")
def paper(small_site):
    return Paper(small_site, TOC, CITATION, small_site / "paper")


@pytest.fixture(scope="module")
def document(paper):
    return BeautifulSoup(paper.html({"page-2": 17}), "html.parser")


def test_title_page(document):
    text = document.select_one(".title-page").get_text(" ")
    for part in ("A small book", "for tests", "The authors, Ann Other", "Version 1.2.3"):
        assert part in text


def test_order_and_levels(paper, document):
    headings = [(h.name, " ".join(h.get_text().split())) for h in document.select("h1, h2")]
    assert [text for name, text in headings if name == "h1"] == [
        "A small book",
        "Part I: All",
        "Reference",
        "Solutions",
    ]
    assert [text for name, text in headings if name == "h2"] == [
        "1. First things",
        "2. Second",
        "Words",
        "Works",
        "1. First things",
    ]
    assert len(paper.headings) == len(document.find_all(re.compile("^h[1-6]$")))


def test_contents(document):
    rows = document.select(".paper-contents a")
    assert [row.select_one(".entry").get_text() for row in rows] == [
        "Part I: All",
        "1. First things",
        "2. Second",
        "Reference",
        "Words",
        "Works",
        "Solutions",
    ]
    assert [row.select_one(".page").get_text() for row in rows][1:3] == ["17", "0"]


def test_links_lead_within_the_document(document):
    ids = [element["id"] for element in document.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert max(map(len, ids)) < 100
    inner = [a["href"] for a in document.select('a[href^="#"]')]
    assert "#page-3-sec-second" in inner
    assert "#page-2-fig-line" in inner
    assert "#page-2-equation-eq-sum" in inner
    assert {href[1:] for href in inner} <= set(ids)
    assert not [a["href"] for a in document.select("a[href]") if ".html" in a["href"]]


def test_solutions_at_the_end(document):
    exercise = document.select_one("div.exercise")
    note = exercise.find_next_sibling("p", class_="see-solution")
    solution = document.find(id=note.a["href"][1:])
    assert "There are seven" in " ".join(solution.get_text().split())
    assert solution.find_parent(id="solutions")
    assert len(document.select("#solutions details.solution[open]")) == 2
    assert not document.select("article .solution")


def test_a_figure_to_be_moved_stands_still(document):
    box = document.select_one("article .demo")
    assert " ".join(box.get_text().split()) == "Fig. 1.1 stands still."
    assert box.a["href"] == "#page-2-fig-line"
    assert not document.select("script")


def test_prediction_and_fine_print_are_open(document):
    box = document.select_one("article .predict")
    assert box.select_one("li").get_text().strip() == "One."
    assert box.select_one("details[open]").get_text(" ").split()[:6] == [
        "Answer", "The", "answer", "is", "B.", "Two,",
    ]  # fmt: skip
    fine = document.select_one("article details.dropdown[open]")
    assert fine.select_one("summary").get_text() == "Fine print: sums"


def test_web_only_parts_are_gone(document):
    for unwanted in ("script", "button", "a.headerlink", "details.hide", "[loading]"):
        assert document.select(unwanted) == []
    assert "plotting.glue" not in document.get_text()
    assert "print(" in document.get_text()


def test_pictures_and_styles_exist(small_site, document):
    folder = small_site / "paper"
    addresses = [one["src"] for one in document.select("img[src]")]
    assert len(addresses) == 1
    addresses += [one["href"] for one in document.select("link[href]")]
    assert len(addresses) >= 2
    local = [one for one in addresses if not one.startswith(("http", "data:"))]
    missing = [one for one in local if not (folder / one.split("?")[0]).resolve().exists()]
    assert missing == [], (missing, folder)


def test_running_heads(document):
    style = document.find("style").get_text()
    chapters = document.select("section.chapter")
    assert chapters[1]["style"] == "page: chapter-1"
    assert '@page chapter-1 { @top-left { content: "1. First things" } }' in style


def test_link_out_of_print_leads_to_the_published_book(paper):
    page = paper.by_name["chapters/1-part/01-first"]
    assert paper.link(page, "../../api/x.html#y") == "https://example.org/book/api/x.html#y"
    assert paper.link(page, "https://a.org") == "https://a.org"


def test_planted_lost_link(small_site, tmp_path):
    site = shutil.copytree(small_site, tmp_path / "site")
    page = site / "chapters/2-part/01-second.html"
    page.write_text(page.read_text(encoding="utf-8").replace("#fig-line", "#fig-lost"), "utf-8")
    with pytest.raises(ValueError, match="lead nowhere in the printed book: page-2-fig-lost"):
        Paper(site, TOC, CITATION, site / "paper").html()
