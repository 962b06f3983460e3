"""Solutions, predictions, fine print on the built pages: as many as written; where they open."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from visits import Visit
from written import ROOT, chapters, markdown

SOLUTION = re.compile(r"^`{3,}\{solution-start\}|^:{3,}\{solution-start\}", re.M)
FINE = re.compile(
    r"^:{3,}\{(?:admonition|note|tip|hint)\}.*\n(?::.*\n)*?:class:.*\bdropdown\b", re.M
)
PREDICT = re.compile(r"^:{3,}\{predict\}", re.M)
CHAPTERS = chapters()


def test_there_are_chapters_with_solutions():
    assert len(CHAPTERS) >= 20
    assert sum(len(SOLUTION.findall(markdown(path))) for path in CHAPTERS) >= 100


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_all_are_there(site, path):
    """That they are closed, and open by the keyboard, is looked at on every page."""
    text = markdown(path)
    tags = [
        cell["metadata"].get("tags", [])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]
    wanted = {
        "details.solution": len(SOLUTION.findall(text)),
        "details.admonition.dropdown:not(.solution)": len(FINE.findall(text)),
        ".predict": len(PREDICT.findall(text)),
        "details.hide > summary .collapsed": sum({"check", "hide-input"} <= set(t) for t in tags),
    }
    page = site / path.relative_to(ROOT).with_suffix(".html")
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").article
    found = {selector: len(article.select(selector)) for selector in wanted}
    labels = article.select("details.hide > summary .collapsed")
    found["details.hide > summary .collapsed"] = sum(
        label.get_text().strip() == "Show the check" for label in labels
    )
    assert found == wanted


def first_with_solution():
    return next(path for path in CHAPTERS if SOLUTION.search(markdown(path)))


def test_a_link_into_a_solution_opens_it(browser, site_url):
    name = first_with_solution().relative_to(ROOT).with_suffix(".html").as_posix()
    with Visit(browser, site_url, name) as visit:
        anchor = visit.page.locator("details.solution").nth(1).get_attribute("id")
    with Visit(browser, site_url, f"{name}#{anchor}") as visit:
        boxes = visit.page.locator("details.solution")
        assert boxes.nth(1).evaluate("e => e.open && e.getBoundingClientRect().top < innerHeight")
        assert not boxes.nth(0).evaluate("e => e.open")


def test_paper_shows_all_of_them(browser, site_url):
    name = first_with_solution().relative_to(ROOT).with_suffix(".html").as_posix()
    with Visit(browser, site_url, name) as visit:
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        boxes = visit.page.locator("article details")
        assert boxes.count() >= 5
        assert boxes.evaluate_all("all => all.every(e => e.open)")
        visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert boxes.evaluate_all("all => all.every(e => !e.open)")


@pytest.fixture(scope="module")
def asked(small_site):
    """The small book of the exports, with the scripts and styles of the book."""
    scripts = (ROOT / "_static/book.js").read_text(encoding="utf-8")
    styles = (ROOT / "_static/folds.css").read_text(encoding="utf-8")
    page = small_site / "chapters/1-part/01-first.html"
    text = page.read_text(encoding="utf-8")
    with_ours = page.with_name("asked.html")
    ours = f"<style>{styles}</style><script>{scripts}</script></head>"
    with_ours.write_text(text.replace("</head>", ours, 1), encoding="utf-8")
    return with_ours


def test_a_prediction_is_made_by_keyboard(browser, asked):
    page = browser.new_page()
    page.goto(asked.as_uri())
    box = page.locator(".predict")
    assert box.count() == 1
    answer, button = box.locator("details"), box.locator("button")
    assert answer.is_hidden()
    assert button.is_disabled()
    box.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # the link in the second choice
    page.keyboard.press("Tab")
    assert button.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    assert box.locator("[role=status]").inner_text() == "You chose A; the answer is B."
    assert answer.evaluate("e => e.open")
    assert "Two, by counting" in answer.inner_text()
    assert box.locator("input:enabled").count() == 0
    page.close()


def test_a_prediction_without_a_script(browser, asked):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(asked.as_uri())
    box = page.locator(".predict")
    assert box.locator("li").all_inner_texts()[0] == "One."
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    assert box.get_by_text("Two, by counting").is_visible()
    context.close()
