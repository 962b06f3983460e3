"""The figures to be moved on the pages of the book: at work, still, in a notebook, and light."""

import json
import os
import re
from pathlib import Path

import pytest
from links import page_names
from looks import pictures_seen
from visits import Visit, load_faults

SITE = Path(os.environ["BOOK_SITE"])
MAX_BYTES = 450_000  # of a page with a demo at work: all that travels, compressed, and its figures
PLACE = re.compile(r'<div class="demo[^>]*data-demo="([\w-]+)"')


def demos_of(name):
    return PLACE.findall((SITE / name).read_text(encoding="utf-8"))


PAGES = {name: found for name in page_names(SITE) if (found := demos_of(name))}
CHAPTERS = [name for name in PAGES if name.startswith("chapters/")]


def leads_to_figures(box):
    """A picture stands in the place of a demo, or links lead to figures of the same page."""
    return box.evaluate(
        """still => {
          const pictures = [...still.querySelectorAll("img, svg")].filter(e => e.offsetHeight > 40);
          const figures = [...still.querySelectorAll("a[href^='#']")].map(a =>
            document.getElementById(decodeURIComponent(a.hash.slice(1))));
          return pictures.length + figures.length > 0
            && figures.every(e => e && e.querySelector("img, svg, table"));
        }"""
    )


def test_every_demo_stands_on_a_page():
    assert sum(map(len, PAGES.values())) >= 8, PAGES
    assert len(CHAPTERS) >= 6, CHAPTERS


@pytest.mark.parametrize("name", PAGES)
def test_without_a_script_the_still_figure_stands(browser, site_url, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + name, wait_until="domcontentloaded")
    assert len(PAGES[name]) >= 1
    for demo in PAGES[name]:
        still = page.locator(f"#demo-{demo} > .demo-still")
        assert still.is_visible()
        assert still.inner_text().strip() or still.locator("img").count()
        assert page.locator(f"#demo-{demo} > .demo-live").count() == 0
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_demos_is_light_and_prints_still(browser, site_url, name):
    with Visit(browser, site_url, name) as visit:
        for demo in PAGES[name]:
            box = visit.page.locator(f"#demo-{demo}")
            box.scroll_into_view_if_needed()
            box.locator(".demo-live").wait_for(timeout=120_000)
            assert box.locator(".demo-still").is_hidden()
            # an answer is asked for
            assert box.locator(".demo-guess").first.is_visible() or "play:" in str(
                box.get_attribute("data-settings")
            )
        visit.page.wait_for_load_state("networkidle")
        travelled = sum(size for _, size in visit.sizes)
        assert 0 < travelled <= MAX_BYTES, f"{travelled} bytes: {sorted(visit.sizes)}"
        visit.page.emulate_media(media="print")
        pictures = visit.page.locator("article img").evaluate_all(
            "all => all.filter(e => !e.closest('details')).map(e => e.getAttribute('src'))"
        )
        assert set(pictures) <= set(pictures_seen(visit.page))  # those of still demos, too
        for demo in PAGES[name]:
            still = visit.page.locator(f"#demo-{demo} > .demo-still")
            assert still.is_visible()
            assert visit.page.locator(f"#demo-{demo} > .demo-live").is_hidden()
            assert leads_to_figures(still)
        assert load_faults(visit) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_notebook_leads_to_the_demo_and_its_figures(name):
    page = (SITE / name).read_text(encoding="utf-8")
    notebook = SITE / "_notebooks" / name.removeprefix("chapters/").replace(".html", ".ipynb")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert len(PAGES[name]) >= 1
    for demo in PAGES[name]:
        found = re.search(rf"\]\(https://[^)]*{re.escape(name)}#demo-{demo}\)\n\n([^\n]+)", text)
        assert found, f"{notebook.name} does not lead to {demo}"
        figures = re.findall(rf"\]\(https://[^)]*{re.escape(name)}#([\w-]+)\)", found[1])
        assert figures, f"{notebook.name} has no figure in the place of {demo}"
        for figure in figures:
            assert f'id="{figure}"' in page


def test_the_first_page_begins_with_a_demo_at_work(browser, site_url):
    with Visit(browser, site_url, "intro.html", width="phone") as visit:
        box = visit.page.locator("#demo-slide-the-window")
        box.locator("form").wait_for(state="visible", timeout=60_000)
        output = box.locator('[role=table][aria-label="Output"] [role=row]').first
        assert output.inner_text().split() == ["1", "1", "1", "1", "2"]
        box.get_by_label("Your guess").fill("1")
        visit.page.keyboard.press("Enter")
        assert box.locator(".demo-status").inner_text() == "Yes: 1."
        visit.page.get_by_role("link", name="Start with chapter 1").click()
        visit.page.wait_for_url("**/01-why-convolutions.html*")
        assert load_faults(visit) == []
