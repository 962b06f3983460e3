"""Which numbers of the prose have to come from somewhere, and where they may come from."""

import pytest
from bookform import numbers
from nbformat import v4


def faults(text, code="accuracy = 0.943\nweights = 37_752_832"):
    """What the checks of numbers say of a notebook with this text and this code."""
    cells = [v4.new_markdown_cell(text), v4.new_code_cell(code)]
    notebook = v4.new_notebook(cells=cells)
    return numbers.check_stated_numbers(notebook) + numbers.check_arithmetic(notebook)


@pytest.mark.parametrize(
    "text",
    [
        "It reads 47 digits.",
        "It reads 95 % of them.",
        "It gains 2.5 points.",
        "It has 36 million weights.",
        "It has 37,752,833 of 61,000,000 weights.",
        "The square is $0.37$.",
        "| it | 47 |",
        ":::{predict} How many?\n:answer: 1\n- Two.\n\nIt is 47.\n:::",
        "```{exercise-start} Many\n```\nSuppose 47.\n```{exercise-end}\n```\n\nIt is 46.",
        "```{exercise-start} Many\n```\nSuppose 4,700.\n```{exercise-end}\n```",
        "$\\sqrt{1/9} \\approx 0.32$",
        "$\\ln 10 \\approx 2.31$, $\\log 10^4 / \\log 6 \\approx 5.2$",
        "(1 + 2) · 3 = 8. (It is not.)",
        "A cited {cite:p}`he2016` number 47.\n\nAnother 48.",
    ],
)
def test_a_number_from_nowhere_is_listed(text):
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Twelve or 12 layers, in 2015, with `stride=47`.",
        "It reads 94 % or 94.3 %, so 0.943, and has 38 million weights, or 37.8 million.",
        "9 · 9 = 81 places.\n\nEach of the 81 is drawn.",
        ":::{predict} How many?\n:answer: 1\n- About 47.\n\nNone.\n:::",
        "```{exercise-start} Many\n```\nSuppose 47 or 5.5.\n```{exercise-end}\n```",
        "In {cite:t}`he2016` it is 47.\n\n| it | 48 |",
        "$\\sqrt{1/9} \\approx 0.33$",
        "$\\ln 10 \\approx 2.30$, $\\log 10^4 / \\log 6 \\approx 5.1$",
        "(1 + 2) · 3 = 9. (It is.)",
        "$\\sigma = \\sqrt{2/(9 \\cdot 256)} \\approx 0.029$",
        "The half of a 95 % interval.",
        "**Running time:** about 25 s.",
    ],
)
def test_a_number_that_comes_from_somewhere(text):
    assert not faults(text)
