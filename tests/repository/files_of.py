"""The files of the repository, or of a copy that a test has spoiled, as promises read them."""

import re
import tomllib
from pathlib import Path


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
