"""The script that executes notebooks: what it stores, what it drops, and what it leaves alone."""

import execute
import nbformat
import pytest
from nbformat import v4


@pytest.fixture
def notebook():
    cells = [
        v4.new_markdown_cell("# Title", metadata={"collapsed": True}),
        v4.new_code_cell("x = 6 * 7\nx", metadata={"tags": ["hide-input"], "execution": {}}),
        v4.new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
        v4.new_code_cell("import os\nprint(os.getcwd() == os.path.dirname(os.path.abspath('x')))"),
    ]
    metadata = {
        "kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"},
        "language_info": {"name": "python", "version": "3.99"},
        "widgets": {"state": {}},
        "jupytext": {},
    }
    return v4.new_notebook(cells=cells, metadata=metadata)


def test_normalise_keeps_what_the_book_needs(notebook):
    ids = [cell.id for cell in notebook.cells]
    execute.normalise(notebook)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [dict(cell.metadata) for cell in notebook.cells] == [
        {},
        {"tags": ["hide-input"]},
        {"tags": ["raises-exception"]},
        {},
    ]
    assert [cell.id for cell in notebook.cells] == ids


def test_run_stores_outputs_and_counts(notebook, tmp_path, capsys):
    path = tmp_path / "good.ipynb"
    nbformat.write(notebook, path)
    assert execute.main([str(path)]) == 0
    assert "MiB" in capsys.readouterr().out
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    stored = nbformat.reads(text, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert code[0].outputs[0].data["text/plain"] == "42"
    assert code[1].outputs[0].ename == "ZeroDivisionError"
    assert [cell.id for cell in stored.cells] == [cell.id for cell in notebook.cells]
    assert [file.name for file in tmp_path.iterdir()] == ["good.ipynb"]


def test_a_cell_that_fails_leaves_the_file_as_it_was(tmp_path, capsys):
    path = tmp_path / "bad.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("x = 1"), v4.new_code_cell("y")]), path)
    before = path.read_bytes()
    assert execute.main([str(path)]) == 1
    out = capsys.readouterr().out
    assert "NameError" in out
    assert out.endswith("\nbad.ipynb: cell 2 ('y')\n"), out
    assert path.read_bytes() == before


def test_an_assertion_that_fails_shows_its_values(tmp_path, capsys):
    cells = [v4.new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})]
    cells += [v4.new_markdown_cell("Text"), v4.new_code_cell("x = 6\nassert x * 7 == 40")]
    nbformat.write(v4.new_notebook(cells=cells), path := tmp_path / "bad.ipynb")
    assert execute.main([str(path)]) == 1
    assert capsys.readouterr().out.endswith("\nbad.ipynb: cell 3 ('x = 6'): x * 7 = 42\n")


def test_without_a_name_it_explains_itself(capsys):
    assert execute.main([]) == 2
    assert "Usage" in capsys.readouterr().out
