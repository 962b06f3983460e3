"""Assertions, references and figures of a chapter are those of its ledger."""

import base64
import io

import pytest
from bookform import ledger
from bookform.reading import CHAPTER, name, notebook_paths, read_notebook
from bookform.says import said
from bookform.stands import stands_on
from nbformat import v4
from PIL import Image


@pytest.fixture(scope="module")
def known():
    """What the labels of the book stand for."""
    return ledger.known_targets()


@pytest.mark.parametrize("path", notebook_paths(), ids=name)
def test_chapter_is_that_of_its_ledger(path, known):
    file = ledger.path_of(path)
    stored = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    notebook = read_notebook(path)
    changed = ledger.changes(stored, ledger.entries(notebook, known), notebook, known)
    assert not changed, said(name(path), "ledger", changed)


@pytest.mark.parametrize("path", ledger.written_pages(), ids=name)
def test_page_is_that_of_its_ledger(path, known):
    file = ledger.path_of(path)
    stored = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    found = ledger.of_text(path.read_text(encoding="utf-8"), known)
    assert not said_of(name(path), stored, found)


def test_stored_results_are_those_of_the_ledger():
    stored = ledger.SEALS.read_text(encoding="utf-8").splitlines()
    assert len(stored) > 20
    assert not said_of("stored results", stored, ledger.seals())


def said_of(file, stored, found):
    """What has come and gone, with the cure; there is no cell to be named."""
    changed = ledger.changes(stored, found, v4.new_notebook(), {})
    return said(file, "pages", changed) if changed else ""


def test_no_ledger_without_a_chapter():
    paths = notebook_paths() + ledger.written_pages()
    wanted = {ledger.path_of(path).name for path in paths} | {ledger.SEALS.name}
    assert len(wanted) == len(paths) + 1
    assert {path.name for path in ledger.FOLDER.glob("*")} == wanted


KNOWN = {"fig-a": "Four kernels.", "fig-b": "Two kernels.", "he2016": "He, Kaiming 2016"}


def small(
    assertion="assert gap < 0.1",
    reference="fig-a",
    alt="A line that falls.",
    tag="check",
    says="reads more than 94 %",
    formula="y = x",
    printed="0.9",
    drawn="draw()",
    **metadata,
):
    """A notebook with one of each."""
    text = v4.new_markdown_cell(
        f"The lower row of {{numref}}`{reference}` {says} {{cite:p}}`he2016`.\n\n$$\n{formula}\n$$"
    )
    check = v4.new_code_cell(f"gap = 0.05\n{assertion}")
    check.metadata.update(metadata, tags=[tag])
    check.outputs = [v4.new_output("stream", name="stdout", text=printed)]
    drawn = v4.new_code_cell(drawn)
    figure = {"name": "fig-a", "caption": "Four\nkernels."}
    drawn.metadata["mystnb"] = {"figure": figure, "image": {"alt": alt}}
    return v4.new_notebook(cells=[text, check, drawn])


def test_lines_of_a_ledger():
    lines = ledger.entries(small(), KNOWN)
    assert lines[0] == "… The lower row of {numref}`fig-a` = Four kernels."
    assert lines[1] == "… reads more than 94 % {cite:p}`he2016` = He, Kaiming 2016"
    assert lines[2].startswith('"The lower row": lower more 94 · ')
    assert lines[3].startswith('"$$ y =": · ')
    assert lines[4] == "formula: y = x"
    assert lines[5].startswith("cell gap = 0.05 … ")
    assert lines[6] == "assert gap < 0.1"
    assert lines[7].startswith("cell draw() … ")
    assert lines[8] == "figure fig-a: no picture"
    assert lines[9:] == ["  caption: Four kernels.", "  alt: A line that falls."]


def test_lines_may_be_broken_elsewhere():
    one, other = stands_on("Some words\nof a text."), stands_on("Some words of\n  a text.")
    assert one == other
    assert stands_on("Some words:\n- of\n- a text.") != one


@pytest.mark.parametrize(
    "spoiled",
    [
        {"assertion": "assert gap < 6"},
        {"assertion": "assert True"},
        {"assertion": ""},
        {"assertion": "if gap > 1:\n    assert gap < 0.1"},
        {"assertion": "def later():\n    assert gap < 0.1"},
        {"assertion": "gap = 0.01\nassert gap < 0.1"},
        {"tolerance": 4.0},
        {"reference": "fig-b"},
        {"alt": "A line that rises."},
        {"tag": "nbval-ignore-output"},
        {"tag": "nbval-skip"},
        {"tag": "nbval-ignore-output", "printed": "0.8"},
        {"formula": "y = x + 1"},
        {"assertion": "assert gap < 0.1  # not less"},
        {"says": "reads {glue:text}`share` %"},
        {"says": "reads more than 49 %"},
        {"says": "reads fewer than 94 %"},
        {"says": "reads twice more than 94 %"},
        {"says": "never reads more than 94 %"},
        {"says": "keeps more than 94 %"},
        {"drawn": "draw(1)"},
        {"tag": "raises-exception"},
    ],
    ids=str,
)
def test_a_fault_changes_the_ledger(spoiled):
    assert ledger.entries(small(**spoiled), KNOWN) != ledger.entries(small(), KNOWN)


def test_a_change_names_its_cell():
    changed = small("assert gap < 6")
    before, after = (ledger.entries(notebook, KNOWN) for notebook in (small(), changed))
    assert ledger.changes(before, after, changed, KNOWN)[2:] == [
        f"{CHAPTER}: the ledger has 'assert gap < 0.1'",
        "cell 2 ('gap = 0.05'): the ledger has not 'assert gap < 6'",
    ]
    assert ledger.changes(after, after, changed, KNOWN) == []


def test_a_cell_from_which_less_is_asked_stands_in_the_ledger():
    lines = ledger.entries(small(tag="nbval-ignore-output"), KNOWN)
    assert lines[6] == "  nbval-ignore-output"
    assert lines[7].startswith("  its stored output: ")
    lines = ledger.entries(small(tag="check", tolerance=4.0), KNOWN)
    assert lines[6] == "  tolerance 4"


def test_the_look_of_a_picture():
    looks = []
    for corner in [(0, 0, 20, 20), (1, 0, 21, 20), (44, 44, 64, 64)]:
        picture = Image.new("L", (64, 64), 255)
        picture.paste(0, corner)
        picture.save(file := io.BytesIO(), "PNG")
        looks.append(int(ledger.look(base64.b64encode(file.getvalue()).decode()), 16))
    assert (looks[0] ^ looks[1]).bit_count() <= 3  # one pixel further
    assert (looks[0] ^ looks[2]).bit_count() > 10


def test_an_assertion_broken_over_lines_is_one_entry():
    source = "assert all(\n    a < b\n    for a, b in pairs\n), figures"
    assert ledger.assertions(source) == ["assert all((a < b for a, b in pairs)), figures"]
    assert ledger.assertions("%pip install d2lkit") == []


def test_what_judges_stands_behind_what_has_to_come_true_for_it():
    source = """
def judged(a):
    if a > 1:
        with guard():
            torch.testing.assert_close(a, 2, atol=0.1)
    return [check.answer("ex-1", a)]
check.answer("ex-2", 3)
judged(2)
"""
    head = "def judged(a): if a > 1: with guard(): "
    assert ledger.assertions(source) == [
        head + "torch.testing.assert_close(a, 2, atol=0.1)",
        "check.answer('ex-2', 3)",
    ]
