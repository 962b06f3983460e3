"""What the sentences of a text stand on: numbers, comparisons, negations, formulas."""

import io
import re
import tokenize

from bookform.reading import without_fences

_GLUED = re.compile(r"\{glue:text\}`([^`]+)`")
_ROLE = re.compile(r"\{[\w:]+\}`[^`]*`|^:(?:name|label|class):.*$|^\([\w-]+\)=$", re.MULTILINE)
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
    right wrong rightly wrongly correct correctly true false same equal different
    before after above below left inside outside between
    first second last next odd even zero zeros ones positive negative minimum maximum
    add adds added subtract subtracts multiply multiplies divide divides sum product mean
    keep keeps kept lost drop drops dropped removed cut free frozen learned trained untrained
    row rows column columns width height input inputs output outputs forward backward
    increase increases decrease decreases deep shallow wide narrow early late
"""
_STANDS_ON = re.compile(
    rf"⟨[^⟩]+⟩|`[^`\n]+`|\d(?:[\d,.]*\d)?|\b(?:{'|'.join(_WORDS.split())})\b", re.IGNORECASE
)


def stands_on(text: str) -> list[str]:
    """What the sentences of a text stand on, a line for each paragraph.

    >>> stands_on("The net reads 94 of {glue:text}`n`, two more than before.\\n\\nIt is done.")
    ['"The net reads": 94 ⟨n⟩ two more before']
    """
    lines = []
    plain = _ROLE.sub(" ", _GLUED.sub(r"⟨\1⟩", without_fences(text)))
    for paragraph in re.split(r"\n\s*\n", plain):
        found = _STANDS_ON.findall(paragraph)
        start = " ".join(re.sub(r"^[\s:`{#|>-]+", "", paragraph).split()[:3])
        lines += [f'"{start}": {" ".join(found)}'] if found else []
    return lines


def formulas(text: str) -> list[str]:
    """The displayed formulas of a text, each in one line.

    >>> formulas("It is\\n\\n$$\\ny = x\\n+ b\\n$$ (eq-a)")
    ['formula: y = x + b']
    """
    return [f"formula: {' '.join(found.split())}" for found in _FORMULA.findall(text)]


def comments(source: str) -> list[str]:
    """What the comments of a cell stand on, a line for each.

    >>> comments("a = 1  # no gradient here\\nb = 2  # a comment")
    ['"# no gradient here": no']
    """
    try:
        found = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, IndentationError):  # a line for the shell
        return []
    texts = [token.string for token in found if token.type == tokenize.COMMENT]
    return [line.replace('"', '"# ', 1) for text in texts for line in stands_on(text.lstrip("#"))]
