"""Reading aids: previews, the glossary's ways back, the printed page, the phone."""

import io
import json
import re

import pytest
from glossary_links import glossary_terms
from looks import pictures_seen
from pypdf import PdfReader
from visits import Visit
from visits import overflow_faults as visits_overflow
from written import ROOT, chapters, markdown

LENET = "chapters/1-convolutional-networks/10-lenet.html"
KINDS = {  # a link to it in the text, and what its preview shows
    "term": ("article a.reference.internal:has(> .std-term)", "dd [lang=vi]"),
    "citation": ("article p a.reference.internal[href*='bibliography.html#']", ".citation"),
    "equation": ("article a.reference.internal[href*='#equation-']", ".katex"),
    "figure": ("article a.reference.internal[href*='#fig-']", "figcaption"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_preview_by_keyboard(browser, site_url, kind):
    selector, shown = KINDS[kind]
    wanted = {"equation": "{eq}`", "figure": "{numref}`fig-", "citation": "{cite", "term": ""}[kind]
    path = next(path for path in chapters() if wanted in markdown(path))
    name = path.relative_to(ROOT).with_suffix(".html").as_posix()
    with Visit(browser, site_url, name) as visit:
        link = visit.page.locator(selector).first
        visit.page.keyboard.press("Tab")
        link.focus()
        box = visit.page.locator(".preview[role=tooltip]")
        box.wait_for()
        assert box.locator(shown).count() >= 1
        assert link.get_attribute("aria-describedby") == box.get_attribute("id")
        assert not visit.page.evaluate(
            "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
            " return ids.filter((id, at) => ids.indexOf(id) !== at) }"
        )
        visit.page.keyboard.press("Escape")
        assert box.count() == 0
        assert visit.axe() == []


def test_glossary_leads_back(browser, site_url):
    terms = glossary_terms((ROOT / "glossary.md").read_text(encoding="utf-8"))
    with Visit(browser, site_url, "glossary.html") as visit:
        page = visit.page
        assert page.locator("dl.glossary dt").count() == len(terms) >= 100
        assert page.locator("dl.glossary dd em[lang=vi]").count() == len(terms)
        letters = page.locator(".glossary-letters a").all_inner_texts()
        assert letters == list(dict.fromkeys(term[0].upper() for term in terms))
        ways = page.locator(".glossary-uses")
        assert ways.count() >= len(terms) // 2
        assert ways.filter(has_text="Explained in").count() >= 10
        page.locator("dt#term-pooling + dd .glossary-uses a").first.click()
        page.wait_for_url("**/chapters/**")


@pytest.fixture(scope="module")
def printed(browser, site_url):
    """A chapter as a dark screen's browser prints it: text of the PDF, and colours used."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(site_url + LENET, wait_until="load")
    reader = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    text = " ".join(part.extract_text() or "" for part in reader.pages)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()
    return re.sub(r"\s+", "", text)


def test_print_holds_the_code_and_the_solutions(printed):
    path = ROOT / LENET.replace(".html", ".ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code"
        and not {"remove-cell", "remove-input"} & set(cell["metadata"].get("tags", []))
    ]
    assert len(shown) >= 10
    lines = [line for code in shown for line in code.splitlines() if len(line) > 40]
    assert len(lines) >= 30
    lost = [line for line in lines if re.sub(r"\s+", "", line) not in printed]
    assert len(lost) <= len(lines) // 50, lost  # a page break may fall into a line


def test_print_is_light(browser, site_url):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(site_url + LENET, wait_until="load")
    on_screen = pictures_seen(page)
    assert len(on_screen) >= 8
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    ground, ink = page.evaluate(
        "[document.body, document.querySelector('article p')].map((e, at) =>"
        " getComputedStyle(e)[at ? 'color' : 'backgroundColor'].match(/\\d+/g).map(Number))"
    )
    assert min(ground[:3]) >= 250
    assert max(ink[:3]) <= 100
    wide = page.evaluate(
        "[...document.querySelectorAll('article pre')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert len(wide) >= 10
    assert max(wide) <= 1
    frames = page.evaluate(
        "[...document.querySelectorAll('article .cell_input, article div[class*=highlight]')]"
        ".map(e => getComputedStyle(e).overflowX)"
    )
    assert len(frames) >= 20
    assert set(frames) == {"visible"}  # a box that scrolls leaves an empty frame on its page
    assert page.locator("figure .enlarge:visible").count() == 0
    figures = page.locator("article figure img").count()
    assert len(pictures_seen(page)) >= figures >= len(on_screen)  # those of solutions, too
    page.add_style_tag(content="@media print { .bd-article figure img { display: none } }")
    assert pictures_seen(page) == []
    context.close()


def test_button_leads_into_the_printed_book(browser, site_url):
    with Visit(browser, site_url, LENET) as visit:
        button = visit.page.locator(".btn-download-pdf-button")
        assert button.count() == 1
        assert re.search(r"/book\.pdf#nameddest=page-\d+$", button.get_attribute("href"))


def test_phone_wraps_code_and_closes_the_contents(browser, site_url):
    with Visit(browser, site_url, LENET, width="phone") as visit:
        page = visit.page
        wraps = page.locator(".wrap-code")
        assert wraps.count() >= 1
        wraps.first.evaluate("e => e.click()")
        overflow = page.evaluate(
            "[...document.querySelectorAll('article pre')].map(e => e.scrollWidth - e.clientWidth)"
        )
        assert len(overflow) >= 10
        assert max(overflow) <= 1
        page.locator("label.secondary-toggle, button.secondary-toggle").first.click()
        contents = page.locator("dialog#pst-secondary-sidebar-modal")
        assert contents.evaluate("e => e.open")
        contents.locator("a[href^='#']").nth(3).click()
        assert not contents.evaluate("e => e.open")
        visit.set_width("desktop")
        assert wraps.count() == 0
        visit.set_width("phone")
        assert wraps.count() >= 1


def test_large_figure_opens_in_full(browser, site_url):
    name = "chapters/2-modern-architectures/05-googlenet.html"
    with Visit(browser, site_url, name, width="phone") as visit:
        page = visit.page
        page.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
        buttons = page.locator("article figure .enlarge")
        buttons.first.wait_for(state="attached")
        buttons.first.evaluate("e => e.click()")
        box = page.locator("dialog.lightbox")
        assert box.evaluate("e => e.open && e.scrollWidth > innerWidth")
        page.keyboard.press("Escape")
        assert box.count() == 0


def test_no_identifier_twice(site):
    pages = sorted(site.glob("chapters/**/*.html"))
    assert len(pages) >= 20
    for path in pages:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        found = re.findall(r'\sid="([^"]+)"', text)
        twice = sorted({one for one in found if found.count(one) > 1})
        assert not twice, f"{path.name}: {twice}"


def heavy_pictures(site):
    """The pictures of a site, and those of them that are too heavy."""
    kinds = {".png", ".svg", ".jpg", ".jpeg", ".webp", ".gif"}
    pictures = [path for path in site.rglob("*") if path.suffix in kinds]
    return pictures, [path.name for path in pictures if path.stat().st_size > 300_000]


def test_pictures_are_light(site):
    pictures, heavy = heavy_pictures(site)
    assert len(pictures) >= 100
    assert heavy == []


def test_planted_picture_of_four_megabytes(tmp_path):
    (tmp_path / "chapters").mkdir()
    for name, size in {"small.svg": 300_000, "chapters/large.png": 4_000_000}.items():
        (tmp_path / name).write_bytes(bytes(size))
    assert len(heavy_pictures(tmp_path)[0]) == 2
    assert heavy_pictures(tmp_path)[1] == ["large.png"]


def test_the_section_in_sight_is_highlighted_on_the_way_up(browser, site_url):
    with Visit(browser, site_url, LENET) as visit:
        page = visit.page
        lines = page.locator("#pst-page-toc-nav a")
        assert lines.count() >= 5
        names = lines.evaluate_all("links => links.map(link => link.hash)")
        place = (
            "(hash, share) => scrollTo(0, scrollY - share * innerHeight + document.getElementById("
            "decodeURIComponent(hash.slice(1))).getBoundingClientRect().top)"
        )
        now = "() => document.querySelector('#pst-page-toc-nav a.active')?.hash"
        for share, wanted in [(0.1, names[3]), (0.6, names[2])]:  # down to it, then back up
            page.evaluate(f"([hash, share]) => ({place})(hash, share)", [names[3], share])
            page.wait_for_function(f"wanted => ({now})() === wanted", arg=wanted)


def test_words_of_charts_keep_nine_pixels_on_a_phone(browser, site_url):
    name = "chapters/2-modern-architectures/07-resnet.html"
    with Visit(browser, site_url, name, width="phone") as visit:
        visit.page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
        shown = visit.page.locator("article img.drawing").evaluate_all(
            "all => all.map(e => [e.getAttribute('src').endsWith('.svg'), e.offsetWidth,"
            " Number(e.getAttribute('width')), Boolean(e.closest('.frame'))])"
        )
        assert len(shown) >= 5
        assert any(framed for *_, framed in shown)
        small = [one for one in shown if not one[0] and 12.5 * one[1] / one[2] < 8.95]
        assert not small
        assert not visits_overflow(visit)
