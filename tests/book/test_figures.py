"""The words about a figure, caption and alternative text, against what the figure holds."""

import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bookform import figures
from bookform.reading import name, notebook_paths, read_notebook
from bookform.says import said
from nbformat import v4
from PIL import Image

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", notebook_paths(), ids=name)
def test_words_and_figures_agree(path):
    file = figures.path_of(path)
    facts = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    found = figures.faults(read_notebook(path), facts)
    assert not found, said(name(path), "figures", found)


def test_nearly_every_picture_is_looked_at():
    counts = [
        len(json.loads(figures.path_of(path).read_text(encoding="utf-8")))
        for path in notebook_paths()
    ]
    assert sum(counts) >= 150, counts


def test_no_facts_without_a_chapter():
    wanted = {figures.path_of(path).name for path in notebook_paths()}
    assert {path.name for path in figures.FOLDER.glob("*")} == wanted


FACT = {
    "panels": 1,
    "pictures": 0,
    "lines": 2,
    "bars": 0,
    "log": True,
    "names": ["plain", "residual"],
}
ALT = "Two falling lines over depth on a logarithmic axis, plain above residual."


@pytest.mark.parametrize(
    ("fact", "alt", "message"),
    [
        ({}, ALT, None),
        ({"lines": 3}, ALT, "'Two falling lines' in the alternative text, 3 lines drawn"),
        ({"log": False}, ALT, "a logarithmic axis in the words, none drawn"),
        ({}, ALT.replace(" on a logarithmic axis", ""), "a logarithmic axis drawn"),
        ({"names": ["plain", "dropout"]}, ALT, "the series 'dropout'"),
        ({"names": ["0.1", "2 layers"]}, f"{ALT} Those of two layers and of 0.1.", None),
        ({"panels": 2}, ALT, None),  # two lines in each panel, perhaps
        ({"panels": 2}, ALT.replace("lines", "panels"), None),
        ({"panels": 3}, ALT.replace("lines", "panels"), "3 panels drawn"),
        ({"pictures": 16}, f"Two rows of eight small pictures. {ALT}", None),
        ({"pictures": 15}, f"Two rows of eight small pictures. {ALT}", "15 pictures drawn"),
        ({"bars": 6}, f"Six horizontal bars. {ALT}", None),
        ({"bars": 5}, f"Six horizontal bars. {ALT}", "5 bars drawn"),
    ],
)
def test_words_against_facts(fact, alt, message):
    found = figures.word_faults(FACT | fact, "Loss of plain and residual networks.", alt)
    assert (found == []) if message is None else (len(found) == 1 and message in found[0]), found


def painted(colour):
    """A white picture with a line of a colour, in base64."""
    image = Image.new("RGB", (200, 100), "white")
    image.paste(colour, (0, 50, 200, 52))
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("colour", "names"),
    [
        ("#0072B2", {"blue"}),
        ("#D55E00", {"vermillion", "orange"}),
        ("#009E73", {"green"}),
        ("#CC79A7", {"purple", "violet", "pink"}),
        ("#F0E442", {"yellow"}),
        ("black", {"black"}),
        ("#ff0000", {"red", "pink"}),
    ],
)
def test_colours_named_are_colours_drawn(colour, names):
    assert len(figures.COLOURS) == 12
    for named in figures.COLOURS:
        found = figures.colour_faults(painted(colour), f"The {named} line falls.")
        assert bool(found) == (named not in names | {"white"}), (colour, named)


def test_a_channel_taken_from_another_is_no_colour_of_the_figure():
    assert not figures.colour_faults(painted("black"), "Red minus green, and yellow minus blue.")
    assert figures.colour_faults(painted("black"), "The red one.")


def notebook(cell="draw()", alt=ALT):
    drawn = v4.new_code_cell(cell)
    drawn.outputs = [v4.new_output("display_data", {"image/png": painted("black")})]
    figure = {"name": "fig-a", "caption": "Loss of plain and residual networks."}
    drawn.metadata["mystnb"] = {"figure": figure, "image": {"alt": alt}}
    return v4.new_notebook(cells=[drawn])


def test_facts_belong_to_the_cell_that_draws():
    drawn = notebook()
    facts = figures.written_down([FACT | {"cell": figures.code_of(drawn.cells[0])}], drawn)
    assert figures.faults(drawn, facts) == []
    assert "of another cell" in figures.faults(notebook("draw(2)"), facts)[0]
    assert "of another cell" in figures.faults(drawn, {})[0]
    assert (
        "alternative text, 2 lines"
        in figures.faults(notebook(alt=ALT.replace("Two", "Three")), facts)[0]
    )


def test_a_kernel_writes_down_what_it_shows(tmp_path):
    code = """import matplotlib.pyplot as plt
figure, (left, right) = plt.subplots(1, 2)
left.plot([1, 2, 3], [1, 2, 3], label="plain")
left.axvline(2)
left.set(xscale="log", xlabel="depth", title="Loss")
left.legend()
right.bar(["a", "b"], [1, 2])
figure.colorbar(left.scatter([1, 2], [1, 2], c=[1, 2]))
figure.canvas.print_figure("x.png")"""
    script = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"shell.safe_execfile({str(HERE / 'figure_facts.py')!r}, shell.user_ns)\n"
        f"assert shell.run_cell({code!r}, store_history=True).success\n"
    )
    facts = tmp_path / "facts.jsonl"
    environment = {**os.environ, "FIGURE_FACTS": str(facts), "MPLBACKEND": "agg"}
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    subprocess.run(
        [sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment, timeout=120
    )
    assert json.loads(facts.read_text(encoding="utf-8")) == {
        "cell": figures.code_of(v4.new_code_cell(code)),
        "panels": 2,
        "pictures": 0,
        "lines": 1,
        "bars": 2,
        "points": 2,
        "log": True,
        "names": ["plain"],
        "axes": ["", "depth"],
        "titles": ["Loss", ""],
    }
