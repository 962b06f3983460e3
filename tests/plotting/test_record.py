import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

from d2lkit.plotting import glue
from d2lkit.plotting.record import _plain

# (value as code, what MyST-NB shall find as text/plain)
VALUES = [
    ("0.5", "0.5"),
    ("61706", "61706"),
    ("'words'", "'words'"),
    ("np.array([7])", "7"),
    ("np.float64(0.1)", "0.1"),
    ("np.int64(3)", "3"),
    ("True", "True"),
]


@pytest.fixture(scope="module")
def executed():
    """A notebook that has run in a real kernel."""
    sources = [
        "import numpy as np\nfrom d2lkit import plotting",
        *(f"plotting.glue('value', {code})" for code, _ in VALUES),
        "plotting.glue('value', 1 / 3, text='a third')",
        "plotting.show_matrix([[1]])",
        "figure = plotting.show_matrix([[1]])",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
    return {cell.source: cell.outputs for cell in notebook.cells}


def output_of(executed, start):
    (outputs,) = [value for source, value in executed.items() if source.startswith(start)]
    return outputs


@pytest.mark.parametrize(("code", "text"), VALUES)
def test_notebook_stores_plain_numbers(executed, code, text):
    (output,) = output_of(executed, f"plotting.glue('value', {code})")
    assert output.data == {"application/papermill.record/text/plain": text}


def test_output_is_what_myst_nb_reads(executed):
    # As its own glue(name, value, display=False) writes it; extract_glue_data reads it.
    prefix = "application/papermill.record/"
    assert output_of(executed, "plotting.glue('value', 0.5)") == [
        {
            "output_type": "display_data",
            "data": {f"{prefix}text/plain": "0.5"},
            "metadata": {"scrapbook": {"name": "value", "mime_prefix": prefix}},
        }
    ]


def test_text_replaces_the_value(executed):
    (output,) = output_of(executed, "plotting.glue('value', 1 / 3, text=")
    assert list(output.data.values()) == ["'a third'"]


def test_figure_is_shown_once_sharp_and_with_a_stable_text(executed):
    (output,) = output_of(executed, "plotting.show_matrix")
    assert output.output_type == "execute_result"
    assert output.data["text/plain"] == "<Figure size 62x62 with 1 Axes>"
    # The width that the page gives it is half the picture's own.
    assert output.metadata["image/png"]["width"] < 80
    assert output_of(executed, "figure =") == []


def test_pyplot_still_shows_its_own_figures(executed):
    (output,) = output_of(executed, "import matplotlib")
    assert "image/png" in output.data


def test_outside_a_notebook_nothing_happens(capsys):
    assert glue("accuracy", 0.9) is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", [np.float32(0.5), torch.tensor(0.5), torch.tensor([0.5]), 0.5])
def test_scalars_become_plain_floats(value):
    assert type(_plain("name", value)) is float
