"""The script that runs the exported notebooks: a fault in one of them must not pass."""

import alone
import pytest
from nbformat import v4, write


def notebook(path, *code):
    write(v4.new_notebook(cells=[v4.new_code_cell(source) for source in code]), path)
    return str(path)


def test_faults(tmp_path, capsys):
    good = notebook(tmp_path / "good.ipynb", "import os\nassert os.listdir() == []")
    bad = notebook(tmp_path / "bad.ipynb", "x = 1", "assert x == 2, 'planted'", "print('after')")
    assert alone.main([good], root=tmp_path) == 0
    assert "1 of 1 notebooks ran" in capsys.readouterr().out
    assert alone.main([bad, good], root=tmp_path) == 1
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "planted" in out
    assert "1 of 2 notebooks ran" in out


def test_no_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(alone, "NOTEBOOKS", tmp_path)
    assert alone.main([], root=tmp_path) == 1


def test_library_of_the_repository():
    """Here the library is installed editable: its files are the repository's."""
    with pytest.raises(ValueError, match="has to be an installed wheel"):
        alone.main([])
