"""What a page says otherwise than its notebook is found, and a faithful page has no fault."""

import pytest
from faithful import alt_faults, description_faults, title_faults


def cell(name, alt):
    return {
        "source": ["draw()"],
        "outputs": [{"data": {"image/png": "x"}}],
        "metadata": {"mystnb": {"figure": {"name": name}, "image": {"alt": alt}}},
    }


CELLS = [
    {"source": ["(sec-a)=\n", "# Don't pool\n", "\n", "You will.\n"], "metadata": {}},
    cell("fig-one", 'A "seven" & its map.'),
    cell("fig-two", "Two curves that rise."),
]
PAGE = """<head><title>Don’t pool – Networks</title>
<meta property="og:title" content="Don’t pool" /><meta name="citation_title" content="Don’t pool" />
<meta name="description" content="You will understand 3×3 kernels, and why they pool." />
<script type="application/ld+json">{"name": "Don’t pool"}</script></head>
<img src="logo.svg" alt="Home"><article><section>
<h1><span class="section-number">4. </span>Don’t pool<a class="headerlink" href="#a">#</a></h1>
<div class="facts"><p>Ten minutes.</p></div>
<p>You will <em>understand</em> <span class="math"><math>three times</math></span> kernels, and why
they pool.</p><p>More.</p>
<figure class="wide" id="fig-one"><img src="1.png" alt="A &quot;seven&quot; &amp; its map.">
</figure><figure class="align-default" id="fig-two">
<img loading="lazy" alt="Two curves that rise." src="2.png" /></figure></section>
<details class="cite-this-page"><p>The authors (2026). Don’t pool. In: Networks. Version 1.</p>
</details></article>"""


def faults(page):
    return [
        *alt_faults(page, CELLS),
        *title_faults(page, CELLS, "Networks"),
        *description_faults(page),
    ]


def test_a_faithful_page_has_no_fault():
    assert faults(PAGE) == []
    assert faults(PAGE.replace("kernels, and why they pool.", "kernels …")) == []


@pytest.mark.parametrize(
    ("theirs", "ours", "message"),
    [
        ("Two curves that rise.", "Figure", "fig-two says ['Figure'], not 'Two curves that"),
        (' alt="Two curves that rise."', "", "fig-two says []"),
        ('id="fig-one"', 'id="fig-1"', "fig-one says None"),
        ("</span>Don’t pool<a", "</span>Pool<a", "the heading is 'Pool'"),
        ('og:title" content="Don’t pool"', 'og:title" content="Pool"', "og:title is 'Pool'"),
        ('_title" content="Don’t pool"', '_title" content="N"', "citation_title is 'N'"),
        ('{"name": "Don’t pool"}', '{"name": "N"}', "schema.org's name is 'N'"),
        ("<title>Don’t pool", "<title>Pool", "the window's title is 'Pool'"),
        ("(2026). Don’t pool.", "(2026). Pool.", "the citation is not of 'Don’t pool'"),
        ("kernels, and why they pool.", "Ten minutes.", "is not the first paragraph: it lacks"),
        ("You will understand 3×3", "They understand 3×3", "it lacks 'you'"),
    ],
)
def test_planted(theirs, ours, message):
    assert PAGE.count(theirs) == 1
    found = faults(PAGE.replace(theirs, ours))
    assert len(found) == 1
    assert message in found[0]
