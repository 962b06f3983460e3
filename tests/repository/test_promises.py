"""The repository keeps what it promises, and each promise that is broken on purpose is named."""

import ast
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import loops
import promises
import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = [
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-text"),
    *("preface.md", "teaching.md", "Makefile", "pyproject.toml", "requirements.txt"),
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
    (example,) = re.findall(r"```python\n(.*?)```", promises.read(ROOT, "README.md"), re.DOTALL)
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


# The promise that is broken, the file, what stands there, and what stands there instead.
PLANTED = [
    (promises.figures_of_benchmarks, "benchmarks/convolution.md", "| 13.6 ms |", "| 11.3 ms |"),
    (promises.figures_of_benchmarks, "benchmarks/training_files.md", "0.86 (", "4.86 ("),
    (promises.commands_of_documents, "README.md", "make book ", "make bok "),
    (promises.commands_of_documents, "README.md", "make test ", "make tests "),
    (promises.commands_of_documents, "CONTRIBUTING.md", "`make check`", "`make chek`"),
    (promises.files_of_documents, "README.md", "`tests/`", "`test/`"),
    (promises.files_of_documents, "README.md", "(LICENSE)", "(LICENCE)"),
    (promises.files_of_documents, "README.md", "-r requirements.txt", "-r requirement.txt"),
    (promises.files_of_documents, "CONTRIBUTING.md", "d2lkit/arguments.py", "d2lkit/argument.py"),
    (promises.colab_links, "README.md", "01-why-convolutions.ipynb)", "01-why.ipynb)"),
    (promises.colab_links, "README.md", "blob/notebooks", "blob/main"),
    (promises.facts_that_agree, "CITATION.cff", "version: 0", "version: 1"),
    (promises.facts_that_agree, "CITATION.cff", "license: MIT", "license: BSD-3-Clause"),
    (promises.facts_that_agree, "CITATION.cff", "cnn-book\nlicense", "book\nlicense"),
    (promises.facts_that_agree, "README.md", "3.12 or 3.13", "3.12 or 3.14"),
    (promises.facts_that_agree, ".github/workflows/ci.yml", '"3.12", ', ""),
    (promises.facts_that_agree, "pyproject.toml", 'version = "0', 'version = "9'),
    (promises.facts_that_agree, "README.md", "CC BY-SA 4.0", "CC BY 4.0"),
    (promises.facts_that_agree, "_config.yml", "d2lkit.github.io/cnn-book/", "d2lkit.github.io/"),
    (promises.locked, "requirements.txt", "\ncaptum==", "\ncaptun=="),
    (promises.locked, "requirements.txt", "\ntorch==2.11.0", "\ntorch==2.10.0"),
    (promises.locked, "requirements.txt", "\nnbval==", "\n# nbval=="),
    (promises.locked, "requirements.txt", "\n-e .", "\n"),
    (promises.locked, "pyproject.toml", '"pytest-xdist",', '"pytest-xdist",\n    "mutmut",'),
    (promises.continuous_integration, ".ci/run", "exec make check", "exec make test"),
    (promises.continuous_integration, ".ci/run", "set -euo pipefail", "set -u"),
    (promises.continuous_integration, "Makefile", "check: lint bare test", "check: bare test"),
    (promises.continuous_integration, "Makefile", " strict browser-test ", " strict "),
    (promises.continuous_integration, "Makefile", "KERNEL := alone", "KERNEL :="),
    (promises.continuous_integration, "Makefile", "name $(KERNEL)", "name python3"),
    (promises.continuous_integration, "Makefile", "--nbval $(if", "--nbval-lax $(if"),
    (promises.continuous_integration, "Makefile", "-n auto --dist loadfile", "-n auto -k ops"),
    (promises.continuous_integration, "Makefile", " -W -n --keep-going", " -n"),
    (promises.continuous_integration, "Makefile", "ruff check .", "ruff check . || true"),
    (promises.continuous_integration, "pyproject.toml", '"tests", "chapters"', '"tests"'),
    (
        promises.continuous_integration,
        ".github/workflows/ci.yml",
        "- run: bash .ci/run",
        "- run: bash .ci/run\n        continue-on-error: true",
    ),
    (promises.strictness, "pyproject.toml", 'filterwarnings = ["error"]', "filterwarnings = []"),
    (promises.strictness, "pyproject.toml", "timeout = ", "timeout_of_none = "),
    (promises.strictness, "pyproject.toml", "xfail_strict = true", "xfail_strict = false"),
    (promises.strictness, "tests/conftest.py", "max_examples=30", "max_examples=1"),
    (
        promises.strictness,
        "tests/nbval_sanitize.cfg",
        "replace: ADDRESS",
        "replace: ADDRESS\n\n[number]\nregex: [0-9.]+\nreplace: NUMBER",
    ),
    (promises.data_of_the_wheel, "pyproject.toml", '"*.json"', '"*.jsn"'),
    (
        promises.tests_that_test,
        "tests/test_package.py",
        '    assert d2lkit.__version__ == version("d2lkit")',
        "    pass",
    ),
    (
        promises.tests_that_test,
        "tests/test_package.py",
        '    assert d2lkit.__version__ == version("d2lkit")',
        "    assert True",
    ),
    (
        promises.loops_that_count,
        "tests/models/test_resnext.py",
        "    assert [len(stage) for stage in net.stages] == [3, 4, 6, 3]\n",
        "",
    ),
    (promises.loops_that_count, "tests/data/test_augmentation.py", "assert len(crops) == 25", ""),
    (
        promises.tests_that_test,
        "tests/test_package.py",
        "def test_version_is",
        '@pytest.mark.skip(reason="later")\ndef test_version_is',
    ),
]


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
