"""The button ".pdf" of a page leads to its place in the printed book; buttons say what they do.

The theme's own would send the page to the reader's printer. The PDF is made after the pages
(`make pdf`) and published beside them, so the link names the published one.
"""

from pathlib import Path
from urllib.parse import urljoin

import yaml
from paper_html import Paper

ROOT = Path(__file__).resolve().parents[2]
PDF, ARCHIVE = "book.pdf", "convolutional-networks.zip"
LABELS = {"launch-buttons": "Run this page", "download-buttons": "Download this page"}
SOURCE = "download-source-button"


def place_in_pdf(toc, pagename):
    """The fragment of the PDF's address that leads to a page; empty where it is not printed."""
    for position, (_, name) in enumerate(Paper.names(toc), start=1):
        if name == pagename:
            return f"#nameddest=page-{position}"
    return ""


def point(app, pagename, templatename, context, doctree):
    """Change the buttons of a page."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for group in context.get("header_buttons", []):
        if group.get("label") in LABELS:
            group["tooltip"] = LABELS[group["label"]]
        if not app.config.html_copy_source and "buttons" in group:  # a book without its solutions
            group["buttons"] = [one for one in group["buttons"] if one.get("label") != SOURCE]
        for button in group.get("buttons", []):
            if button.get("label") == "download-pdf-button":
                del button["javascript"]
                address = urljoin(app.config.html_baseurl, PDF) + place_in_pdf(toc, pagename)
                button.update(type="link", url=address, tooltip="This page in the book's PDF")


def only_html(app):
    if app.builder.name == "html":
        app.connect("html-page-context", point, priority=900)


def setup(app):
    app.connect("builder-inited", only_html)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
