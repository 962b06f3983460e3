"""The records of the search, and what leads to them."""

import asyncio
import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from glossary_links import term_pattern
from pagefind_search import (
    addresses,
    as_script,
    homes,
    no_pauses,
    on_disk,
    plain,
    spread,
    usual_anchor,
    vocabulary,
    write_index,
)
from sections import Record, entries_of, records_of, shortened


def pattern(term):
    return term_pattern((term,))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("tích", "tich"), ("Chập", "chap"), ("độ", "do"), ("Đường", "duong"), ("kernel", "kernel")],
)
def test_plain(word, expected):
    assert plain(word) == expected


def test_each_section_has_its_own_words():
    text = "Title\n=====\n\nOver all.\n\nFirst\n-----\n\nOne.\n\nSecond\n------\n\nTwo.\n"
    doctree = publish_doctree(text, settings_overrides={"doctitle_xform": False})
    records = records_of(doctree)
    assert [(one.title, one.anchor) for one in records] == [
        ("Title", ""),
        ("First", "first"),
        ("Second", "second"),
    ]
    assert "One." in records[1].text
    assert "One." not in records[0].text
    assert records[2].describing == "Two."


def test_an_entry_has_its_other_names():
    definition = nodes.definition(
        "",
        nodes.paragraph(
            "", "", nodes.emphasis(text="bước nhảy, sải bước"), nodes.Text(" How far. "),
            nodes.Text("Also called step or pace."),
        ),
    )  # fmt: skip
    item = nodes.definition_list_item("", nodes.term("", "stride", ids=["term-stride"]), definition)
    (entry,) = entries_of(nodes.definition_list("", item))
    assert (entry.title, entry.anchor) == ("stride", "term-stride")
    assert entry.also == ["bước nhảy", "sải bước", "step", "pace"]


def book():
    first = Record("section", "Strides", "strides", "A stride is a step.")
    marked = Record("section", "Sizes", "sizes", "By the stride.", marked=["stride"])
    used = Record("section", "Other", "other", "It is atrous; a dilation.")
    entry = Record("term", "stride", "term-stride", "How far.", also=["bước nhảy"])
    other = Record("term", "dilation", "term-dilation", "Holes.", also=["độ giãn"])
    return [("chapters/a", [used, first, marked]), ("glossary", [entry, other])]


def test_a_term_is_explained_where_marked_and_where_titled():
    found = homes(book(), pattern)
    assert [one.title for one in found["stride"]] == ["Sizes", "Strides"]
    assert [one.title for one in found["dilation"]] == ["Other"]


def test_other_names_lead_to_the_chapter():
    pages = book()
    spread(pages, pattern)
    used, first, marked = pages[0][1]
    assert first.also == marked.also == ["stride", "bước nhảy"]
    assert used.also == ["dilation", "độ giãn"]


def test_vocabulary_without_rare_words():
    assert vocabulary(["convolution chập convolution", "chập twice convolution chap twice"]) == [
        "chap",
        "convolution",
    ]


def test_vocabulary_puts_the_frequent_first():
    words = vocabulary(["stride kernel kernel stride stride kernel", "and " * 9, "net " * 4])
    assert words == ["and", "net", "kernel", "stride"]


@pytest.mark.parametrize(
    ("kind", "title", "anchor"),
    [
        ("section", "What a row says, twice", "what-a-row-says-twice"),
        ("term", "1×1 convolution", "term-1-1-convolution"),
        ("object", "d2lkit.ops.Conv2d", "d2lkit.ops.Conv2d"),
    ],
)
def test_usual_anchor(kind, title, anchor):
    assert usual_anchor(kind, title) == anchor


def test_description_is_cut_at_a_word():
    text = shortened("word " * 60)
    assert len(text) <= 122
    assert text.endswith("word …")


def test_the_module_becomes_a_script():
    script = as_script("const a=1,b=import.meta.url;export{a,b};\n")
    assert script.startswith("window.pagefind=(()=>{const a=1,b=")
    assert "return{a,b}" in script
    assert "import.meta" not in script
    with pytest.raises(ValueError, match="does not end with its exports"):
        as_script("const a=1;")


def test_the_disk_gets_every_file(tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "index/a.pf_index").write_bytes(b"\x00\x01")
    (tmp_path / "page.js").write_text("x")
    text = on_disk(tmp_path).split("\n")[0]
    files = json.loads(text.removeprefix("window.searchFiles=").removesuffix(";"))
    assert {name: base64.b64decode(data) for name, data in files.items()} == {
        "index/a.pf_index": b"\x00\x01"
    }


def test_an_index_is_written_without_pauses(tmp_path):
    records = [(f"page.html#{n}", f"Title {n}", f"Words {n} about strides.") for n in range(200)]
    pause, start = asyncio.sleep, time.perf_counter()
    with ThreadPoolExecutor(1) as pool:  # a browser's test may have left a loop running here
        pool.submit(asyncio.run, write_index(records, tmp_path / "index")).result()
    assert time.perf_counter() - start < 15  # a tenth of a second for each would be 20
    assert asyncio.sleep is pause
    assert set(addresses(tmp_path / "index").values()) == {address for address, *_ in records}


def test_pauses_come_back_after_a_fault():
    pause = asyncio.sleep

    def fail():
        with no_pauses():
            assert asyncio.sleep is not pause
            raise ValueError("no index")

    with pytest.raises(ValueError, match="no index"):
        fail()
    assert asyncio.sleep is pause
