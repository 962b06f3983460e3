"""What the package promises: that its pins fit what it asks for, and that its data come along."""

import fnmatch
import importlib.metadata
import re
from pathlib import Path

from files_of import project, read
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


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
    faults += [
        f"requirements.txt: {name} is {version!r}, one version behind == is expected"
        for name, version in fixed.items()
        if not re.fullmatch(r"[\w.+!]+", version)
    ]
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
