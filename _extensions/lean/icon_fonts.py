"""Cut Font Awesome down to the icons that the book uses.

The theme brings three fonts, a script of 1.5 MB and a style sheet of two thousand icons. What is
needed stands in the finished pages and scripts: the classes `fa-…` there decide.
"""

import logging
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)

FONTS = "vendor/fontawesome/webfonts"
_CLASS = re.compile(r"\bfa-[a-z0-9-]+")
# One or more `.fa-name:before` and nothing but a character of the private use area.
_RULE = re.compile(
    r"(?<=[{}/])((?:\.fa-[\w-]+:{1,2}before,?)+)"
    r'\{(?:content|--fa):"((?:\\[0-9a-f]{1,5}|[^"\\]){1,2})"\}'
)
_CODE = re.compile(r"\\(e[0-9a-f]{3}|f[0-9a-f]{3})\b")
_SOURCES = re.compile(rf"src:url\(\.\./({FONTS}/fa-[a-z]+-\d+)\.woff2\)[^;}}]*")


def classes_in_use(site):
    """Give the icon classes named on any page or in any script of the built site."""
    used = set()
    for path in [*site.rglob("*.html"), *(site / "_static").rglob("*bundle*.js")]:
        used.update(_CLASS.findall(path.read_text(encoding="utf-8")))
    return used


def keep_used_rules(css, used):
    """Drop the rules of icons that are not used; other rules stay, whatever they need."""

    def keep(match):
        names = re.findall(r"\.(fa-[\w-]+)", match[1])
        return match[0] if used.intersection(names) else ""

    return _RULE.sub(keep, css)


def codes(css):
    """Give the characters of the private use area that a style sheet still names or holds."""
    held = {ord(sign) for sign in css if 0xE000 <= ord(sign) <= 0xF8FF}
    return held | {int(code, 16) for code in _CODE.findall(css)}


def write_subset(source, target, wanted):
    """Write the glyphs of `wanted` that a font has as a WOFF file; says which it had."""
    options = subset.Options(flavor="woff", notdef_outline=False, hinting=False, layout_features=[])
    options.drop_tables += ["FFTM", "GSUB", "GPOS"]
    with TTFont(source, lazy=True) as font:
        present = wanted & set(font.getBestCmap())
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=present)
        subsetter.subset(font)
        subset.save_font(font, str(target), options)
    return present


def trim(site, style):
    """Trim the style sheet and the fonts of a built site; returns the characters kept."""
    css = style.read_text(encoding="utf-8")
    css = keep_used_rules(css, classes_in_use(site))
    css = _SOURCES.sub(lambda m: f'src:url(../{m[1]}.woff) format("woff")', css)
    style.write_text(css, encoding="utf-8")
    wanted, kept = codes(css), set()
    for source in sorted((site / "_static" / FONTS).glob("*.ttf")):
        kept |= write_subset(source, source.with_suffix(".woff"), wanted)
    return kept


def trim_site(app, exception):
    style = Path(app.outdir) / "_static" / "styles" / "book-bundle.css"
    if exception is None and app.builder.format == "html" and style.exists():
        trim(Path(app.outdir), style)


def setup(app):
    app.connect("build-finished", trim_site, priority=910)  # once the bundles are there
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
