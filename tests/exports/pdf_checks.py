"""What a printed book has to have; each check returns the faults that it finds."""

from unicodedata import normalize

SHORT = 6_000  # bytes of drawing commands: more is no empty page


def text_of(page) -> str:
    """The text of a page on one line, ligatures as letters; it is slow, so no check reads all."""
    return " ".join(normalize("NFKC", page.extract_text() or "").split())


def check_pages(reader, titles: list[str], expected: range) -> list[str]:
    """As many pages as such a book has, and none with nothing but its head and number."""
    faults = []
    if len(reader.pages) not in expected:
        faults.append(f"{len(reader.pages)} pages, {expected.start} to {expected.stop} expected")
    for number, page in enumerate(reader.pages, start=1):
        content = page.get_contents()
        if "/XObject" in page.get("/Resources", {}) or (
            content is not None and len(content.get_data()) > SHORT
        ):
            continue
        text = text_of(page).removesuffix(str(number)).strip()
        if not text or text in titles:
            faults.append(f"page {number} is empty")
    return faults


def check_bookmarks(reader, titles: list[str]) -> list[str]:
    """A bookmark for every chapter, in order, each leading to a page that says the title."""
    marks = list(_flat(reader.outline))
    names = [mark.title for mark in marks]
    faults = [f"no bookmark for {title!r}" for title in titles if title not in names]
    found = [names.index(title) for title in titles if title in names]
    if found != sorted(found):
        faults.append("the bookmarks are not in the order of the chapters")
    for at in found:
        text = text_of(reader.pages[reader.get_destination_page_number(marks[at])])
        if names[at].replace(" ", "") not in text.replace(" ", ""):
            faults.append(f"the bookmark {names[at]!r} leads to another page")
    return faults


def check_contents(reader, pages: range, titles: list[str]) -> list[str]:
    """The contents, on the given pages, say on which page every chapter begins."""
    text = "".join(text_of(reader.pages[i]) for i in pages).replace(" ", "")
    places = {}
    for mark in _flat(reader.outline):
        places.setdefault(mark.title, reader.get_destination_page_number(mark) + 1)
    return [
        f"the contents do not say that {title!r} begins on page {places.get(title)}"
        for title in titles
        if f"{title.replace(' ', '')}{places.get(title)}" not in text
    ]


def _flat(outline):
    for mark in outline:
        if isinstance(mark, list):
            yield from _flat(mark)
        else:
            yield mark


def check_fonts(reader) -> list[str]:
    """Every font is in the file: the book looks the same on every machine and printer."""
    faults = set()
    for page in reader.pages:
        for font in (page.get("/Resources", {}).get("/Font") or {}).values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner.get("/FontDescriptor")
            descriptor = descriptor.get_object() if descriptor else {}
            inside = any(key.startswith("/FontFile") for key in descriptor)
            if font["/Subtype"] != "/Type3" and not inside:
                faults.add(f"the font {font.get('/BaseFont')} is not embedded")
    return sorted(faults)
