"""Each check reports the fault that it is there for: a good notebook, spoiled in one place."""

import inspect
import re

import pytest
from bookform import cells, listings, numbers, outputs, references, structure, whole_book
from bookform.example import REPOSITORY, good_notebook
from bookform.reading import ROOT, each_text, headings, words
from bookform.says import CURES, said
from nbformat import v4

BOOK = "https://d2lkit.github.io/cnn-book"


def find(notebook, text):
    """The first cell whose source holds a text."""
    return next(cell for cell in notebook.cells if text in cell.source)


def replace(old, new, start=""):
    """A fault: the first cell that holds `old` (and `start`) says `new` instead."""

    def spoil(notebook):
        cell = next(c for c in notebook.cells if old in c.source and start in c.source)
        cell.source = cell.source.replace(old, new, 1)

    return spoil


def drop(text):
    """A fault: a cell is missing."""

    def spoil(notebook):
        notebook.cells.remove(find(notebook, text))

    return spoil


def tag(text, *tags):
    """A fault: a cell carries other tags."""

    def spoil(notebook):
        find(notebook, text).metadata["tags"] = list(tags)

    return spoil


def output(cell, kind, **content):
    """A fault: a cell has one more output."""

    def spoil(notebook):
        find(notebook, cell).outputs.append(v4.new_output(kind, **content))

    return spoil


def describe(part, **content):
    """A fault: the figure is described in another way."""

    def spoil(notebook):
        find(notebook, "plot_curves").metadata["mystnb"][part].update(content)

    return spoil


def meta(**content):
    """A fault: the notebook's metadata hold something else."""

    def spoil(notebook):
        notebook.metadata.update(content)

    return spoil


def cell_meta(cell, **content):
    """A fault: a cell's metadata hold something else."""

    def spoil(notebook):
        find(notebook, cell).metadata.update(content)

    return spoil


def count(text, number):
    """A fault: a cell was run at another time."""

    def spoil(notebook):
        find(notebook, text).execution_count = number

    return spoil


def insert(text, source, kind="code", before=False):
    """A fault: one more cell behind another, or before it."""

    def spoil(notebook):
        index = notebook.cells.index(find(notebook, text))
        new = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}[kind]
        notebook.cells.insert(index if before else index + 1, new(source))

    return spoil


def no_code(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def second_figure_of_the_same_name(notebook):
    notebook.cells.append(find(notebook, "plot_curves").copy())


def two_figures_in_a_cell(notebook):
    cell = find(notebook, "plot_curves")
    cell.outputs = cell.outputs * 2


def no_description(notebook):
    del find(notebook, "plot_curves").metadata["mystnb"]


def no_image(notebook):
    find(notebook, "plot_curves").outputs = []


def second_run_without_assertion(notebook):
    index = notebook.cells.index(find(notebook, "assert accuracy"))
    figure = v4.new_code_cell("figure")
    again = v4.new_code_cell("accuracy", metadata={"tags": ["nbval-ignore-output"]})
    notebook.cells[index:index] = [figure, again]


def many_ignored(notebook):
    for cell in notebook.cells[5:20]:
        if cell.cell_type == "code":
            cell.metadata["tags"] = ["nbval-ignore-output"]


def answered(words):
    """A fault: a solution was found wrong when it was executed."""

    def spoil(notebook):
        (output,) = find(notebook, '"ex-window-1", 3').outputs
        output["text"] = f"ex-window-1: {words}"

    return spoil


def answers_of(notebook):
    return listings.check_answers(notebook, [f"ex-window-{i}" for i in range(1, 6)])


def references_of(notebook):
    targets = references.Targets()
    references.collect_notebook(notebook, targets)
    references.collect("```{glossary}\nkernel (nhân)\n  x\nkernel\n  x\n```", targets)
    targets.add("citation", "lecun1998gradient")
    return each_text(notebook, lambda text: references.check_references(text, targets))


def doubled_words_of(notebook):
    return each_text(notebook, references.check_doubled_words)


def names_of(notebook):
    return outputs.check_privacy(notebook, {"lovelace"})


def setup_of(notebook):
    return structure.check_setup(notebook, REPOSITORY)


def voice_of(notebook):
    return each_text(notebook, cells.check_voice)


# The small checks above, and those behind them.
CALLED = {
    "answers_of": "check_answers",
    "references_of": "check_references",
    "doubled_words_of": "check_doubled_words",
    "names_of": "check_privacy",
    "setup_of": "check_setup",
    "voice_of": "check_voice",
}
# Faults of the book, and of no chapter.
OF_THE_BOOK = {"no cell of the book", "ex-window-5 stands in no chapter"}

# What spoils a notebook, the check that has to see it, and a part of what it says.
PLANTED = [
    (replace("(sec-window)=\n", ""), structure.check_opening, "must begin with (sec-...)="),
    (replace("at a time.", "at a time. It moves."), structure.check_opening, "one sentence"),
    (replace("At a glance", "In short"), structure.check_opening, "admonition"),
    (replace("**Running time:**", "Time:"), structure.check_opening, "Running time"),
    (replace("●○○", "easy"), structure.check_opening, "three of ● and ○"),
    (replace("## Goals", "## Aims"), structure.check_goals, "'## Goals'"),
    (replace("- predict its size,\n", ""), structure.check_goals, "2 goals"),
    (replace("After this chapter you can", "You can"), structure.check_goals, "the sentence"),
    (replace("- compute the", "- The"), structure.check_goals, "begins with a verb"),
    (replace("d2lkit/cnn-book", "else/cnn-book"), setup_of, "not the install cell"),
    (tag("importlib.util"), setup_of, "remove-cell"),
    (drop("importlib.util"), setup_of, "must be code"),
    (no_code, setup_of, "must be code"),
    (replace("set_seed(0)", "x = 1"), setup_of, "lacks set_seed("),
    (replace("set_seed(0)", "x = 1\n" * 9), setup_of, "more than 10 lines"),
    (replace("## Summary", "# Summary"), structure.check_headings, "first level"),
    (replace("## Summary", "#### Summary"), structure.check_headings, "skips a level"),
    (replace("## Summary", "## In short"), structure.check_headings, "the last sections"),
    (replace("## Goals", "## Aims"), structure.check_headings, "first section"),
    (replace("## How large is it?", ""), structure.check_headings, "fewer than 3 sections"),
    (replace("## How large is it?", "## Goals"), structure.check_headings, "occurs twice"),
    (drop("## What comes next"), structure.check_headings, "the last sections"),
    (replace("- It moves.", ""), structure.check_summary, "2 claims"),
    (replace(":label: ex-window-3\n", ""), structure.check_exercises, "has no label"),
    (replace("ex-window-3", "ex-window-9"), structure.check_exercises, "follows another"),
    (replace("{solution-end}", "{x}"), structure.check_exercises, "is the state"),
    (drop("{solution-start} ex-window-5"), structure.check_exercises, "has not begun"),
    (replace(":class: dropdown\n", ""), structure.check_exercises, "not folded"),
    (drop("{exercise-start}"), structure.check_exercises, "begins where"),
    (replace("## Exercises", "## Tasks"), structure.check_exercises, "outside the section"),
    (replace("(sec-window)=", "(sec-door)="), structure.check_exercises, "ex-door-1"),
    (replace("Step 1. ", "more " * 5000), structure.check_length, "words of prose"),
    (no_code, structure.check_length, "code cells"),
    (replace("sums[9]", "sums[9]\n" * 30), cells.check_cell_length, "25 are allowed"),
    (replace("sums[9]", "sums[9]" + "  # long" * 20), cells.check_line_length, "96 are allowed"),
    (insert("sums[9]", "  \n"), cells.check_cell_length, "is empty"),
    (replace("Step 1. ", "more " * 170), cells.check_paragraphs, "160 are allowed"),
    (tag("sums[9]", "nbval-skip"), cells.check_tags, "'nbval-skip'"),
    (tag("Step 1.", "hide"), cells.check_tags, "'hide'"),
    (many_ignored, cells.check_ignored_outputs, "a fifth or more"),
    (replace("assert accuracy > 0.8", "accuracy"), cells.check_ignored_outputs, "no assertion"),
    (tag("assert sums", "nbval-ignore-output"), cells.check_ignored_outputs, "no assertion"),
    (
        insert("assert accuracy", "## Later", "markdown", before=True),
        cells.check_ignored_outputs,
        "no assertion",
    ),
    (second_run_without_assertion, cells.check_ignored_outputs, "no assertion"),
    (
        replace("sums[9]", "# NBVAL_IGNORE_OUTPUT\nsums[9]"),
        cells.check_no_way_around,
        "NBVAL_IGNORE_OUTPUT switches",
    ),
    (replace("sums[9]", "# NBVAL_SKIP\nsums[9]"), cells.check_no_way_around, "NBVAL_SKIP"),
    (tag("assert sums", "raises-exception"), cells.check_no_way_around, "may fail"),
    (
        replace("assert sums[0]", "if False:\n    assert sums[0]"),
        cells.check_no_way_around,
        "'if False:' decides nothing",
    ),
    (
        replace("assert accuracy > 0.8", "assert True"),
        cells.check_no_way_around,
        "'assert True' decides nothing",
    ),
    (
        replace("assert accuracy > 0.8", "assert accuracy <= accuracy"),
        cells.check_no_way_around,
        "decides nothing",
    ),
    (
        replace("except IndexError", "except AssertionError"),
        cells.check_no_way_around,
        "a failed assertion is caught",
    ),
    (
        replace("try:", "import contextlib\nwith contextlib.suppress(ValueError): pass\ntry:"),
        cells.check_no_way_around,
        "hides what fails",
    ),
    (tag("assert sums"), cells.check_tests_apart, "without the tag check"),
    (tag("assert sums", "check"), cells.check_tests_apart, "hide-input too"),
    (
        replace("{glue:text}`window-accuracy:.2f`", "0.90"),
        references.check_glued_numbers_are_quoted,
        "'window-accuracy' is quoted nowhere",
    ),
    (
        replace("Step 1.", "It has 3 × 3 × 64 = 567 weights."),
        numbers.check_arithmetic,
        "576 is not",
    ),
    (
        replace("Step 1.", "It has 28 × 28 = 785 pixels."),
        numbers.check_arithmetic,
        "784 is not 785",
    ),
    (replace("Step 1.", "$(1/4)^4 = 1/265$."), numbers.check_arithmetic, "0.00390625"),
    (replace("Step 1.", "$2 \\cdot 3 + 4 = 10 = 2 \\cdot 4$."), numbers.check_arithmetic, "8"),
    (replace("Step 1.", "It has 34,944 weights."), numbers.check_stated_numbers, "34,944"),
    (replace("Step 1.", "| VGG | 138,357,544 |"), numbers.check_stated_numbers, "138,357,544"),
    (replace("Step 1.", "$$n = 34{,}944$$"), numbers.check_stated_numbers, "34944"),
    (replace("sums[9]", "!ls"), cells.check_syntax, "no plain Python"),
    (replace("Step 1.", "Obviously it moves."), voice_of, "'obviously'"),
    (count("sums[9]", 99), outputs.check_counts, "execution counts"),
    (count("sums[9]", None), outputs.check_counts, "execution counts"),
    (output("sums[9]", "stream", name="stderr", text="Warning"), outputs.check_streams, "stderr"),
    (output("sums[9]", "error", ename="KeyError"), outputs.check_streams, "failed: KeyError"),
    (no_description, outputs.check_figures, "caption must be a sentence"),
    (describe("figure", caption="Sums"), outputs.check_figures, "caption must be a sentence"),
    (describe("figure", name="sums"), outputs.check_figures, "needs a name"),
    (describe("image", alt=""), outputs.check_figures, "alt text must say"),
    (describe("image", alt="The sum grows with the window."), outputs.check_figures, "repeats"),
    (second_figure_of_the_same_name, outputs.check_figures, "two figures are named"),
    (two_figures_in_a_cell, outputs.check_figures, "one per cell"),
    (no_image, outputs.check_figures, "but shows none"),
    (replace("sums[9]", "open('/home/ada/x')"), outputs.check_privacy, "'/home/ada'"),
    (replace("sums[9]", r"open('C:\\x')"), outputs.check_privacy, "path"),
    (
        output("sums[9]", "stream", name="stdout", text="in /tmp/abc/x.py"),
        outputs.check_privacy,
        "'/tmp/abc'",
    ),
    (
        output("sums[9]", "execute_result", data={"text/plain": "<A at 0x7f8f65e6f370>"}),
        outputs.check_privacy,
        "0x7f8f65e6f370",
    ),
    (
        output("sums[9]", "stream", name="stdout", text="run by lovelace on Monday"),
        names_of,
        "the name 'lovelace'",
    ),
    (cell_meta("sums[9]", path="/root/book"), outputs.check_privacy, "'/root/book'"),
    (meta(language_info={"name": "python", "version": "3"}), outputs.check_metadata, "alone"),
    (meta(kernelspec={"name": "mine"}), outputs.check_metadata, "the kernel is"),
    (meta(authors=["ada"]), outputs.check_metadata, "'authors'"),
    (cell_meta("sums[9]", execution={}), outputs.check_metadata, "'execution'"),
    (
        output("sums[9]", "display_data", data={"application/vnd.jupyter.widget-view+json": {}}),
        outputs.check_metadata,
        "widget",
    ),
    (replace(".hint", ".hints"), listings.check_listings, "hint differs from d2lkit.check"),
    (replace("# d2lkit.check\n", ""), listings.check_listings, "must name the module"),
    (replace("# d2lkit.check", "# d2lkit.checks"), listings.check_listings, "no module"),
    (replace("def hint", "def help"), listings.check_listings, "does not define help"),
    (
        replace("def hint(label):", "for label in []:", "# d2lkit.check"),
        listings.check_listings,
        "defines nothing",
    ),
    (tag("# d2lkit.check"), lambda n: listings.check_some_listing([n]), "no cell of the book"),
    (
        tag("# d2lkit.check"),
        listings.check_tags_of_listings,
        "names a module of d2lkit without the tag",
    ),
    (tag("# d2lkit.check"), listings.check_tags_of_listings, "hint is nearly that of d2lkit"),
    (
        replace(":label: ex-window-5", ":label: ex-window-6"),
        lambda n: listings.check_registered(["ex-window-5"], [n]),
        "ex-window-5 stands in no chapter",
    ),
    (replace('"ex-window-1", 3', '"ex-window-7", 3'), answers_of, "not an exercise of this"),
    (replace('"ex-window-1", 3', '"ex-window-7", 3'), answers_of, "not in d2lkit.check"),
    (no_code, answers_of, "no exercise is checked"),
    (answered("not yet. Count again."), answers_of, "no stored output says 'right.'"),
    (replace("{ref}`sec-window-sum`", "{ref}`sec-gone`"), references_of, "'sec-gone'"),
    (replace("{ref}`sec-window-sum`", "{ref}`a <sec-gone>`"), references_of, "'sec-gone'"),
    (replace("`fig-window-sums`", "`fig-gone`"), references_of, "'fig-gone'"),
    (replace("{eq}`eq-window-sum`", "{eq}`eq-gone`"), references_of, "'eq-gone'"),
    (replace("{term}`kernel`", "{term}`kernels`"), references_of, "'kernels'"),
    (replace("`window-accuracy:.2f`", "`gone:.2f`"), references_of, "'gone'"),
    (replace("`lecun1998gradient`", "`lecun1998gradient,lecun99`"), references_of, "'lecun99'"),
    (replace("Step 1.", "{doc}`gone`"), references_of, "'gone'"),
    (replace("Step 1.", "[here](gone.md)"), references_of, "leads nowhere"),
    (replace("Step 1.", "Figure {numref}`fig-window-sums`"), doubled_words_of, "twice"),
    (replace("Step 1.", "Exercise {ref}`ex-window-1`"), doubled_words_of, "twice"),
    (replace("Step 1.", "[here](#gone)"), references_of, "leads nowhere"),
]


@pytest.mark.parametrize(
    ("spoil", "check", "part"),
    PLANTED,
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", "x"),
)
def test_planted_fault_is_reported(spoil, check, part):
    notebook = good_notebook()
    assert check(notebook) == [], "the notebook has a fault before it is spoiled"
    spoil(notebook)
    faults = check(notebook)
    assert any(part in fault for fault in faults), faults
    if part in OF_THE_BOOK:
        return
    name = getattr(check, "__name__", "")
    named = CALLED.get(name, name)
    for line in said("chapters/a.ipynb", named, faults).splitlines():
        assert re.match(
            r"chapters/a\.ipynb: (cell \d+ \(['\"].*['\"]\)|the chapter)[: ].+; cure: \S", line
        )


def test_every_check_of_a_chapter_has_a_cure():
    folder = ROOT / "tests/book/bookform"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    checks = re.findall(r"^def (check_\w+)\(notebook\W", text, re.MULTILINE)
    assert len(checks) >= 20
    assert [name for name in checks if name not in CURES] == []


def twice(text):
    targets = references.Targets()
    references.collect(text, targets)
    references.collect(text, targets)
    return references.check_duplicates(targets)


def order(module, source):
    return whole_book.check_import_order(module, source)


def toc(*listed):
    return whole_book.check_toc(list(listed), ["intro", "chapters/1-a/01-b", "chapters/1-a/02-c"])


def following(text):
    return whole_book.check_next(f"{{ref}}`sec-a`\n## What comes next\n\n{text}", "sec-b")


def address(text):
    return whole_book.check_address(text, REPOSITORY, BOOK)


ALL = ("intro", "chapters/1-a/01-b", "chapters/1-a/02-c")
# A check with a value in which it finds nothing, and one in which it finds a fault.
PLANTED_IN_THE_BOOK = [
    (toc, ALL, ALL[:2], "02-c is not in _toc.yml"),
    (toc, ALL, (*ALL, "gone"), "names gone, which does not exist"),
    (toc, ALL, (*ALL, "intro"), "names intro twice"),
    (toc, ALL, ALL[::-1], "order of their numbers"),
    (
        following,
        ("{ref}`Then <sec-b>`, {ref}`sec-c`",),
        ("{ref}`sec-c`",),
        "not the next chapter, sec-b",
    ),
    (following, ("Rest.",), ("{ref}`Rest <sec-a>`",), "links sec-a"),
    (order, ("data", "from d2lkit.ops import x"), ("ops", "from d2lkit.data import x"), "data"),
    (order, ("ops", "import torch"), ("ops", "def f():\n    import d2lkit.models"), "models"),
    (order, ("data", "from d2lkit import ops"), ("ops", "from d2lkit import data"), "data"),
    (order, ("ops", "x = 1"), ("ops", "from . import x"), "relatively"),
    (order, ("ops", "x = 1"), ("oops", "x = 1"), "no place"),
    (address, (REPOSITORY,), ("git+https://github.com/ada/cnn-book",), "ada/cnn-book"),
    (
        address,
        ("https://colab.research.google.com/github/d2lkit/cnn-book/blob",),
        ("https://colab.research.google.com/github/d2lkit/book/blob",),
        "d2lkit/book",
    ),
    (address, (f"{BOOK}/intro.html",), ("https://d2lkit.github.io/old/",), "d2lkit.github.io/old"),
    (twice, ("text",), ("(sec-a)=\n",), "label 'sec-a' is defined 2 times"),
    (twice, ("$$x$$",), ("$$x$$ (eq-a)",), "equation 'eq-a'"),
    (twice, ("{glossary}",), ("```{glossary}\nkernel\n  x\n```",), "term 'kernel'"),
]


@pytest.mark.parametrize(("check", "good", "bad", "part"), PLANTED_IN_THE_BOOK)
def test_planted_fault_in_the_book_is_reported(check, good, bad, part):
    assert check(*good) == []
    faults = check(*bad)
    assert any(part in fault for fault in faults), faults


def test_every_check_has_a_planted_fault():
    with_fault = inspect.getsource(inspect.getmodule(test_every_check_has_a_planted_fault))
    modules = (structure, cells, numbers, outputs, listings, references, whole_book)
    names = [
        f"{module.__name__.split('.')[-1]}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if name.startswith("check_") and inspect.getmodule(value) is module
    ]
    assert len(names) >= 20
    assert [name for name in names if name not in with_fault] == []


def test_a_rounded_result_says_so():
    notebook = good_notebook()
    replace("Step 1.", "It has 28 × 28 ≈ 785 pixels, and 0.3 × 95 = 28.5 or 28.6.")(notebook)
    assert numbers.check_arithmetic(notebook) == []


def test_what_a_listing_may_say_differently():
    shown = "def f(x, *, y=2):\n    # a comment\n    return x + y"
    shipped = 'def f(x: int, *, y: int = 2) -> int:\n    """Add."""\n    return x + y'
    other = "def f(x, *, y=3):\n    return x + y"

    def plain(source):
        return listings.plain(listings.definitions(source)["f"])

    assert plain(shown) == plain(shipped) != plain(other)


def test_headings_and_words_leave_code_aside():
    notebook = good_notebook()
    before = headings(notebook)
    notebook.cells[4].source += "\n\n```python\n# no heading\nx = 1\n```\n"
    assert headings(notebook) == before
    assert words("Two words.\n\n```python\nx = 1\n```\n\n$$a + b$$ (eq-a)\n\n(sec-a)=") == [
        "Two",
        "words",
    ]
