"""Make a deck of slides of each chapter: its questions, figures and summary, for a lecture.

Usage: python _extensions/export/slides.py _build/html _build/slides

A deck is one HTML file that needs nothing else: pictures, styles and the fonts of the formulas are
in it. Arrow keys and the space bar turn its pages; printed, each slide is a page. A prediction is
two slides: the question with its choices, and the answer.
"""

import base64
import copy
import html
import re
import shutil
import sys
from pathlib import Path

from archive import with_fonts_inside
from bs4 import BeautifulSoup

HERE = Path(__file__).parent
TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg"}
LONGEST_QUESTION = 240  # letters; a longer paragraph is no question for a slide
NOT_SHOWN = "a.headerlink, button, script, details, .enlarge"
LINKS = re.compile(r"</?a\b[^>]*>")


class Deck:
    """The slides of one page of the built book."""

    def __init__(self, path, site):
        self.path, self.site = path, site
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        self.article = page.select_one("article.bd-article")
        for solution in self.article.select(".solution"):
            solution.decompose()
        self.title = _text(self.article.find("h1"))
        self.slides = []
        self.add_title()
        for section in self.article.select("section > section"):
            if section.parent.find("h1", recursive=False):
                self.add_section(section)

    def add(self, heading, *parts, kind=""):
        """Add a slide."""
        body = "\n".join(self.inner(part) for part in parts)
        opening = f'<section class="{kind}">' if kind else "<section>"
        self.slides.append(f"{opening}<h2>{html.escape(heading)}</h2>\n{body}\n</section>")

    def inner(self, part):
        """The HTML of a part of the page, with its pictures in it, without its links."""
        if isinstance(part, str):
            return part
        part = copy.copy(part)
        for unwanted in part.select(NOT_SHOWN):
            unwanted.decompose()
        for element in [part, *part.find_all(True)]:
            element.attrs.pop("id", None)
        for image in part.select("img"):
            source = (self.path.parent / image["src"]).resolve()
            data = base64.b64encode(source.read_bytes()).decode("ascii")
            image.attrs = {
                "alt": image.get("alt", ""),
                "src": f"data:{TYPES[source.suffix]};base64,{data}",
            }
        return LINKS.sub("", str(part))

    def add_title(self):
        first = self.article.find("h1").find_next_sibling("p")
        self.slides.append(
            f'<section class="title"><h1>{html.escape(self.title)}</h1>\n'
            f"{self.inner(first) if first else ''}\n</section>"
        )

    def add_section(self, section):
        """Add what a section has for a lecture, in its order."""
        heading = re.sub(r"^[\d.]+\s*", "", _text(section.find(re.compile("^h[2-6]$"))))
        if heading in ("Goals", "Summary"):
            for points in section.find_all(["ul", "ol"], recursive=False):
                self.add(heading, points)
            return
        if heading == "Exercises":
            titles = [_text(one) for one in section.select(".exercise > .admonition-title")]
            items = "".join(f"<li>{html.escape(one)}</li>" for one in titles)
            if titles:
                self.add(heading, f"<ul>{items}</ul>")
            return
        for part in section.find_all(self.is_wanted):
            if part.find_parent(class_="predict") or part.find_parent(class_="exercise"):
                continue
            if part.name == "figure":
                self.add(heading, part, kind="figure")
            elif "predict" in part.get("class", ()):
                self.add_prediction(part)
            else:
                self.add(heading, f'<div class="question">{self.inner(part)}</div>')

    @staticmethod
    def is_wanted(element):
        """Figures, predictions, and short paragraphs that ask."""
        if element.name == "figure" or "predict" in element.get("class", ()):
            return True
        text = _text(element) if element.name == "p" else ""
        return (
            text.endswith("?") and len(text) <= LONGEST_QUESTION and not element.find_parent("li")
        )

    def add_prediction(self, box):
        question, choices = box.select_one(".predict-question"), box.select_one(".predict-choices")
        answer = box.select_one(".predict-answer")
        told = [
            child for child in answer.find_all(True, recursive=False) if child.name != "summary"
        ]
        self.add("What do you expect?", question, choices, kind="ask")
        self.add("What happens", question, *told, kind="answer")

    def html(self):
        """The whole file."""
        style = (HERE / "slides.css").read_text(encoding="utf-8")
        body = "\n".join(self.slides)
        if "katex" in body:
            katex = self.site / "_static/katex"
            css = (katex / "katex.min.css").read_text(encoding="utf-8")
            style += with_fonts_inside(css, katex)
        script = (HERE / "slides.js").read_text(encoding="utf-8")
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(self.title)}: slides</title>\n<style>{style}</style>\n</head>\n"
            f"<body>\n<main>\n{body}\n</main>\n<script>{script}</script>\n</body>\n</html>\n"
        )


def _text(element):
    """The text of an element on one line, without the sign that links to it."""
    if element is None:
        return ""
    element = copy.copy(element)
    for sign in element.select("a.headerlink, .katex-html"):
        sign.decompose()
    return " ".join(element.get_text().split())


def main(site, target):
    """Write a deck for each chapter; the target folder is made anew."""
    site, target = Path(site), Path(target)
    chapters = site / "chapters"
    paths = sorted(chapters.glob("**/*.html"))
    shutil.rmtree(target, ignore_errors=True)
    for path in paths:
        written = target / path.relative_to(chapters)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(Deck(path, site).html(), encoding="utf-8")
    print(f"{len(paths)} decks of slides are in {target}")
    return 0 if paths else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
