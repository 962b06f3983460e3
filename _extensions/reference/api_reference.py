"""The API reference: each package of the library on a page, from its own docstrings.

A page holds a line such as ```` ```{api-package} d2lkit.geometry ````. It shows what the
package's ``__all__`` names, in the order in which the package imports it. ``{api-overview}``
lists the packages, ``{command-line}`` what ``python -m d2lkit --help`` says.
"""

import importlib
import inspect
import sys
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from api_docstrings import to_rst
from chapter_facts import parse
from docutils import nodes
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "d2lkit"


def public_names(module: ModuleType) -> list[str]:
    """The names that a module offers: its ``__all__``, else the functions and classes in it."""
    if not hasattr(module, "__all__"):
        return [
            name
            for name, value in vars(module).items()
            if (inspect.isfunction(value) or inspect.isclass(value))
            and value.__module__ == module.__name__
            and not name.startswith("_")
        ]
    # __all__ follows the alphabet; the imports above it have an order that makes sense.
    order = {name: i for i, name in enumerate(vars(module))}
    return sorted(module.__all__, key=lambda name: order.get(name, len(order)))


def is_own(value) -> bool:
    """Whether a value is a function or class of the library."""
    return (getattr(value, "__module__", None) or "").split(".")[0] == LIBRARY


def first_sentence(docstring: str | None) -> str:
    """What a table says about a name."""
    return " ".join((docstring or "").strip().split("\n\n")[0].split())


class FromCode(SphinxDirective):
    """A directive that writes reStructuredText, also into a page that is Markdown."""

    def parse(self, lines: list[str]) -> list[nodes.Node]:
        return parse(self, ["```{eval-rst}", *lines, "```"])


class ApiPackage(FromCode):
    """A package's docstring, a table of what it offers, and an entry for each name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        module = importlib.import_module(self.arguments[0])
        for path in Path(module.__file__).parent.glob("*.py"):
            self.env.note_dependency(str(path))
        names = public_names(module)
        lines = [f".. automodule:: {module.__name__}", "   :no-members:", ""]
        if names:
            lines += _table(
                [(_reference(module, name), summary_of(module, name)) for name in names]
            )
        for name in names:
            lines += _entry(module, name)
        return self.parse(lines)


class ApiOverview(FromCode):
    """The packages, each with a link to its page, and the shortcuts that d2lkit itself offers."""

    def run(self) -> list[nodes.Node]:
        package = importlib.import_module(LIBRARY)
        modules, shortcuts = [], []
        # Its docstring names the packages in the order in which they build on each other.
        for name in sorted(package.__all__, key=lambda one: package.__doc__.find(f"\n{one} ")):
            value = getattr(package, name)
            if inspect.ismodule(value):
                modules.append((f":py:mod:`{value.__name__}`", to_sentence(value.__doc__, set())))
            else:
                shortcuts.append((name, value))
        lines = [f".. py:module:: {LIBRARY}", "", *_table(modules)]
        for name, value in shortcuts:
            home = ".".join(value.__module__.split(".")[:2])
            lines += [f".. py:data:: {name}", "", f"   Short for :py:obj:`{home}.{name}`.", ""]
        return self.parse(lines)


class CommandLine(FromCode):
    """The help texts of the command line."""

    def run(self) -> list[nodes.Node]:
        from click.testing import CliRunner

        from d2lkit.cli import main

        text = "The group of commands, for programs that start one themselves."
        lines = [".. automodule:: d2lkit.cli", "   :no-members:", ""]
        lines += [".. py:data:: main", "   :module: d2lkit.cli", "", f"   {text}", ""]
        for name in ["", *main.list_commands(None)]:
            arguments = [*([name] if name else []), "--help"]
            help_text = CliRunner().invoke(main, arguments, prog_name="python -m d2lkit").output
            lines += [f"``python -m d2lkit {' '.join(arguments)}``", "", ".. code-block:: text", ""]
            lines += [f"   {line}".rstrip() for line in help_text.splitlines()]
            lines += [""]
        return self.parse(lines)


def summary_of(module: ModuleType, name: str) -> str:
    """One sentence about a name that a module offers."""
    value = getattr(module, name)
    if is_own(value) and callable(value):
        return to_sentence(value.__doc__, set(public_names(module)))
    if isinstance(value, (dict, list, tuple, str, int, float)):
        return comment_on(module, name)
    return f"``{foreign_name(value)}``"


def to_sentence(docstring: str | None, public: set[str]) -> str:
    """The first sentence of a docstring as reStructuredText."""
    return " ".join(to_rst(first_sentence(docstring), public))


def foreign_name(value) -> str:
    """How another package calls a value that a module passes on."""
    if type(value).__name__ == "method_descriptor":
        return f"torch.Tensor.{value.__name__}"
    if inspect.isclass(value):
        return "torch.nn.Module" if value.__name__ == "Module" else value.__qualname__
    return str(value) if not callable(value) else f"torch.{value.__name__}"


def comment_on(module: ModuleType, name: str) -> str:
    """The ``#:`` comment on a constant, from the submodule that defines it."""
    for other, found in list(sys.modules.items()):
        if other.startswith(f"{module.__name__}.") and name in vars(found):
            comments = ModuleAnalyzer.for_module(other).find_attr_docs()
            if ("", name) in comments:
                return " ".join(comments["", name]).strip()
    raise LookupError(f"{module.__name__}.{name} has no comment that begins with #:")


def _reference(module: ModuleType, name: str) -> str:
    return f":py:obj:`{name} <{module.__name__}.{name}>`"


def _table(rows: list[tuple[str, str]]) -> list[str]:
    lines = [".. list-table::", "   :class: api-names", ""]
    for name, text in rows:
        lines += [f"   * - {name}", f"     - {text}"]
    return [*lines, ""]


def _entry(module: ModuleType, name: str) -> list[str]:
    value = getattr(module, name)
    full = f"{module.__name__}.{name}"
    if is_own(value) and inspect.isclass(value):
        options = ["   :members:", "   :member-order: bysource", "   :show-inheritance:"]
        return [f".. autoclass:: {full}", *options, ""]
    if is_own(value) and callable(value):
        return [f".. autofunction:: {full}", ""]
    options = [f"   :module: {module.__name__}"]
    return [f".. py:data:: {name}", *options, "", f"   {summary_of(module, name)}", ""]


def rewrite_docstring(app, what, name, value, options, lines) -> None:
    """Turn a docstring into the form that Sphinx reads."""
    package = importlib.import_module(".".join(name.split(".")[:2]))
    public = set(getattr(package, "__all__", ()))
    lines[:] = [*to_rst("\n".join(lines), public), ""]


def resolve_home(app, env, node, contnode):
    """A class is documented where it is offered, and annotated where it is defined."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target.startswith(f"{LIBRARY}."):
        return None
    parts = target.split(".")
    for end in range(len(parts) - 2, 0, -1):
        full = ".".join([*parts[:end], parts[-1]])
        domain = env.get_domain("py")
        if full in domain.objects:
            return domain.resolve_xref(
                env, node["refdoc"], app.builder, "obj", full, node, contnode
            )
    return contnode if _exists(target) else None  # internal: no page, and no mistake either


def _exists(name: str) -> bool:
    """Whether the library has a module of this name, or something in a module."""
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute) or bool(find_spec(name))
    except ImportError:
        return False


def link_to_source(domain: str, info: dict) -> str | None:
    """The address of an object's source: file and lines in the repository."""
    if domain != "py" or not info["fullname"]:
        return None
    value = sys.modules.get(info["module"])
    for part in info["fullname"].split("."):
        value = getattr(value, part, None)
    value = inspect.unwrap(getattr(value, "fget", None) or value) if value is not None else None
    if not is_own(value):
        return None
    try:
        path = Path(inspect.getsourcefile(value)).resolve().relative_to(ROOT)
        lines, start = inspect.getsourcelines(value)
    except (TypeError, OSError, ValueError):  # a constant, or an installed copy elsewhere
        return None
    return f"{repository()}/blob/main/{path.as_posix()}#L{start}-L{start + len(lines) - 1}"


@cache
def repository() -> str:
    """The repository's address, from the one place where it stands."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["project"]["urls"]["Repository"]


def configure(app, config) -> None:
    """Settings of autodoc that belong to the form of our docstrings."""
    config.linkcode_resolve = link_to_source
    config.autodoc_inherit_docstrings = False  # nn.Module's text about forward is not ours
    config.autodoc_preserve_defaults = True
    config.python_maximum_signature_line_length = 80
    config.html_domain_indices = False  # the index has the modules already
    config.toc_object_entries_show_parents = "hide"
    # What torch, numpy and Python document lies outside the book.
    config.nitpick_ignore_regex = [*config.nitpick_ignore_regex, ("py:.*", rf"(?!{LIBRARY}\b).*")]


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.linkcode")
    app.add_directive("api-package", ApiPackage)
    app.add_directive("api-overview", ApiOverview)
    app.add_directive("command-line", CommandLine)
    app.connect("autodoc-process-docstring", rewrite_docstring)
    app.connect("config-inited", configure)
    app.connect("missing-reference", resolve_home)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
