"""The decks of slides: what a lecture needs of a chapter, in one file each."""

import re

import pytest
from bs4 import BeautifulSoup
from slides import Deck, main


@pytest.fixture(scope="module")
def deck(small_site):
    return Deck(small_site / "chapters/1-part/01-first.html", small_site)


@pytest.fixture(scope="module")
def document(deck):
    return BeautifulSoup(deck.html(), "html.parser")


def test_title_first(document):
    first = document.select("section")[0]
    assert first.h1.get_text() == "1. First things"
    assert "It costs 5 $" in first.p.get_text()


def test_every_figure_is_a_slide_with_its_caption(document):
    figures = document.select("section.figure")
    assert len(figures) == 1
    assert figures[0].img["src"].startswith("data:image/png;base64,")
    assert "A line that rises" in figures[0].figcaption.get_text()


def test_a_prediction_is_asked_before_it_is_answered(document):
    kinds = [section.get("class", [""])[0] for section in document.select("section")]
    assert kinds.index("answer") == kinds.index("ask") + 1
    ask, answer = document.select_one("section.ask"), document.select_one("section.answer")
    assert [item.get_text().split()[0] for item in ask.select("li")] == ["One.", "Two,"]
    assert "Two, by counting" not in ask.get_text()
    assert "Two, by counting" in answer.get_text()


def test_exercises_are_named_and_not_solved(document):
    last = next(s for s in document.select("section") if s.h2 and s.h2.get_text() == "Exercises")
    assert len(last.select("li")) == 2
    assert "seven" not in document.get_text()


def test_a_figure_to_be_moved_is_no_slide(document):
    assert "stands still" not in document.get_text()
    assert not document.select("[data-demo]")


def test_nothing_is_loaded(document):
    assert not document.select("[href], script[src], link")
    text = str(document)
    assert not re.search(r"url\((?!data:)", text)
    assert [image["src"][:5] for image in document.select("img")] == ["data:"]


def test_questions_of_the_text(small_site, tmp_path):
    page = (small_site / "chapters/2-part/01-second.html").read_text(encoding="utf-8")
    asking = "<section><h2>1.1. Why</h2><p>Why is it so?</p><p>It is so.</p></section>"
    before, article = page.split("<article", 1)
    page = before + "<article" + article.replace("</h1>", f"</h1>{asking}", 1)
    path = tmp_path / "01-second.html"
    path.write_text(page, encoding="utf-8")
    deck = Deck(path, small_site)
    found = [slide for slide in deck.slides if 'class="question"' in slide]
    assert len(found) == 1
    assert "Why is it so?" in found[0]
    assert "<h2>Why</h2>" in found[0]
    # A paragraph in a paragraph would end the outer one, and lose its size.
    assert BeautifulSoup(found[0], "html.parser").select_one("div.question > p")


def test_a_deck_for_every_chapter(small_site, tmp_path, capsys):
    assert main(str(small_site), str(tmp_path / "slides")) == 0
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.html"))
    assert names == ["slides/1-part/01-first.html", "slides/2-part/01-second.html"]
    assert "2 decks of slides" in capsys.readouterr().out
    assert main(str(tmp_path / "none"), str(tmp_path / "slides")) == 1
