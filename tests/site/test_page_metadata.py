"""What a page says of itself, and the picture that a shared link shows."""

import json
import re

import pytest
from citing import Book
from docutils import nodes
from page_metadata import LONGEST, description_of, metadata, plain_text
from PIL import Image
from preview_picture import HEIGHT, WIDTH, draw, fitting

BOOK = Book(("{The authors}",), "A book", "2026", "1.0", "https://example.org/book", "x")
PAGE = {
    "title": 'The "kernel" & more',
    "description": "You will understand </script> it.",
    "url": "https://example.org/book/chapters/1/x.html",
    "picture": "https://example.org/book/_static/previews/x.png",
    "chapter": True,
}


def page_of(*children):
    section = nodes.section("", nodes.title(text="A title"), *children)
    document = nodes.document(None, None)
    document += section
    return document


def test_the_description_is_the_first_paragraph_of_the_text():
    box = nodes.admonition("", nodes.paragraph(text="In a box."))
    page = page_of(box, nodes.paragraph(text="You will\nunderstand."), nodes.paragraph(text="No."))
    assert description_of(page) == "You will understand."
    assert description_of(page_of(box)) == ""


def test_a_long_description_ends_at_a_word():
    text = description_of(page_of(nodes.paragraph(text="word " * 200)))
    assert text.endswith("word …")
    assert len(text) <= LONGEST + 2


def test_formulas_in_a_description_are_readable():
    node = nodes.paragraph("", "A ", nodes.math(text=r"3 \times 3"), nodes.Text(" kernel"))
    assert plain_text(node) == "A 3×3 kernel"


def test_tags_are_escaped_and_complete():
    head = metadata(BOOK, PAGE)
    assert 'content="The &quot;kernel&quot; &amp; more"' in head
    for name in ("description", "citation_title", "citation_author", "citation_inbook_title"):
        assert f'name="{name}"' in head
    for name in ("og:title", "og:url", "og:image", "og:description", "og:image:alt"):
        assert f'property="{name}"' in head
    assert "{The authors}" not in head
    assert head.count("</script>") == 1
    data = json.loads(re.search(r"json\">(.*)</script>", head)[1])
    assert data["@type"] == ["Chapter", "LearningResource"]
    assert data["isPartOf"]["name"] == "A book"
    assert data["description"] == PAGE["description"]


def test_a_page_that_is_no_chapter_speaks_for_the_book():
    head = metadata(BOOK, PAGE | {"chapter": False, "description": ""})
    data = json.loads(re.search(r"json\">(.*)</script>", head)[1])
    assert data["@type"] == "Book"
    assert data["url"] == "https://example.org/book/"
    assert 'name="description"' not in head
    assert "citation_inbook_title" not in head


@pytest.mark.parametrize("title", ["LeNet", "A rather long title that needs several lines " * 2])
def test_the_picture_is_small_and_the_same_each_time(title, tmp_path):
    for name in ("one.png", "two.png"):
        draw(title, "A book", tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (tmp_path / "one.png").stat().st_size < 60_000
    with Image.open(tmp_path / "one.png") as image:
        assert image.size == (WIDTH, HEIGHT)


def test_a_title_fits():
    face, lines = fitting("From a fully connected layer to a convolution", 600, 400)
    assert all(face.getlength(line) <= 600 for line in lines)
    assert len(lines) * face.size * 1.25 <= 400
    assert fitting("Long words " * 9, 600, 400)[0].size < face.size
