"""Leave out of the finished book what no page asks for, and let its figures wait.

Figures load when the reader comes near them. Each has its size in the page, so that nothing moves
when it arrives. In listings the words that no style colours lose the boxes around them: in a long
chapter they are a third of all elements, and a browser reads every one.
"""

import posixpath
import re
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from PIL import Image
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Token

# Below _static: sources of the bundles, maps for the theme's developers, its other languages, and
# formats of the icon fonts that no browser of today asks for.
NOT_NEEDED = [
    "locales",
    "*.html",
    "scripts/*.map",
    "scripts/fontawesome.js*",
    "styles/*.map",
    "vendor/fontawesome/webfonts/*.ttf",
    "vendor/fontawesome/webfonts/*.woff2",
]
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\s(style|src|width|height|loading)="([^"]*)"')
_PIXELS = re.compile(r"(width|height):\s*([\d.]+)px")
WHITE, GREY = 0.6, 0.06  # shares of a drawing's pixels
HEAVY = 300_000  # bytes of a picture
# The styles of code in the theme's two colours.
CODE_STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")
# Pixels: the smallest words of a chart (9 points at 100 dots an inch), what they keep on a phone,
# and the width that a phone has for a picture.
CHART_WORDS, READABLE, PHONE = 12.5, 9.0, 320
_WORDS = re.compile(r'<text\b[^>]*?\sfont-size="([\d.]+)')
_SVG_SIZE = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)(?:px|pt)?"[^>]*?\sheight="([\d.]+)')
_LISTING = re.compile(r"<pre>.*?</pre>", re.DOTALL)


def size_of(path):
    """Give width and height of a picture in pixels; None where they are not known."""
    if path is not None and path.suffix.lower() == ".svg" and path.exists():
        found = _SVG_SIZE.search(path.read_text(encoding="utf-8"))
        return (round(float(found[1])), round(float(found[2]))) if found else None
    if path is None or path.suffix.lower() not in {".png", ".jpg", ".jpeg", ".gif", ".webp"}:
        return None
    with Image.open(path) as picture:
        return picture.size


def is_drawing(path):
    """Whether a picture is a drawing or a chart: much white, and hardly any grey or black areas.

    Those can change light and dark on a dark page; a photograph or a map of grey values cannot.
    """
    if path is None or path.suffix.lower() not in {".png", ".svg"}:
        return False
    if path.suffix.lower() == ".svg":
        return True
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((200, 150), Image.Resampling.NEAREST)
    data = small.tobytes()
    pixels = list(zip(data[::3], data[1::3], data[2::3], strict=True))
    white = sum(min(pixel) >= 250 for pixel in pixels) / len(pixels)
    grey = sum(max(p) - min(p) < 12 and max(p) < 216 for p in pixels) / len(pixels)
    return white >= WHITE and grey <= GREY


def least_width(path, width):
    """Give the width at which the smallest words of a drawing can be read; 0 if it has none."""
    if path.suffix.lower() != ".svg":
        return round(width * READABLE / CHART_WORDS)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    smallest = min(map(float, _WORDS.findall(text)), default=0)
    return min(width, round(width * READABLE / smallest)) if smallest else 0


def lighter(path, most=HEAVY):
    """Rewrite a PNG of more than `most` bytes with 256 colours, and smaller until it fits."""
    while path.stat().st_size > most:
        with Image.open(path) as picture:
            colours = picture.convert("RGB")
        fewer = colours.quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
        fewer.save(path, optimize=True)
        if path.stat().st_size > most:
            size = round(colours.width * 0.85), round(colours.height * 0.85)
            colours.resize(size, Image.Resampling.LANCZOS).save(path, optimize=True)


def lazy_image(tag, path):
    """Give an `<img>` tag that waits, with the size that it will have.

    A drawing whose words a phone would shrink too far keeps a width and scrolls within a frame.
    """
    found = dict(_ATTRIBUTE.findall(tag))
    sizes = {name: round(float(value)) for name, value in _PIXELS.findall(found.get("style", ""))}
    if not {"width", "height"} <= sizes.keys():
        natural = size_of(path)
        if natural:
            width = sizes.get("width", natural[0])
            sizes = {"width": width, "height": round(natural[1] * width / natural[0])}
    extra = "" if "loading" in found else ' loading="lazy" decoding="async"'
    if sizes.keys() >= {"width", "height"} and "width" not in found:
        extra += f' width="{sizes["width"]}" height="{sizes["height"]}"'
        if found.get("style", "").strip() and _only_size(found["style"]):
            tag = tag.replace(f' style="{found["style"]}"', "")
    if not is_drawing(path):
        return tag.replace("<img", "<img" + extra, 1)
    if ' class="' in tag:
        tag = tag.replace(' class="', ' class="drawing ', 1)
    else:
        extra += ' class="drawing"'
    width = sizes.get("width") or int(found.get("width", "0").removesuffix("px"))
    least = least_width(path, width)
    if least <= PHONE:
        return tag.replace("<img", "<img" + extra, 1)
    if ' style="' in tag:
        tag = tag.replace(' style="', f' style="--least: {least}px; ', 1)
    else:
        extra += f' style="--least: {least}px"'
    return f'<span class="frame">{tag.replace("<img", "<img" + extra, 1)}</span>'


def _only_size(style):
    return not _PIXELS.sub("", style).strip(" ;")


@cache
def uncoloured(styles=CODE_STYLES):
    """Give the classes of words in a listing that each style draws like any other text."""
    drawn = [get_style_by_name(name).style_for_token for name in styles]
    return {
        short
        for kind, short in STANDARD_TYPES.items()
        if short and all(draw(kind) == draw(Token.Text) for draw in drawn)
    }


def lean_listings(html, classes):
    """Take the boxes of these classes from the words of all listings."""
    boxes = re.compile(rf'<span class="(?:{"|".join(sorted(classes))})">([^<]*)</span>')
    return _LISTING.sub(lambda listing: boxes.sub(r"\1", listing[0]), html)


def lighten_listings(app, pagename, templatename, context, doctree):
    """Leave only the boxes that show."""
    if app.builder.name == "html" and context.get("body"):
        context["body"] = lean_listings(context["body"], uncoloured())


def wait_with_figures(app, pagename, templatename, context, doctree):
    """Mark the figures of a page; on paper (one page for all) nobody scrolls, so not there."""
    if app.builder.name != "html" or not context.get("body"):
        return
    sources = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}

    def mark(match):
        src = dict(_ATTRIBUTE.findall(match[0])).get("src", "")
        return lazy_image(match[0], sources.get(unquote(posixpath.basename(src))))

    context["body"] = _IMAGE.sub(mark, context["body"])


def clean(app, exception):
    """Remove the files that no page asks for."""
    if exception or app.builder.format != "html":
        return
    for path in (Path(app.outdir) / "_images").glob("*.png"):
        lighter(path)
    static = Path(app.outdir) / "_static"
    for pattern in NOT_NEEDED:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def setup(app):
    app.connect("html-page-context", wait_with_figures, priority=900)
    app.connect("html-page-context", lighten_listings, priority=900)
    app.connect("build-finished", clean, priority=920)  # once bundles and icon fonts are written
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
