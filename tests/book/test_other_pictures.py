"""A chapter that says one word changes its pictures runs with that word changed."""

from pathlib import Path

import nbformat
import pytest
from bookform.reading import ROOT, code_cells
from nbclient import NotebookClient

from d2lkit.data import FashionMNIST

LENET = ROOT / "chapters/1-convolutional-networks/10-lenet.ipynb"
FILES = [Path(folder) / f"{name}.gz" for folder in FashionMNIST.system_folders
         for name in FashionMNIST.contents]  # fmt: skip
# All cells run on 200 pictures in the place of 55,000.
FEW = """\
class FashionMNIST(data.FashionMNIST):
    def __init__(self):
        super().__init__(num_val=100)

    def load(self, folder):
        (images, labels), (test_images, test_labels), names = super().load(folder)
        return (images[:300], labels[:300]), (test_images[:100], test_labels[:100]), names


data.FashionMNIST = FashionMNIST"""
CLOTHES = 'assert "Sneaker" in pictures.class_names and not on_digits'


@pytest.mark.skipif(
    not all(file.exists() for file in FILES),
    reason="needs the files of Debian's package dataset-fashion-mnist",
)
def test_lenet_runs_on_clothes_when_one_word_is_changed():
    notebook = nbformat.read(LENET, as_version=4)
    cells = code_cells(notebook)
    named = next(cell for cell in cells if "dataset = data.Digits" in cell.source)
    named.source = named.source.replace("data.Digits", "data.FashionMNIST", 1)
    before = notebook.cells.index(named)
    notebook.cells.insert(before, nbformat.v4.new_code_cell(FEW))
    notebook.cells.append(nbformat.v4.new_code_cell(CLOTHES))
    resources = {"metadata": {"path": str(LENET.parent)}}
    NotebookClient(notebook, kernel_name="python3", timeout=300, resources=resources).execute()
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == [*range(1, len(cells) + 3)]
