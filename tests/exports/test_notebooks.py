"""The notebooks that the book exports: what stands in them, and what does not."""

import re

import nbformat
import pytest
from docutils import nodes
from markdown_writer import MarkdownWriter, UnknownNode, escaped
from small_book import FIRST, build, notebook, write_book

PAGE = "https://example.org/book/chapters/1-part/01-first.html"


@pytest.fixture(scope="module")
def first(small_site):
    return nbformat.read(small_site / "_notebooks/1-part/01-first.ipynb", as_version=4)


@pytest.fixture(scope="module")
def second(small_site):
    return nbformat.read(small_site / "_notebooks/2-part/01-second.ipynb", as_version=4)


@pytest.fixture(scope="module")
def text(first):
    return "\n\n".join(cell.source for cell in first.cells if cell.cell_type == "markdown")


def test_valid_and_without_outputs(first, second):
    for exported in (first, second):
        nbformat.validate(exported)
        code = [cell for cell in exported.cells if cell.cell_type == "code"]
        assert code
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_first_cell(first):
    source = first.cells[0].source
    assert source.startswith("# 1. First *things*\n")
    assert f"[this page]({PAGE})" in source
    assert "“A small book”" in source


def test_code_in_order_with_tags(first):
    original = [cell for cell in notebook(FIRST).cells if cell.cell_type == "code"]
    exported = [cell for cell in first.cells if cell.cell_type == "code"]
    assert exported[0].source == "install = True"
    for before, after in zip(original, exported, strict=True):
        assert after.source.removeprefix("#@title Solution\n") == before.source
        tags = [tag for tag in after.metadata.get("tags", []) if tag != "solution"]
        assert tags == before.metadata.get("tags", [])
    hidden = [cell for cell in exported if "hide-input" in cell.metadata.get("tags", [])]
    assert len(hidden) == 3
    assert all(cell.metadata.jupyter == {"source_hidden": True} for cell in hidden)


def test_nothing_of_myst_is_left(text):
    assert not re.search(r"\{[\w:-]+\}`|^(`{3,}|:{3,})\{|^\([\w-]+\)=", text, re.MULTILINE)


@pytest.mark.parametrize(
    "expected",
    [
        r"It costs 5 \$ and a \* b_c, `x | y`, and \<b.",
        "[Second](https://example.org/book/chapters/2-part/01-second.html#sec-second)",
        f"[Fig. 1.1]({PAGE}#fig-line)",
        f"[(1.1)]({PAGE}#equation-eq-sum)",
        f"[Its own place]({PAGE}#sec-first-own)",
        "[kernel](https://example.org/book/words.html#term-kernel)",
        "There are 7 things.",
        "**Predict.** What *is* $1 + 1$?\n\n- **A.** One.\n- **B.** Two, as [(1.1)](",
        "<details>\n<summary><b>Answer</b></summary>\n\nThe answer is B.\n\nTwo, by counting.",
        f"**Slide the window** [Try it in the book]({PAGE}#demo-slide-the-window)\n\n"
        f"[Fig. 1.1]({PAGE}#fig-line) stands still.",
        "> **Fine print: sums**\n>\n> Some sums are long.",
        "is small [[LeCun and Bottou, 1998](https://example.org/book/works.html#id3)]",
        "## 1.1. Its own place\n\nThe [kernel]",
        "> **At a glance**\n>\n> **Time:** 5 s.",
        ">\n> - one\n> - two",
        "$$\n\\begin{aligned}\ny = \\sum_i |x_i| \\\\\n  = 3\n\\end{aligned}\n\\tag{1.1}\n$$",
        "1. A list\n\n   with two paragraphs\n\n2. and $z = 1$\n\n   - with a list\n   - inside",
        "**Table 1.1** A table with a caption\n\n| size | $\\vert x\\vert $ |\n|---|---|\n"
        "| `a \\| b` | 2 |",
        "| left | right |\n|---|:-:|\n| a | b |",
        "> **Theorem 1.1 (Sums)**\n>\n> Sums add [(1.1)]",
        "\n\n> Proof. By adding.\n\n",
        '```python\nprint("shown, not run")\n```',
        "> **Note**\n>\n> Look at [a page](https://example.org/a_%28b%29).",
        f"**Fig. 1.1** A line that *rises*, as [(1.1)]({PAGE}#equation-eq-sum) says.",
        "### Exercise 1.1 (Count the *things*)\n\nHow many?",
        "<details>\n<summary><b>Solution</b></summary>\n\nThere are *seven*:\n\n</details>",
        "## References\n\n- Yann LeCun and Léon Bottou. Gradient-based learning. *Proceedings*",
    ],
)
def test_resolved(text, expected):
    assert expected in text


def test_only_own_references(text, second):
    assert "Not cited here" not in text
    assert "References" not in second.cells[-1].source


def test_cells_of_the_source_stay_apart(first):
    starts = [cell.source[:20] for cell in first.cells]
    assert starts.index("A second cell in the") == starts.index("## 1.1. Its own plac") + 1


def test_other_formulas(second):
    text = "\n".join(cell.source for cell in second.cells)
    assert "$$\n1 + 1 = 2\n\\tag{2.1}\n$$" in text
    assert "$$\n\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}\n$$" in text
    assert "$$\n\\begin{aligned}\na &= b\n\\end{aligned}" in text
    assert f"[Exercise 1.1]({PAGE}#ex-first-1)" in text


def test_solutions_are_folded_and_tagged(first):
    solution = [cell for cell in first.cells if "solution" in cell.metadata.get("tags", [])]
    kinds = [cell.cell_type for cell in solution]
    assert kinds == ["markdown", "code", "markdown", "code", "markdown"]
    for cell in solution:
        if cell.cell_type == "code":
            assert cell.source.startswith("#@title Solution\n")
            assert cell.metadata.cellView == "form"
            assert cell.metadata.jupyter == {"source_hidden": True}
        else:
            assert cell.source.startswith("<details>")
            assert cell.source.endswith("</details>")
    after = first.cells[first.cells.index(solution[3]) + 1]
    assert after.source.startswith("### Exercise 1.2 (Think)")


def test_buttons(small_site):
    page = (small_site / "chapters/1-part/01-first.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]*)"', page)
    path = "1-part/01-first.ipynb"
    colab = "https://colab.research.google.com/github/somebody/something/blob/notebooks/"
    assert colab + path in links
    binder = "https://mybinder.org/v2/gh/somebody/something/notebooks?urlpath=lab/tree/"
    assert binder + path in links
    assert f"../../_notebooks/{path}" in links
    assert not any("main" in link and "ipynb" in link for link in links)


def test_unknown_node_fails_the_strict_build():
    writer = MarkdownWriter(str, str, lambda node: "")
    with pytest.raises(UnknownNode, match="<sidebar>"):
        writer.block(nodes.sidebar())


def test_planted_unknown_node_and_old_notebook(tmp_path):
    source, target = tmp_path / "book", tmp_path / "site"
    source.mkdir()
    write_book(source)
    faulty = notebook([*FIRST, "```{sidebar} Aside\nText\n```"])
    nbformat.write(faulty, source / "chapters/1-part/01-first.ipynb")
    old = target / "_notebooks/2-part/00-old.ipynb"
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    done = build(source, target)
    assert "01-first.ipynb: WARNING: <sidebar> cannot be written as Markdown" in done.stderr
    written = [path.name for path in (target / "_notebooks").rglob("*.ipynb")]
    assert written == ["01-second.ipynb"]


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("2 * 3", r"2 \* 3"),
        ("5 $", r"5 \$"),
        ("a_b and _c_", r"a_b and \_c\_"),
        ("1. of May", r"1\. of May"),
        ("# no heading", r"\# no heading"),
        ("x < y, <b>", r"x < y, \<b>"),
        ("[a](b) and [c]", r"[a\](b) and [c]"),
        ("- 3", r"\- 3"),
    ],
)
def test_escaped(plain, markdown):
    assert escaped(plain) == markdown
