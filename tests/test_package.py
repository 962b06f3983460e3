"""The package as a whole: its names, its cost at import, its version."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import d2lkit

SUBMODULES = ["arguments", "geometry", "ops", "accounting", "training", "data", "models", "results"]
SUBMODULES += ["check"]


def modules_after(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after one statement."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_import_alone_loads_no_heavy_package():
    loaded = modules_after("import d2lkit")
    assert not loaded & {"torch", "matplotlib", "sklearn", "torchvision", "click", "tqdm"}


def test_submodules_load_no_plotting_data_compiler_or_command_line_package():
    loaded = modules_after("from d2lkit import " + ", ".join(SUBMODULES))
    assert "torch" in loaded
    assert not loaded & {
        *("matplotlib.pyplot", "sklearn", "torchvision", "click", "IPython"),
        *("triton", "torch._dynamo"),
    }


def test_the_names_of_imagenets_classes_do_not_load_torchvision():
    loaded = modules_after("from d2lkit import models; models.imagenet_classes()")
    assert "torchvision" not in loaded


def test_measuring_memory_and_networks_without_numbers_load_no_compiler():
    loaded = modules_after(
        "import torch; from d2lkit import accounting, models; "
        "accounting.measured_peak(lambda: torch.zeros(9)); "
        "torch.set_default_device('meta'); models.lenet()"
    )
    assert not loaded & {"torch._dynamo", "sympy", "triton"}


def test_every_public_name_is_there():
    for name in d2lkit.__all__:
        assert getattr(d2lkit, name) is not None
    assert set(d2lkit.__all__) <= set(dir(d2lkit))


def test_unknown_name_is_an_attribute_error_that_quotes_it():
    with pytest.raises(AttributeError, match="'no_such_name'"):
        _ = d2lkit.no_such_name


def test_version_is_the_installed_one():
    from importlib.metadata import version

    assert d2lkit.__version__ == version("d2lkit")


def too_long(modules: dict[str, str], most: int = 250) -> list[str]:
    return [name for name, code in modules.items() if len(code.splitlines()) > most]


def test_no_module_is_longer_than_250_lines():
    folder = Path(d2lkit.__file__).parent
    files = list(folder.rglob("*.py"))
    modules = {str(file.relative_to(folder)): file.read_text("utf-8") for file in files}
    assert len(modules) > 100
    assert too_long(modules) == []


def test_planted_a_long_module_is_reported():
    assert too_long({"long.py": "\n" * 251, "short.py": "\n" * 250}) == ["long.py"]


# Dataclasses that are filled in while something is built. All others are values: frozen.
FILLED_IN = {"_Note", "_Call", "_Step", "Scenes", "Block", "Frame", "Place", "Layout", "Plan"}


def not_frozen(code: str) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator) and "frozen=True" not in ast.unparse(decorator)
    }


def test_what_holds_results_cannot_be_changed():
    files = Path(d2lkit.__file__).parent.rglob("*.py")
    assert set().union(*(not_frozen(file.read_text("utf-8")) for file in files)) == FILLED_IN
    assert not_frozen("@dataclass(frozen=False)\nclass A: ...") == {"A"}
    assert not_frozen("@dataclass(frozen=True, repr=False)\nclass A: ...") == set()
    with pytest.raises(AttributeError, match="rows"):
        d2lkit.results.Table(["a"], [], []).rows = [["invented"]]
