"""The order of a chapter: opening, goals, set-up, sections, summary, exercises, outlook."""

import itertools
import re

from bookform.reading import code_cells, headings, list_items, markdown_cells, section, tags, words

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
    return faults


def check_goals(notebook) -> list[str]:
    """The second cell: three to five goals."""
    text = notebook.cells[1].source if len(notebook.cells) > 1 else ""
    if not text.startswith("## Goals\n"):
        return ["the second cell must begin with '## Goals'"]
    faults = _outside(len(list_items(text)), GOALS, "goals")
    if "After this chapter you can" not in text:
        faults.append("the goals must complete the sentence 'After this chapter you can'")
    faults += [f"a goal begins with a verb: {g!r}" for g in list_items(text) if not g[0].islower()]
    return faults


def check_setup(notebook, repository: str) -> list[str]:
    """The third and fourth cell: installation on Colab, and a short set-up."""
    cells = [*notebook.cells[2:4], None, None][:2]
    if any(cell is None or cell.cell_type != "code" for cell in cells):
        return ["the third and the fourth cell must be code: installation and set-up"]
    install, setup = cells
    faults = []
    if install.source.strip() != INSTALL.format(repository=repository):
        faults.append("the third cell is not the install cell of this repository")
    if tags(install) != {"remove-cell"}:
        faults.append("the install cell must carry the tag remove-cell, and no other")
    if len(setup.source.strip().splitlines()) > SETUP_LINES:
        faults.append(f"the set-up has more than {SETUP_LINES} lines")
    faults += [
        f"the set-up lacks {call}"
        for call in ("set_seed(", "use_style(")
        if call not in setup.source
    ]
    return faults


def check_headings(notebook) -> list[str]:
    """One title, the closing sections in their order, no level skipped, no heading twice."""
    found = headings(notebook)
    faults = []
    if [level for level, _, _ in found].count(1) != 1:
        faults.append("a chapter has exactly one heading of the first level")
    for (before, _, _), (level, text, _) in itertools.pairwise(found):
        if level > before + 1:
            faults.append(f"the heading {text!r} skips a level")
    seconds = [text for level, text, _ in found if level == 2]
    faults += [
        f"the heading {text!r} occurs twice" for text in set(seconds) if seconds.count(text) > 1
    ]
    if seconds[:1] != ["Goals"]:
        faults.append("the first section must be 'Goals'")
    if seconds[-len(CLOSING) :] != CLOSING:
        faults.append(f"the last sections must be {', '.join(CLOSING)}")
    if len(seconds) - len(CLOSING) - 1 < FREE_SECTIONS:
        faults.append(f"fewer than {FREE_SECTIONS} sections between the goals and the end")
    return faults


def check_summary(notebook) -> list[str]:
    """Three to six claims."""
    text = "\n".join(cell.source for cell in section(notebook, "Summary"))
    return _outside(len(list_items(text)), CLAIMS, "claims in the summary")


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
            faults.append("an exercise stands outside the section 'Exercises'")
        events += [(cell, *mark) for mark in marks]
    labels = []
    state = "free"
    for cell, kind, edge, argument, options in events:
        label = argument.strip() if kind == "solution" else _option(options, "label")
        if edge == "start":
            if not label:
                faults.append(f"an {kind} has no label")
            expected = {"exercise": "free", "solution": "asked"}[kind]
            if state != expected:
                faults.append(f"{kind} {label!r} begins where {state!r} is the state")
            if kind == "exercise":
                labels.append(label)
            elif labels[-1:] != [label]:
                faults.append(f"the solution of {label!r} follows another exercise")
            if kind == "solution" and _option(options, "class") != "dropdown":
                faults.append(f"the solution of {label!r} is not folded (:class: dropdown)")
            state = f"in {kind}"
        else:
            if state != f"in {kind}":
                faults.append(f"a {kind} ends that has not begun: {cell.source[:40]!r}")
            state = {"exercise": "asked", "solution": "free"}[kind]
    if state != "free":
        faults.append(f"the last exercise is not complete: {state!r}")
    faults += _outside(len(labels), EXERCISES, "exercises")
    numbers = [f"ex-{slug}-{i}" for i in range(1, len(labels) + 1)]
    if labels != numbers:
        faults.append(f"the labels are {labels}, not {numbers}")
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
    return faults + ([] if len(code_cells(notebook)) >= 12 else ["fewer than 12 code cells"])
