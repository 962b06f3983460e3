"""Writes each chapter as a notebook that needs nothing of the book, and links to it.

While Sphinx writes the page of a chapter, the same resolved text becomes Markdown and goes, with
the code of the chapter, into `_notebooks/<part>/<name>.ipynb` beside the pages. References,
numbers, citations and glued values are plain text there, links lead to the published book, and
outputs are left out: the reader runs the cells. The buttons at the top of the page open it in
Colab or Binder, from the branch BRANCH of the repository, or download it.

Solutions are folded, and their cells tagged `solution`; `student_set.py` removes those.
"""

import re
from pathlib import Path
from urllib.parse import quote, urljoin

import nbformat
from docutils import nodes
from markdown_writer import FOLDED, MarkdownWriter, UnknownNode
from pybtex.backends.markdown import Backend
from sphinx.util import logging
from sphinx_exercise.nodes import is_exercise_node, is_solution_node
from student_set import is_solution, without_solutions

FOLDER = "_notebooks"
BRANCH = "notebooks"
SOLUTION = "solution"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "colab": {"provenance": [], "toc_visible": True},
}
logger = logging.getLogger(__name__)


def path_of(docname: str) -> str:
    """Where the notebook of a chapter lies, in the folder and in the branch."""
    return docname.removeprefix("chapters/") + ".ipynb"


class Chapter:
    """Builds the notebook of one chapter from its page and its source."""

    def __init__(self, app, docname, doctree):
        self.app, self.docname, self.doctree = app, docname, doctree
        self.source = nbformat.read(app.env.doc2path(docname), as_version=4)
        self.address = urljoin(app.config.html_baseurl, app.builder.get_target_uri(docname))
        self.writer = MarkdownWriter(self.link, self.image, self.number)
        self.cells = []
        self.next_code = 0  # the cells of the source before this one have been dealt with
        self.text_from = None  # the cell of the source that the last cell of text comes from
        self.text = ""  # the Markdown of that cell

    # What the writer asks for

    def link(self, node):
        if "refid" in node:
            return f"{self.address}#{node['refid']}"
        return urljoin(self.address, node.get("refuri", ""))

    def image(self, node):
        return urljoin(self.address, node["uri"])

    def number(self, node):
        env, identifier = self.app.env, next(iter(node["ids"]), "")
        numbers = env.toc_fignumbers.get(self.docname, {})
        if isinstance(node, nodes.math_block):
            return ".".join(map(str, numbers.get("displaymath", {}).get(identifier, ())))
        kind = env.get_domain("std").get_enumerable_node_type(node)
        if kind and identifier in numbers.get(kind, {}):
            found = ".".join(map(str, numbers[kind][identifier]))
            text = self.app.config.numfig_format[kind] % found
            return text[0].upper() + text[1:]
        return node.get("realtype", "").capitalize()  # a theorem without a number

    def section_number(self, section):
        numbers = self.app.env.toc_secnumbers.get(self.docname, {})
        is_page = isinstance(section.parent, nodes.document)
        places = [""] if is_page else [f"#{identifier}" for identifier in section["ids"]]
        found = next((numbers[place] for place in places if numbers.get(place)), ())
        return ".".join(map(str, found)) + ". " if found else ""

    # Cells

    def notebook(self):
        """The whole notebook."""
        for child in self.doctree.children:
            self.add(child, level=1)
        self.add_unseen_code(len(self.source.cells))
        self.add_references()
        book = self.app.config.html_title
        self.cells[0].source += (
            f"\n\n*This notebook comes from [this page]({self.address}) of “{book}”. "
            "Its figures appear as you run the cells.*"
        )
        for position, cell in enumerate(self.cells):
            cell["id"] = f"cell-{position}"
        return nbformat.v4.new_notebook(cells=self.cells, metadata=METADATA)

    def add(self, node, level, solution=False):
        """Add a node and all that is in it; `level` is that of a heading found here."""
        title = node.children[0] if node.children else None
        if is_exercise_node(node):
            name = self.number(node) or "Exercise"
            self.add_heading(node, level, f"{name}{self.writer.inline(title)}")
            for child in node.children[1:]:
                self.add(child, level + 1)
        elif is_solution_node(node):
            self.text_from = None
            for child in node.children[1:]:
                self.add(child, level + 1, solution=True)
            self.text_from = None
        elif isinstance(node, nodes.section):
            has_title = isinstance(title, nodes.title)
            if has_title:
                name = self.section_number(node) + self.writer.inline(title)
                self.add_heading(node, level, name)
            for child in node.children[has_title:]:
                self.add(child, level + has_title, solution)
        elif node.get("nb_element") == "cell_code":
            self.add_code(node["cell_index"], solution)
            for figure in node.findall(nodes.figure):
                self.text_from = None
                self.add_text(self.writer.blocks(figure.findall(nodes.caption)), None, solution)
            self.text_from = None
        else:
            self.add_text(self.writer.block(node), node.line, solution)

    def add_heading(self, node, level, name):
        self.text_from = None
        self.add_text(f"{'#' * level} {name}", node.line)

    def add_text(self, text, line, solution=False):
        """Add Markdown; what stood in one cell of the source stays in one cell."""
        if not text.strip():
            return
        cell = line // 10_000 - 1 if line and line >= 10_000 else None
        self.add_unseen_code(cell or 0)
        heading = text.startswith("#")
        together = self.text_from is not None and (solution or cell in (None, self.text_from))
        if together and not heading:
            self.text += f"\n\n{text.strip()}"
        else:
            self.text = text.strip()
            self.cells.append(nbformat.v4.new_markdown_cell())
        self.text_from = cell if cell is not None else (self.text_from or 0)
        if solution:
            self.cells[-1].metadata["tags"] = [SOLUTION]
        self.cells[-1].source = FOLDED.format("Solution", self.text) if solution else self.text

    def add_unseen_code(self, end):
        """Add the code cells before cell `end` of the source that the page does not show."""
        for index in range(self.next_code, end):
            if self.source.cells[index].cell_type == "code":
                self.add_code(index)
        self.next_code = max(self.next_code, end)

    def add_code(self, index, solution=False):
        self.add_unseen_code(index)
        self.next_code = index + 1
        original = self.source.cells[index]
        tags = list(original.metadata.get("tags", []))
        cell = nbformat.v4.new_code_cell(original.source)
        if solution:
            tags.append(SOLUTION)
            cell.source = f"#@title Solution\n{original.source}"
            cell.metadata["cellView"] = "form"  # Colab shows the title alone
        if solution or "hide-input" in tags:
            cell.metadata["jupyter"] = {"source_hidden": True}
        if tags:
            cell.metadata["tags"] = tags
        self.cells.append(cell)
        self.text_from = None

    @staticmethod
    def entry(text):
        """A work as one line of Markdown, without the needless escapes of the backend."""
        return re.sub(r"\\([-.()#!+])", r"\1", " ".join(text.render(Backend()).split()))

    def add_references(self):
        """The works that the chapter cites, as the bibliography lists them."""
        domain = self.app.env.get_domain("cite")
        own = [ref for ref in domain.citation_refs if ref.docname == self.docname]
        cited = {target.key for ref in own for target in ref.targets}
        works = {c.key: c.formatted_entry.text for c in domain.citations if c.key in cited}
        entries = sorted(self.entry(text) for text in works.values())
        if entries:
            self.text_from = None
            self.add_text("## References\n\n" + "\n".join(f"- {entry}" for entry in entries), None)


def export(app, pagename, templatename, context, doctree):
    """Write the notebook of a page that was one, and point its buttons there."""
    if doctree is None or not app.env.doc2path(pagename).endswith(".ipynb"):
        return
    try:
        notebook = Chapter(app, pagename, doctree).notebook()
    except UnknownNode as error:
        logger.warning("%s", error, location=pagename, type="notebook_export")
        return
    if not app.config.book_solutions and any(map(is_solution, notebook.cells)):
        notebook = without_solutions(notebook)
    nbformat.validate(notebook)
    path = Path(app.outdir, FOLDER, path_of(pagename))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    set_buttons(app, context, path_of(pagename))


def set_buttons(app, context, path):
    """Let the buttons of a page lead to the exported notebook."""
    repository = app.config.html_theme_options.get("repository_url", "").rstrip("/")
    name = "/".join(repository.split("/")[-2:])
    addresses = {
        "Colab": f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{quote(path)}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/{BRANCH}?urlpath=lab/tree/{quote(path)}",
    }
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("text") in addresses:
                button["url"] = addresses[button["text"]]
            if button.get("label") == "download-source-button":
                button["url"] = context["pathto"](f"{FOLDER}/{quote(path)}", 1)


def finish(app, error):
    """Remove the notebooks of chapters that are gone; say what the branch is, and to Binder how."""
    if error:
        return
    present = {path_of(docname) for docname in app.env.found_docs}
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for path in folder.rglob("*.ipynb"):
        if path.relative_to(folder).as_posix() not in present:
            path.unlink()
    repository = app.config.html_theme_options.get("repository_url", "")
    texts = {
        "README.md": f"The notebooks of [{app.config.html_title}]({app.config.html_baseurl}), made "
        f"from its [sources]({repository}).\nChanges to them belong there.\n",
        # Binder has no GPU, and little room: torch without CUDA.
        "requirements.txt": "--extra-index-url https://download.pytorch.org/whl/cpu\n"
        f"d2lkit @ git+{repository}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def only_html(app):
    """A page in print or in another format has no notebook of its own."""
    if app.builder.name == "html":
        app.connect("html-page-context", export, priority=900)
        app.connect("build-finished", finish)


def setup(app):
    app.setup_extension("folds")  # knows whether solutions are wanted
    app.connect("builder-inited", only_html)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
