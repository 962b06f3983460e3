"""Give every page one style sheet and one script instead of the theme's two dozen files.

What an extension adds for one page alone stays as it is.
"""

import os
import re
from pathlib import Path

from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript
from sphinx.errors import ExtensionError

STYLE = "styles/book-bundle.css"
SCRIPT = "scripts/book-bundle.js"
# The theme names these in a template of its own (_templates/static/webpack-macros.html).
THEME_STYLES = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]
THEME_SCRIPTS = ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"]
# Linked, but never there (the extensions are switched off), or of no use to this book.
NOT_NEEDED = {"sphinx-thebe.css", "togglebutton.css"}
NOT_NEEDED_INLINE = ("DOCUMENTATION_OPTIONS.pagename", "window.MathJax")

_IMPORT = re.compile(r'@import\s+(?:url\()?["\']([^"\']+)["\']\)?\s*;')
_URL = re.compile(r"""url\((?!["']?(?:data:|#|https?:))["']?([^"')]+)["']?\)""")
_COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)
_TAB_STOPS = re.compile(r'document\.querySelectorAll\(\["pre",[^]]*]\.join\(", "\)\)')
_SECTION_SEEN = re.compile(
    r"const (\w)=(\w)\.filter\(\2=>\2\.isIntersecting\)\.pop\(\);"
    r"if\(!\1\)return;const (\w)=\1\.target;(\w)\((\w)\.get\(\3\)\)"
)


def flatten_css(path, static, seen=None):
    """Give a style sheet with its imports in place and its addresses as seen from `styles/`."""
    seen = set() if seen is None else seen
    path = path.resolve()
    if path in seen:
        return ""
    seen.add(path)
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    text = re.sub(r'@charset "[^"]*";', "", text)
    text = _IMPORT.sub(lambda m: flatten_css(path.parent / m[1], static, seen), text)

    def rebase(match):
        target = (path.parent / match[1].split("?")[0]).resolve()
        return f"url({os.path.relpath(target, static / 'styles').replace(os.sep, '/')})"

    return _URL.sub(rebase, text)


class Bundles:
    """Which files go into the two bundles, in the order of the first page that has them."""

    def __init__(self):
        self.styles, self.scripts = [], []

    def take(self, app, pagename, templatename, context, doctree):
        """Replace the bundled files in the context of a page by the bundles."""
        if app.builder.format != "html" or "epub" in app.builder.name:
            return
        static = Path(app.outdir) / "_static"
        css, js = self._ordered(context["css_files"]), self._ordered(context["script_files"])
        if not self.styles:
            self.styles = [*THEME_STYLES, *(n for n in map(_name, css) if n)]
            self.scripts = [*filter(None, map(_piece, js)), *THEME_SCRIPTS]
            # Sphinx links a file with its checksum, so it must be there; the rest follows.
            self._write_to(static, complete=False)
        context["css_files"] = [
            _CascadingStyleSheet(f"_static/{STYLE}", priority=0),
            *(one for one in css if _name(one) not in {*self.styles, *NOT_NEEDED}),
        ]
        context["script_files"] = [
            _JavaScript(f"_static/{SCRIPT}", defer="defer", priority=0),
            *(one for one in js if _piece(one) and _piece(one) not in self.scripts),
        ]

    @staticmethod
    def _ordered(files):
        return sorted(files, key=lambda one: one.priority)

    def write(self, app, exception):
        """Write the bundles again, now that the theme has written its last file."""
        if not exception and self.styles:
            self._write_to(Path(app.outdir) / "_static")

    def _write_to(self, static, complete=True):
        seen = set()
        styles = [n for n in self.styles if n not in NOT_NEEDED]
        styles = [n for n in styles if complete or (static / n).exists()]
        css = [flatten_css(static / name, static, seen) for name in styles]
        (static / STYLE).write_text("\n".join(css), encoding="utf-8")
        pieces = [p[0] if isinstance(p, tuple) else _read_js(static / p) for p in self.scripts]
        # The leading semicolon keeps the first file's "use strict" to itself.
        (static / SCRIPT).write_text(";" + "\n;".join(pieces), encoding="utf-8")


def with_section_in_sight(script):
    """Give the theme's script with the section highlighted that the reader is in.

    The theme highlights a heading that comes into sight. Scrolling up, the heading of the section
    that the reader comes back to is still above; so the last heading above the line counts. It
    looks no further than the line: what lies below may not have been laid out yet.
    """
    script, count = _SECTION_SEEN.subn(
        r"let \3;for(const h of \5.keys()){if(!h.offsetParent)continue;"
        r"if(h.getBoundingClientRect().top>.3*innerHeight+1)break;\3=h}\3&&\4(\5.get(\3))",
        script,
    )
    if count != 1:
        raise ExtensionError(f"the theme's script highlights sections in {count} places, not 1")
    return script


def without_tab_stops(script):
    """Give the theme's script without the part that marks what the keyboard can scroll.

    It changes each listing and measures the next, so that the browser lays out the page anew for
    every one: a second on a phone. `_static/book.js` does the same when a box has its size.
    """
    script, count = _TAB_STOPS.subn("[]", script)
    if count != 1:
        raise ExtensionError(f"the theme's script has {count} lists of boxes that scroll, not 1")
    return script


def _read_js(path):
    script = path.read_text(encoding="utf-8")
    if path.name == "pydata-sphinx-theme.js":
        script = with_section_in_sight(without_tab_stops(script))
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.M)


def _name(file):
    """The name of a file of the book below `_static`; None for one from elsewhere."""
    name = os.fspath(file.filename) if file.filename else ""
    return name.removeprefix("_static/").split("?")[0] if name.startswith("_static/") else None


def _piece(script):
    """What stands for a script in the bundle: a name, or a tuple with an inline script's text."""
    if script.filename:
        return _name(script) or os.fspath(script.filename)
    body = script.attributes.get("body", "")
    return None if any(one in body for one in NOT_NEEDED_INLINE) else (body,)


def setup(app):
    bundles = Bundles()
    app.connect("html-page-context", bundles.take, priority=900)
    # After the theme, which writes pygments.css when the build is over.
    app.connect("build-finished", bundles.write, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
