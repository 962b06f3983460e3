"""The build, nbval and the tests of the form name a cell in the same way."""

import os
import subprocess
import sys

import nbformat
from bookform.reading import ROOT, where
from cell_names import LINES, named
from nbformat import v4

BOOK = v4.new_notebook(
    cells=[
        v4.new_markdown_cell("# Windows\n\nText."),
        v4.new_code_cell("x = 1"),
        v4.new_markdown_cell("  \n## More"),
        v4.new_markdown_cell("It moves.\n\nIt follows {ref}`nowhere`."),
        v4.new_code_cell(""),
    ]
)


def test_every_cell_of_a_warning_is_named_as_in_the_tests_of_the_form(tmp_path):
    nbformat.write(BOOK, path := tmp_path / "small.ipynb")
    for number, cell in enumerate(BOOK.cells, 1):
        says = named(f"{path}:{number * LINES + 4}")
        assert says == f"{path}: {where(BOOK, cell)}, line 3"
    assert named(f"{path}:7") == f"{path}:7"
    assert named("page.md:30001") == "page.md:30001"


def test_a_warning_of_the_build_names_the_cell(tmp_path):
    nbformat.write(BOOK, tmp_path / "index.ipynb")
    conf = 'extensions = ["cell_names", "myst_nb"]\nnb_execution_mode = "off"\n'
    (tmp_path / "conf.py").write_text(conf, encoding="utf-8")
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", ".", "built"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "_extensions/pages")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert built.returncode == 1, built.stderr
    place = f"index.ipynb: {where(BOOK, BOOK.cells[3])}, line 3: WARNING: undefined label"
    assert f"{place}: 'nowhere'" in built.stderr


def test_the_book_is_built_with_these_names():
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert "    cell_names: _extensions/pages\n" in config
