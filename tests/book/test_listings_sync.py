"""The script that brings listings into line with the library."""

import ast
import copy

import listings_sync
import pytest
from bookform.listings import check_listings, definitions, plain, source_of
from bookform.reading import notebook_paths, read_notebook
from nbformat import v4

LISTED = [
    ("d2lkit.ops.convolution", "corr2d_loops"),
    ("d2lkit.ops.convolution_backward", "corr2d_backward"),
    ("d2lkit.ops.layers", "Corr2dFunction"),
    ("d2lkit.ops.batch_norm", "BatchNorm"),
    ("d2lkit.ops.batch_norm", "update_running_statistics"),
    ("d2lkit.models.inception", "Inception"),
]


def notebook(*sources, tags=("d2lkit-listing",)):
    cells = [v4.new_code_cell(source) for source in sources]
    cells[-1].metadata["tags"] = list(tags)
    return v4.new_notebook(cells=cells, metadata={"path": "example"})


@pytest.mark.parametrize(("module", "name"), LISTED)
def test_a_listing_is_the_library_s_definition_in_short_lines(module, name):
    source = source_of(module)
    shown = listings_sync.listed(source, name)
    assert plain(definitions(shown)[name]) == plain(definitions(source)[name])
    assert '"""' not in shown
    assert "->" not in shown
    # A string cannot be broken.
    assert all(len(line) <= 72 for line in shown.splitlines() if '"' not in line)


def test_a_changed_listing_is_replaced_and_gets_its_imports():
    stale = (
        "# d2lkit.ops.im2col\nfrom d2lkit.ops.gone import read\n\n\ndef im2col(x):\n    return x"
    )
    book = notebook("import torch", stale)
    assert listings_sync.sync(book) == ["d2lkit.ops.im2col: im2col"]
    source = book.cells[-1].source
    assert source.startswith("# d2lkit.ops.im2col\nfrom d2lkit.arguments import tensor\n")
    assert "gone" not in source
    space = {}
    exec(source, space)
    assert space["im2col"](listing_input(), 2).shape == (4, 4)
    assert listings_sync.sync(book) == []


def listing_input():
    import torch

    return torch.arange(9.0).reshape(1, 3, 3)


def test_what_a_cell_before_imports_is_not_imported_again():
    first = "from d2lkit.arguments import tensor"
    book = notebook(first, "# d2lkit.ops.im2col\ndef im2col(x):\n    return x")
    listings_sync.sync(book)
    assert "import tensor" not in book.cells[-1].source
    assert "import pad2d, sliding_windows" in book.cells[-1].source


def test_an_equal_listing_keeps_its_form():
    code = "# d2lkit.models.residual\ndef conv1x1(a): return a"
    book = notebook(code)
    book.cells[-1].source = "# d2lkit.ops.convolution\n" + ast.unparse(
        definitions(source_of("d2lkit.ops.convolution"))["flip_kernel"]
    )
    before = book.cells[-1].source
    assert listings_sync.sync(book) == []
    assert book.cells[-1].source == before


def test_a_name_that_the_library_has_lost_is_reported_not_replaced():
    book = notebook("# d2lkit.ops.im2col\ndef gone(x):\n    return x")
    before = book.cells[-1].source
    assert "does not define gone" in listings_sync.sync(book)[0]
    assert book.cells[-1].source == before


@pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
def test_after_the_script_the_listings_of_every_chapter_pass(path):
    book = copy.deepcopy(read_notebook(path))
    listings_sync.sync(book)
    assert [fault for fault in check_listings(book) if "does not define" not in fault] == []
