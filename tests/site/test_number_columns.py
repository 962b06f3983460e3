"""Columns of numbers stand at their points."""

import pytest
from bs4 import BeautifulSoup
from number_columns import arranged, missing_digits


@pytest.mark.parametrize(
    ("texts", "pads"),
    [
        (["0.5", "12.25", "3"], ["0", "", ".00"]),
        (["98.1 %", "5 %"], ["", ".0"]),
        (["0.96 ± 0.01", "0.963 ± 0.009"], ["00", ""]),
        (["1,024", "7"], ["", ""]),
        (["1.5e-3", "0.25"], ["", ""]),
        (["−0.5", "0.25"], ["0", ""]),
    ],
)
def test_missing_digits(texts, pads):
    assert missing_digits(texts) == pads


def table(*rows):
    head, *body = (
        "".join(f"<{tag}>{cell}</{tag}>" for cell in row)
        for row, tag in zip(rows, ["th", *["td"] * len(rows)], strict=False)
    )
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    return f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def test_numbers_and_their_heading_stand_to_the_right():
    html = arranged(table(["net", "error", "kernel"], ["a", "0.5", "3×3"], ["b", "12", "5×5"]))
    cells = BeautifulSoup(html, "html.parser").find_all(["th", "td"])
    marked = [(cell.get_text(), cell.get("data-pad")) for cell in cells if cell.get("class")]
    assert marked == [("error", None), ("0.5", None), ("12", ".0")]


def test_what_is_missing_does_not_matter():
    html = arranged(table(["x"], ["1.5"], ["–"], ["2"]))
    assert html.count("number") == 3
    assert 'data-pad=".0"' in html


@pytest.mark.parametrize(
    "html",
    [
        table(["net"], ["LeNet"], ["5"]),
        table(["a", "b"], ["1"]),
        table(["a", "b"], ["1", "2"]).replace("<td>1", '<td colspan="1">1'),
        '<table class="indextable"><tr><td>1</td></tr></table>',
    ],
)
def test_other_tables_stay(html):
    assert arranged(html) == html
