"""What a reader types, and where it leads; what a query costs."""

import pytest
import visits
from visits import as_text

MAX_REQUESTS, MAX_BYTES = 8, 150_000
FIRST = 5  # results that a reader sees without scrolling
PART_I, PART_II = "chapters/1-convolutional-networks/", "chapters/2-modern-architectures/"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("pooling", [f"{PART_I}09-pooling.html"]),
        ("LeNet", [f"{PART_I}10-lenet.html"]),
        ("receptive field", [f"{PART_I}05-receptive-fields.html"]),
        ("convoluton", ["glossary.html#term-convolution"]),
        ("recptive feild", [f"{PART_I}05-receptive-fields.html"]),
        ("skip connection", [f"{PART_II}07-resnet.html", "glossary.html#term-skip-connection"]),
        ("atrous", [f"{PART_I}04-padding-stride-dilation.html", "glossary.html#term-dilated"]),
        ("batch normalisation", [f"{PART_II}06-batch-norm.html"]),
        ("batch normalization", [f"{PART_II}06-batch-norm.html"]),
        ("trường tiếp nhận", [f"{PART_I}05-receptive-fields.html", "glossary.html#term-receptive"]),
        ("truong tiep nhan", [f"{PART_I}05-receptive-fields.html", "glossary.html#term-receptive"]),
        ("sải bước", [f"{PART_I}04-padding-stride-dilation.html", "glossary.html#term-stride"]),
        ("sai buoc", [f"{PART_I}04-padding-stride-dilation.html", "glossary.html#term-stride"]),
        ("độ giãn", ["glossary.html#term-dilation"]),
        ("do gian", ["glossary.html#term-dilation"]),
        ("đồnng nhất", ["glossary.html#term-identity-mapping"]),
    ],
)
def test_query_leads_to_its_place(browser, site_url, query, wanted):
    links, faults, (requests, size) = visits.search_results(browser, site_url, query)
    for address in wanted:
        if not any(link.startswith(address) for link in links[:FIRST]):
            faults.append(f"{address} is not among the first {FIRST}: {links[:FIRST]}")
    if requests > MAX_REQUESTS:
        faults.append(f"{requests} requests, more than {MAX_REQUESTS}")
    if not 0 < size <= MAX_BYTES:
        faults.append(f"{size} bytes, more than {MAX_BYTES} or none")
    assert not faults, as_text(faults)


def test_both_spellings_find_the_same(browser, site_url):
    british, american = (
        visits.search_results(browser, site_url, word)[0] for word in ("colour", "color")
    )
    assert len(british) >= 3
    assert set(british[:3]) <= set(american)


def test_nonsense_finds_nothing(browser, site_url):
    assert visits.search_results(browser, site_url, "xyzzyqwert")[:2] == ([], [])


def test_a_result_leads_to_its_heading(browser, site_url):
    links, *_ = visits.search_results(browser, site_url, "bottleneck")
    link = next(link for link in links if "#" in link and link.startswith("chapters/"))
    with visits.Visit(browser, site_url, link, width="phone") as visit:
        top = visit.page.evaluate(
            "() => document.getElementById(decodeURIComponent(location.hash.slice(1)))"
            ".getBoundingClientRect().top"
        )
        bar = visit.page.locator(".bd-header-article").bounding_box()
        assert bar["y"] + bar["height"] <= top < 500
