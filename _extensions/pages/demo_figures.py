"""Figures to be moved: the directive puts one on a page, and lets that page load its script.

    :::{demo} slide-the-window
    :settings: picture:seven
    {numref}`fig-conv-by-hand` shows four windows.
    :::

The name is that of a module in `demos/views`; `:settings:` is the state to begin with, written as
in the address. What the box holds is shown without a script and on paper; a notebook holds it, too,
and a link to the page. The address of a demo on its page is `#demo-` and its name. A script of more
than `HEAVY` signs is loaded when a reader comes near (`demos/views/later.js`).
"""

import hashlib
import json
import shutil
from functools import cache
from pathlib import Path
from typing import ClassVar

from demo_scripts import DEMOS, bundle, exports
from docutils import nodes
from docutils.parsers.rst import directives
from py_mini_racer import MiniRacer
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript
from sphinx.util.docutils import SphinxDirective

HEAVY = 100_000  # signs of a script that a page does not load before it is needed


class demo_node(nodes.General, nodes.Element):
    """The place of a demo; its children are what stands there without a script."""


@cache
def texts(language):
    """All words of the demos in a language."""
    with MiniRacer() as engine:
        script = exports(DEMOS / f"texts/{language}.js")
        return json.loads(engine.eval(f"JSON.stringify({script}.texts)"))


def names():
    """The demos there are: modules of views that a table of texts knows."""
    return sorted(path.stem for path in (DEMOS / "views").glob("*.js") if path.stem in texts("en"))


def version(script):
    """A few signs that change when the script does."""
    return hashlib.sha256(script.encode()).hexdigest()[:8]


class Demo(SphinxDirective):
    """A demo with what stands in its place."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"settings": directives.unchanged}

    def run(self):
        name = self.arguments[0]
        if name not in names():
            raise self.error(f"there is no demo {name!r}; there are {', '.join(names())}")
        if not self.content:
            raise self.error(f"the demo {name!r} needs a text or a picture that stands for it")
        words = texts(self.config.language or "en")
        place = demo_node("", ids=[f"demo-{name}"], demo=name, title=words[name]["title"])
        place["settings"] = self.options.get("settings", "")
        place["try-it"] = words["common"]["tryIt"]
        script = bundle(DEMOS / f"views/{name}.js", self.config.language or "en")
        place["later"] = version(script) if len(script) > HEAVY else ""
        self.set_source_info(place)
        self.state.nested_parse(self.content, self.content_offset, place)
        for path in DEMOS.rglob("*.[jc]s*"):
            self.env.note_dependency(str(path))
        return [place]


def visit_demo(writer, node):
    attributes = {"data-demo": node["demo"], "data-settings": node["settings"]}
    if node["later"]:
        attributes["data-later"] = node["later"]
    writer.body.append(writer.starttag(node, "div", CLASS="demo", **attributes))
    writer.body.append('<div class="demo-still">\n')


def depart_demo(writer, node):
    writer.body.append("</div>\n</div>\n")


def load_on_page(app, pagename, templatename, context, doctree):
    """Let a page with demos, and no other, load their scripts and their style."""
    if app.builder.name != "html" or doctree is None:
        return
    found = dict.fromkeys(
        "later" if node["later"] else node["demo"] for node in doctree.findall(demo_node)
    )
    if found:
        context["css_files"].append(_CascadingStyleSheet("_static/demos/demos.css", priority=800))
    for name in found:
        script = _JavaScript(f"_static/demos/{name}.js", defer="defer", priority=800)
        context["script_files"].append(script)


def write_files(app, env):
    """Write the scripts before the pages: their links carry a checksum of the file."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "demos"
    target.mkdir(parents=True, exist_ok=True)
    for name in (*names(), "later"):
        script = bundle(DEMOS / f"views/{name}.js", app.config.language or "en")
        (target / f"{name}.js").write_text(script, encoding="utf-8")
    shutil.copy(DEMOS / "styles/demos.css", target)


def setup(app):
    app.add_directive("demo", Demo)
    app.add_node(demo_node, html=(visit_demo, depart_demo))
    # After the bundles, which must not hold what only some pages need.
    app.connect("html-page-context", load_on_page, priority=910)
    app.connect("env-updated", write_files)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
