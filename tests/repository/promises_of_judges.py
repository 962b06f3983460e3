"""What judges: make's targets, CI, pytest's settings, the checks of a chapter's form."""

import ast
import configparser
import re
from pathlib import Path

from files_of import project, read, targets
from registers import REGISTERS

# What `make check` has to run, and what the tests have to hold to.
PARTS = {"lint", "bare", "test", "strict", "browser-test"}
TEST_OPTIONS = {"--nbval", "--nbval-sanitize-with", "--doctest-modules"}
# pytest's settings, word for word.
PYTEST = {
    "testpaths": ["tests", "chapters", "d2lkit"],
    "addopts": "-ra --strict-markers --strict-config --import-mode=importlib",
    "xfail_strict": True,
    "timeout": 600,
    "filterwarnings": ["error"],
}
# What in a conftest can leave tests out or silence warnings, and the lines that may.
OF_CONFTESTS = re.compile(
    r"collect_ignore|filterwarnings|simplefilter|\bpytest_\w+|deselect|addopts|inicfg|globals\("
)
CONFTESTS = (
    ("tests/conftest.py", "def pytest_runtest_makereport(item, call):"),
    (
        "tests/d2l/conftest.py",
        'collect_ignore = ["scripts"]  # run by the tests, not collected by pytest',
    ),
    ("tests/d2l/conftest.py", 'warnings.simplefilter("ignore")'),
    (
        "tests/demos/conftest.py",
        'collect_ignore_glob = [] if os.environ.get("BOOK_SITE") else ["test_browser_*.py"]',
    ),
    (
        "tests/exports/conftest.py",
        'collect_ignore_glob = [] if os.environ.get("BOOK_PDF") else ["test_browser_*.py"]',
    ),
    ("tests/site/conftest.py", 'collect_ignore_glob = [] if SITE else ["test_browser_*.py"]'),
    ("chapters/conftest.py", "from nbval_hooks import pytest_collect_file  # noqa: F401"),
)
SANITISED = {
    "address": {"regex": "(?<= at )0x[0-9a-fA-F]{6,16}(?=>)", "replace": "ADDRESS"},
}
# The checks that go through each text of a notebook, by a list in test_wording.
WORDINGS = {"check_doubled_words", "check_voice"}
KERNEL = ("check: KERNEL := alone\n", "$(if $(KERNEL),--nbval-kernel-name $(KERNEL))")


def continuous_integration(root: Path) -> list[str]:
    """CI runs every part, goes through every chapter, and stops at the first fault."""
    make, faults = targets(root), []
    if "exec make check" not in read(root, ".ci/run").splitlines():
        faults.append(".ci/run does not run `make check`")
    if "set -euo pipefail" not in read(root, ".ci/run"):
        faults.append(".ci/run does not stop at the first fault")
    runs = set(make.get("check", "").partition("##")[0].split())
    faults += [f"Makefile: `make check` does not run {part}" for part in sorted(PARTS - runs)]
    recipe = make.get("test", "")
    faults += [
        f"Makefile: `make test` lacks {o}" for o in sorted(TEST_OPTIONS) if o not in recipe.split()
    ]
    if not all(words in read(root, "Makefile") for words in KERNEL):
        faults.append("Makefile: `make check` does not run the notebooks on the wheel alone")
    for word in ("-k", "--ignore", "--deselect", "-m", "--lax", "--nbval-lax", "-x"):
        if word in recipe.replace("python -m pytest", "").split():
            faults.append(f"Makefile: `make test` leaves something out: {word}")
    if " -W" not in make.get("strict", ""):
        faults.append("Makefile: `make strict` takes warnings for no errors")
    for part in sorted(PARTS):
        if re.search(r"^\t(?:-|.*\|\| *(?:true|:))", make.get(part, ""), re.MULTILINE):
            faults.append(f"Makefile: `make {part}` goes on after a fault")
    for path in sorted((root / ".github/workflows").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if "continue-on-error" in text or re.search(r"\|\| *(true|:)", text):
            faults.append(f"{path.name} goes on after a fault")
    if "run: bash .ci/run" not in read(root, ".github/workflows/ci.yml"):
        faults.append("ci.yml does not run .ci/run")
    return faults


def settings_of_pytest(root: Path) -> list[str]:
    """pytest is set as PYTEST says, and conftests leave nothing out besides CONFTESTS."""
    found = project(root)["tool"]["pytest"]["ini_options"]
    faults = [
        f"pyproject.toml: pytest's {name} is {found.get(name)!r}, PYTEST says {PYTEST.get(name)!r}"
        for name in sorted(PYTEST.keys() | found.keys())
        if found.get(name) != PYTEST.get(name)
    ]
    for name in (
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        ".pytest.toml",
        "tox.ini",
        "setup.cfg",
    ):
        if (root / name).exists():
            faults.append(f"{name} may set pytest otherwise than pyproject.toml")
    lines = []
    for folder in ("", *PYTEST["testpaths"]):
        pattern = "**/conftest.py" if folder else "conftest.py"
        for path in sorted((root / folder).glob(pattern)):
            place = path.relative_to(root).as_posix()
            text = path.read_text(encoding="utf-8").splitlines()
            lines += [(place, line.strip()) for line in text if OF_CONFTESTS.search(line)]
    faults += [
        f"{place} tells pytest {line!r}" for place, line in lines if (place, line) not in CONFTESTS
    ]
    faults += [
        f"{place} no longer says {line!r}"
        for place, line in CONFTESTS
        if (place, line) not in lines
    ]
    return faults


def sanitising(root: Path) -> list[str]:
    """What nbval does not compare is what is written down in SANITISED, and no more."""
    rules = configparser.ConfigParser(interpolation=None)
    rules.read_string(read(root, "tests/nbval_sanitize.cfg"))
    found = {name: dict(rules[name]) for name in rules.sections()}
    return [
        f"tests/nbval_sanitize.cfg: [{name}] is {found.get(name)}, not {SANITISED.get(name)}"
        for name in sorted(found.keys() | SANITISED.keys())
        if found.get(name) != SANITISED.get(name)
    ]


def checks_of_form(root: Path) -> list[str]:
    """Each check of a notebook stands in CHECKS, each other one is used on the whole book."""
    place = "tests/book/test_form_of_chapters.py"
    tree = ast.parse(read(root, place))
    tuples = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    listed = set(re.findall(r"\bcheck_\w+", tuples.get("CHECKS", "")))
    used = {
        n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and "attr" in vars(n.func)
    }
    faults, count = [], 0
    for path in sorted((root / "tests/book/bookform").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("check_"):
                continue
            count += 1
            wanted = [
                a.arg for a in node.args.args[: len(node.args.args) - len(node.args.defaults)]
            ]
            if wanted == ["notebook"] and node.name not in listed:
                faults.append(f"{place}: CHECKS lacks {path.stem}.{node.name}")
            elif wanted != ["notebook"] and node.name not in used | WORDINGS:
                faults.append(f"{place} does not use {path.stem}.{node.name}")
    wording = "[references.check_doubled_words, cells.check_voice]"
    if wording not in read(root, place):
        faults.append(f"{place}: test_wording no longer goes through {wording}")
    if count < 30:
        faults.append(f"{place}: only {count} checks were found in bookform")
    return faults


def recipes_written_down(root: Path) -> list[str]:
    """The recipes that decide, the workflows and CI's script are those of recipes.txt."""
    return _beside(root, "recipes.txt")


def assertions_written_down(root: Path) -> list[str]:
    """Each file of tests has as many tests, assertions and examples as assertions.txt says."""
    return _beside(root, "assertions.txt")


def prose_written_down(root: Path) -> list[str]:
    """What somebody has typed into the pages of benchmarks, with numbers, is that of prose.txt."""
    return _beside(root, "prose.txt")


def _beside(root: Path, name: str) -> list[str]:
    """What differs between a register and what it registers."""
    stored, now = read(root, f"tests/repository/{name}").splitlines(), REGISTERS[name](root)
    faults = [f"{line}: new beside {name}" for line in now if line not in stored]
    faults += [f"{line}: gone, but in {name}" for line in stored if line not in now]
    if not faults and stored != now:
        faults.append(f"tests/repository/{name}: its lines stand in another order or more often")
    return faults
