"""Faults of a notebook: its numbers, outputs, figures, references, and those of other modules."""

import random
import re
from functools import partial
from itertools import pairwise
from pathlib import Path

import in_judgements
import in_sentences
import nbformat
from fault import Fault, in_notebook
from places import cells, say

BIG = re.compile(r"(?<![\w.,/`{-])\d{3}(?![\w.,]?\d)(?!\w)")
WORDS = {"two": "nine", "three": "eight", "five": "nine", "six": "four", "eight": "five"}


# What a kind changes decides who could see it: nbval and a new run never read the text.
READ = {
    *("typed_number", "typed_for_glued", "displayed_sum", "alt_text", "number_of_seeds"),
    *("another_figure", "another_paper", "next_chapter"),
    *(kind.__name__ for kind in in_sentences.KINDS),
}
# Beside the chapter's own form tests these are all that read the text of chapters.
BOOK = (
    "kept:tests/repository is_kept",
    "book:tests/book/test_figures.py tests/book/test_bibliography.py",
)


def judges(path: str, kind: str) -> tuple[str, ...]:
    """The ledger, then form, then a run of the chapter, or of all that reads its text."""
    quick = f"ledger:{path}", f"form:{path}"
    if kind in READ:
        return (*quick, *BOOK)
    if kind == "output_hidden_from_nbval":  # what is hidden is what the others would see
        return quick
    return (*quick, f"nbval:{path}")


def faults(root: Path, path: str, chance: random.Random) -> list[Fault]:
    """One fault of every kind that has a place in a notebook."""
    places = of_notebook(root, path)
    kinds = {fault.kind: [] for fault in places}
    for fault in places:
        kinds[fault.kind].append(fault)
    return [chance.choice(found) for found in kinds.values()]


def of_notebook(root: Path, path: str) -> list[Fault]:
    """Every fault of a notebook, kind by kind."""
    notebook = nbformat.read(root / path, as_version=4)
    found = []
    for kind in KINDS:
        asked = judges(path, kind.__name__)
        for index, what, spoil in kind(notebook):
            change = in_notebook(lambda nb, i=index, s=spoil: s(nb.cells[i], nb))
            found.append(Fault(kind.__name__, path, f"cell {index + 1}: {what}", change, asked))
    return found


def typed_number(notebook):
    """A number of three digits in running text is another one."""
    return [
        (
            i,
            f"{number[0]} -> {int(number[0]) + 7}",
            partial(say, number[0], str(int(number[0]) + 7)),
        )
        for i, cell in cells(notebook, "markdown")
        if "{cite" not in cell.source and "](" not in cell.source
        for number in BIG.finditer(cell.source)
    ]


def typed_for_glued(notebook):
    """A glued number gives way to a typed wrong one."""
    return [
        (i, f"{glue[0]} -> 137", partial(say, glue[0], "137"))
        for i, cell in cells(notebook, "markdown")
        for glue in re.finditer(r"\{glue:text\}`[^`]+`", cell.source)
    ]


def displayed_sum(notebook):
    """The result of a calculation that the text shows is another one."""
    shown = re.compile(r"(\d+ [·×+−] \d+ = )(\d+)(?![\d,.])")
    return [
        (i, f"{found[0]} + 1", partial(say, found[0], f"{found[1]}{int(found[2]) + 1}"))
        for i, cell in cells(notebook, "markdown")
        for found in shown.finditer(cell.source)
    ]


def stored_output(notebook):
    """A number that a cell printed is another one."""
    places = []
    for i, cell in cells(notebook, "code"):
        for k, output in enumerate(cell.outputs):
            text = output.get("text") or output.get("data", {}).get("text/plain") or ""
            number = re.search(r"(?<![\w.])\d\d+(?![\w])", text)
            if number and "image/png" not in output.get("data", {}):
                places.append((i, f"{number[0]} is doubled", partial(_print, k, number[0])))
    return places


def _print(k, number, cell, notebook):
    output = cell.outputs[k]
    wrong = str(2 * int(number) + 1)
    if "text" in output:
        output["text"] = output["text"].replace(number, wrong, 1)
    else:
        output["data"]["text/plain"] = output["data"]["text/plain"].replace(number, wrong, 1)


def ignored_output(notebook):
    """The same where nbval does not look."""
    ignored = {i for i, _ in cells(notebook, "code", "nbval-ignore-output")}
    return [place for place in stored_output(notebook) if place[0] in ignored]


def another_picture(notebook):
    """A figure is exchanged for another one of the notebook."""
    pictures = [
        (i, output["data"]["image/png"])
        for i, cell in cells(notebook, "code")
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    return [
        (i, "another cell's picture", partial(_show, other))
        for (i, _), (_, other) in pairwise(pictures)
    ]


def _show(picture, cell, notebook):
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            output["data"]["image/png"] = picture


def alt_text(notebook):
    """A figure has another figure's alternative text."""
    texts = [
        (i, cell.metadata["mystnb"]["image"]["alt"])
        for i, cell in cells(notebook, "code")
        if "alt" in cell.metadata.get("mystnb", {}).get("image", {})
    ]
    return [
        (i, "another figure's alt text", partial(_describe, other))
        for (i, _), (_, other) in pairwise(texts)
    ]


def _describe(text, cell, notebook):
    cell.metadata["mystnb"]["image"]["alt"] = text


def number_of_seeds(notebook):
    """A caption states another number of seeds."""
    places = []
    for i, cell in cells(notebook, "code"):
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        found = re.search(r"\b(two|three|five|six|eight) seeds", caption)
        if found:
            said = caption.replace(found[0], f"{WORDS[found[1]]} seeds")
            places.append((i, f"{found[0]} -> {WORDS[found[1]]}", partial(_caption, said)))
    return places


def _caption(text, cell, notebook):
    cell.metadata["mystnb"]["figure"]["caption"] = text


def output_hidden_from_nbval(notebook):
    """A cell gets the tag that keeps nbval from looking."""
    return [
        (i, "nbval-ignore-output", partial(_tag, "nbval-ignore-output"))
        for i, cell in cells(notebook, "code")
        if cell.outputs and not cell.metadata.get("tags")
    ]


def _tag(tag, cell, notebook):
    cell.metadata.setdefault("tags", []).append(tag)


def comment_for_nbval(notebook):
    """A comment keeps nbval from looking."""
    return [
        (i, "# NBVAL_IGNORE_OUTPUT", partial(_before, "# NBVAL_IGNORE_OUTPUT\n"))
        for i, cell in cells(notebook, "code")
        if cell.outputs
    ]


def _before(text, cell, notebook):
    cell.source = text + cell.source


def listing_drifts(notebook):
    """A listing of the library loses its tag and a line changes its meaning."""
    return [
        (i, "d2lkit-listing gone, return -", _drift)
        for i, cell in cells(notebook, "code", "d2lkit-listing")
        if "    return " in cell.source
    ]


def _drift(cell, notebook):
    cell.metadata.tags.remove("d2lkit-listing")
    cell.source = cell.source.replace("    return ", "    return -", 1)


def another_figure(notebook):
    """A reference leads to another figure of the chapter."""
    return _led_elsewhere(notebook, r"\{numref\}`fig-[^`<]+`")


def another_paper(notebook):
    """A citation leads to another paper that the chapter cites."""
    return _led_elsewhere(notebook, r"\{cite(?::[pt])?\}`[^`,]+`")


def _led_elsewhere(notebook, pattern):
    """Each reference of a kind, in the place of which the first of them stands."""
    references = [
        (i, found[0])
        for i, cell in cells(notebook, "markdown")
        for found in re.finditer(pattern, cell.source)
    ]
    first = min((name for _, name in references), default=None)
    return [
        (i, f"{name} -> {first}", partial(say, name, first))
        for i, name in references
        if name != first
    ]


def next_chapter(notebook):
    """*What comes next* leads elsewhere."""
    places, after = [], False
    for i, cell in cells(notebook, "markdown"):
        after = after or "What comes next" in cell.source
        link = re.search(r"\{(?:ref|doc)\}`[^`]*`", cell.source) if after else None
        if link:
            change = partial(say, link[0], "{ref}`sec-lenet`")
            places.append((i, f"{link[0]} -> sec-lenet", change))
    return places[:1]


def neighbours_exchanged(notebook):
    """Two neighbouring code cells change places."""
    return [
        (i, "and the next exchanged", _exchange)
        for i, cell in cells(notebook, "code")
        if i + 1 < len(notebook.cells)
        and notebook.cells[i + 1].cell_type == "code"
        and "import" not in cell.source
    ]


def _exchange(cell, notebook):
    i = notebook.cells.index(cell)
    notebook.cells[i : i + 2] = notebook.cells[i + 1], cell


def wrong_answer(notebook):
    """A solution hands in twice what it computed."""
    return [
        (i, f"2 * {found[2]}", partial(say, found[0], f"{found[1]}, 2 * {found[2]})"))
        for i, cell in cells(notebook, "code")
        for found in re.finditer(r'(check\.answer\("[^"]+"), (\w+)\)', cell.source)
    ]


KINDS = (
    typed_number,
    typed_for_glued,
    displayed_sum,
    stored_output,
    ignored_output,
    another_picture,
    alt_text,
    number_of_seeds,
    *in_judgements.KINDS,
    *in_sentences.KINDS,
    output_hidden_from_nbval,
    comment_for_nbval,
    listing_drifts,
    another_figure,
    another_paper,
    next_chapter,
    neighbours_exchanged,
    wrong_answer,
)
