"""Every page of the built book, at two widths and in two themes, in a real browser."""

import json
import os
import re
from pathlib import Path

import pytest
import visits
import yaml
from contrast import contrast_faults
from faithful import alt_faults, alternative_texts, cells_of, description_faults, title_faults
from heads import head_faults
from links import link_faults, page_names
from looks import cut_faults, focus_faults, pale_faults
from visits import Visit, as_text
from written import chapters

ROOT = Path(__file__).parents[2]
PAGES = page_names(Path(os.environ["BOOK_SITE"]))
WIDTH = ["scrollable-region-focusable", "target-size"]  # what depends on the width alone


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light_complete_and_accessible_at_a_desk_and_on_a_phone(browser, site_url, name):
    """One load, in the dark: then both widths, and both themes at each."""
    with Visit(browser, site_url, name, theme="dark") as visit:
        visit.page.wait_for_load_state("networkidle")
        theme = visits.theme_shown(visit)
        faults = [] if theme == "dark" else [f"the page is {theme} for a reader who prefers dark"]
        faults += visits.weight_faults(visit) + visits.image_faults(visit)
        faults += visits.mathematics_faults(visit) + visits.icon_faults(visit)
        faults += visits.overflow_faults(visit) + visits.dropdown_faults(visit)
        faults += pale_faults(visit) + cut_faults(visit) + focus_faults(visit)
        visit.set_width("phone")
        faults += visits.image_faults(visit) + visits.mathematics_faults(visit)
        faults += visits.overflow_faults(visit)
        visit.unfold()
        faults += visits.overflow_faults(visit) + cut_faults(visit)
        faults += contrast_faults(visit, WIDTH)
        visit.set_theme("light")
        faults += contrast_faults(visit)
        visit.set_width("desktop")
        faults += contrast_faults(visit, rules=None)
        visit.set_theme("dark")
        faults += contrast_faults(visit)
        faults += visits.load_faults(visit)
    assert not faults, as_text(faults)


def test_internal_links_resolve(site):
    assert len(PAGES) >= 10
    faults = link_faults(site)
    assert not faults, as_text(faults)


def test_every_page_says_what_it_is(site):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    faults = head_faults(site, PAGES, config["html"]["baseurl"])
    assert not faults, as_text(faults)


def test_the_page_for_what_is_missing_leads_back_from_any_folder(site):
    text = (site / "404.html").read_text(encoding="utf-8")
    base = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
    addresses = re.findall(r' (?:action|href|src)="([^"]*)"', text)
    assert len(addresses) == 3
    for address in addresses:
        assert address.startswith(base)
        assert (site / (address.removeprefix(base) or "index.html")).is_file()


def test_every_chapter_says_what_its_notebook_says(site):
    """Alternative texts, title and description."""
    book = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    faults, pictures = [], 0
    for path in chapters():
        name = path.relative_to(ROOT).with_suffix(".html")
        page, cells = (site / name).read_text(encoding="utf-8"), cells_of(path)
        pictures += len(alternative_texts(cells))
        found = alt_faults(page, cells) + title_faults(page, cells, book) + description_faults(page)
        faults += [f"{name}: {fault}" for fault in found]
    assert pictures >= 150
    assert not faults, as_text(faults)


def code(path):
    """The code of a notebook, without the line that folds a cell in Colab."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [re.sub(r"^#@title .*\n", "", source) for source in sources]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "chapters").glob("*/*.ipynb")), ids=lambda p: p.stem
)
def test_exported_notebook_runs_what_the_chapter_runs(site, path):
    assert code(site / "_notebooks" / path.relative_to(ROOT / "chapters")) == code(path)
