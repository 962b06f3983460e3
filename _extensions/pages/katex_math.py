"""Set the mathematics while the book is built, so that no script does it in the reader's browser.

KaTeX (in ``_extensions/pages/katex``, with its licence) runs in V8. A page carries the finished
HTML for the eye and MathML for screen readers; the style sheet and the fonts come with the book.
"""

import re
import shutil
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.locale import _
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

HERE = Path(__file__).parent / "katex"
OPTIONS = {"throwOnError": True, "strict": "ignore", "output": "htmlAndMathml"}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{")
_NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|multline|alignat|flalign)\}")
_ANNOTATION = re.compile(r"<annotation .*?</annotation>", re.DOTALL)

logger = logging.getLogger(__name__)


def render(formulas):
    """Give the HTML of each formula: pairs of TeX and whether it stands on a line of its own.

    Returns a list with a string, or the error of KaTeX, for each pair. The engine lives no longer
    than the call: its threads would keep an interrupted build from ending.
    """
    results = []
    with MiniRacer() as engine:
        engine.eval((HERE / "katex.min.js").read_text(encoding="utf-8"))
        for tex, display in formulas:
            try:
                html = engine.call("katex.renderToString", tex, OPTIONS | {"displayMode": display})
            except JSEvalException as error:
                results.append(ValueError(str(error).split("\n")[0]))
            else:
                # The TeX once more would be read aloud by nobody and found by every search.
                html = _ANNOTATION.sub("", html).replace("<semantics>", "<mrow>")
                results.append(html.replace("</semantics>", "</mrow>"))
    return results


def display_tex(text, nowrap=False):
    """Give the TeX of a displayed block as KaTeX wants it.

    Sphinx numbers equations itself, so an environment loses its own number. Paragraphs become
    lines, and lines are aligned, as Sphinx does for MathJax.
    """
    if nowrap:
        return _NUMBERED.sub(r"\\\1{\2*}", text).replace(r"{flalign*}", r"{align*}")
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    lines = [rf"\begin{{split}}{part}\end{{split}}" if _has_lines(part) else part for part in parts]
    if len(lines) > 1:
        return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"
    return "".join(lines)


def _has_lines(tex):
    """Whether a line break stands outside all environments."""
    depth = position = 0
    for match in _ENVIRONMENT.finditer(tex):
        if depth == 0 and r"\\" in tex[position : match.start()]:
            return True
        depth += 1 if match[1] == "begin" else -1
        position = match.end()
    return r"\\" in tex[position:]


class SetMath(SphinxTransform):
    """Store the HTML of each formula in its node, once, when its page is read."""

    default_priority = 990

    def apply(self, **kwargs):
        found = [n for kind in (nodes.math, nodes.math_block) for n in self.document.findall(kind)]
        set_nodes(found)


def set_nodes(found):
    """Render the formulas of the nodes and report those that KaTeX does not understand."""
    wanted = {node: _formula(node) for node in found}
    formulas = list(dict.fromkeys(wanted.values()))
    results = dict(zip(formulas, render(formulas), strict=True)) if formulas else {}
    for node, formula in wanted.items():
        html = results[formula]
        if isinstance(html, ValueError):
            logger.warning("mathematics: %s in %r", html, formula[0], location=node)
            html = nodes.literal(text=formula[0]).pformat()
        node["katex"] = html


def _formula(node):
    if isinstance(node, nodes.math_block):
        return display_tex(node.astext(), node.get("nowrap", False)), True
    return node.astext(), False


def _html(node):
    if "katex" not in node:  # made after the page was read, such as by a bibliography
        set_nodes([node])
    return node["katex"]


def visit_inline(writer, node):
    """Write a formula in a line of text."""
    tag = writer.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    writer.body.append(tag + _html(node) + "</span>")
    raise nodes.SkipNode


def visit_display(writer, node):
    """Write a displayed formula with its number."""
    writer.body.append(writer.starttag(node, "div", "", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node)})')
        writer.add_permalink_ref(node, _("Link to this equation"))
        writer.body.append("</span>")
    writer.body.append(_html(node) + "</div>\n")
    raise nodes.SkipNode


def add_style(app):
    """Let every page load KaTeX's style sheet."""
    if app.builder.format == "html":
        app.add_css_file("katex/katex.min.css", priority=400)


def copy_files(app):
    """Put the style sheet, the fonts and the licence into the book."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(
        HERE, target, ignore=shutil.ignore_patterns("*.js", "__pycache__"), dirs_exist_ok=True
    )


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.add_transform(SetMath)
    app.connect("builder-inited", add_style)
    # Before the pages are written: their links carry a checksum of the file.
    app.connect("env-updated", lambda app, env: copy_files(app))
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
