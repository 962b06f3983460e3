"""How to cite: the book as a whole, and each chapter, in BibTeX and in words.

Everything but a chapter's title and address comes from CITATION.cff. ``{cite-book}`` shows both
forms for the book; every chapter carries its own at its foot.
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from docutils import nodes
from pybtex.plugin import find_plugin, register_plugin
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = "chapters/"


@dataclass(frozen=True)
class Book:
    """What a citation says about the book.

    Attributes:
        authors: names as CITATION.cff gives them.
        title: the book's title.
        year: of this version.
        version: of the book and of its library.
        url: where the book is published, without a slash at its end.
        key: what a BibTeX key begins with.
    """

    authors: tuple[str, ...]
    title: str
    year: str
    version: str
    url: str
    key: str


def read_book(path: Path = ROOT / "CITATION.cff") -> Book:
    """Read CITATION.cff."""
    cff = yaml.safe_load(path.read_text(encoding="utf-8"))
    authors = tuple(_name(author) for author in cff["authors"])
    released = str(cff["date-released"])
    name = cff["repository-code"].rstrip("/").split("/")[-2]
    url = cff["url"].rstrip("/")
    return Book(authors, cff["title"], released[:4], str(cff["version"]), url, name)


def _name(author: dict) -> str:
    if "name" in author:  # a group; BibTeX must not take it apart
        return f"{{{author['name']}}}"
    return f"{author['family-names']}, {author['given-names']}"


def author_names(book: Book) -> list[str]:
    """The authors without the braces that keep BibTeX from taking a group apart."""
    return [name.strip("{}") for name in book.authors]


def bibtex(book: Book, title: str = "", page: str = "") -> str:
    """The BibTeX entry of the book, or of one of its chapters.

    Args:
        book: what CITATION.cff says.
        title: the chapter's title; empty for the book.
        page: the chapter's file on the site, without its ending.
    """
    kind, fields = "book", {"author": " and ".join(book.authors)}
    key = f"{book.key}{book.year}"
    if title:
        kind, key = "incollection", f"{key}{page.rsplit('/', 1)[-1].lstrip('0123456789-')}"
        fields["title"] = f"{{{_escaped(title)}}}"
        fields["booktitle"] = book.title
    else:
        fields["title"] = book.title
    fields |= {"year": book.year, "note": f"Version {book.version}", "url": address(book, page)}
    width = max(map(len, fields))
    lines = [f"  {name:{width}} = {{{value}}}" for name, value in fields.items()]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


def _escaped(text: str) -> str:
    """Text as LaTeX reads it."""
    return re.sub(r"([&%#_$])", r"\\\1", text)


def in_words(book: Book, title: str = "", page: str = "") -> str:
    """The same in one line: authors, year, title, version, address."""
    authors = ", ".join(author_names(book))
    authors = authors[0].upper() + authors[1:]
    where = f"{title}. In: {book.title}" if title else book.title
    return f"{authors} ({book.year}). {where}. Version {book.version}. {address(book, page)}"


def address(book: Book, page: str = "") -> str:
    """Where the book, or one of its pages, is published."""
    return f"{book.url}/{page}.html" if page else book.url


def foot(book: Book, title: str, page: str) -> str:
    """The HTML at the foot of a chapter: closed until the reader opens it."""
    return (
        '<details class="cite-this-page">\n<summary>Cite this page</summary>\n'
        f"<p>{html.escape(in_words(book, title, page))}</p>\n"
        '<div class="highlight-text notranslate"><div class="highlight">'
        f"<pre>{html.escape(bibtex(book, title, page))}\n</pre></div></div>\n</details>\n"
    )


def add_foot(app, pagename, templatename, context, doctree) -> None:
    """Put the citation below a chapter's text."""
    if pagename.startswith(CHAPTERS) and doctree is not None and "body" in context:
        title = app.env.titles[pagename].astext()
        context["body"] += foot(read_book(), title, pagename)


class CiteBook(SphinxDirective):
    """How to cite the whole book."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(ROOT / "CITATION.cff"))
        book = read_book()
        entry = nodes.literal_block(bibtex(book), bibtex(book), language="text")
        return [nodes.paragraph("", in_words(book)), entry]


def setup(app):
    app.add_directive("cite-book", CiteBook)
    # For every citation sphinxcontrib-bibtex asks pybtex for this plugin, and pybtex searches all
    # installed packages unless it is registered.
    plain = "pybtex.backends", "plaintext"
    register_plugin(*plain, find_plugin(*plain), force=True)
    # The single page of the PDF has no feet.
    app.connect("html-page-context", add_foot)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
