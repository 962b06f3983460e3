"""Stored runs: made by the chapter's cells as they stand, by those alone, and kept whole."""

import importlib
import json
from itertools import product
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from d2lkit import results
from d2lkit.stored import checksum

ROOT = Path(__file__).resolve().parents[2]
# Those of Fashion-MNIST are held by test_fashion_experiments.py.
FILES = [p for p in sorted((ROOT / "d2lkit/stored").glob("*.json")) if p.name[:8] != "fashion."]
HELPER = "def double(x):\n    return 2 * x"
RUN = """\
def depth_run(layers, seed):
    calls.append(layers)
    return {"loss": double(layers) + math.floor(seed)}

calls = []
depth_run_plan = {"layers": [8, 16], "seed": range(2)}
"""


@pytest.fixture
def store(monkeypatch):
    """The script as a module; it finds its neighbour `machine`."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("store")


def write_chapter(path, helper=HELPER, run=RUN, other="unrelated = 1 / 0"):
    marked = {"tags": ["stored-run"]}
    cells = [
        v4.new_markdown_cell("(sec-small)=\n# Small"),
        v4.new_code_cell("1 / 0", metadata={"tags": ["remove-cell"]}),
        v4.new_code_cell("import math"),
        v4.new_code_cell("1 / 0"),
        v4.new_code_cell(helper, metadata=marked),
        v4.new_code_cell(other, metadata=marked),
        v4.new_code_cell(run, metadata=marked),
    ]
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture
def chapter(tmp_path):
    """A chapter whose other cells must not be executed."""
    return write_chapter(tmp_path / "chapter.ipynb")


def chapters():
    """The chapter of each label."""
    paths = (ROOT / "chapters").glob("*/*.ipynb")
    return {json.loads(p.read_text())["cells"][0]["source"][0].strip(): p for p in paths}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_stored_runs_are_those_of_the_chapter_as_it_stands(store, path):
    slug, function = path.stem.split(".")
    chapter = chapters()[f"(sec-{slug})="]
    content = json.loads(path.read_text(encoding="utf-8"))
    file = chapter.relative_to(ROOT).as_posix()
    assert content["cells"] == store.fingerprint(store.chapter_cells(chapter, function)), (
        f"{file}: the cells tagged stored-run that define {function} have changed since "
        f"{path.name} was made; cure: python benchmarks/store.py {file} {function}"
    )
    settings = [
        dict(zip(content["plan"], v, strict=True)) for v in product(*content["plan"].values())
    ]
    made = [{k: v for k, v in run.items() if k != "result"} for run in content["runs"]]
    assert made == settings, (
        f"{file}: {path.name} does not hold every run of {function}_plan once; "
        f"cure: python benchmarks/store.py {file} {function}"
    )
    assert len(results.stored(slug, function).runs) == len(settings)


def test_script_runs_every_setting_of_the_plan(store, chapter, tmp_path):
    path = store.run(chapter, "depth_run", tmp_path)
    assert path.name == "small.depth_run.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["runs"] == [
        {"layers": 8, "seed": 0, "result": {"loss": 16}},
        {"layers": 8, "seed": 1, "result": {"loss": 17}},
        {"layers": 16, "seed": 0, "result": {"loss": 32}},
        {"layers": 16, "seed": 1, "result": {"loss": 33}},
    ]
    assert content["checksum"] == checksum(content)
    assert content["machine"]["torch"]


def test_script_goes_on_where_it_was(store, chapter, tmp_path):
    path = store.run(chapter, "depth_run", tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    kept = [{**content["runs"][0], "result": "made before"}, content["runs"][2]]
    path.write_text(json.dumps({**content, "runs": kept}))
    again = json.loads(store.run(chapter, "depth_run", tmp_path).read_text(encoding="utf-8"))
    assert [run["result"] for run in again["runs"]] == [
        "made before",
        {"loss": 17},
        {"loss": 32},
        {"loss": 33},
    ]


def test_changed_cells_are_run_again(store, chapter, tmp_path):
    store.run(chapter, "depth_run", tmp_path)
    write_chapter(chapter, helper=HELPER.replace("2", "3"))
    again = json.loads(store.run(chapter, "depth_run", tmp_path).read_text(encoding="utf-8"))
    assert again["runs"][0]["result"] == {"loss": 24}


def test_fingerprint_sees_what_the_function_needs_and_nothing_else(store, tmp_path):
    def of(name, **changed):
        path = write_chapter(tmp_path / name, **changed)
        return store.fingerprint(store.chapter_cells(path, "depth_run"))

    plain = of("a.ipynb")
    assert of("b.ipynb", other="unrelated = 2") == plain
    assert of("c.ipynb", run=RUN.replace("calls = []", "calls = []  # none yet")) == plain
    assert of("d.ipynb", helper=HELPER.replace("2", "3")) != plain
    assert of("e.ipynb", run=RUN.replace("16", "32")) != plain


def test_function_without_plan_is_refused(store, tmp_path):
    path = write_chapter(tmp_path / "no_plan.ipynb", run=RUN.replace("depth_run_plan", "plan"))
    with pytest.raises(SystemExit, match="defines depth_run and depth_run_plan"):
        store.chapter_cells(path, "depth_run")
