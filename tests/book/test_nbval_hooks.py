"""What nbval says of a failed cell, and what it holds the outputs to that it does not compare."""

import base64
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bookform.reading import ROOT, where
from nbformat import v4
from PIL import Image

HERE = Path(__file__).parent
IGNORE = ["nbval-ignore-output"]
IN_CI = ("CI", "BUILD_NUMBER")


def code(source, *outputs, **metadata):
    """A cell that has been executed."""
    return v4.new_code_cell(source, outputs=list(outputs), metadata=metadata, execution_count=1)


def printed(text):
    return v4.new_output("stream", name="stdout", text=text)


def picture(colour):
    """A square, and the code that shows it."""
    image = Image.new("RGB", (64, 64), "white")
    image.paste(colour, (8, 8, 40, 40))
    image.save(stream := io.BytesIO(), "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def shown(colour):
    return v4.new_output("display_data", {"image/png": picture(colour), "text/plain": "square"})


SHOW = f"""from IPython.display import display
display({{"image/png": {picture("black")!r}, "text/plain": "square"}}, raw=True)"""


@pytest.fixture
def run(tmp_path):
    """Run cells through nbval with the hooks of the chapters; return the lines of its report."""

    def run(*cells):
        path = tmp_path / "small.ipynb"
        nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("# Text"), *cells]), path)
        # Where CI is set, pytest's last lines repeat a whole report instead of its beginning.
        environment = {name: value for name, value in os.environ.items() if name not in IN_CI}
        environment |= {"PYTHONPATH": str(HERE), "COLUMNS": "400"}
        asked = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "nbval_hooks", "--color=no"]
        asked += ["-p", "no:cacheprovider", path.name]
        done = subprocess.run(
            asked, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return done.stdout.splitlines()

    return run


def first_lines(lines):
    """The line with which the report of each failed cell begins."""
    return [line for line in lines if line.startswith("small.ipynb: cell")]


def test_a_failed_assertion_shows_its_values(run):
    lines = run(
        code("import torch\nours, peer = {'a': 0.91}, 0.95\npairs = [(1, 2), (4, 3)]"),
        code("# better\nassert (\n    ours['a'] > peer + 0.01 and\n    peer < 1\n), 'no better'"),
        code("assert all(low < high for low, high in pairs), pairs"),
        code("def hold(limit):\n    assert (torch.arange(3) < limit).all()\n\nhold(2)"),
        code("ours['b']"),
    )
    says = first_lines(lines)
    assert len(says) == 4, "\n".join(lines)
    cure = "; cure: repair the cell, or what the text says, then make execute NB=small.ipynb"
    assert says[0] == (
        "small.ipynb: cell 3 ('# better'): AssertionError: no better, where ours['a'] = 0.91, "
        f"peer + 0.01 = 0.96, peer = 0.95{cure}"
    )
    assert f"the first low, high = (4, 3){cure}" in says[1]
    assert f"where torch.arange(3) = tensor([0, 1, 2]), limit = 2{cure}" in says[2]
    assert says[3] == f"small.ipynb: cell 6 (\"ours['b']\"): KeyError: 'b'{cure}"
    assert f"FAILED small.ipynb::cell 3 - {says[0]}" in lines
    assert "1 passed" in lines[-1]


# A cell with what it has stored, and a part of what is said of it: None if all is well.
CASES = [
    (code("print('right: 94 %')", printed("right: 94 %\n"), tags=IGNORE), None),
    (code("print('right: 94 %')", printed("right: 92 %\n"), tags=IGNORE), None),
    (code("print('right: 94 %')", printed("right: 49 %\n"), tags=IGNORE), "'right: 49 %'"),
    (code("print('right: 94 %')", printed("wrong: 94 %\n"), tags=IGNORE), "'wrong: 94 %'"),
    (code("print('94')", printed("99\n"), tags=IGNORE, tolerance=0.02), "tolerance 0.02"),
    (code("print('94')", printed("93\n"), tags=IGNORE, tolerance=0.02), None),
    (code("3 + 4", tags=IGNORE), "stored is nothing, a new run gives text"),
    (code(SHOW, shown("black"), tags=IGNORE), None),
    (code(SHOW, shown("white"), tags=IGNORE), "the stored picture is another one"),
    (code("print('94')", printed("93\n")), "Cell outputs differ"),
    (code("print('9 ms')", printed("2 ms\n"), tags=IGNORE, tolerance=4.0), None),
    (code("print('9 ms')", printed("9 s\n"), tags=IGNORE, tolerance=4.0), "'9 s'"),
    (code(SHOW, shown("white")), None),  # make compare sees it
]


def test_outputs_that_nbval_leaves_out_are_held_to_the_stored_ones(run):
    cells = [cell for cell, _ in CASES]
    says = first_lines(lines := run(*cells))
    book = v4.new_notebook(cells=[v4.new_markdown_cell("# Text"), *cells])
    wanted = [(where(book, cell), part) for cell, part in CASES if part]
    assert len(says) == len(wanted), "\n".join(lines)
    for line, (place, part) in zip(says, wanted, strict=True):
        assert line.startswith(f"small.ipynb: {place}: "), (line, place)
        assert part in line
        assert line.endswith("; cure: if the new output is right, make execute NB=small.ipynb")
    counted = re.findall(r"^(?:Cell |FAILED \S+::cell )(\d+)", "\n".join(lines), re.MULTILINE)
    numbers = [re.findall(r"\d+", place)[0] for place, _ in wanted]
    assert counted == numbers * 2, counted


def test_assertions_hold_for_the_stored_numbers_too(run):
    name = {"scrapbook": {"name": "share", "mime_prefix": "application/papermill.record/"}}
    shown = {"application/papermill.record/text/plain": "88"}
    stored = v4.new_output("display_data", shown, metadata=name)
    says = first_lines(
        run(
            code("from d2lkit import plotting\nshare = 0.91"),
            code("plotting.glue('share', round(100 * share))", stored, tags=IGNORE),
            code("assert share > 0.86"),
            code("if share:\n    assert 0.9 < share < 1, 'said'"),
        )
    )
    assert says == [
        "small.ipynb: cell 5 ('if share:'): not with what is stored (share = 0.88): "
        "assert 0.9 < share < 1; cure: if the new output is right, make execute NB=small.ipynb"
    ]


def test_a_failed_all_of_a_test_shows_its_values(tmp_path):
    (tmp_path / "test_small.py").write_text(
        "def test_pairs():\n"
        "    pairs = [(1, 2), (4, 3)]\n"
        "    assert all(low < high for low, high in pairs)\n\n\n"
        "def test_sum():\n"
        "    assert 1 + 1 == 3\n",
        encoding="utf-8",
    )
    asked = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        asked, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.count("- Values -") == 1, done.stdout + done.stderr
    assert "\nthe first low, high = (4, 3)\n" in done.stdout


def test_the_chapters_are_run_with_these_hooks():
    given = (ROOT / "chapters/conftest.py").read_text(encoding="utf-8")
    hooks = re.findall(r"^def (pytest_\w+)", (HERE / "nbval_hooks.py").read_text(), re.MULTILINE)
    assert hooks == ["pytest_collect_file"]
    assert f"from nbval_hooks import {hooks[0]} " in given
