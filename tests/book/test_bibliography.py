"""The bibliography: every entry complete, in its place, and on the page."""

import itertools
import re
import unicodedata

import pytest
from bookform.reading import ROOT
from pybtex.database import BibliographyData, parse_file, parse_string

SOURCE = ROOT / "references.bib"
FORMS = {
    "doi": r"10\.\d{4,}/\S+",
    "eprint": r"\d{4}\.\d{4,5}",
    "url": r"https?://\S+",
    "year": r"(1[89]|20)\d\d",
}


def plain(name: str) -> str:
    """A name as it stands in a key: small letters without accents."""
    letters = unicodedata.normalize("NFKD", re.sub(r"\\.|[{}]", "", name))
    return re.sub(r"[^a-z]", "", letters.lower())


def check_entries(data: BibliographyData) -> list[str]:
    """Every entry says who, what, when and where to find it; its key says who and when."""
    faults = []
    for key, entry in data.entries.items():
        faults += [
            f"{key} lacks {name}" for name in ("title", "year") if not entry.fields.get(name)
        ]
        if not entry.persons.get("author"):
            faults.append(f"{key} lacks author")
            continue
        if not any(entry.fields.get(name) for name in ("doi", "eprint", "url")):
            faults.append(f"{key} has neither doi nor eprint nor url")
        for name, form in FORMS.items():
            value = entry.fields.get(name)
            if value and not re.fullmatch(form, value):
                faults.append(f"{key}: {value!r} is no {name}")
        if "eprint" in entry.fields and entry.fields.get("archiveprefix") != "arXiv":
            faults.append(f"{key}: eprint without archiveprefix = {{arXiv}}")
        author = plain("".join(entry.persons["author"][0].last_names))
        if not re.fullmatch(rf"{author}{entry.fields.get('year')}[a-z0-9]+", key):
            faults.append(f"{key} does not begin with {author}{entry.fields.get('year')}")
    return faults


def check_order(keys: list[str]) -> list[str]:
    """The keys are sorted, so that an entry is found and added in one place."""
    return [
        f"{after} stands behind {before}"
        for before, after in itertools.pairwise(keys)
        if after < before
    ]


def check_listed(page: str) -> list[str]:
    """The page lists every entry: those that are cited, and those that are not."""
    options = re.findall(r"^```\{bibliography\}[^\n]*\n((?::[^\n]*\n)*)```$", page, re.MULTILINE)
    filters = {re.sub(r":filter: (.*)\n|.*\n", r"\1", option) for option in options}
    return [
        f"the page does not list what is {what}"
        for one, what in (("", "cited"), ("not cited", "not cited"))
        if one not in filters
    ]


def test_entries():
    data = parse_file(SOURCE)
    assert len(data.entries) > 90
    assert check_entries(data) == []


def test_order():
    source = SOURCE.read_text(encoding="utf-8")
    assert check_order(re.findall(r"^@\w+\{([^,]+),", source, re.MULTILINE)) == []


def test_page():
    assert check_listed((ROOT / "bibliography.md").read_text(encoding="utf-8")) == []


GOOD = """
@misc{muller2010sums,
  author = {M{\\"u}ller, A. and De, B.},
  title  = {Sums},
  year   = {2010},
  eprint = {1001.00001},
  archiveprefix = {arXiv}
}
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", None),
        ('author = {M{\\"u}ller, A. and De, B.},', "", "lacks author"),
        ("title  = {Sums},", "", "lacks title"),
        ("year   = {2010},", "", "lacks year"),
        ("2010}", "10}", "'10' is no year"),
        ("eprint = {1001.00001},", "", "neither doi nor eprint nor url"),
        ("eprint = {1001.00001}", "doi = {doi:10.1/x}", "is no doi"),
        ("1001.00001", "arXiv:1001.00001", "is no eprint"),
        ("arXiv}", "other}", "without archiveprefix"),
        ("muller2010", "mueller2010", "does not begin with muller2010"),
        ("muller2010", "muller2011", "does not begin with muller2010"),
    ],
)
def test_planted_entries(old, new, fault):
    faults = check_entries(parse_string(GOOD.replace(old, new, 1), "bibtex"))
    assert faults == [] if fault is None else any(fault in one for one in faults), faults


def test_planted_order():
    assert check_order(["a", "b"]) == []
    assert check_order(["b", "a"]) == ["a stands behind b"]


def test_planted_page():
    assert check_listed("```{bibliography}\n```\n") == ["the page does not list what is not cited"]
    assert check_listed("```{bibliography}\n:filter: not cited\n```\n") == [
        "the page does not list what is cited"
    ]
