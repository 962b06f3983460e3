"""Numbers of the prose: computed in the chapter, from a paper, or arithmetic that is right."""

import ast
import itertools
import math
import operator
import re

from bookform.reading import code_cells, markdown_cells, where, without_fences

SMALL = 12  # whole numbers up to here are words of the text: layers, seeds, channels
LARGE = 100  # an exercise may suppose smaller ones; from here on two may differ by their rounding
RELATIVE = 5e-3  # how far a rounded result of a displayed calculation may be off
EXACT = 1e6  # whole numbers below are not rounded where the sign is "=", not "≈"
_NUMBER = r"\d{1,3}(?:[,\u202f ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WRITTEN = re.compile(rf"(?<![\w.,/-])(?:{_NUMBER})(?![\w-]|[.,]\d)")
# Calculations: digits and signs with at least one sign of equality among them.
_CHAIN = re.compile(r"[\d(㏑][\d.,\s()+\-−×·*/^=≈㏑]*[=≈][\d.,\s()+\-−×·*/^=≈㏑]*\d[\d.,)]*")
# What a number may count: a known one is rounded to its places.
_UNITS = {" %": 0.01, " point": 0.01, " thousand": 1e3, " million": 1e6, " billion": 1e9}
_QUESTION = re.compile(r"^:::\{predict\}.*?^:::", re.MULTILINE | re.DOTALL)
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def value(written: str) -> float:
    """The number behind its written form.

    >>> value("34,944"), value("0.5")
    (34944.0, 0.5)
    """
    return float(re.sub(r"[,\u202f ]", "", written))


def plain(text: str) -> str:
    """Prose with its mathematics as plain text: no roles, targets, addresses or code."""
    text = re.sub(r"\{(?:cite|ref|numref|eq|term|doc|glue)[\w:]*\}`[^`]*`", " ", text)
    text = re.sub(r"`[^`\n]*`|https?://\S+|^:[\w-]+:.*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"\b95 % interval", "interval", text)  # its name
    for command, sign in (
        (r"\\times|\\cdot", "×"),
        (r"\\approx", "≈"),
        (r"\\,|\\;|\\!|\\quad|~|\{,\}", ""),
    ):
        text = re.sub(command, sign, text)
    text = text.replace("{,}", "").replace("$", " ")
    text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"(\1)^0.5", text)
    text = re.sub(r"\\(?:ln|log) ?(?=\d)", "㏑", text)
    return re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)


def check_arithmetic(notebook) -> list[str]:
    """A displayed calculation of plain numbers, `64 × 9 = 576`, is right."""
    return [
        f"{where(notebook, cell)}: '{left} = {right}': {results[0]:g} is not {results[1]:g}"
        for cell in markdown_cells(notebook)
        for left, right, *results, sign in calculations(without_fences(cell.source))
        if not _close(*results, sign, right)
    ]


def calculations(text: str) -> list[tuple[str, str, float, float, str]]:
    """The calculations of a text: both sides of a sign of equality, what each comes to, the sign.

    >>> calculations("It is 3 × 3 × 64 = 576, so $(1/4)^4 = 1/256$.")[0]
    ('3 × 3 × 64', '576', 576.0, 576.0, '=')
    """
    text, found = plain(text), []
    for chain in _CHAIN.finditer(text):
        before, after = text[: chain.start()][-1:], text[chain.end() :][:2]
        sides, signs = re.split("[=≈]", chain.group()), re.findall("[=≈]", chain.group())
        if re.match(r"[A-Za-z_\\√}\])|^]", before.strip() or " ") or before == "-":
            sides, signs = sides[1:], signs[1:]  # the number belongs to a name or a root
        ended = chain.group().endswith((".", ","))
        if not ended and re.match(r" ?[×·*/^(]|[A-Za-z_\\]", after):
            sides = sides[:-1]
        for (left, right), sign in zip(itertools.pairwise(sides), signs, strict=False):
            left = re.split(r",(?!\d{3})", left)[-1].strip()
            right = re.split(r",(?!\d{3})", right.rstrip(",. "))[0].strip()
            results = [_number_or_result(side) for side in (left, right)]
            if None not in results:
                found.append((left, right, *results, sign))
    return [one for one in found if any(evaluate(side) is not None for side in one[:2])]


def _number_or_result(side: str) -> float | None:
    return value(side) if re.fullmatch(_NUMBER, side) else evaluate(side)


def evaluate(term: str) -> float | None:
    """The value of a term of plain numbers; None if it is no calculation.

    >>> evaluate("(1/4)^4"), evaluate("3 × 3 × 64"), evaluate("7"), evaluate("in 1998")
    (0.00390625, 576.0, None, None)
    """
    code = re.sub(r"(?<=\d),(?=\d{3})", "", term)
    code = re.sub(r"㏑([\d.]+(?:\^\d+)?)", r"ln(\1)", code)
    for sign, python in (("×", "*"), ("·", "*"), ("−", "-"), ("^", "**")):
        code = code.replace(sign, python)
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(tree, ast.BinOp | ast.Call):
        return None
    try:
        return float(_compute(tree))
    except (TypeError, ZeroDivisionError, OverflowError):
        return None


def _compute(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_compute(node.left), _compute(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_compute(node.operand)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "ln":
        return math.log(_compute(node.args[0]))
    raise TypeError(f"not arithmetic: {ast.dump(node)[:40]}")


def _close(result: float, written: float, sign: str, right: str) -> bool:
    whole = result == round(result) and written == round(written)
    if sign == "=" and whole and max(result, written) < EXACT:
        return result == written
    places = len(right.partition(".")[2]) if sign == "≈" else 0
    rounding = 0.5 / 10**places if places else 0.0
    return abs(result - written) <= max(RELATIVE * max(abs(result), abs(written)), rounding)


def check_stated_numbers(notebook) -> list[str]:
    """A number of the prose occurs in the chapter's code or outputs, or cites its source.

    A paragraph that cites may state the paper's figures, and so may the table that follows it; a
    year is a year, a dozen is a word. Exercises and the choices of a question may suppose numbers.
    """
    known, faults = _known(notebook), []
    for cell, paragraph, least in _paragraphs(notebook):
        text = plain(paragraph)
        for found in _WRITTEN.finditer(text):
            number = value(found[0])
            word = number < least and (number.is_integer() or least == LARGE)
            if word or 1900 <= number <= 2035 or _stated(found[0], text[found.end() :], known):
                continue
            start = " ".join(paragraph.split())[:40]
            faults.append(
                f"{where(notebook, cell)}: {found[0]} ({start!r} ...) "
                "is computed nowhere in the chapter"
            )
    return faults


def _stated(written: str, behind: str, known: set[float]) -> bool:
    """Whether a number is known, or rounds a known one that counts millions or is a share.

    >>> _stated("38", " million weights", {37752832.0}), _stated("95", " % of it", {0.954})
    (True, True)
    >>> _stated("39", " million weights", {37752832.0}), _stated("95", " weights", {0.954})
    (False, False)
    """
    number = value(written)
    close = (abs(number - k) <= 5e-4 * k for k in known if k > LARGE)
    if number in known or (number > LARGE and any(close)):
        return True
    unit = next((unit for name, unit in _UNITS.items() if behind.startswith(name)), None)
    rounding = 0.5001 / 10 ** len(written.partition(".")[2])
    return unit is not None and any(abs(k / unit - number) <= rounding for k in known)


def _paragraphs(notebook):
    """The paragraphs that cite nothing, with their cells and the least number that is asked for."""
    supposed, cites = False, False
    for cell in markdown_cells(notebook):
        text = _QUESTION.sub(_without_choices, without_fences(cell.source))
        for paragraph in re.split(r"\n\s*\n", text):
            supposed |= "{exercise-start}" in paragraph
            cites = "{cite" in paragraph or (cites and paragraph.lstrip().startswith("|"))
            if not cites and "**Running time:**" not in paragraph:
                yield cell, paragraph, LARGE if supposed else SMALL + 1
            supposed &= "{exercise-end}" not in paragraph


def _without_choices(question: re.Match) -> str:
    return re.sub(r"^- .*$", "", question[0], flags=re.MULTILINE)


def _known(notebook) -> set[float]:
    """The numbers of code, outputs and calculations, and what products in the code come to."""
    found = set()
    for cell in markdown_cells(notebook):
        for left, right, *results, _ in calculations(without_fences(cell.source)):
            found |= {value(n) for n in re.findall(_NUMBER, f"{left} {right}")} | set(results)
    for cell in code_cells(notebook):
        texts = [cell.source]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts += [str(v) for k, v in data.items() if not k.startswith("image/")]
            texts.append(str(output.get("text", "")))
        for text in texts:
            found |= {value(n) for n in re.findall(_NUMBER, text.replace("_", ""))}
        for node in ast.walk(_tree(cell.source)):
            if isinstance(node, ast.BinOp):
                result = evaluate(ast.unparse(node).replace("**", "^"))
                found |= {result} if result is not None else set()
    return found


def _tree(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])
