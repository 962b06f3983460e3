"""What the repository promises outside its notebooks: each function names the promises not kept.

A fault names the file, `broken` adds the cure. Each function takes the folder of the repository,
or of a copy that a test has spoiled.
"""

import ast
import configparser
import fnmatch
import importlib.metadata
import json
import re
import tomllib
from pathlib import Path

import yaml
from loops import tests_of_nothing
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "preface.md", "teaching.md", "benchmarks/README.md")
# What `make check` has to run, and what the tests have to hold to.
PARTS = {"lint", "bare", "test", "strict", "browser-test"}
TEST_OPTIONS = {"--nbval", "--nbval-sanitize-with", "--doctest-modules"}
KERNEL = ("check: KERNEL := alone\n", "$(if $(KERNEL),--nbval-kernel-name $(KERNEL))")
EXAMPLES = 30  # of a property, at least
# Why a test may be left out: the machine lacks something that no package brings.
SKIPS = re.compile(
    r"CUDA|Windows|root may write|no chapter yet|dataset-fashion-mnist|browser"
    r"|scikit-image|no weights here|efficientnet_lite_pytorch|tensorboard|zsh and fish"
)


def read(root: Path, name: str) -> str:
    """The text of a file, empty if there is none."""
    path = root / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def project(root: Path) -> dict:
    """pyproject.toml."""
    return tomllib.loads(read(root, "pyproject.toml"))


def targets(root: Path) -> dict[str, str]:
    """The targets of the Makefile, each with what stands behind its colon and its recipe."""
    found = re.findall(r"^([a-z-]+):(.*(?:\n\t.*)*)", read(root, "Makefile"), re.MULTILINE)
    return dict(found)


def commands_of_documents(root: Path) -> list[str]:
    """Each `make ...` that a document tells a reader to type is a target of the Makefile."""
    known, faults = targets(root), []
    for name in DOCUMENTS:
        text = read(root, name)
        shown = re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)
        faults += [f"{name}: there is no `make {word}`" for word in shown if word not in known]
        if name == "README.md" and not shown:
            faults.append("README.md shows no make command")
    return faults


def files_of_documents(root: Path) -> list[str]:
    """Each file, folder and script that a document names is there."""
    faults = []
    for name in DOCUMENTS:
        folder = (root / name).parent
        text = read(root, name)
        endings = "py|md|yml|toml|txt|in|bib|cff"
        quoted = re.findall(rf"`([\w./-]+/[\w./-]*|[\w-]+\.(?:{endings}))`", text)
        quoted = [place for place in quoted if place != "results/full_scale/"]  # made on a GPU
        linked = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
        shown = re.findall(r"(?:python|bash|-with) ((?:tests|benchmarks|_extensions)/\S+)", text)
        shown += re.findall(r" -r (\S+\.txt)", text)
        for place in [*quoted, *linked, *shown]:
            place = place.rstrip("`")
            made = place.startswith((".venv", "_build", "../")) or re.search("…|NAME|<", place)
            here = any((start / place).exists() for start in (root, folder, root / "_extensions"))
            here = here or ("/" not in place and any((root / "_extensions").glob(f"*/{place}")))
            if not made and not here:
                faults.append(f"{name} names {place}, which does not exist")
    return faults


def colab_links(root: Path) -> list[str]:
    """A link to a notebook in Colab leads to a chapter that exists, on the branch of exports."""
    branch = "blob/notebooks/"
    links = re.findall(r"colab\.research\.google\.com/github/\S+?\.ipynb", read(root, "README.md"))
    faults = [] if links else ["README.md links no notebook in Colab"]
    for link in links:
        path = link.partition(branch)[2]
        if not path or not (root / "chapters" / path).exists():
            faults.append(f"README.md: {link} is not a chapter on the branch of the exports")
    return faults


def facts_that_agree(root: Path) -> list[str]:
    """Version, licence, addresses and Python versions are the same wherever they stand."""
    about = project(root)["project"]
    citation = yaml.safe_load(read(root, "CITATION.cff"))
    readme, config = read(root, "README.md"), yaml.safe_load(read(root, "_config.yml"))
    urls = about["urls"]
    pythons = [
        line.rpartition(" ")[2]
        for line in about["classifiers"]
        if re.search(r"Python :: 3\.\d+$", line)
    ]
    matrix = yaml.safe_load(read(root, ".github/workflows/ci.yml"))["jobs"]["check"]["strategy"]
    pairs = {
        "version of CITATION.cff": (citation["version"], about["version"]),
        "licence of CITATION.cff": (citation["license"], about["license"]),
        "repository of CITATION.cff": (citation["repository-code"], urls["Repository"]),
        "address of CITATION.cff": (citation["url"], urls["Book"]),
        "repository of _config.yml": (config["repository"]["url"], urls["Repository"]),
        "address of _config.yml": (config["html"]["baseurl"].rstrip("/"), urls["Book"]),
        "Python versions of CI": (matrix["matrix"]["python"], pythons),
        "least Python": (about["requires-python"], f">={pythons[0]}"),
    }
    faults = [
        f"{what}: {found!r}, pyproject.toml says {wanted!r}"
        for what, (found, wanted) in pairs.items()
        if found != wanted
    ]
    named = f"Python {', '.join(pythons[:-1])} or {pythons[-1]}"
    if named not in readme:
        faults.append(f"README.md does not say {named!r}")
    if f"## {about['version']}" not in read(root, "CHANGELOG.md"):
        faults.append(f"CHANGELOG.md has no section {about['version']}")
    if "MIT licence" not in read(root, "LICENSE"):
        faults.append("LICENSE is not the MIT licence that pyproject.toml names")
    if "CC BY-SA 4.0" not in readme or "ShareAlike 4.0" not in read(root, "LICENSE-text"):
        faults.append("the licence of the text is not the same in README.md and LICENSE-text")
    return faults


def pins(root: Path) -> dict[str, str]:
    """The pinned packages of requirements.txt that this interpreter would install."""
    found = {}
    for line in read(root, "requirements.txt").splitlines():
        if line and not line.startswith(("#", "-")):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate():
                found[canonicalize_name(pin.name)] = str(pin.specifier).removeprefix("==")
    return found


def locked(root: Path) -> list[str]:
    """requirements.txt pins all that pyproject.toml asks for, in range, and nothing else."""
    about, fixed = project(root)["project"], pins(root)
    extras = about["optional-dependencies"].values()
    wanted = [Requirement(line) for line in sum(extras, list(about["dependencies"]))]
    wanted += [Requirement(line) for line in _lines(root, "constraints.in")]
    faults, reached, waiting = [], set(), []
    for need in wanted:
        name = canonicalize_name(need.name)
        if name not in fixed:
            faults.append(f"requirements.txt lacks {need.name}")
        elif not need.specifier.contains(fixed[name], prereleases=True):
            faults.append(f"requirements.txt has {name} {fixed[name]}, not {need}")
        waiting.append((name, frozenset(need.extras)))
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in reached:
            continue
        reached.add((name, extras))
        waiting += [(n, e) for n, e in _needs(name, extras) if n in fixed]
    names = {name for name, _ in reached}
    faults += [f"requirements.txt: nothing asks for {name}" for name in fixed if name not in names]
    if "-e ." not in read(root, "requirements.txt").splitlines():
        faults.append("requirements.txt does not install the package itself")
    return faults


def _lines(root: Path, name: str) -> list[str]:
    lines = read(root, name).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _needs(name: str, extras: frozenset) -> list[tuple[str, frozenset]]:
    """What an installed package asks for on this machine."""
    try:
        lines = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = []
    for need in map(Requirement, lines):
        environments = [{**default_environment(), "extra": extra} for extra in (*extras, "")]
        if need.marker is None or any(need.marker.evaluate(e) for e in environments):
            found.append((canonicalize_name(need.name), frozenset(need.extras)))
    return found


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
    paths = project(root)["tool"]["pytest"]["ini_options"]["testpaths"]
    faults += [
        f"pyproject.toml: pytest leaves out {p}"
        for p in ("tests", "chapters", "d2lkit")
        if p not in paths
    ]
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


def strictness(root: Path) -> list[str]:
    """Warnings are errors, properties are tried often enough, sanitising hides no number."""
    settings = project(root)["tool"]["pytest"]["ini_options"]
    faults = []
    if settings.get("filterwarnings") != ["error"]:
        faults.append("pyproject.toml: pytest's filterwarnings must be ['error']")
    if settings.get("xfail_strict") is not True:
        faults.append("pyproject.toml: pytest's xfail_strict must be true")
    if not 0 < settings.get("timeout", 0) <= 1200:
        faults.append("pyproject.toml: every test needs a time limit")
    for path in sorted((root / "tests").rglob("*.py")):
        if path.parent.name == "repository":  # which holds planted faults
            continue
        for number in re.findall(r"max_examples\s*=\s*(\d+)", path.read_text(encoding="utf-8")):
            if int(number) < (EXAMPLES if path.name == "conftest.py" else 5):
                faults.append(
                    f"{path.relative_to(root).as_posix()}: max_examples={number} tries too little"
                )
    rules = configparser.ConfigParser()
    rules.read_string(read(root, "tests/nbval_sanitize.cfg"))
    for name in rules.sections():
        for sample in ("0.9344", "94 %", "accuracy 0.93", "[ 1,  2]", "tensor([1.5])", "not yet"):
            if re.search(rules[name]["regex"], sample):
                faults.append(f"tests/nbval_sanitize.cfg: [{name}] hides {sample!r}")
    return faults


def data_of_the_wheel(root: Path) -> list[str]:
    """Every file of the package that is no Python is named by package-data."""
    patterns = project(root)["tool"]["setuptools"]["package-data"]["*"]
    return [
        f"{path.relative_to(root)}: the wheel would lack it"
        for path in sorted((root / "d2lkit").rglob("*"))
        if path.is_file()
        and path.suffix not in (".py", ".pyc", ".part")
        and not any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)
    ]


def tests_that_test(root: Path) -> list[str]:
    """Every test asserts something, and is left out only where a machine lacks something."""
    faults = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(root).as_posix()
        helpers = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for node in tree.body:
            is_test = isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            if is_test and not _asserts(node, helpers, set()):
                faults.append(f"{place}: {node.name} asserts nothing")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                faults += [f"{place}: {fault}" for fault in _skip(node)]
    return faults


def _asserts(node: ast.AST, helpers: dict, seen: set) -> bool:
    """Whether a function asserts something, by itself or through a function of its module."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return not _always_true(part.test) or _other_asserts(node, part)
        if isinstance(part, ast.Call):
            called = ast.unparse(part.func)
            last = called.rpartition(".")[2]
            if re.match(r"assert_|check_|raises$|warns$|fail$|expect|CLOSE$", last):
                return True
            if last in helpers and last not in seen:
                seen.add(last)
                if _asserts(helpers[last], helpers, seen):
                    return True
    return False


def _always_true(test: ast.AST) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _other_asserts(node: ast.AST, first: ast.Assert) -> bool:
    return any(
        isinstance(part, ast.Assert) and part is not first and not _always_true(part.test)
        for part in ast.walk(node)
    )


def _skip(call: ast.Call) -> list[str]:
    name = ast.unparse(call.func).rpartition(".")[2]
    if name not in ("skip", "skipif", "importorskip", "xfail"):
        return []
    reason = ast.unparse(call)
    return [] if SKIPS.search(reason) else [f"a test is left out without need: {reason[:70]}"]


def figures_of_benchmarks(root: Path) -> list[str]:
    """Each decimal number in a table of benchmarks/*.md stands in the result file of its name."""
    faults = []
    for page in sorted((root / "benchmarks").glob("*.md")):
        stored = root / "benchmarks" / "results" / f"{page.stem}.json"
        if not stored.exists():
            continue
        known = _numbers(json.loads(stored.read_text(encoding="utf-8")))
        for line in page.read_text(encoding="utf-8").splitlines():
            for figure in re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", line) if "|" in line else []:
                digits = len(figure.partition(".")[2])
                # Seconds may be shown as milliseconds.
                if not any(figure in (f"{n:.{digits}f}", f"{1000 * n:.{digits}f}") for n in known):
                    faults.append(
                        f"benchmarks/{page.name} says {figure}, which {stored.name} does not hold"
                    )
    return faults


def _numbers(value) -> list[float]:
    """All numbers of a result, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


def loops_that_count(root: Path) -> list[str]:
    """A test whose assertions stand in loops over what it finds says how much it finds."""
    return [
        f"{path.relative_to(root).as_posix()}: {name} would pass on nothing"
        for path in sorted((root / "tests").rglob("test_*.py"))
        for name in tests_of_nothing(ast.parse(path.read_text(encoding="utf-8")))
    ]


CURES = {
    commands_of_documents: "name a target that `make help` lists",
    files_of_documents: "name the file as it is called now, or add it",
    colab_links: "link blob/notebooks/ and the chapter's path below chapters/",
    facts_that_agree: "write there what pyproject.toml says, or both anew",
    locked: "make lock",
    continuous_integration: "take back what was left out; nothing that CI runs is optional",
    strictness: "take back what was loosened, and repair what it is to hide",
    data_of_the_wheel: "add the file's ending to package-data in pyproject.toml",
    tests_that_test: "assert the right value, or name in SKIPS what a machine may lack",
    loops_that_count: "assert how many there are, outside of the loop",
    figures_of_benchmarks: "run the script of that name, which writes both",
}
ALL = tuple(CURES)


def broken(promise, root: Path) -> list[str]:
    """What a promise finds, each with its cure: ``file: what; cure: how``."""
    return [f"{fault}; cure: {CURES[promise]}" for fault in promise(root)]
