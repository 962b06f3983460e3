"""From the library's docstrings to reStructuredText.

A docstring of d2lkit begins with a sentence. Then come blocks with a heading (Args, Attributes,
Shape, Returns, Raises, Source), on one line or indented below it, and examples that begin with
``>>>``. The blocks become fields of a field list; all else is reStructuredText already.
"""

import re
import textwrap
from collections.abc import Container

_NAME = "Args|Attributes|Shape|Returns|Raises|Source"
# Blocks may share a line: "Args, Shape, Raises: as :func:`corr2d`."
_HEADING = re.compile(rf"((?:{_NAME})(?:, (?:{_NAME}))*):(?: +(.*))?$")
_ITEM = re.compile(r"(\*{0,2}\w[\w.]*(?:, \*{0,2}\w[\w.]*)*):(?: +(.*))?$")
_SHAPE = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_LITERAL = re.compile(r"(``[^`]+``)(\w?)")
_QUOTED = re.compile(r"(?<![`:\w])`([^`\n]+)`(?!`)")


def to_rst(docstring: str, public: Container[str] = ()) -> list[str]:
    """Return the lines of a docstring as reStructuredText.

    Args:
        docstring: without the indentation that all of its lines share.
        public: names that are documented beside this one; `name` links to them.
    """
    result, in_list = [], False
    for block in _blocks(docstring):
        heading = _HEADING.match(block[0])
        if not (heading and in_list):  # fields that follow each other form one list
            result.append("")
        in_list = bool(heading)
        if heading:
            result += _linked(_field(*heading.groups(default=""), block[1:]), public)
        else:
            result += block if block[0].startswith(">>> ") else _linked(block, public)
    return result[1:]


def _blocks(docstring: str) -> list[list[str]]:
    """The paragraphs; a heading at the margin begins a new one."""
    blocks = []
    for paragraph in re.split(r"\n[ \t]*\n", docstring.strip("\n")):
        for i, line in enumerate(paragraph.splitlines()):
            if i == 0 or _HEADING.match(line):
                blocks.append([])
            blocks[-1].append(line)
    return blocks


def _field(heading: str, text: str, rest: list[str]) -> list[str]:
    """One field: a list of items where each has a name, else the text."""
    title = heading.replace("Args", "Arguments")
    lines = textwrap.dedent("\n".join(rest)).splitlines()
    items = [_ITEM.match(line) for line in lines if not line.startswith(" ")]
    if not text and items and all(items) and heading in ("Args", "Attributes", "Raises"):
        entries = [f":{title}:"]
        for line in lines:
            item = _ITEM.match(line) if not line.startswith(" ") else None
            if item:
                name = item.group(1).replace("*", r"\*")
                entries.append(f"    - **{name}**: {item.group(2) or ''}".rstrip())
            else:
                entries.append(f"      {line.strip()}")
        return entries
    whole = " ".join([text, *(line.strip() for line in lines)]).strip()
    return [f":{title}: {_shapes(whole) if heading == 'Shape' else whole}"]


def _shapes(text: str) -> str:
    """Set ``(N, C, H, W) -> (N, 10)`` as code with an arrow between."""
    parts = re.split(r"(``.*?``|:\w+:`.*?`)", text)
    parts[::2] = [_SHAPE.sub(r"``\g<0>``", part) for part in parts[::2]]
    return "".join(parts).replace(" -> ", " → ").removeprefix("-> ")


def _linked(lines: list[str], public: Container[str]) -> list[str]:
    """Names in single backticks link to what is documented; others are code."""

    def replace(match: re.Match) -> str:
        name = match.group(1)
        return f":py:obj:`{name}`" if name in public else f"``{name}``"

    return [_LITERAL.sub(_with_gap, _QUOTED.sub(replace, line)) for line in lines]


def _with_gap(match: re.Match) -> str:
    """``Module``s is no literal for docutils: it wants a gap, which it then removes."""
    literal, letter = match.groups()
    return rf"{literal}\ {letter}" if letter else literal
