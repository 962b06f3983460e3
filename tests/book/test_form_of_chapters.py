"""Every notebook and page of the book, through every check."""

import doctest
import re
import tomllib
from itertools import pairwise

import pytest
from bookform import cells, listings, numbers, outputs, references, structure, whole_book
from bookform.reading import (
    ROOT,
    each_text,
    name,
    notebook_paths,
    page_paths,
    read_notebook,
    read_toc,
    section,
    toc_files,
    where,
)
from bookform.says import said

from d2lkit import check

URLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
CHECKS = (
    structure.check_opening,
    structure.check_goals,
    structure.check_headings,
    structure.check_summary,
    structure.check_exercises,
    structure.check_length,
    cells.check_cell_length,
    cells.check_line_length,
    cells.check_paragraphs,
    cells.check_tags,
    cells.check_ignored_outputs,
    cells.check_no_way_around,
    cells.check_tests_apart,
    cells.check_syntax,
    outputs.check_counts,
    outputs.check_streams,
    outputs.check_figures,
    outputs.check_privacy,
    outputs.check_metadata,
    listings.check_listings,
    listings.check_tags_of_listings,
    numbers.check_arithmetic,
    numbers.check_stated_numbers,
    references.check_glued_numbers_are_quoted,
)
NOTEBOOKS = notebook_paths()
notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
pages = pytest.mark.parametrize("path", page_paths(), ids=name)


@pytest.fixture(scope="module")
def targets():
    """All that can be linked to in the book, but for the numbers that a notebook glues."""
    found = references.Targets()
    for path in page_paths():
        references.collect(path.read_text(encoding="utf-8"), found)
    for path in NOTEBOOKS:
        references.collect_notebook(read_notebook(path), found)
    bibliography = (ROOT / "references.bib").read_text(encoding="utf-8")
    found.add("citation", *references.citation_keys(bibliography))
    return found


def hold(path, form, faults):
    """Nothing is wrong with a file; else each fault is said in a line, with its cure."""
    assert not faults, said(name(path), form, faults)


@notebooks
@pytest.mark.parametrize("form", CHECKS, ids=lambda form: form.__name__.removeprefix("check_"))
def test_form(path, form):
    hold(path, form, form(read_notebook(path)))


@notebooks
def test_setup(path):
    faults = structure.check_setup(read_notebook(path), URLS["Repository"])
    hold(path, structure.check_setup, faults)


@notebooks
def test_answers(path):
    faults = listings.check_answers(read_notebook(path), check.exercises())
    hold(path, listings.check_answers, faults)


@pytest.mark.parametrize(("path", "after"), [*pairwise(NOTEBOOKS)], ids=name)
def test_next_chapter(path, after):
    label = re.match(r"\(([\w-]+)\)=", read_notebook(after).cells[0].source)[1]
    notebook = read_notebook(path)
    (last,) = section(notebook, "What comes next")[:1]
    faults = whole_book.check_next(references.text_of(notebook), label)
    hold(path, whole_book.check_next, [f"{where(notebook, last)}: {fault}" for fault in faults])


@notebooks
@pytest.mark.parametrize("form", [references.check_doubled_words, cells.check_voice])
def test_wording(path, form):
    hold(path, form, each_text(read_notebook(path), form))


@notebooks
def test_references(path, targets):
    notebook = read_notebook(path)
    targets.number = {}  # a number is quoted on the page that computes it
    references.collect_notebook(notebook, own := references.Targets())
    targets.number = own.number

    def form(text):
        return references.check_references(text, targets, path.parent)

    hold(path, references.check_references, each_text(notebook, form))


@pages
def test_voice_of_page(path):
    hold(path, cells.check_voice, cells.check_voice(path.read_text(encoding="utf-8")))


@pages
def test_references_of_page(path, targets):
    targets.number = {}
    text = path.read_text(encoding="utf-8")
    faults = references.check_references(text, targets, ROOT)
    hold(path, references.check_references, faults)


def test_nothing_is_defined_twice(targets):
    assert references.check_duplicates(targets) == []


@pytest.mark.skipif(not NOTEBOOKS, reason="there is no chapter yet")
def test_some_listing():
    assert listings.check_some_listing(map(read_notebook, NOTEBOOKS)) == []


def test_registered_exercises():
    books = map(read_notebook, NOTEBOOKS)
    assert listings.check_registered(check.exercises(), list(books)) == []


@pages
def test_examples_of_page(path):
    text = path.read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, path.name, str(path), 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_table_of_contents():
    listed = [file.removesuffix(".ipynb") for file in toc_files(read_toc())]
    found = [*ROOT.glob("*.md"), *ROOT.glob("api/*.md")]
    pages = sorted(name(path).removesuffix(".md") for path in found if not path.stem.isupper())
    existing = pages + [name(path).removesuffix(".ipynb") for path in NOTEBOOKS]
    assert whole_book.check_toc(listed, existing) == []


MODULES = sorted((ROOT / "d2lkit").rglob("*.py"))


@pytest.mark.parametrize("path", [p for p in MODULES if p != ROOT / "d2lkit/__init__.py"], ids=name)
def test_import_order(path):
    first = path.relative_to(ROOT / "d2lkit").parts[0].removesuffix(".py")
    assert whole_book.check_import_order(first, path.read_text(encoding="utf-8")) == []


TEXTS = [
    path
    for pattern in ("*.md", "*.yml", "*.bib", "*.cff", "Makefile", ".github/**/*.yml")
    for path in sorted(ROOT.glob(pattern))
] + [*MODULES, *NOTEBOOKS]


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_address(path):
    text = path.read_text(encoding="utf-8")
    assert whole_book.check_address(text, URLS["Repository"], URLS["Book"]) == []
