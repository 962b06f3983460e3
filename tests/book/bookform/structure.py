"""The order of a chapter: opening, goals, set-up, sections, summary, exercises, outlook."""

import itertools
import re

from bookform.reading import (
    CHAPTER,
    at,
    code_cells,
    headings,
    list_items,
    markdown_cells,
    section,
    tags,
    where,
    words,
)

INSTALL = """\
import importlib.util

if importlib.util.find_spec("d2lkit") is None:  # on Colab or Binder
    get_ipython().run_line_magic("pip", "install -q git+{repository}")"""
CLOSING = ["What goes wrong", "Summary", "Exercises", "What comes next"]
FREE_SECTIONS = 3
GOALS = (3, 5)
CLAIMS = (3, 6)
EXERCISES = (5, 8)
WORDS = (2000, 6500)  # all prose, with the exercises and their solutions
SETUP_LINES = 10


def _outside(found: int, bounds: tuple[int, int], what: str) -> list[str]:
    low, high = bounds
    return [] if low <= found <= high else [f"{found} {what}, {low} to {high} are wanted"]


def check_opening(notebook) -> list[str]:
    """The first cell: target, title, one sentence, and what the reader needs to know before."""
    text = notebook.cells[0].source if notebook.cells else ""
    faults = []
    if not re.match(r"\(sec-[a-z0-9-]+\)=\n# \S.*\n\n\S", text):
        faults.append("the first cell must begin with (sec-...)=, '# Title' and a sentence")
    paragraph = re.split(r"\n\s*\n", text + "\n\n")[1] if "\n\n" in text else ""
    prose = re.sub(r"\b(e\.g|i\.e)\.", "", paragraph)
    if len(re.findall(r"[.?!](?:\s|$)", prose)) != 1:
        faults.append("the paragraph under the title must be one sentence")
    if ":::{admonition} At a glance" not in text:
        faults.append("the first cell lacks the admonition 'At a glance'")
    faults += [
        f"'At a glance' lacks {wanted}"
        for wanted in ("**Running time:**", "**Difficulty:**", "**Know first:**")
        if wanted not in text
    ]
    if not re.search(r"\*\*Difficulty:\*\* *[●○]{3}", text):
        faults.append("the difficulty is written with three of ● and ○")
    return [f"{at(notebook, 0)}: {fault}" for fault in faults]


def check_goals(notebook) -> list[str]:
    """The second cell: three to five goals."""
    text = notebook.cells[1].source if len(notebook.cells) > 1 else ""
    if not text.startswith("## Goals\n"):
        return [f"{at(notebook, 1)}: the second cell must begin with '## Goals'"]
    faults = _outside(len(list_items(text)), GOALS, "goals")
    if "After this chapter you can" not in text:
        faults.append("the goals must complete the sentence 'After this chapter you can'")
    faults += [f"a goal begins with a verb: {g!r}" for g in list_items(text) if not g[0].islower()]
    return [f"{at(notebook, 1)}: {fault}" for fault in faults]


def check_setup(notebook, repository: str) -> list[str]:
    """The third and fourth cell: installation on Colab, and a short set-up."""
    cells = [*notebook.cells[2:4], None, None][:2]
    if any(cell is None or cell.cell_type != "code" for cell in cells):
        fault = "the third and the fourth cell must be code: installation and set-up"
        return [f"{at(notebook, 2)}: {fault}"]
    install, setup = cells
    faults = []
    if install.source.strip() != INSTALL.format(repository=repository):
        faults.append(f"{at(notebook, 2)}: this is not the install cell of this repository")
    if tags(install) != {"remove-cell"}:
        faults.append(f"{at(notebook, 2)}: it must carry the tag remove-cell, and no other")
    if len(setup.source.strip().splitlines()) > SETUP_LINES:
        faults.append(f"{at(notebook, 3)}: the set-up has more than {SETUP_LINES} lines")
    faults += [
        f"{at(notebook, 3)}: the set-up lacks {call}"
        for call in ("set_seed(", "use_style(")
        if call not in setup.source
    ]
    return faults


def check_headings(notebook) -> list[str]:
    """One title, the closing sections in their order, no level skipped, no heading twice."""
    found = headings(notebook)
    faults = []
    if [level for level, _, _ in found].count(1) != 1:
        faults.append(f"{CHAPTER}: exactly one heading of the first level is wanted")
    for (before, _, _), (level, text, index) in itertools.pairwise(found):
        if level > before + 1:
            faults.append(f"{at(notebook, index)}: the heading {text!r} skips a level")
    seconds = [text for level, text, _ in found if level == 2]
    places = [at(notebook, index) for level, _, index in found if level == 2] or [CHAPTER]
    for place, (number, text) in zip(places, enumerate(seconds), strict=False):
        if text in seconds[:number]:
            faults.append(f"{place}: the heading {text!r} occurs twice")
    if seconds[:1] != ["Goals"]:
        faults.append(f"{places[0]}: the first section must be 'Goals'")
    if seconds[-len(CLOSING) :] != CLOSING:
        faults.append(f"{places[-1]}: the last sections must be {', '.join(CLOSING)}")
    if len(seconds) - len(CLOSING) - 1 < FREE_SECTIONS:
        between = f"fewer than {FREE_SECTIONS} sections between the goals and the end"
        faults.append(f"{CHAPTER}: {between}")
    return faults


def check_summary(notebook) -> list[str]:
    """Three to six claims."""
    cells = section(notebook, "Summary")
    found = len(list_items("\n".join(cell.source for cell in cells)))
    place = where(notebook, cells[0]) if cells else CHAPTER
    return [f"{place}: {fault}" for fault in _outside(found, CLAIMS, "claims in the summary")]


def check_exercises(notebook) -> list[str]:
    """Five to eight exercises, numbered, each followed by its solution."""
    faults, events, numbers = [], [], []
    inside = section(notebook, "Exercises")
    slug = _slug(notebook)
    for cell in markdown_cells(notebook):
        marks = re.findall(
            r"\{(exercise|solution)-(start|end)\}([^\n]*)\n((?::.*\n)*)", cell.source
        )
        if marks and not any(cell is other for other in inside):
            faults.append(f"{where(notebook, cell)}: an exercise outside the section 'Exercises'")
        events += [(where(notebook, cell), *mark) for mark in marks]
    labels = []
    state = "free"
    place = where(notebook, inside[0]) if inside else CHAPTER
    for place, kind, edge, argument, options in events:
        label = argument.strip() if kind == "solution" else _option(options, "label")
        if edge == "start":
            if not label:
                faults.append(f"{place}: this {kind} has no label")
            expected = {"exercise": "free", "solution": "asked"}[kind]
            if state != expected:
                faults.append(f"{place}: {kind} {label!r} begins where {state!r} is the state")
            if kind == "exercise":
                labels.append(label)
            elif labels[-1:] != [label]:
                faults.append(f"{place}: the solution of {label!r} follows another exercise")
            if kind == "solution" and _option(options, "class") != "dropdown":
                fault = f"the solution of {label!r} is not folded (:class: dropdown)"
                faults.append(f"{place}: {fault}")
            state = f"in {kind}"
        else:
            if state != f"in {kind}":
                faults.append(f"{place}: a {kind} ends that has not begun")
            state = {"exercise": "asked", "solution": "free"}[kind]
    if state != "free":
        faults.append(f"{place}: the last exercise is not complete: {state!r}")
    faults += [f"{CHAPTER}: {f}" for f in _outside(len(labels), EXERCISES, "exercises")]
    numbers = [f"ex-{slug}-{i}" for i in range(1, len(labels) + 1)]
    if labels != numbers:
        faults.append(f"{CHAPTER}: the labels are {labels}, not {numbers}")
    return faults


def _option(options: str, name: str) -> str:
    match = re.search(rf"^:{name}: *(.+?) *$", options, re.MULTILINE)
    return match.group(1) if match else ""


def _slug(notebook) -> str:
    match = re.match(r"\(sec-([a-z0-9-]+)\)=", notebook.cells[0].source)
    return match.group(1) if match else "?"


def check_length(notebook) -> list[str]:
    """A whole lecture: neither a summary nor a book."""
    count = sum(len(words(cell.source)) for cell in markdown_cells(notebook))
    faults = _outside(count, WORDS, "words of prose")
    faults += [] if len(code_cells(notebook)) >= 12 else ["fewer than 12 code cells"]
    return [f"{CHAPTER}: {fault}" for fault in faults]
