"""The directive: what it refuses, and what it puts onto a page."""

import re

import demo_figures
import pytest
from demo_scripts import DEMOS, bundle
from small_book import build

ONLY = 'extensions = ["myst_parser", "demo_figures"]\nmyst_enable_extensions = ["colon_fence"]\n'


def built(folder, text):
    """A book of one page with a text, and what its build complains of."""
    source, target = folder / "source", folder / "site"
    source.mkdir()
    (source / "conf.py").write_text(ONLY, encoding="utf-8")
    (source / "index.md").write_text(text, encoding="utf-8")
    (source / "other.md").write_text("---\norphan: true\n---\n# Other\n", encoding="utf-8")
    return target, build(source, target).stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (":::{demo} slide-the-door\nText\n:::", "there is no demo 'slide-the-door'; there are"),
        (":::{demo} dom\nText\n:::", "there is no demo 'dom'"),
        (":::{demo} slide-the-window\n:::", "needs a text or a picture that stands for it"),
    ],
)
def test_what_is_no_demo(tmp_path, text, message):
    _, complaints = built(tmp_path, f"# Page\n\n{text}\n")
    assert message in complaints


def test_only_its_page_loads_the_script(tmp_path):
    demo = ":::{demo} slide-the-window\n:settings: turn:1\nIt *stands*.\n:::"
    site, complaints = built(tmp_path, f"# Page\n\n{demo}\n")
    assert complaints == ""
    page = (site / "index.html").read_text(encoding="utf-8")
    box = r'<div class="demo[^>]* id="demo-slide-the-window">\s*<div class="demo-still">\s*<p>It'
    assert re.search(box, page)
    assert 'data-demo="slide-the-window"' in page
    assert 'data-settings="turn:1"' in page
    assert re.search(
        r'<script defer="defer" src="_static/demos/slide-the-window\.js\?v=\w+">', page
    )
    assert re.search(r'href="_static/demos/demos\.css\?v=\w+"', page)
    assert "demos/" not in (site / "other.html").read_text(encoding="utf-8")
    script = (site / "_static/demos/slide-the-window.js").read_text(encoding="utf-8")
    assert script == bundle(DEMOS / "views/slide-the-window.js")


def test_a_heavy_script_is_loaded_when_it_is_near(tmp_path):
    demo = ":::{demo} move-the-digit\nIt *stands*.\n:::"
    site, complaints = built(tmp_path, f"# Page\n\n{demo}\n")
    assert complaints == ""
    page = (site / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<script defer="defer" src="_static/demos/later\.js\?v=\w+">', page)
    assert "demos/move-the-digit.js" not in page
    script = (site / "_static/demos/move-the-digit.js").read_text(encoding="utf-8")
    assert len(script) > demo_figures.HEAVY
    assert f'data-later="{demo_figures.version(script)}"' in page
    # the others come with their page
    scripts = {name: bundle(DEMOS / f"views/{name}.js") for name in demo_figures.names()}
    heavy = {name for name, one in scripts.items() if len(one) > demo_figures.HEAVY}
    assert heavy == {"move-the-digit", "training-in-the-page"}
