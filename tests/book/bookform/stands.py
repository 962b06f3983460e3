"""What the sentences of a text stand on: numbers, comparisons, negations, formulas; their words."""

import hashlib
import re

_GLUED = re.compile(r"\{glue:text\}`([^`]+)`")
_ROLE = re.compile(r"\{[\w:]+\}`[^`]*`|^:(?:name|label|class):.*$|^\([\w-]+\)=$", re.MULTILINE)
_PARAGRAPHS = re.compile(r"\n\s*\n|\n(?= *(?:[-*]|\d+\.) )")  # an item of a list is one, too
_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
# Numbers, glued ones (⟨name⟩), code, number words, comparisons, negations. "one" is mostly none.
_WORDS = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    twenty thirty forty fifty hundred thousand million billion once twice half third thirds quarter
    quarters fifth sixth seventh eighth ninth tenth double
    more most less least fewer fewest larger largest smaller smallest higher highest lower lowest
    longer shorter deeper wider narrower faster slower better best worse worst earlier later
    rise rises rose fall falls fell grow grows shrink shrinks gain gains lose loses
    always never all every each none no not nothing cannot neither nor without only
    first second last before after right wrong true false same equal different
"""
_STANDS_ON = re.compile(
    rf"⟨[^⟩]+⟩|`[^`\n]+`|\d(?:[\d,.]*\d)?|\b(?:{'|'.join(_WORDS.split())})\b", re.IGNORECASE
)


def stands_on(text: str) -> list[str]:
    """What the sentences of a text stand on, a line for each paragraph, with all words in digits.

    >>> stands_on("The net reads 94 of {glue:text}`n`, two more than before.\\n\\nIt is done.")
    ['"The net reads": 94 ⟨n⟩ two more before · c185', '"It is done.": · 6a3c']
    """
    lines = []
    for paragraph in filter(str.strip, _PARAGRAPHS.split(text)):
        plain = _ROLE.sub(" ", _GLUED.sub(r"⟨\1⟩", paragraph))
        start = " ".join(re.sub(r"^[\s:`{#|>-]+", "", plain).split()[:3])
        found = [f'"{start}":', *_STANDS_ON.findall(plain), "·", digits_of(paragraph)[:4]]
        lines.append(" ".join(found))
    return lines


def digits_of(text: str) -> str:
    """The words of a text in eight digits, wherever its lines are broken."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8]


def formulas(text: str) -> list[str]:
    """The displayed formulas of a text, each in one line.

    >>> formulas("It is\\n\\n$$\\ny = x\\n+ b\\n$$ (eq-a)")
    ['formula: y = x + b']
    """
    return [f"formula: {' '.join(found.split())}" for found in _FORMULA.findall(text)]
