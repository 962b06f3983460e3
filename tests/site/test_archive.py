"""The archive: what goes into it, and its fonts."""

import zipfile

from archive import files_of, pack, with_fonts_inside


def make_site(folder):
    for name, text in {
        "index.html": "<p>book</p>",
        "_static/styles/book-bundle.css": "@font-face{src:url(../katex/fonts/A.woff2) format('x')}",
        "_static/katex/fonts/A.woff2": "font",
        "_sources/index.md": "source",
        "_sources/chapter.ipynb": "source",
        "_notebooks/chapter.ipynb": "notebook",
        "sitemap.xml": "<x/>",
        "objects.inv": "x",
        "404.html": "<p>for the server</p>",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_fonts_go_into_the_style_sheet(tmp_path):
    site = make_site(tmp_path)
    css = (site / "_static/styles/book-bundle.css").read_text(encoding="utf-8")
    inlined = with_fonts_inside(css, site / "_static/styles")
    assert inlined == "@font-face{src:url(data:font/woff2;base64,Zm9udA==) format('x')}"


def test_files_for_the_web_alone_stay_out(tmp_path):
    site = make_site(tmp_path)
    names = [path.relative_to(site).as_posix() for path in files_of(site)]
    assert names == [
        "_notebooks/chapter.ipynb",
        "_sources/index.md",
        "_static/katex/fonts/A.woff2",
        "_static/styles/book-bundle.css",
        "index.html",
    ]


def test_the_same_book_gives_the_same_archive(tmp_path):
    site = make_site(tmp_path / "site")
    first, second = tmp_path / "one" / "book.zip", tmp_path / "two" / "book.zip"
    for target in (first, second):
        target.parent.mkdir()
        assert pack(site, target) == 5
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert "book/index.html" in archive.namelist()
        assert b"data:font/woff2" in archive.read("book/_static/styles/book-bundle.css")
