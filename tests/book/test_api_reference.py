"""The API reference: what the docstrings become, and that nothing public is left out."""

import importlib
import json
import pkgutil
import re
import subprocess
import sys

import api_docstrings
import api_reference
import pytest
from bookform.reading import ROOT, read_toc, toc_files

import d2lkit

CONF = f"""
import json, sys

sys.path[:0] = {[str(folder) for folder in ROOT.glob("_extensions/*/")]!r}
extensions = ["myst_parser", "api_reference"]


def store(app, exception):
    if not exception:
        names = {{name: entry.objtype for name, entry in app.env.get_domain("py").objects.items()}}
        json.dump(names, open(app.outdir / "names.json", "w"))


def setup(app):
    app.connect("build-finished", store)
"""


def pages() -> list[str]:
    """The sources of the reference's pages, those that the table of contents names."""
    files = [file for file in toc_files(read_toc()) if file.startswith("api/")]
    return [(ROOT / f"{file}.md").read_text(encoding="utf-8") for file in files]


def build(folder, directives):
    """Build a page from some directives, every warning an error; return the entries."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.md").write_text("# Library\n\n" + "\n".join(directives), encoding="utf-8")
    out = folder / "out"
    command = [sys.executable, "-m", "sphinx", "-b", "dummy", "-q", "-W", "-n", "--keep-going"]
    run = subprocess.run([*command, str(folder), str(out)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads((out / "names.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    """All that the reference has an entry for, with its kind."""
    found = re.findall(r"^```\{[a-z-]+\}.*\n```$", "\n".join(pages()), re.MULTILINE)
    return build(tmp_path_factory.mktemp("api"), found)


def offered() -> dict[str, list[str]]:
    """What each module offers: those that list their names, and those that d2lkit lists."""
    found = [info.name for info in pkgutil.walk_packages(d2lkit.__path__, "d2lkit.")]
    modules = [importlib.import_module(name) for name in found if not name.endswith("__main__")]
    public = {f"d2lkit.{name}" for name in d2lkit.__all__}
    return {
        module.__name__: api_reference.public_names(module)
        for module in [d2lkit, *modules]
        if hasattr(module, "__all__") or module.__name__ in public
    }


def check_complete(entries, offers) -> list[str]:
    """Every public name has an entry, under the name by which it is imported."""
    return [
        f"{module}.{name} has no entry"
        for module, names in offers.items()
        for name in names
        if f"{module}.{name}" not in entries
    ]


def test_nothing_public_is_left_out(entries):
    offers = offered()
    assert sum(map(len, offers.values())) > 200
    assert check_complete(entries, offers) == []


def test_planted_a_name_without_entry_is_reported(entries):
    del (fewer := dict(entries))["d2lkit.ops.corr2d"]
    assert check_complete(fewer, offered()) == ["d2lkit.ops.corr2d has no entry"]


def test_planted_a_package_without_page_is_reported(tmp_path):
    entries = build(tmp_path, ["```{api-package} d2lkit.geometry\n```"])
    faults = check_complete(entries, {"d2lkit.geometry": ["Window"], "d2lkit.ops": ["corr2d"]})
    assert faults == ["d2lkit.ops.corr2d has no entry"]


def test_methods_with_a_docstring_have_entries(entries):
    assert entries["d2lkit.training.Trainer.fit"] == "method"
    assert entries["d2lkit.geometry.ReceptiveField"] == "class"
    assert "d2lkit.models.LeNet.forward" not in entries


def test_a_link_to_nothing_fails_the_build(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssertionError, match=r"d2lkit\.ops\.gone"):
        build(tmp_path, ["```{eval-rst}\n:py:func:`d2lkit.ops.gone`\n```"])


def rst(docstring, public=()):
    return "\n".join(api_docstrings.to_rst(docstring, public))


def test_docstring_becomes_fields():
    docstring = """Slide a window.

Args:
    *sizes: of the window; see `pad2d`
        and `else`.
    stride, padding: in pixels.

Shape: (N, C*kh) -> ((top, bottom), 3); fewer as in :func:`pad2d`
Raises:
    TypeError, ValueError: for nonsense.

>>> window(`3`)
'`pad2d`'

Source: Somebody, 1989,
chapter 4."""
    assert (
        rst(docstring, {"pad2d"})
        == r"""Slide a window.

:Arguments:
    - **\*sizes**: of the window; see :py:obj:`pad2d`
      and ``else``.
    - **stride, padding**: in pixels.
:Shape: ``(N, C*kh)`` → ``((top, bottom), 3)``; fewer as in :func:`pad2d`
:Raises:
    - **TypeError, ValueError**: for nonsense.

>>> window(`3`)
'`pad2d`'

:Source: Somebody, 1989, chapter 4."""
    )


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Sum.\n\nArgs, Raises: as :func:`f`.", "Sum.\n\n:Arguments, Raises: as :func:`f`."),
        (
            "Sum.\n\nArgs: as :func:`f`; ``x``\n    is new.",
            "Sum.\n\n:Arguments: as :func:`f`; ``x`` is new.",
        ),
        ("Sum.\n\nReturns:\n    A pair.", "Sum.\n\n:Returns: A pair."),
        ("Sum.\n\nShape: -> shape", "Sum.\n\n:Shape: shape"),
        ("Several ``Case``s, ``a`` and ``b``.", "Several ``Case``\\ s, ``a`` and ``b``."),
        ("``a``,   run `x`: no", "``a``,   run ``x``: no"),
        (
            "Note:\n    - one\n\nArgs:\n    x: y.",
            "Note:\n    - one\n\n:Arguments:\n    - **x**: y.",
        ),
        ("", ""),
    ],
)
def test_other_forms_of_docstrings(docstring, expected):
    assert rst(docstring) == expected


def test_source_links_lead_to_the_lines_of_the_code():
    link = api_reference.link_to_source(
        "py", {"module": "d2lkit.geometry", "fullname": "output_size"}
    )
    path, _, span = link.removeprefix(f"{api_reference.repository()}/blob/main/").partition("#")
    start, end = map(int, re.fullmatch(r"L(\d+)-L(\d+)", span).groups())
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    assert lines[start - 1] == "def output_size("
    assert lines[end - 1].startswith("    return ")


@pytest.mark.parametrize("name", ["abs", "nn_Module", "gone"])
def test_what_others_define_has_no_source_link(name):
    assert api_reference.link_to_source("py", {"module": "d2lkit.d2l", "fullname": name}) is None
