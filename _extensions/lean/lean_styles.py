"""Leave out of the book's style sheet what no page can need.

The theme brings all of Bootstrap, and extensions bring what other books need. A selector goes when
it asks for a class whose name stands nowhere: on no page, and in no script that might set it.
"""

import re
from pathlib import Path

import tinycss2

_WORD = re.compile(r"[\w-]+")
_CLASS = re.compile(r"\.([A-Za-z_-][\w-]*)")
_LICENCE = re.compile(r"/\*!.*?\*/", re.DOTALL)
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^]]*\]")
# Scripts put these together from pieces.
_PUT_TOGETHER = ("bs-", "fa-")
_HOLDS_RULES = {"media", "supports", "layer", "container"}


def words_in_use(site):
    """Give every word on any page and in any script of the built site."""
    used = set()
    for path in [*site.rglob("*.html"), *(site / "_static").rglob("*.js")]:
        used.update(_WORD.findall(path.read_text(encoding="utf-8")))
    return used


def lean(css, used):
    """Give the style sheet, licences first, without selectors of classes that are not used."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    licences = _LICENCE.findall(css)
    return "\n".join([*licences, "".join(_kept(rule, used) for rule in rules)])


def _kept(rule, used):
    if rule.type == "at-rule" and rule.lower_at_keyword in _HOLDS_RULES and rule.content:
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        content = "".join(_kept(one, used) for one in inner)
        head = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
        return f"{head}{{{content}}}" if content else ""
    if rule.type != "qualified-rule":
        return rule.serialize()
    selectors = [one.strip() for one in _split(tinycss2.serialize(rule.prelude))]
    selectors = [one for one in selectors if _can_match(one, used)]
    content = tinycss2.serialize(rule.content).strip()
    return f"{','.join(selectors)}{{{content}}}" if selectors else ""


def _split(selectors):
    """Split a list of selectors at its commas, but not inside of brackets."""
    parts, depth = [""], 0
    for sign in selectors:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _can_match(selector, used):
    """Whether all classes that it asks for are in use; `:not(.x)` and `:is(.x)` ask for none."""
    bare = ""
    while bare != selector:
        bare, selector = selector, _IN_BRACKETS.sub("", selector)
    names = _CLASS.findall(bare)
    return all(name in used or name.startswith(_PUT_TOGETHER) for name in names)


def lean_style(app, exception):
    """Rewrite the style sheet of the finished book."""
    style = Path(app.outdir) / "_static" / "styles" / "book-bundle.css"
    if exception is None and app.builder.format == "html" and style.exists():
        css = lean(style.read_text(encoding="utf-8"), words_in_use(Path(app.outdir)))
        style.write_text(css, encoding="utf-8")


def setup(app):
    app.connect("build-finished", lean_style, priority=915)  # once the icons are cut
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
