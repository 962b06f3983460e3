"""Each check of a page catches the fault that it is there for, and a sound page has none."""

import looks
import pytest
import visits
from contrast import KINDS, contrast_faults
from heads import WANTED, head_faults
from links import link_faults, page_names
from served_site import ServedSite
from visits import Visit

HEAD = """<!doctype html><html lang="en" data-theme="light"><head><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ color: #222; background: #fff }} {style}
html[data-theme="dark"] body {{ color: #eee; background: #111 }}</style></head>
<body><main><h1>A page</h1><article>{body}</article></main></body></html>"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
FORMULA = """<p>Here is <span class="math"><span class="katex"><math><mi>x</mi></math>
<span class="katex-html" aria-hidden="true">x</span></span></span>.</p>"""
SOUND = f"""{FORMULA}<img src="{PIXEL}" alt="A dot" width="1" height="1">
<details><summary>Solution</summary><p>Two.</p></details>"""
PREDICTION = """<div class="predict"><label><input type="radio" name="p">One</label>
<button type="button">Mine</button>"""
SOUND += f"""{PREDICTION.replace("<button", "<button onclick='ask(this.nextElementSibling)'")}
<details hidden><summary>Answer</summary><p>Two.</p></details></div><script>
function ask(answer) {{ answer.hidden = false; answer.open = true; answer.firstChild.focus() }}
</script>"""


@pytest.fixture
def visit(browser, tmp_path):
    """Give a function that visits a page with this text."""
    with ServedSite(tmp_path) as served:

        def look(body, check, style="", **options):
            page = HEAD.format(style=style, body=body)
            (tmp_path / "page.html").write_text(page, encoding="utf-8")
            with Visit(browser, served.url, "page.html", **options) as visit:
                visit.page.wait_for_load_state("networkidle")
                return check(visit)

        yield look


def all_faults(visit):
    faults = visits.load_faults(visit) + visits.weight_faults(visit) + visits.image_faults(visit)
    faults += visits.mathematics_faults(visit) + visits.icon_faults(visit)
    faults += visits.overflow_faults(visit) + visits.dropdown_faults(visit) + visit.axe()
    faults += looks.cut_faults(visit) + looks.focus_faults(visit)
    visit.set_theme("dark")
    return faults + visit.axe() + looks.pale_faults(visit)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_planted_nothing(visit, width):
    assert visit(SOUND, all_faults, width=width) == []


@pytest.mark.parametrize(
    ("body", "check", "message"),
    [
        ("<script>console.error('oh')</script>", visits.load_faults, "console error: oh"),
        ("<script>nothing.here()</script>", visits.load_faults, "script error"),
        ("<script src='gone.js'></script>", visits.load_faults, "request failed"),
        (
            "<script src='https://cdn.example.org/x.js'></script>",
            visits.load_faults,
            "request to a third party: https://cdn.example.org/x.js",
        ),
        (
            "<style>p { background: url(https://fonts.example.org/x.png) }</style><p>x</p>",
            visits.load_faults,
            "request to a third party",
        ),
        ("<img src='gone.png' alt='x'>", visits.image_faults, "broken picture: gone.png"),
        (f"<img src='{PIXEL}' width='1' height='1'>", visits.image_faults, "without alt"),
        (f"<img src='{PIXEL}' alt=' ' width='1' height='1'>", visits.image_faults, "without alt"),
        (f"<img src='{PIXEL}' alt='A dot'>", visits.image_faults, "without its size"),
        (r"<span class='math'>\(x^2\)</span>", visits.mathematics_faults, "not set"),
        (r"<p>The sum \(x^2\) is</p>", visits.mathematics_faults, "left as source"),
        (r"<p>The sum $\frac12$ is</p>", visits.mathematics_faults, "left as source"),
        (
            FORMULA.replace("katex-html", "katex-html katex-error"),
            visits.mathematics_faults,
            "with an error",
        ),
        (
            FORMULA.replace('aria-hidden="true"', 'style="color: #eee"'),
            visits.mathematics_faults,
            "another colour",
        ),
        (FORMULA.replace(">x</span>", "></span>"), visits.mathematics_faults, "without extent"),
        (
            "<div class='math' style='text-align: right'><math><mi>x</mi></math>"
            "<span class='katex-html'>x</span></div>",
            visits.mathematics_faults,
            "not in the middle",
        ),
        (
            "<div class='math' style='display: flex; flex-direction: row-reverse; overflow: auto'>"
            "<div style='flex: none; width: 3000px'><math><mi>x</mi></math>"
            "<div class='katex-html'>x</div></div></div>",
            visits.mathematics_faults,
            "cut off at its beginning",
        ),
        ("<i class='fa-solid fa-gone'></i>", visits.icon_faults, "icon without a sign"),
        ("<div style='width: 3000px'>x</div>", visits.overflow_faults, "px wide on 1280"),
        (
            "<details inert><summary>Solution</summary><p>Two.</p></details>",
            visits.dropdown_faults,
            "cannot be reached",
        ),
        (
            "<details><summary onkeydown='event.preventDefault()'>S</summary><p>Two.</p></details>",
            visits.dropdown_faults,
            "does not open by the keyboard",
        ),
        (
            "<details open><summary>Solution</summary><p>Two.</p></details>",
            visits.dropdown_faults,
            "1 folded parts are open at first",
        ),
        (
            "<details class='dropdown' style='min-height: 300px'><summary>S</summary>Two</details>",
            visits.dropdown_faults,
            "folded part 1 is not a closed box",
        ),
        (
            "<details class='dropdown' style='display: none'><summary>S</summary>Two</details>",
            visits.dropdown_faults,
            "folded part 1 is not a closed box",
        ),
        (
            "<style>details p { display: none }</style>"
            "<details><summary>S</summary><p>Two.</p></details>",
            visits.dropdown_faults,
            "content stays hidden",
        ),
        (
            "<div class='predict'><details><summary>A</summary><p>Two.</p></details></div>",
            visits.dropdown_faults,
            "prediction 1 has nothing to choose from",
        ),
        (
            f"{PREDICTION}<details><summary>A</summary><p>Two.</p></details></div>",
            visits.dropdown_faults,
            "prediction 1 shows its answer before the choice",
        ),
        (
            f"{PREDICTION}<details hidden><summary>A</summary><p>Two.</p></details></div>",
            visits.dropdown_faults,
            "prediction 1 does not show its answer",
        ),
        (
            f"{PREDICTION.replace('<button', '<button disabled')}"
            "<details hidden><summary>A</summary><p>Two.</p></details></div>",
            visits.dropdown_faults,
            "prediction 1: its button cannot be reached",
        ),
        (
            "<style>a:focus { outline: none }</style><a href='x'>x</a>",
            looks.focus_faults,
            "focus is not seen: a.",
        ),
        ("<p>Nothing to press", looks.focus_faults, "nothing that could have the focus"),
        (
            "<div style='overflow: hidden'><p style='width: 3000px'>x</p></div>",
            looks.cut_faults,
            "cut off at its side: div.",
        ),
        ("<p style='color: #aaa'>pale</p>", Visit.axe, "color-contrast"),
        ("<button></button>", Visit.axe, "button-name"),
        ("<a href='page.html'></a>", Visit.axe, "link-name"),
        ("<table><thead><tr><th></th></tr></thead></table>", Visit.axe, "empty-table-header"),
        (
            "<pre><span class='a'>x</span><span class='b' style='color: #ddd'>y</span></pre>",
            Visit.axe,
            "color-contrast",
        ),
    ],
)
def test_planted_fault(visit, body, check, message):
    faults = visit(body, check)
    assert any(message in fault for fault in faults), faults


def test_planted_colour_beside_other_rules(visit):
    body = "<p style='color: #aaa'>pale</p><button></button>"
    for rules, other in [((), False), (["button-name"], True), (None, True)]:
        found = " ".join(visit(body, lambda page, rules=rules: contrast_faults(page, rules)))
        assert "color-contrast" in found
        assert ("button-name" in found) is other


def test_planted_font_that_does_not_load(visit):
    style = "@font-face { font-family: Gone; src: url(gone.woff2) } p { font-family: Gone }"
    faults = visit(FORMULA, visits.mathematics_faults, style=style)
    assert any("font not loaded: Gone" in fault for fault in faults), faults


def test_planted_faint_word_in_the_dark(visit):
    style = 'html[data-theme="dark"] .faint { color: #222 }'

    def in_the_dark(visit):
        visit.set_theme("dark")
        return visit.axe(["color-contrast"])

    assert visit("<p class='faint'>word</p>", in_the_dark, style=style)
    assert not visit("<p class='faint'>word</p>", Visit.axe, style=style)


WORDS = [
    ("<p style='color: #aaa'>pale</p>", "color-contrast"),
    ("<p>dark</p><p style='background: #333'>dark on dark</p>", "color-contrast"),
    ("<p>plain</p><p style='opacity: 0.3'>faint</p>", "color-contrast"),
    (
        "<p>plain text and <a href='x' style='color: #333; text-decoration: none'>a link</a></p>",
        "link-in-text-block",
    ),
    ("<details><summary>M</summary><p style='color: #aaa'>pale</p></details>", "color-contrast"),
    (
        "<p>dark</p><div style='background: #333'><p><i>dark</i></p></div>",
        "color-contrast",
    ),
]


@pytest.mark.parametrize("width", ["desktop", "phone"])
@pytest.mark.parametrize(("body", "message"), WORDS)
def test_planted_colours(visit, body, message, width):
    def look(visit):
        visit.unfold()
        return contrast_faults(visit)

    faults = visit(body, look, width=width)
    assert any(message in fault for fault in faults), faults


def test_one_word_of_each_kind_is_looked_at(visit):
    body = "<p>one</p><p>two</p><p>three <b>four</b></p><p style='display: none'>five</p>"

    def words(visit):
        handle = visit.page.evaluate_handle(KINDS)
        return handle.evaluate("words => words.map(word => word.textContent)")

    assert visit(body, words) == ["A page", "one", "four"]
    assert visit("<p>word</p>", contrast_faults) == []


def test_planted_width_that_only_a_phone_minds(visit):
    body = "<div style='width: 600px'>x</div>"
    assert not visit(body, visits.overflow_faults)
    assert visit(body, visits.overflow_faults, width="phone")

    def turned(visit):
        visit.set_width("phone")
        on_phone = visits.overflow_faults(visit)
        visit.set_width("desktop")
        return on_phone, visits.overflow_faults(visit)

    on_phone, at_desk = visit(body, turned)
    assert on_phone
    assert not at_desk


def test_a_desk_turned_into_a_phone_is_one(visit):
    body = "<style>@media (pointer: coarse) and (max-width: 400px) { p { color: red } }</style><p>x"
    colour = "() => getComputedStyle(document.querySelector('p')).color"

    def turned(visit):
        visit.set_width("phone")
        on_phone = visit.page.evaluate(colour)
        visit.set_width("desktop")
        return on_phone, visit.page.evaluate(colour)

    assert visit(body, turned) == ("rgb(255, 0, 0)", "rgb(34, 34, 34)")


def test_planted_scroller_without_keyboard(visit):
    wide = "<div style='overflow-x: auto; white-space: nowrap'>" + "a long line " * 50 + "</div>"
    faults = visit(wide, lambda v: v.axe(["scrollable-region-focusable"]), width="phone")
    assert faults
    focusable = wide.replace("<div", "<div tabindex='0'", 1)
    assert not visit(focusable, lambda v: v.axe(["scrollable-region-focusable"]), width="phone")


def test_planted_weight(visit, tmp_path):
    import random

    noise = random.Random(0).randbytes(visits.MAX_BYTES)
    (tmp_path / "heavy.bin").write_bytes(noise)
    faults = visit("<script>fetch('heavy.bin')</script>", visits.weight_faults)
    assert any("bytes at the first visit" in fault for fault in faults), faults
    for number in range(visits.MAX_REQUESTS):
        (tmp_path / f"{number}.js").write_text("", encoding="utf-8")
    scripts = "".join(f"<script src='{n}.js'></script>" for n in range(visits.MAX_REQUESTS))
    faults = visit(scripts, visits.weight_faults)
    assert any("requests at the first visit" in fault for fault in faults), faults


def test_planted_links(tmp_path):
    page = (
        "<p id='here'>x</p><a href='#here'>a</a><a href='other.html#there'>b</a>"
        "<a href='#nowhere'>c</a><a href='gone.html'>d</a><a href='other.html#gone'>e</a>"
        "<a href=''>f</a><a href='https://example.org/gone'>g</a>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (tmp_path / "other.html").write_text("<p id='there'>x</p>", encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<meta http-equiv="Refresh" content="0; url=gone-too.html" />', encoding="utf-8"
    )
    assert page_names(tmp_path) == ["other.html", "page.html"]
    assert link_faults(tmp_path) == [
        "index.html: the redirection leads to no file: 'gone-too.html'",
        "page.html: empty link ''",
        "page.html: no anchor for '#nowhere'",
        "page.html: no file for 'gone.html'",
        "page.html: no anchor for 'other.html#gone'",
    ]


def test_planted_heads(tmp_path):
    base = "https://example.org/book/"
    (tmp_path / "p.png").write_bytes(b"x")
    good = "".join(
        f'<meta name="{name}" content="{base}p.png" />' for name in WANTED if name != "og:url"
    ) + (
        f'<meta property="og:url" content="{base}a.html" />'
        f'<link rel="canonical" href="{base}a.html" /><title>A</title>'
        '<script type="application/ld+json">{"name": "A"}</script></head>'
    )
    (tmp_path / "a.html").write_text(good, encoding="utf-8")
    (tmp_path / "b.html").write_text(good, encoding="utf-8")
    (tmp_path / "c.html").write_text("<title><b>C</b></title></head>", encoding="utf-8")
    gone = good.replace("p.png", "gone.png").replace("a.html", "d.html").replace(">A<", ">D<")
    (tmp_path / "d.html").write_text(gone, encoding="utf-8")
    (tmp_path / "sitemap.xml").write_text(f"<loc>{base}a.html</loc>", encoding="utf-8")
    assert head_faults(tmp_path, ["a.html"], base) == []
    assert head_faults(tmp_path, ["a.html", "b.html"], base) == [
        f"b.html: canonical address '{base}a.html'",
        "b.html: says the same as a.html: 'A'",
        f"b.html: says the same as a.html: '{base}p.png'",
    ]
    assert head_faults(tmp_path, ["d.html"], base) == [
        "d.html: not in the sitemap",
        f"d.html: no picture '{base}gone.png'",
    ]
    faults = head_faults(tmp_path, ["c.html"], base)
    assert faults[0] == "c.html: title '<b>C</b>'"
    assert [fault for fault in faults if "no " in fault][: len(WANTED)] == [
        f"c.html: no {name}" for name in WANTED
    ]
    assert "c.html: no data for schema.org" in faults
