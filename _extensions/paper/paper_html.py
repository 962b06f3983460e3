"""Makes one HTML document, laid out for paper, from the pages of the built site.

Each page gives its article; headings move down by one level inside a part; identifiers get the name
of their page in front, so that links between pages become links within the document. Solutions move
to the end of the book. What works on a screen only (folded code, buttons, links to a place on the
same line) is left out.
"""

import os
import posixpath
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

# Web pages that a printed book replaces by its own, or does not need.
NOT_PRINTED = ("api/", "running-times", "genindex", "search")
WEB_ONLY = (
    "script, button, a.headerlink, details.hide, details.cite-this-page, .toctree-wrapper, "
    ".tableofcontents-wrapper, .sd-tab-set > input, noscript, iframe"
)
STYLE = Path(__file__).with_name("paper.css")


class Page:
    """One page of the site, on its way into the document."""

    def __init__(self, name, site, part, position):
        self.name, self.part, self.position = name, part, position
        soup = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        self.styles = [link["href"] for link in soup.select('head link[rel="stylesheet"]')]
        self.article = soup.select_one("article.bd-article")
        for element in self.article.select(WEB_ONLY):
            element.decompose()
        for label in self.article.select(".sd-tab-set > label"):
            label.name, label["class"] = "p", "tab-title"
        for tabs in self.article.select(".sd-tab-set, .sd-tab-content"):
            tabs["class"] = "tab"
        self.id = self.prefixed("")
        heading = self.article.find("h1")
        self.title = " ".join(heading.get_text().split())

    def prefixed(self, identifier):
        """The identifier of something on this page in the document: short, as PDF wants it."""
        last = re.sub(r"[^\w-]", "-", identifier.rsplit("/", 1)[-1])[-80:]
        return f"page-{self.position}-{last}".rstrip("-")


class Paper:
    """The whole book as one document.

    Args:
        site: the folder of the built pages.
        toc: the table of contents, as `_toc.yml` has it.
        citation: what `CITATION.cff` says: title, authors, version, date, address.
        folder: where the document will lie, for the paths of its pictures.
    """

    def __init__(self, site, toc, citation, folder):
        self.site, self.citation = Path(site), citation
        self.address = citation["url"].rstrip("/") + "/"
        self.to_site = Path(os.path.relpath(site, folder)).as_posix()
        names = enumerate(self.names(toc), start=1)
        self.pages = [Page(name, self.site, part, position) for position, (part, name) in names]
        self.by_name = {page.name: page for page in self.pages}
        self.document = BeautifulSoup("", "html.parser")
        self.solutions = {page.name: self.take_solutions(page) for page in self.pages}
        for page in self.pages:
            self.move(page)

    @staticmethod
    def names(toc):
        """The pages to print, in order, each with the caption of its part."""
        waiting = [("", {"file": toc["root"]})]
        for part in toc.get("parts", []):
            waiting += [(part.get("caption", ""), chapter) for chapter in part["chapters"]]
        while waiting:
            part, chapter = waiting.pop(0)
            name = chapter["file"].removesuffix(".ipynb").removesuffix(".md")
            waiting[:0] = [(part, section) for section in chapter.get("sections", [])]
            if not name.startswith(NOT_PRINTED):
                yield part, name

    def tag(self, name, text="", **attributes):
        """A new element."""
        attributes = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        element = self.document.new_tag(name, attrs=attributes)
        if text:
            element.string = text
        return element

    def page_number(self, identifier):
        """Where the number of the page stands on which `identifier` will be printed."""
        return self.tag("span", class_="page", data_for=identifier)

    def take_solutions(self, page):
        """Take the solutions out of a page; a link to each stays behind."""
        solutions = page.article.select("details.solution")
        for solution in solutions:
            note = self.tag("p", class_="see-solution")
            identifier = page.prefixed(solution["id"])
            link = self.tag("a", "Solution: page ", href=f"#{solution['id']}")
            link.append(self.page_number(identifier))
            note.append(link)
            solution.replace_with(note)
        return solutions

    def move(self, page):
        """Let identifiers, links and pictures of a page mean the same in the document."""
        for root in (page.article, *self.solutions[page.name]):
            for element in [root, *root.find_all(True)]:
                if element.name == "details":
                    element["open"] = ""
                if element.get("id"):
                    element["id"] = page.prefixed(element["id"])
                if element.get("href"):
                    element["href"] = self.link(page, element["href"])
                if element.get("src") and not urlsplit(element["src"]).scheme:
                    here = posixpath.dirname(page.name)
                    path = posixpath.normpath(posixpath.join(here, element["src"]))
                    element["src"] = f"{self.to_site}/{path}"
                    element.attrs.pop("loading", None)
            deeper = 1 if page.part else 0
            for heading in root.find_all(re.compile("^h[1-6]$")):
                level = int(heading.name[1])
                heading["class"] = [f"level-{level}"]
                heading.name = f"h{min(6, level + deeper)}"

    def link(self, page, address):
        """Where a link of a page leads in the document, or in the published book."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return address
        here = posixpath.dirname(page.name)
        path = posixpath.normpath(posixpath.join(here, parts.path)) if parts.path else page.name
        target = self.by_name.get(path.removesuffix(".html"))
        if target:
            return "#" + target.prefixed(parts.fragment)
        return urljoin(self.address, path + (f"#{parts.fragment}" if parts.fragment else ""))

    # The document

    def html(self, numbers=None):
        """The document; `numbers` are the pages on which identifiers were printed before."""
        root = self.tag("html", lang="en", data_theme="light", data_mode="light")
        head, body = self.tag("head"), self.tag("body", class_="paper")
        root.extend([head, body])
        head.append(self.tag("meta", charset="utf-8"))
        head.append(self.tag("title", self.citation["title"]))
        styles = dict.fromkeys(
            posixpath.normpath(posixpath.join(posixpath.dirname(page.name), style))
            for page in self.pages
            for style in page.styles
        )
        for style in styles:
            head.append(self.tag("link", rel="stylesheet", href=f"{self.to_site}/{style}"))
        body.extend([self.title_page(), self.contents()])
        part = ""
        for page in self.pages:
            if page.part != part:
                part = page.part
                body.append(self.part_page(part))
            section = self.tag("section", class_="chapter", id=page.id)
            section.append(page.article)
            body.append(section)
        if any(self.solutions.values()):
            body.append(self.all_solutions())
        rules = [STYLE.read_text(encoding="utf-8")]
        for position, section in enumerate(body.select("section.chapter")):
            heading = " ".join(section.find(re.compile("^h[1-6]$")).get_text().split())
            section["style"] = f"page: chapter-{position}"
            text = heading.replace("\\", "\\\\").replace('"', '\\"')
            rules.append(f'@page chapter-{position} {{ @top-left {{ content: "{text}" }} }}')
        head.append(self.tag("style", "\n".join(rules)))
        self.check_links(body)
        headings = body.find_all(re.compile("^h[1-6]$"))
        self.headings = [" ".join(heading.get_text().split()) for heading in headings]
        for place in body.select("span.page"):
            place.string = str((numbers or {}).get(place["data-for"], 0))
        return "<!DOCTYPE html>\n" + str(root)

    def title_page(self):
        section = self.tag("section", class_="title-page")
        title, _, subtitle = self.citation["title"].partition(": ")
        section.append(self.tag("p", title, class_="title"))
        section.append(self.tag("p", subtitle, class_="subtitle"))
        names = [
            author.get("name") or f"{author['given-names']} {author['family-names']}"
            for author in self.citation["authors"]
        ]
        section.append(self.tag("p", ", ".join(names), class_="authors"))
        version = f"Version {self.citation['version']}, {self.citation['date-released']}"
        section.append(self.tag("p", version))
        place = self.tag("p")
        place.append(self.tag("a", self.address, href=self.address))
        section.append(place)
        section.append(
            self.tag(
                "p",
                "Text and figures: CC BY-SA 4.0. Code: MIT. Code that the web page folds away is "
                "not printed; the notebooks hold all of it.",
                class_="terms",
            )
        )
        return section

    def part_page(self, caption):
        section = self.tag("section", class_="part", id=self.part_id(caption))
        section.append(self.tag("h1", caption, class_="part-title"))
        return section

    @staticmethod
    def part_id(caption):
        return "part-" + re.sub(r"\W+", "-", caption).strip("-")

    def contents(self):
        """The table of contents, with page numbers."""
        nav = self.tag("nav", class_="paper-contents")
        nav.append(self.tag("p", "Contents", class_="contents-title"))
        part, entries = "", []
        for page in self.pages[1:]:
            if page.part != part:
                part = page.part
                entries.append((part, self.part_id(part), "in-contents-part"))
            entries.append((page.title, page.id, "in-contents"))
        if any(self.solutions.values()):
            entries.append(("Solutions", "solutions", "in-contents-part"))
        for title, identifier, kind in entries:
            row = self.tag("a", href=f"#{identifier}", class_=kind)
            row.append(self.tag("span", title, class_="entry"))
            row.append(self.tag("span", class_="dots"))
            row.append(self.page_number(identifier))
            nav.append(row)
        return nav

    def all_solutions(self):
        section = self.tag("section", class_="chapter", id="solutions")
        section.append(self.tag("h1", "Solutions", class_="level-1"))
        for page in self.pages:
            if self.solutions[page.name]:
                section.append(self.tag("h2", page.title, class_="level-2"))
                section.extend(self.solutions[page.name])
        return section

    def check_links(self, body):
        """Every link within the document has to lead somewhere."""
        known = {element["id"] for element in body.find_all(id=True)}
        inner = {a["href"][1:] for a in body.select('a[href^="#"]')}
        if lost := sorted(inner - known):
            raise ValueError(f"links lead nowhere in the printed book: {', '.join(lost)}")
