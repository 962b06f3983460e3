"""What a page says of itself, and the picture that a shared link shows."""

import json
import re
import tomllib

import pytest
import yaml
from citing import Book
from docutils import nodes
from page_metadata import LICENSE, LONGEST, description_of, metadata, plain_text
from PIL import Image
from preview_picture import HEIGHT, WIDTH, draw, fitting
from written import ROOT

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


def said(head):
    """The `<meta>` elements of a head, by name, and its data for schema.org."""
    tags = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)" />', head)
    return dict(tags), json.loads(re.search(r"json\">(.*)</script>", head)[1])


def test_each_tag_says_its_own():
    page = PAGE | {"title": "Pooling", "description": "You will pool."}
    tags, data = said(metadata(BOOK, page))
    picture = tags.pop("og:image:alt")
    assert picture.startswith("Pooling: ")
    assert tags == {
        "author": "The authors",
        "description": "You will pool.",
        "og:type": "article",
        "og:title": "Pooling",
        "og:site_name": "A book",
        "og:url": page["url"],
        "og:locale": "en_GB",
        "og:description": "You will pool.",
        "og:image": page["picture"],
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
        "citation_title": "Pooling",
        "citation_author": "The authors",
        "citation_publication_date": "2026",
        "citation_language": "en",
        "citation_public_url": page["url"],
        "citation_inbook_title": "A book",
    }
    assert (data["name"], data["url"], data["image"]) == ("Pooling", page["url"], page["picture"])
    assert data["author"] == [{"@type": "Organization", "name": "The authors"}]
    whole = data["isPartOf"]
    assert (whole["@type"], whole["url"]) == ("Book", "https://example.org/book/")
    assert (whole["version"], whole["datePublished"]) == ("1.0", "2026")
    front, data = said(metadata(BOOK, page | {"chapter": False}))
    assert (front["og:type"], front["og:title"]) == ("website", "Pooling")
    assert front["citation_title"] == data["name"] == "A book"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_licences_are_those_of_the_files():
    """LICENSE-text for what is read, LICENSE for what runs, wherever they are named."""
    name = re.search(r"SPDX-License-Identifier: CC-(BY[A-Z-]*)-(\d\.\d)", read("LICENSE-text"))
    address = f"https://creativecommons.org/licenses/{name[1].lower()}/{name[2]}/"
    assert f"The licence itself: {address}legalcode" in read("LICENSE-text")
    assert f"(CC {name[1]} {name[2]})" in read("LICENSE-text")
    assert address == LICENSE
    for page in (PAGE, PAGE | {"chapter": False}):
        _, data = said(metadata(BOOK, page))
        assert data["license"] == data.get("isPartOf", data)["license"] == address
    assert re.findall(r"\[CC[^]]*\]\([^)]*\)", read("intro.md")) == [
        f"[CC {name[1]} {name[2]}]({address})"
    ]
    assert f"Text and figures: CC {name[1]} {name[2]} ([LICENSE-text]" in read("README.md")
    assert "is under the MIT licence below" in re.sub(r"\s+", " ", read("LICENSE"))
    assert "\nMIT License\n" in read("LICENSE")
    assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "MIT"
    assert yaml.safe_load(read("CITATION.cff"))["license"] == "MIT"
    assert "Code: MIT ([LICENSE]" in read("README.md")
    assert "the code is free under the MIT licence" in read("intro.md")


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
