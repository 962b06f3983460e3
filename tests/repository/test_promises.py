"""The repository keeps what it promises, and each promise that is broken on purpose is named."""

import ast
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import files_of
import loops
import promises
import pytest
from spoilt import PLANTED

ROOT = Path(__file__).resolve().parents[2]
COPIED = [
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-text"),
    *("preface.md", "teaching.md", "intro.md", "Makefile", "pyproject.toml", "requirements.txt"),
    *("constraints.in", "_config.yml", ".ci", ".github", "tests", "d2lkit", "chapters"),
    *("benchmarks", "_extensions", "requirements-d2l.txt", "_toc.yml"),
]
# How each fault begins: with a file, or with what is compared to pyproject.toml.
FILE = re.compile(
    r"[\w./-]+\.(?:md|txt|py|toml|cff|yml|cfg|json)\b|Makefile|\.ci/run|LICENSE|.*pyproject\.toml"
)


@pytest.mark.parametrize("promise", promises.ALL, ids=lambda f: f.__name__)
def test_promise_is_kept(promise):
    faults = promises.broken(promise, ROOT)
    assert not faults, "\n".join(faults)


def test_example_of_the_readme_does_what_it_says(tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", files_of.read(ROOT, "README.md"), re.DOTALL)
    assert "nine of ten" in example
    program = tmp_path / "example.py"
    program.write_text(example + "\nassert history.last['val_accuracy'] > 0.85, history.last\n")
    run = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "val_accuracy" in run.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository to spoil."""
    root = tmp_path_factory.mktemp("repository")
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=leave)
        else:
            shutil.copy(ROOT / name, root / name)
    return root


@pytest.mark.parametrize(
    ("promise", "name", "old", "new"), PLANTED, ids=[f"{i}-{p[1]}" for i, p in enumerate(PLANTED)]
)
def test_a_broken_promise_is_named(copy, promise, name, old, new):
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{name} no longer holds {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        faults = promises.broken(promise, copy)
    finally:
        path.write_text(text, encoding="utf-8")
    assert faults
    for fault in faults:
        assert FILE.match(fault), fault
        assert "; cure: " in fault, fault


@pytest.mark.parametrize(
    ("body", "passes_on_nothing"),
    [
        ("for image in page.locator('img').all():\n    assert image.is_visible()", True),
        ("images = find()\nassert all(image.alt for image in images)", True),
        ("assert [image for image in page.select('img') if not image.alt] == []", True),
        ("for a, b in zip(ours(), theirs(), strict=True):\n    assert_close(a, b)", True),
        ("for image in find():\n    with raises(ValueError):\n        image.load()", True),
        (
            "images = find()\nassert len(images) == 3\nassert all(image.alt for image in images)",
            False,
        ),
        ("for side in (1, 2):\n    assert draw(side)", False),
        (
            "sides = [1, 2]\nfor side, found in zip(sides, find(), strict=True):\n    assert found",
            False,
        ),
        ("assert [fault for fault in check(book) if fault] == []", False),
        ("for image in find():\n    print(image)\nassert image.alt", False),
    ],
)
def test_a_loop_that_passes_on_nothing(body, passes_on_nothing):
    module = ast.parse("def test_it():\n" + textwrap.indent(body, "    "))
    assert loops.tests_of_nothing(module) == ["test_it"] * passes_on_nothing


def test_every_promise_is_broken_once():
    assert {planted[0] for planted in PLANTED} == set(promises.ALL)
