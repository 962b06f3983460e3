"""Mathematics set while the book is built."""

import logging

import pytest
from docutils import nodes
from katex_math import display_tex, render, set_nodes


def test_a_formula_has_a_drawing_and_something_to_read():
    (html,) = render([(r"\frac{1}{2}", False)])
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in html
    assert 'class="katex-html" aria-hidden="true"' in html
    assert "katex-display" not in html


def test_the_source_is_not_repeated():
    (html,) = render([(r"\alpha + \beta", True)])
    assert "katex-display" in html
    assert "annotation" not in html
    assert "semantics" not in html
    assert "alpha" not in html


def test_what_katex_does_not_understand_is_an_error_of_its_own():
    good, bad = render([("x", False), (r"\nonsense{x}", False)])
    assert isinstance(good, str)
    assert isinstance(bad, ValueError)
    assert "nonsense" in str(bad)


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("x = 1", "x = 1"),
        ("x &= 1 \\\\ y &= 2", r"\begin{split}x &= 1 \\ y &= 2\end{split}"),
        (
            r"\begin{pmatrix} 1 \\ 2 \end{pmatrix} = x",
            r"\begin{pmatrix} 1 \\ 2 \end{pmatrix} = x",
        ),
        (
            "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix} \\\\ x",
            "\\begin{split}\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix} \\\\ x\\end{split}",
        ),
        ("x\n\ny\n", r"\begin{aligned}x\\y\end{aligned}"),
    ],
)
def test_lines_are_aligned_and_matrices_left_alone(text, tex):
    assert display_tex(text) == tex
    assert isinstance(render([(tex, True)])[0], str)


@pytest.mark.parametrize("name", ["equation", "align", "gather", "alignat", "flalign", "multline"])
def test_an_environment_leaves_the_numbering_to_sphinx(name):
    columns = "{2}" if name == "alignat" else ""
    tex = display_tex(rf"\begin{{{name}}}{columns} x &= 1 \end{{{name}}}", nowrap=True)
    assert rf"\begin{{{name}}}" not in tex
    assert "*}" in tex


@pytest.mark.parametrize("name", ["equation", "align", "gather"])
def test_a_starred_environment_renders_without_a_number(name):
    (html,) = render([(display_tex(rf"\begin{{{name}}} x \end{{{name}}}", nowrap=True), True)])
    assert isinstance(html, str), html
    assert "eqn-num" not in html


def test_a_bad_formula_is_reported_and_shown_as_its_source():
    messages, handler = [], logging.Handler()
    logger = logging.getLogger("sphinx.katex_math")
    handler.emit = lambda record: messages.append(record.getMessage())
    logger.addHandler(handler)
    try:
        node = nodes.math(text=r"\nonsense")
        set_nodes([node])
    finally:
        logger.removeHandler(handler)
    assert len(messages) == 1
    assert r"\\nonsense" in messages[0]
    assert "nonsense" in node["katex"]
