"""The search: Pagefind's index of the book's sections, and what its search page needs besides.

Pagefind finds words, their other forms, and Vietnamese with or without its diacritics. What it
lacks is in `records.json`: the titles and first words of all records, so that a list of results
costs no request for each; and the words of the book, by which `search_page.js` mends a typo.
Other names of a term, and the Vietnamese one, are found at its entry and where it is explained.
"""

import asyncio
import base64
import gzip
import itertools
import json
import os
import re
import shutil
import unicodedata
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from reading_order import reading_order
from sections import NOT_SEARCHED, records_of

FOLDER = "_static/search"
# What Pagefind writes and this book's search page does not ask for.
NOT_NEEDED = ("pagefind-*ui*", "pagefind-highlight.js", "pagefind-worker.js", "wasm.unknown.*")
CHUNK = 1_800
LANGUAGE = "en"
HEAD = b"pagefind_dcd"  # before the JSON in a fragment
WORD = re.compile(r"[^\W\d_]{3,}")
MODULE_END = re.compile(r"export\s*\{([^}]*)\};?\s*$")


def plain(word):
    """Give a word in small letters without diacritics: "Chập" becomes "chap"."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def gather(app, doctree):
    """Keep the records of a page that has just been read."""
    docname = app.env.docname
    if not hasattr(app.env, "search_records"):
        app.env.search_records = {}
    if docname not in NOT_SEARCHED:
        app.env.search_records[docname] = records_of(doctree)


def forget(app, env, docname):
    getattr(env, "search_records", {}).pop(docname, None)


def merge(app, env, docnames, other):
    """Take the records that another process has gathered."""
    if not hasattr(env, "search_records"):
        env.search_records = {}
    env.search_records.update(
        {name: found for name, found in other.search_records.items() if name in docnames}
    )


def homes(pages, pattern_of):
    """Give, for each term in small letters, the records in which it is explained.

    Those that the author marked, and those that have it in their title; the first of each.

    Args:
        pages: pairs of a page's name and its records, in reading order.
        pattern_of: takes a term and gives the pattern of its forms.
    """
    records = [one for name, found in pages if name.startswith("chapters/") for one in found]
    terms = [one.title for _, found in pages for one in found if one.kind == "term"]
    lower = [(one, one.text.lower()) for one in records]
    result = {}
    for term in terms:
        pattern = pattern_of(term)
        marked = [one for one in records if term.lower() in one.marked]
        titled = [one for one in records if pattern.fullmatch(_bare(one.title))] or [
            one for one in records if pattern.search(one.title)
        ]
        found = [*marked[:1], *titled[:1]]
        if not found:  # where it is used first
            start = term.lower()[:3]  # looking for it is quick, for all forms of a term slow
            using = (one for one, text in lower if start in text and pattern.search(one.text))
            found = list(itertools.islice(using, 1))
        result[term.lower()] = list({id(one): one for one in found}.values())
    return result


def _bare(title):
    return re.sub(r"^(?:The|A|An|Why) ", "", title)


def spread(pages, pattern_of):
    """Let the other names of each term lead to where it is explained."""
    home = homes(pages, pattern_of)
    for _, found in pages:
        for entry in found:
            if entry.kind == "term":
                for record in home[entry.title.lower()]:
                    record.also += [entry.title, *entry.also]


def vocabulary(texts):
    """Give the words of the book without diacritics, the most frequent first.

    Words about as frequent (up to twice) stand in the order of letters: so they travel in fewer
    bytes.
    """
    counts = Counter()
    for text in texts:
        counts.update(plain(word) for word in WORD.findall(text))
    often = (word for word, count in counts.items() if count > 2)
    return sorted(often, key=lambda word: (-counts[word].bit_length(), word))


def usual_anchor(kind, title):
    """The identifier that a record of this title has if nothing stands against it.

    `search_page.js` makes it in the same way: what is as usual need not travel.
    """
    if kind == "object":
        return title
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"term-{slug}" if kind == "term" else slug


async def write_index(records, folder):
    """Write Pagefind's index of `records`: triples of an address, a title and a text."""
    from pagefind.index import PagefindIndex

    # A query loads one piece of the index for each of its words: small ones.
    os.environ["PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE"] = str(CHUNK)
    with no_pauses():
        async with PagefindIndex(config={"output_path": str(folder)}) as index:
            for address, title, text in records:
                await index.add_custom_record(
                    url=address, content=text, language=LANGUAGE, meta={"title": title}
                )


@contextmanager
def no_pauses():
    """Let Pagefind's client read each answer when it is there.

    It sleeps a tenth of a second before each: two minutes for the records of the book.
    """
    pause = asyncio.sleep
    asyncio.sleep = lambda seconds: pause(0)
    try:
        yield
    finally:
        asyncio.sleep = pause


def addresses(folder):
    """Give the address of each record by the name that Pagefind gave it."""
    found = {}
    for path in folder.glob("fragment/*.pf_fragment"):
        text = gzip.decompress(path.read_bytes()).removeprefix(HEAD)
        found[path.stem] = json.loads(text)["url"]
    return found


def as_script(module):
    """Give Pagefind's module as a script that also a page on the disk may load."""
    names = MODULE_END.search(module)
    if not names:
        raise ValueError("pagefind.js does not end with its exports")
    body = MODULE_END.sub("", module).replace("import.meta.url", '"_static/search/pagefind.js"')
    return f"window.pagefind=(()=>{{{body};return{{{names[1]}}}}})();\n"


def on_disk(folder):
    """Give the script that answers for a server when the book is opened from the disk.

    A browser lets a page on the disk read no other file: the files are in the script.
    """
    files = {
        path.relative_to(folder).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".js"
    }
    return (
        f"window.searchFiles={json.dumps(files)};\n"
        "window.fetch=async address=>{const name=String(address).split('?')[0]"
        ".split('_static/search/')[1];"
        "return new Response(Uint8Array.from(atob(searchFiles[name]),c=>c.charCodeAt(0)))};\n"
    )


def write(app, exception):
    """Write the index when all pages are written."""
    if exception or app.builder.name != "html":
        return
    from glossary_links import term_pattern

    folder = Path(app.outdir, FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    order = [name for name in reading_order(app.env) if name in app.env.search_records]
    pages = [(name, app.env.search_records[name]) for name in order]
    spread(pages, lambda term: term_pattern((term,)))
    found, shown = [], {}
    titles = [app.env.titles[name].astext() for name in order]
    for number, (name, records) in enumerate(pages):
        for record in records:
            address = app.builder.get_target_uri(name) + (record.anchor and f"#{record.anchor}")
            # Pagefind leaves out diacritics by itself, but takes đ for a letter of its own.
            also = [name for one in record.also for name in (one, one.replace("đ", "d"))]
            also = list(dict.fromkeys(also))
            # A title counts more than one word of the text, another name as much as a title.
            head = " ".join([record.title, *also] * 4)
            found.append((address, record.title, f"{head} {record.text}"))
            shown[address] = [
                record.kind[0],
                number,
                record.title,
                1 if record.anchor == usual_anchor(record.kind, record.title) else record.anchor,
                # Many results, few bytes: the words of an entry tell most.
                record.describing if record.kind == "term" else "",
            ]
    asyncio.run(write_index(found, folder))
    name_of = {address: name for name, address in addresses(folder).items()}
    if len(name_of) != len(found):
        raise ValueError(f"{len(found)} records, of which Pagefind keeps {len(name_of)} apart")
    # In the order of the book, where neighbours are alike: so they travel in fewer bytes.
    by_name = {name_of[address]: record for address, record in shown.items()}
    data = {
        "pages": [
            [app.builder.get_target_uri(name), title]
            for name, title in zip(order, titles, strict=True)
        ],
        "records": by_name,
        "words": " ".join(vocabulary(text for *_, text in found)),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (folder / "records.json").write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "fragment")
    for pattern in NOT_NEEDED:
        for path in folder.glob(pattern):
            path.unlink()
    script = folder / "pagefind.js"
    own = (Path(__file__).parent / "search_page.js").read_text(encoding="utf-8")
    script.write_text(as_script(script.read_text(encoding="utf-8")) + own, encoding="utf-8")
    (folder / "on_disk.js").write_text(on_disk(folder), encoding="utf-8")


def own_page(app):
    """Let Sphinx write no index of its own; the search page stays."""
    if app.builder.name == "html":
        app.builder.search = False
        app.config.html_additional_pages["search"] = "search.html"


def setup(app):
    app.connect("doctree-read", gather)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("builder-inited", own_page)
    app.connect("build-finished", write, priority=890)  # before the words in use are looked for
    return {"version": "1", "env_version": 3, "parallel_read_safe": True}
