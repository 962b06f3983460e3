"""What a page says of itself to search engines, link previews and reference managers.

Title, one-sentence description, canonical address, Open Graph with a picture, schema.org and the
`citation_…` tags; and the sitemap. The description of a page is its first paragraph: in a chapter,
the answer to "what will I understand?".
"""

import html
import json
import re
from pathlib import Path
from urllib.parse import urljoin

from citing import author_names, read_book
from docutils import nodes
from preview_picture import HEIGHT, WIDTH, draw

PICTURES = "_static/previews"
LONGEST = 300
SIGNS = {"times": "×", "cdot": "·", "to": " → ", "le": " ≤ ", "ge": " ≥ "}
LICENSE = "https://creativecommons.org/licenses/by-sa/4.0/"
NOT_IN_SITEMAP = {"search", "genindex", "404"}


def plain_text(node):
    """Give the text of a node in one line, with the signs of its formulas."""
    text = node.astext()
    for source, sign in SIGNS.items():
        text = re.sub(rf"\s*\\{source}\b\s*", sign, text)
    return re.sub(r"\s+", " ", text).strip()


def description_of(doctree):
    """Give the first paragraph of a page, cut at a word where it is too long."""
    for paragraph in doctree.findall(nodes.paragraph):
        # Not what stands in boxes, lists and captions.
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            text = plain_text(paragraph)
            if text:
                return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
    return ""


def tag(name, content, kind="name"):
    """Give a `<meta>` element."""
    return f'<meta {kind}="{name}" content="{html.escape(content, quote=True)}" />'


def metadata(book, page):
    """Give the elements of the head for one page.

    Args:
        book: from CITATION.cff.
        page: title, description, url, picture (an address), chapter (whether it is one).
    """
    authors = author_names(book)
    lines = [tag("author", ", ".join(authors))]
    if page["description"]:
        lines += [tag("description", page["description"])]
    graph = {
        "og:type": "article" if page["chapter"] else "website",
        "og:title": page["title"],
        "og:site_name": book.title,
        "og:url": page["url"],
        "og:locale": "en_GB",
        "og:description": page["description"],
        "og:image": page["picture"],
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": f"{page['title']}: the title beside a window on a grid of squares",
    }
    lines += [tag(name, text, "property") for name, text in graph.items() if text]
    lines += [tag("twitter:card", "summary_large_image")]
    lines += [
        tag("citation_title", page["title"] if page["chapter"] else book.title),
        *(tag("citation_author", author) for author in authors),
        tag("citation_publication_date", str(book.year)),
        tag("citation_language", "en"),
        tag("citation_public_url", page["url"]),
    ]
    if page["chapter"]:
        lines += [tag("citation_inbook_title", book.title)]
    return "\n    ".join([*lines, structured(book, page)])


def structured(book, page):
    """Give the page as schema.org sees it."""
    people = [{"@type": "Organization", "name": author} for author in author_names(book)]
    whole = {
        "@type": "Book",
        "name": book.title,
        "url": book.url + "/",
        "author": people,
        "license": LICENSE,
        "inLanguage": "en",
        "version": book.version,
        "datePublished": str(book.year),
        "isAccessibleForFree": True,
    }
    data = whole | {"image": page["picture"], "description": page["description"]}
    if page["chapter"]:
        data = {
            "@type": ["Chapter", "LearningResource"],
            "name": page["title"],
            "url": page["url"],
            "description": page["description"],
            "image": page["picture"],
            "author": people,
            "license": LICENSE,
            "inLanguage": "en",
            "learningResourceType": "lecture",
            "isPartOf": whole,
        }
    text = json.dumps({"@context": "https://schema.org"} | data, ensure_ascii=False)
    return '<script type="application/ld+json">' + text.replace("</", "<\\/") + "</script>"


class Metadata:
    """Adds the tags to each page, its picture to the book, and the sitemap at the end."""

    def __init__(self):
        self.book = None

    def add(self, app, pagename, templatename, context, doctree):
        if app.builder.name != "html":
            return
        self.book = self.book or read_book()
        root = pagename == app.config.root_doc
        known = pagename in app.env.titles
        title = plain_text(app.env.titles[pagename]) if known else context.get("title", "")
        context["page_title"] = self.book.title if root else f"{title} – {app.config.html_title}"
        if doctree is None:
            return
        picture = f"{PICTURES}/{pagename.replace('/', '-')}.png"
        part = "" if root else app.config.html_title
        draw(title, part, Path(app.outdir) / picture)
        page = {
            "title": title,
            "description": context.get("page_summary") or description_of(doctree),
            "url": urljoin(app.config.html_baseurl, app.builder.get_target_uri(pagename)),
            "picture": urljoin(app.config.html_baseurl, picture),
            "chapter": pagename.startswith("chapters/"),
        }
        context["metatags"] += "\n    " + metadata(self.book, page)

    def write_sitemap(self, app, exception):
        if exception or app.builder.name != "html":
            return
        names = sorted(set(app.env.found_docs) - NOT_IN_SITEMAP)
        addresses = [
            urljoin(app.config.html_baseurl, app.builder.get_target_uri(name)) for name in names
        ]
        lines = [f"  <url><loc>{html.escape(one)}</loc></url>" for one in addresses]
        head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        text = '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join([head, *lines, "</urlset>\n"])
        (Path(app.outdir) / "sitemap.xml").write_text(text, encoding="utf-8")


def setup(app):
    page = Metadata()
    app.connect("html-page-context", page.add, priority=800)
    app.connect("build-finished", page.write_sitemap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
