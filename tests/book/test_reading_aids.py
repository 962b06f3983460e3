"""Reading aids: links to the glossary, the index, how to cite, running times, goals."""

import importlib
import json
import re
import subprocess
import sys

import chapter_facts
import citing
import glossary_links
import pytest
from bookform.reading import ROOT, notebook_paths, read_notebook
from pybtex.database import parse_string

GLOSSARY = (ROOT / "glossary.md").read_text(encoding="utf-8")
TERMS = tuple(glossary_links.glossary_terms(GLOSSARY))
RESULT = json.loads((ROOT / chapter_facts.RESULT).read_text(encoding="utf-8"))
NOTEBOOKS = notebook_paths()
chapters = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.relative_to(ROOT).as_posix())

CONF = f"""
import sys

sys.path[:0] = {[str(folder) for folder in ROOT.glob("_extensions/*/")]!r}
extensions = ["myst_parser", "glossary_links"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
"""
SMALL_GLOSSARY = """\
# Glossary

```{glossary}
block
  Also a word of everyday language.

convolution
  A sum over a window.

kernel
  Weights.

normalization
  A scale.

Toeplitz matrix
  A matrix.

transposed convolution
  Another sum.
```
"""
CHAPTER = """\
# The kernel

:::{admonition} At a glance
About kernels.
:::

## Goals

- use a kernel

## Sliding

`kernel`, $kernel$, [kernel](https://example.org): none of these. Subkernels neither.

Two Kernels, then a kernel. A block. Transposed
convolutions before a convolution. Toeplitz matrices, and normalisation.

- A {term}`block`, and one more {term}`block`.
- {term}`Toeplitz Matrix`, at the head of a sentence.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A book of one chapter and a glossary, built as HTML."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "chapters").mkdir()
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "glossary.md").write_text(SMALL_GLOSSARY, encoding="utf-8")
    (folder / "chapters/one.md").write_text(CHAPTER, encoding="utf-8")
    (folder / "other.md").write_text("# Other page\n\nA kernel.\n", encoding="utf-8")
    index = "# Book\n\n```{toctree}\nglossary\nother\nchapters/one\n```\n"
    (folder / "index.md").write_text(index, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "-n", "--keep-going"]
    run = subprocess.run(
        [*command, str(folder), str(folder / "out")], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return folder / "out"


def links(page) -> list[tuple[str, str]]:
    """The links from a page to the glossary: anchor, and the words that carry the link."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r'glossary\.html#term-([\w-]+)"><span[^>]*>([^<]*)</span>', text)
    return [(anchor, " ".join(words.split())) for anchor, words in found]


def test_each_term_is_linked_where_it_is_first_used(site):
    assert links(site / "chapters/one.html") == [
        ("kernel", "Kernels"),
        ("transposed-convolution", "Transposed convolutions"),
        ("convolution", "convolution"),
        ("Toeplitz-matrix", "Toeplitz matrices"),
        ("normalization", "normalisation"),
        ("block", "block"),
        ("block", "block"),
        ("Toeplitz-matrix", "Toeplitz Matrix"),
    ]


def test_pages_that_are_no_chapters_stay_as_they_are(site):
    assert links(site / "other.html") == []


def test_the_index_leads_from_a_marked_term_to_the_chapter(site):
    text = (site / "genindex.html").read_text(encoding="utf-8")
    assert re.search(r'glossary\.html#term-block"><strong>block</strong>', text)
    assert re.search(r'href="chapters/one\.html#index-\d+">The kernel</a>', text)
    assert text.count("<strong>Toeplitz matrix</strong>") == 1
    assert "Toeplitz Matrix" not in text  # one entry, spelled as in the glossary
    anchor = re.search(r'one\.html#(index-\d+)"', text).group(1)
    assert f'id="{anchor}"' in (site / "chapters/one.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("activation functions", ["activation function"]),
        ("a 1 × 1 convolution", ["1×1 convolution"]),
        ("the optimiser", ["optimizer"]),
        ("fully-connected layers", ["fully connected layer"]),
        ("batches, stochastic gradient descent", ["batch", "stochastic gradient descent"]),
        ("classes", ["class"]),
        ("kernel-based subkernel", []),
        ("weighty paddings-to-be", []),
    ],
)
def test_forms_of_terms(text, found):
    pattern = glossary_links.term_pattern(TERMS)
    assert [TERMS[int(m.lastgroup[1:])] for m in pattern.finditer(text)] == found


def test_words_that_are_linked_by_hand_are_terms():
    assert len(TERMS) > 100
    assert {term.lower() for term in TERMS} >= glossary_links.BY_HAND


BOOK = citing.read_book()


@chapters
def test_citation_of_a_chapter_is_bibtex(path):
    title = re.search(r"^# (.+)$", read_notebook(path).cells[0].source, re.MULTILINE).group(1)
    page = path.relative_to(ROOT).with_suffix("").as_posix()
    ((_, entry),) = parse_string(citing.bibtex(BOOK, title, page), "bibtex").entries.items()
    assert entry.type == "incollection"
    assert entry.fields["title"] == f"{{{title}}}"
    assert entry.fields["booktitle"] == BOOK.title
    assert entry.fields["url"] == f"{BOOK.url}/{page}.html"
    assert [str(person) for person in entry.persons["author"]] == list(BOOK.authors)


def test_keys_of_chapters_differ():
    pages = [path.relative_to(ROOT).with_suffix("").as_posix() for path in NOTEBOOKS]
    keys = [re.match(r"@\w+\{([\w-]+),", citing.bibtex(BOOK, "x", page)).group(1) for page in pages]
    assert len(set(keys)) == len(keys)


def test_citation_comes_from_the_file(tmp_path):
    path = tmp_path / "CITATION.cff"
    path.write_text(
        "title: Sums & windows\nversion: 2.0\ndate-released: 2031-05-06\n"
        "repository-code: https://github.com/ada/sums\nurl: https://ada.github.io/sums/\n"
        "authors:\n  - {family-names: Lovelace, given-names: Ada}\n  - name: the others\n",
        encoding="utf-8",
    )
    book = citing.read_book(path)
    assert citing.in_words(book, "A_1", "chapters/1-a/02-one") == (
        "Lovelace, Ada, the others (2031). A_1. In: Sums & windows. Version 2.0. "
        "https://ada.github.io/sums/chapters/1-a/02-one.html"
    )
    entry = citing.bibtex(book, "A_1", "chapters/1-a/02-one")
    assert entry.startswith("@incollection{ada2031one,\n  author")
    assert r"{{A\_1}}" in entry
    assert "{Lovelace, Ada and {the others}}" in entry
    assert citing.bibtex(book).startswith("@book{ada2031,")
    assert "A&lt;1" in citing.foot(book, "A<1", "chapters/1-a/02-one")


def check_running_time(name: str, head: str, measured: dict) -> list[str]:
    """A chapter was measured, and its head says so: between half and one and a half times that."""
    if name not in measured:
        return [f"{name} has not been measured: run python benchmarks/notebooks.py {name}"]
    seconds = measured[name]["seconds"]
    said = re.search(r"\*\*Running time:\*\* about (\d+) s on a laptop CPU", head)
    if not said:
        wanted = f"'**Running time:** about {seconds:.0f} s on a laptop CPU'"
        return [f"{name}: cell 1 does not say {wanted}; cure: write it there"]
    if not 0.5 * seconds <= int(said.group(1)) <= 1.5 * seconds:
        cure = f"write that time, or python benchmarks/notebooks.py {name}"
        fault = f"says about {said.group(1)} s, measured were {seconds} s"
        return [f"{name}: cell 1 {fault}; cure: {cure}"]
    return []


@chapters
def test_running_time(path):
    name = path.relative_to(ROOT).as_posix()
    head = read_notebook(path).cells[0].source
    assert check_running_time(name, head, RESULT["notebooks"]) == []


HEAD = "(sec-a)=\n# A\n\n**Running time:** about 20 s on a laptop CPU. **Difficulty:** ●○○."


@pytest.mark.parametrize(
    ("head", "seconds", "fault"),
    [
        (HEAD, 14.0, None),
        (HEAD, 39.0, None),
        (HEAD, 13.0, "says about 20 s, measured were 13.0 s"),
        (HEAD, 41.0, "says about 20 s, measured were 41.0 s"),
        (HEAD, None, "run python benchmarks/notebooks.py a.ipynb"),
        (HEAD.replace("about 20 s", "a while"), 20.0, "does not say"),
    ],
)
def test_planted_running_times(head, seconds, fault):
    measured = {} if seconds is None else {"a.ipynb": {"seconds": seconds, "peak_mib": 1.0}}
    faults = check_running_time("a.ipynb", head, measured)
    assert faults == [] if fault is None else fault in faults[0]


def test_page_of_running_times_names_every_chapter_and_the_machine():
    text = "\n".join(chapter_facts.times_page(NOTEBOOKS, RESULT))
    for path in NOTEBOOKS:
        head, _ = chapter_facts.opening(path)
        assert f"{{ref}}`{chapter_facts.target(head)}`" in text
    for key in ("cpu", "torch", "python", "date"):
        assert RESULT[key] in text


def test_page_of_running_times_admits_what_was_not_measured():
    text = "\n".join(chapter_facts.times_page(NOTEBOOKS[:1], {**RESULT, "notebooks": {}}))
    assert "| not measured |" in text


def test_page_of_running_times_says_what_was_measured_elsewhere():
    name = NOTEBOOKS[0].relative_to(ROOT).as_posix()
    figures = {name: {"seconds": 12.0, "peak_mib": 900.0, "cpu": "Another CPU"}}
    text = "\n".join(chapter_facts.times_page(NOTEBOOKS[:1], {**RESULT, "notebooks": figures}))
    assert "| 12 s | 900 MiB (Another CPU)" in text


def test_figures_of_another_machine_stand_beside_the_old(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    merged = importlib.import_module("notebooks").merged
    first, second = (path.relative_to(ROOT).as_posix() for path in NOTEBOOKS[:2])
    old = {"cpu": "A", "torch": "2", "n": 1, "date": "before", "total_seconds": 3.0}
    new = {**old, "cpu": "B", "date": "today", "notebooks": {second: {"seconds": 5.0}}}
    old["notebooks"] = {first: {"seconds": 1.0}, second: {"seconds": 2.0}, "gone": {"seconds": 9.0}}
    both = merged(old, new)
    assert both["notebooks"] == {first: {"seconds": 1.0}, second: {"seconds": 5.0, "cpu": "B"}}
    assert (both["cpu"], both["date"], both["total_seconds"]) == ("A", "today", 6.0)


@chapters
def test_goals_are_taken_from_the_chapter(path):
    head, text = chapter_facts.opening(path)
    found = chapter_facts.goals(text)
    assert 3 <= len(found) <= 5
    assert all(re.match(r"[a-z]", goal) and not goal.endswith((";", ".", ",")) for goal in found)
    assert set(chapter_facts.at_a_glance(head)) == {"Running time", "Difficulty", "Know first"}


def test_chapters_are_those_of_the_table_of_contents():
    assert chapter_facts.chapters() == [path for path in NOTEBOOKS if _is_listed(path)]
    assert len(chapter_facts.chapters()) >= 11


def _is_listed(path):
    name = path.relative_to(ROOT).with_suffix("").as_posix()
    return f"- file: {name}\n" in (ROOT / "_toc.yml").read_text(encoding="utf-8")


def test_goals_that_span_lines_become_one():
    text = "## Goals\n\nAfter this chapter you can\n\n- compute\n  a sum;\n- see `- this`.\n"
    assert chapter_facts.goals(text) == ["compute a sum", "see `- this`"]
