"""Boxes become `<details>`; predictions hold together."""

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree
from folds import folded
from links import link_faults
from predictions import Predict
from small_book import build, write_book

BOX = (
    '<div class="admonition dropdown" id="a">\n<p class="admonition-title">Solution to '
    '<a class="reference" href="#x">Exercise 1</a></p>\n<div>text</div></div>'
)


def test_a_box_becomes_details():
    assert folded(BOX) == (
        '<details class="admonition dropdown" id="a">\n<summary class="admonition-title">Solution '
        "to Exercise 1</summary>\n<div>text</div></details>"
    )


def test_what_stands_before_a_box_stays():
    assert folded(f'<span id="b"></span>{BOX}').startswith('<span id="b"></span><details class=')


def test_a_box_without_a_title_cannot_be_folded():
    with pytest.raises(ValueError, match="needs a title"):
        folded('<div class="admonition dropdown"><p>text</p></div>')


class Settings:
    temp_data: dict = {}  # noqa: RUF012


def parse(text, monkeypatch):
    """The document of a text with a prediction, and what the parser complains of."""
    from docutils.parsers.rst import directives

    monkeypatch.setattr(Predict, "env", Settings, raising=False)
    monkeypatch.setattr(Settings, "temp_data", {})
    monkeypatch.setitem(directives._directives, "predict", Predict)
    document = publish_doctree(text, settings_overrides={"report_level": 5})
    return document, " ".join(m.astext() for m in document.findall(nodes.system_message))


QUESTION = (
    ".. predict:: Which?\n   :answer: {}\n   :name: which-{}\n\n   - one\n   - two\n\n   Two.\n"
)


def test_a_prediction_has_three_parts(monkeypatch):
    document, complaint = parse(QUESTION.format(2, 1), monkeypatch)
    assert not complaint
    box = document.children[0]
    assert [part.tagname for part in box] == ["paragraph", "predict_choices", "predict_answer"]
    assert (box["answer"], box[2]["letter"], len(box[1]), box["names"]) == (2, "B", 2, ["which-1"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (QUESTION.format(3, 1), "says :answer: 3; it has the choices 1 to 2"),
        (QUESTION.replace("   :answer: {}\n", ""), "says :answer: nothing"),
        (QUESTION.format(1, 1).replace("   - two\n", ""), "needs a list of choices"),
        (QUESTION.format(1, 1).replace("\n   Two.\n", ""), "needs a list of choices"),
        ("\n".join(QUESTION.format(1, i) for i in range(4)), "one prediction more than the 3"),
    ],
)
def test_planted_faults_in_predictions(monkeypatch, text, complaint):
    assert complaint in parse(text, monkeypatch)[1]


@pytest.mark.parametrize(("copied", "labels"), [(True, ["source", "pdf"]), (False, ["pdf"])])
def test_no_button_leads_to_a_source_that_stays_out(copied, labels):
    from types import SimpleNamespace

    from paper_button import SOURCE, point

    pdf = {"type": "javascript", "javascript": "print()", "label": "download-pdf-button"}
    group = {"label": "download-buttons", "buttons": [{"label": SOURCE}, pdf]}
    config = SimpleNamespace(html_copy_source=copied, html_baseurl="https://example.org/")
    context = {"header_buttons": [group]}
    point(SimpleNamespace(config=config), "preface", "page.html", context, None)
    assert [one["label"] for one in group["buttons"]] == [f"download-{x}-button" for x in labels]


def test_a_book_without_solutions_has_all_else(tmp_path, monkeypatch, small_site):
    monkeypatch.setenv("SOLUTIONS", "no")
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    write_book(source)
    done = build(source, target)
    assert (done.returncode, done.stderr) == (0, "")
    page = "chapters/1-part/01-first.html"
    with_them, without = (
        BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser").article
        for site in (small_site, target)
    )
    assert len(with_them.select("details.solution")) == 2
    for solution in with_them.select("details.solution"):
        solution.decompose()
    for anchor in without.select("span[id^=index-]"):
        anchor.decompose()
    assert without.get_text().split() == with_them.get_text().split()
    for written in [*target.rglob("*.html"), *target.rglob("*.ipynb")]:
        text = written.read_text(encoding="utf-8")
        assert "Because" not in text, written
        assert "seven = 7" not in text, written
    assert "01-first.html#index-" in (target / "genindex.html").read_text(encoding="utf-8")
    # The button of the source, which stays out, is the whole book's to remove.
    assert [fault for fault in link_faults(target) if "_sources/" not in fault] == []
