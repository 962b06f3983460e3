"""Every public function and class of the library shows an example that runs."""

import importlib
import inspect

import pytest

import d2lkit

PACKAGES = [name for name in d2lkit.__all__ if inspect.ismodule(getattr(d2lkit, name))]


def public(package):
    """The functions and classes that a package offers, without what it passes on from others."""
    module = importlib.import_module(f"d2lkit.{package}")
    names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    values = {name: getattr(module, name) for name in names}
    return {
        name: value
        for name, value in values.items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__.split(".")[0] == "d2lkit"
    }


def without_example(values):
    return [name for name, value in values.items() if ">>>" not in (value.__doc__ or "")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_an_example(package):
    assert without_example(public(package)) == []


def test_enough_names_are_looked_at():
    assert sum(len(public(package)) for package in PACKAGES) > 200


def test_planted_a_function_without_example_is_reported():
    def bare():
        """Nothing to see."""

    assert without_example({"bare": bare, "corr2d": d2lkit.ops.corr2d}) == ["bare"]
