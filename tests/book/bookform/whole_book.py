"""The book as a whole: table of contents, import order of the library, the repository's address."""

import ast
import re

from bookform.cells import parse

# A module of d2lkit may import only modules that stand before it.
ORDER = (
    "arguments",
    "tables",
    "geometry",
    "ops",
    "accounting",
    "plotting",
    "training",
    "data",
    "models",
    "explain",
    "stored",
    "results",
    "check",
    "demos",
    "d2l",
    "cli",
    "__main__",
)
# Repositories of others that the book may name.
FOREIGN = {
    "soumith/convnet-benchmarks",
    "tensorflow/tpu",
    "zalandoresearch/fashion-mnist",
}


def check_toc(listed: list[str], existing: list[str]) -> list[str]:
    """Every notebook is in the table of contents, every file named there exists, none twice."""
    faults = [f"{name} is not in _toc.yml" for name in existing if name not in listed]
    faults += [
        f"_toc.yml names {name}, which does not exist" for name in listed if name not in existing
    ]
    faults += [
        f"_toc.yml names {name} twice" for name in sorted(set(listed)) if listed.count(name) > 1
    ]
    chapters = [name for name in listed if name.startswith("chapters/")]
    if chapters != sorted(chapters):
        faults.append("the chapters of _toc.yml are not in the order of their numbers")
    return faults


def check_next(text: str, following: str) -> list[str]:
    """Where *What comes next* links chapters, it links the one that follows in _toc.yml."""
    closing = text.rpartition("## What comes next")[2]
    linked = re.findall(r"\{(?:ref|doc)\}`(?:[^`<]*<)?(sec-[^`>]+)>?`", closing)
    if not linked or following in linked:
        return []
    return [f"What comes next links {', '.join(linked)}, not the next chapter, {following}"]


def imported_modules(source: str) -> set[str]:
    """The modules of d2lkit that a source imports, by their first name."""
    found = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "d2lkit":
            found |= {f"d2lkit.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.ImportFrom):
            found.add("relative")
    return {
        name.split(".")[1] if name.startswith("d2lkit.") else name
        for name in found
        if name.startswith("d2lkit.") or name == "relative"
    }


def check_import_order(module: str, source: str) -> list[str]:
    """A module imports only what stands before it in the order; `module` is its first name."""
    if module not in ORDER:
        return [f"{module} has no place in the import order"]
    faults = []
    for other in sorted(imported_modules(source)):
        if other == "relative":
            faults.append(f"{module} imports relatively: write d2lkit....")
        elif other in ORDER and ORDER.index(other) > ORDER.index(module):
            faults.append(f"{module} imports {other}, which stands after it")
    return faults


def check_address(text: str, repository: str, book: str) -> list[str]:
    """Every address of a repository or a published book in a text is this book's own.

    The one place where the addresses stand is [project.urls] in pyproject.toml.
    """
    own = repository.removeprefix("https://github.com/")
    hosts = (
        r"github\.com|raw\.githubusercontent\.com|research\.google\.com/github|mybinder\.org/v2/gh"
    )
    found = set(re.findall(rf"(?:{hosts})/([\w.-]+/[\w-]+)", text)) - FOREIGN
    faults = [f"the repository {other} is named, not {own}" for other in sorted(found - {own})]
    for host, path in re.findall(r"\b([\w-]+\.github\.io)(/[\w-]+)?", text):
        if f"https://{host}{path}" != book.rstrip("/"):
            faults.append(f"the book's address is {host}{path}, not {book}")
    return faults
