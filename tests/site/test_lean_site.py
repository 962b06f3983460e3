"""Bundles, icon fonts, figures that wait, repairs of the HTML."""

import pytest
from accessible import name_toggles, repair
from bundles import flatten_css, with_section_in_sight, without_tab_stops
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from icon_fonts import FONTS, classes_in_use, codes, keep_used_rules, trim
from lean_site import CODE_STYLES, is_drawing, lazy_image, lean_listings, lighter, uncoloured
from lean_styles import lean, words_in_use
from PIL import Image
from sphinx.errors import ExtensionError


def test_imports_come_once_and_addresses_are_seen_from_the_bundle(tmp_path):
    static = tmp_path.resolve()
    (static / "styles").mkdir()
    (static / "basic.css").write_text(
        '@charset "utf-8";a{background:url(file.png)}/* gone */', encoding="utf-8"
    )
    (static / "styles/theme.css").write_text(
        '/*! kept */@import "../basic.css";\n@import url("../basic.css");\n'
        'b{src:url("../vendor/x.woff?v=1")}c{background:url("data:image/png;base64,xx")}',
        encoding="utf-8",
    )
    css = flatten_css(static / "styles/theme.css", static)
    assert css.count("../file.png") == 1
    assert "url(../vendor/x.woff)" in css
    assert 'url("data:image/png;base64,xx")' in css
    assert "kept" in css
    assert "gone" not in css
    assert "@import" not in css
    assert "@charset" not in css


def test_only_one_script_marks_what_the_keyboard_can_scroll():
    script = 'a();document.querySelectorAll(["pre",".x > .y"].join(", ")).forEach(f);b()'
    assert without_tab_stops(script) == "a();[].forEach(f);b()"
    with pytest.raises(ExtensionError, match="has 0 lists"):
        without_tab_stops("a()")


def test_the_section_that_the_reader_is_in_is_highlighted():
    theme = "const t=e.filter(e=>e.isIntersecting).pop();if(!t)return;const n=t.target;s(a.get(n))"
    script = with_section_in_sight(f"f(e=>{{{theme}}})")
    assert script.startswith("f(e=>{let n;for(const h of a.keys()){")
    assert script.endswith("break;n=h}n&&s(a.get(n))})")
    with pytest.raises(ExtensionError, match="in 0 places"):
        with_section_in_sight("a()")


CSS = (
    'a{color:red}.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}'
    '.fa-sun:before{content:"\\f185"}.fa-moon:before{content:"\\f186"}'
    '.arrow::after{content:"\\f107"}'
    "@font-face{font-family:F;src:url(../vendor/fontawesome/webfonts/fa-solid-900.woff2) "
    'format("woff2"),url(../vendor/fontawesome/webfonts/fa-solid-900.ttf) format("truetype")}'
)


def test_rules_of_unused_icons_go_and_others_stay():
    css = keep_used_rules(CSS, {"fa-solid", "fa-navicon", "fa-sun"})
    assert "f0c9" in css
    assert "f185" in css
    assert "fa-moon" not in css
    assert ".arrow::after" in css
    assert codes(css) == {0xF0C9, 0xF185, 0xF107}


def make_font(path, characters):
    pen = TTGlyphPen(None)
    for step, point in enumerate([(0, 0), (0, 500), (500, 500)]):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    names = {code: f"u{code:04x}" for code in characters}
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "F", "styleName": "Solid"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def test_a_site_keeps_the_icons_of_its_pages(tmp_path):
    styles, fonts = tmp_path / "_static/styles", tmp_path / "_static" / FONTS
    styles.mkdir(parents=True)
    fonts.mkdir(parents=True)
    (styles / "book-bundle.css").write_text(CSS, encoding="utf-8")
    make_font(fonts / "fa-solid-900.ttf", [0xF0C9, 0xF185, 0xF186, 0xF107])
    (tmp_path / "page.html").write_text('<i class="fas fa-sun"></i>', encoding="utf-8")
    assert classes_in_use(tmp_path) == {"fa-sun"}
    assert trim(tmp_path, styles / "book-bundle.css") == {0xF185, 0xF107}
    css = (styles / "book-bundle.css").read_text(encoding="utf-8")
    assert 'src:url(../vendor/fontawesome/webfonts/fa-solid-900.woff) format("woff")}' in css
    with TTFont(fonts / "fa-solid-900.woff") as font:
        assert set(font.getBestCmap()) == {0xF185, 0xF107}


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "p.png"
    Image.new("L", (200, 100)).save(path)
    return path


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (
            '<img alt="x" src="p.png"/>',
            '<img loading="lazy" decoding="async" width="200" height="100" alt="x" src="p.png"/>',
        ),
        (
            '<img alt="x" src="p.png" style="width: 50px; height: 25px;" />',
            '<img loading="lazy" decoding="async" width="50" height="25" alt="x" src="p.png" />',
        ),
        (
            '<img src="p.png" style="width: 50px; color: red" />',
            '<img loading="lazy" decoding="async" width="50" height="25" src="p.png" '
            'style="width: 50px; color: red" />',
        ),
        (
            '<img loading="eager" width="3" height="4" src="p.png">',
            '<img loading="eager" width="3" height="4" src="p.png">',
        ),
    ],
)
def test_a_figure_waits_and_keeps_its_place(tag, expected, picture):
    assert lazy_image(tag, picture) == expected


def test_a_drawing_waits_without_a_size(tmp_path):
    tag = '<img src="p.svg">'
    expected = '<img loading="lazy" decoding="async" class="drawing" src="p.svg">'
    assert lazy_image(tag, tmp_path / "p.svg") == expected


def test_a_wide_drawing_keeps_its_words_readable_on_a_phone(tmp_path):
    path = tmp_path / "p.svg"
    svg = '<svg width="663.9" height="395.3"><text x="0" font-size="{}">'
    path.write_text(svg.format(8.5))
    assert lazy_image('<img class="align-center" src="p.svg"/>', path) == (
        '<span class="frame"><img loading="lazy" decoding="async" width="664" height="395"'
        ' style="--least: 664px" class="drawing align-center" src="p.svg"/></span>'
    )
    path.write_text(svg.format(18))
    assert 'style="--least: 332px"' in lazy_image('<img src="p.svg">', path)
    path.write_text(svg.format(20))
    assert "--least" not in lazy_image('<img src="p.svg">', path)
    path.write_text(svg.replace("<text", "<path"))
    assert "--least" not in lazy_image('<img src="p.svg">', path)
    chart = Image.new("RGB", (1400, 700), "white")
    chart.save(tmp_path / "c.png")
    assert 'style="--least: 504px"' in lazy_image(
        '<img src="c.png" style="width: 700px; height: 350px;">', tmp_path / "c.png"
    )
    photograph = Image.new("RGB", (1400, 700), "grey")
    photograph.save(tmp_path / "g.png")
    assert "--least" not in lazy_image('<img src="g.png">', tmp_path / "g.png")


def test_repairs():
    assert repair('<th class="head"></th><th class="head"><p>x</p></th>') == (
        '<td class="head"></td><th class="head"><p>x</p></th>'
    )
    assert repair('<tfoot><th style="x"></th></tfoot>') == '<tfoot><td style="x"></td></tfoot>'
    lines = (
        '<dl>\n<dd><em class="sig-param">x</em>,</dd>\n<dd><em class="sig-param">y</em></dd></dl>'
    )
    assert repair(lines) == (
        '<div class="sig-lines"><div><em class="sig-param">x</em>,</div>\n'
        '<div><em class="sig-param">y</em></div></div>'
    )
    definitions = "<dl><dt>x</dt><dd>y</dd></dl>"
    assert repair(definitions) == definitions
    assert name_toggles("<summary>") == '<summary aria-label="Show or hide the pages below">'
    entry = '<div role="list" class="citation-list"><div role="doc-biblioentry">x</div></div>'
    assert repair(entry) == '<div class="citation-list"><div>x</div></div>'
    folded = '<summary aria-label="Toggle hidden content">\n<span>Show the check</span></summary>'
    assert repair(folded) == "<summary>\n<span>Show the check</span></summary>"
    assert repair('<ul role="list">x</ul>') == '<ul role="list">x</ul>'


def test_words_without_a_colour_of_their_own_lose_their_boxes():
    classes = uncoloured()
    assert {"n", "p", "w"} <= classes
    assert not classes & {"k", "o", "mi", "s2", "c1"}
    listing = '<pre><span></span><span class="k">def</span><span class="w"> </span>'
    listing += '<span class="n">f</span><span class="p">(&lt;</span></pre>'
    aside = '<p><span class="n">f</span></p>'
    lean = '<pre><span></span><span class="k">def</span> f(&lt;</pre>'
    assert lean_listings(aside + listing + aside + listing, classes) == (aside + lean) * 2


def test_a_word_that_one_style_colours_keeps_its_box():
    assert "nn" in uncoloured()
    assert "nn" not in uncoloured((*CODE_STYLES, "default"))


STYLE = (
    "/*! licence */a{color:red}/* gone */.used .also,.gone>a , #id.gone{margin:0}"
    ".gone{color:red}.x:not(.gone){top:0}.used:is(.gone,b){top:1px}.bs-tooltip-auto{top:2px}"
    "@media (min-width:9px){.gone{a:b}}@media print{.used{a:b}.gone{a:b}}"
    '@font-face{font-family:F;src:url(x.woff)}@keyframes gone{0%{top:0}}[data-x=".gone"]{a:b}'
)


def test_selectors_of_unused_classes_go_and_others_stay():
    css = lean(STYLE, {"used", "also", "x"})
    assert css.startswith("/*! licence */")
    for kept in (
        *("a{color:red}", ".used .also{margin:0}", ".x:not(.gone){top:0}", ".bs-tooltip-auto{"),
        *(".used:is(.gone,b){top:1px}", "@media print{.used{a:b}}", "@font-face{", "@keyframes"),
        '[data-x=".gone"]{a:b}',
    ):
        assert kept in css
    for gone in ("gone>a", "#id", ".gone{", "min-width", "/* gone"):
        assert gone not in css


def test_a_class_that_a_page_or_a_script_names_is_used(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/a.js").write_text("box.classList.add('by-script')", encoding="utf-8")
    (tmp_path / "page.html").write_text('<p class="on-page">', encoding="utf-8")
    assert {"by-script", "on-page"} <= words_in_use(tmp_path)
    assert "neither" not in words_in_use(tmp_path)


def chart(path, ground):
    """A small picture with a line on a ground."""
    picture = Image.new("RGB", (100, 80), ground)
    picture.paste("#0072b2", (10, 30, 90, 34))
    picture.save(path)
    return path


@pytest.mark.parametrize(
    ("ground", "expected"), [("white", True), ("#888888", False), ("black", False)]
)
def test_a_chart_is_told_from_a_picture(tmp_path, ground, expected):
    assert is_drawing(chart(tmp_path / "p.png", ground)) is expected


def test_a_heavy_picture_becomes_light(tmp_path):
    path = tmp_path / "p.png"
    Image.effect_noise((300, 300), 90).convert("RGB").save(path)
    before = path.stat().st_size
    lighter(path, most=before // 2)
    assert path.stat().st_size <= before // 2
    with Image.open(path) as picture:
        assert picture.width >= 150
    same = path.read_bytes()
    lighter(path, most=before // 2)
    assert path.read_bytes() == same
