"""Markdown that any Jupyter reads, from a page that Sphinx has resolved.

A chapter is written in MyST: roles, directives, labels. Colab knows none of them. By the time a
page is turned into HTML, Sphinx has resolved them all into plain nodes: text, links, numbers. What
stands here turns each kind of node into ordinary Markdown. A kind that it does not know is an
error, so that nothing of a chapter is lost without notice.
"""

import re
import textwrap

from docutils import nodes
from sphinx import addnodes

# What Sphinx needs and a reader does not see.
SILENT = (
    nodes.target,
    nodes.comment,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.meta,
    addnodes.index,
    addnodes.highlightlang,
)
LANGUAGES = {"ipython3": "python", "ipython": "python", "none": "", "default": ""}
FOLDED = "<details>\n<summary><b>{}</b></summary>\n\n{}\n\n</details>"
LETTERS = "ABCDEFGHIJ"
ADMONITIONS = ("note", "tip", "hint", "warning", "important", "caution", "danger", "attention")


class UnknownNode(Exception):
    """A kind of node that cannot be written as Markdown yet."""


def prefixed(text: str, first: str, rest: str) -> str:
    """Put `first` before the first line and `rest` before all others."""
    return first + textwrap.indent(text, rest)[len(rest) :]


def quoted(text: str) -> str:
    """A block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def escaped(text: str) -> str:
    """Text whose characters mean themselves."""
    text = re.sub(r"([\\`*$])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    text = re.sub(r"<(?=[a-zA-Z/!])", r"\\<", text)
    text = re.sub(r"\](?=[(\[])", r"\\]", text)
    return re.sub(r"^(\d+)([.)])(?=\s)|^([#>+-])(?=\s)", r"\1\\\2\3", text, flags=re.MULTILINE)


class MarkdownWriter:
    """Writes the nodes of one page.

    Args:
        link: takes a reference node and returns the address that it leads to.
        image: takes an image node and returns the address of the file.
        number: takes a node and returns its number on the page ("3.2"), or "".
    """

    def __init__(self, link, image, number):
        self.link, self.image, self.number = link, image, number
        self.in_table = False

    def block(self, node) -> str:
        """Markdown of a node, without blank lines around it."""
        if isinstance(node, SILENT):
            return ""
        for kind in type(node).__mro__:
            method = getattr(self, f"visit_{kind.__name__}", None)
            if method:
                return method(node)
        raise UnknownNode(f"<{node.tagname}> cannot be written as Markdown")

    def blocks(self, children) -> str:
        """Markdown of several blocks, a blank line between them."""
        return "\n\n".join(text for child in children if (text := self.block(child).strip("\n")))

    def inline(self, node) -> str:
        """Markdown of the children of a node, on one line."""
        return "".join(self.block(child) for child in node.children)

    # Text

    def visit_Text(self, node):
        return escaped(node.astext())

    def visit_paragraph(self, node):
        return self.inline(node)

    def visit_inline(self, node):
        return self.inline(node)

    def visit_generated(self, node):
        return self.inline(node)

    def visit_abbreviation(self, node):
        return self.inline(node)

    def visit_emphasis(self, node):
        return f"*{self.inline(node)}*"

    visit_title_reference = visit_emphasis

    def visit_strong(self, node):
        return f"**{self.inline(node)}**"

    def visit_subscript(self, node):
        return f"<sub>{self.inline(node)}</sub>"

    def visit_superscript(self, node):
        return f"<sup>{self.inline(node)}</sup>"

    def visit_literal(self, node):
        text = node.astext()
        fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
        space = " " if text.startswith("`") or text.endswith("`") else ""
        if "std" in node["classes"]:  # what a role such as {numref} leaves is a name, not code
            return escaped(text)
        return f"{fence}{space}{text}{space}{fence}"

    def visit_reference(self, node):
        text = self.inline(node)
        address = self.link(node).replace("(", "%28").replace(")", "%29").replace(" ", "%20")
        return f"[{text}]({address})" if address else text

    def visit_raw(self, node):
        return node.astext() if "html" in node["format"].split() else ""

    def visit_math(self, node):
        text = " ".join(node.astext().split())
        if self.in_table:  # the vertical bar separates columns, before mathematics is read
            text = text.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        return f"${text}$"

    def visit_footnote_reference(self, node):
        return f"<sup>[{node.astext()}]</sup>"

    # Blocks

    def visit_math_block(self, node):
        text = node.astext().strip()
        inner = re.fullmatch(r"\\begin\{(align|gather|equation)\*?\}(.*)\\end\{\1\*?\}", text, re.S)
        if inner:  # such an environment may not stand between dollar signs
            text = inner[2].strip()
        outside = re.sub(r"\\begin\{(\w+)\}.*?\\end\{\1\}", "", text, flags=re.DOTALL)
        if r"\\" in outside or "&" in outside:
            text = f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}"
        number = self.number(node)
        tag = f"\n\\tag{{{number}}}" if number else ""
        # A blank line would end the formula.
        return "$$\n" + re.sub(r"\n\s*\n", "\n", text) + tag + "\n$$"

    def visit_literal_block(self, node):
        language = node.get("language", "")
        fence = "`" * max(3, *(len(run) + 1 for run in [*re.findall("`+", node.astext()), ""]))
        language = LANGUAGES.get(language, language)
        return f"{fence}{language}\n{node.astext().rstrip()}\n{fence}"

    def visit_doctest_block(self, node):
        return f"```pycon\n{node.astext().rstrip()}\n```"

    def visit_bullet_list(self, node):
        return self.list(node, ["-"] * len(node))

    def visit_enumerated_list(self, node):
        start = node.get("start", 1)
        return self.list(node, [f"{start + i}." for i in range(len(node))])

    def list(self, node, marks):
        """A list; its items are set apart by blank lines if one of them has several blocks."""
        items = [
            prefixed(self.blocks(item), f"{mark} ", " " * (len(mark) + 1))
            for mark, item in zip(marks, node, strict=True)
        ]
        loose = any(
            len(item) > 1 and "\n\n" in text for item, text in zip(node, items, strict=True)
        )
        return ("\n\n" if loose else "\n").join(items)

    def visit_definition_list(self, node):
        return "\n\n".join(
            prefixed(
                "\n\n".join(
                    f"**{self.inline(part)}**"
                    if isinstance(part, nodes.term)
                    else self.blocks(part)
                    for part in item
                ),
                "- ",
                "  ",
            )
            for item in node
        )

    def visit_block_quote(self, node):
        return quoted(self.blocks(node))

    def visit_attribution(self, node):
        return f"— {self.inline(node)}"

    def visit_line_block(self, node):
        return "\\\n".join(self.inline(line) for line in node)

    def visit_transition(self, node):
        return "---"

    def visit_rubric(self, node):
        return f"**{self.inline(node)}**"

    def visit_footnote(self, node):
        label, *rest = node
        return prefixed(self.blocks(rest), f"<sup>[{label.astext()}]</sup> ", "  ")

    def visit_container(self, node):
        return self.blocks(node)

    visit_section = visit_container
    visit_proof_node = visit_container  # holds one admonition

    def visit_image(self, node):
        return f"![{escaped(node.get('alt', ''))}]({self.image(node)})"

    def visit_figure(self, node):
        return self.blocks(node)

    visit_legend = visit_container

    def visit_caption(self, node):
        """The caption of a figure or a listing, with its number."""
        number = self.number(node.parent)
        return f"**{number}** {self.inline(node)}" if number else f"*{self.inline(node)}*"

    # Tables

    def visit_table(self, node):
        title = next(iter(node.findall(nodes.title)), None)
        group = next(iter(node.findall(nodes.tgroup)))
        head = [row for part in group.findall(nodes.thead) for row in part]
        body = [row for part in group.findall(nodes.tbody) for row in part]
        marks = [":-:" if self.is_centred(body, i) else "---" for i in range(group["cols"])]
        self.in_table = True
        lines = [self.row(head[0]) if head else "| " + " | ".join([" "] * group["cols"]) + " |"]
        lines += ["|" + "|".join(marks) + "|", *(self.row(row) for row in [*head[1:], *body])]
        self.in_table = False
        parts = ["\n".join(lines)]
        if title is not None:
            number = self.number(node)
            parts.insert(0, f"**{number}** {self.inline(title)}".replace("**** ", ""))
        return "\n\n".join(parts)

    def is_centred(self, rows, column):
        """Whether a column of a table is set in the middle."""
        cells = [row[column] for row in rows if column < len(row)]
        return bool(cells) and all("text-center" in cell["classes"] for cell in cells)

    def row(self, row):
        """One line of a table; the paragraphs of a cell are set apart by line breaks."""
        cells = []
        for entry in row:
            text = self.blocks(entry).replace("\n\n", "<br>").replace("\n", " ")
            cells.append(re.sub(r"(?<!\\)\|", r"\\|", text))
        return "| " + " | ".join(cells) + " |"

    # Boxes

    def visit_Admonition(self, node):
        """A box: a block quote that begins with its title in bold."""
        title, rest = "", list(node)
        if rest and isinstance(rest[0], nodes.title):
            title = self.inline(rest.pop(0))
        elif node.tagname in ADMONITIONS:
            title = node.tagname.capitalize()
        number = self.number(node)
        head = " ".join(f"{number} {title}".split())
        body = self.blocks(rest)
        return quoted(f"**{head}**\n\n{body}" if head else body)

    def visit_predict_node(self, node):
        """A prediction: the question, the choices, and the answer folded."""
        question, *rest = node
        return f"**Predict.** {self.inline(question)}\n\n{self.blocks(rest)}"

    def visit_predict_choices(self, node):
        return "\n".join(
            prefixed(f"**{letter}.** {self.blocks(item)}", "- ", "  ")
            for letter, item in zip(LETTERS, node, strict=False)
        )

    def visit_predict_answer(self, node):
        text = f"The answer is {node['letter']}.\n\n{self.blocks(node)}"
        return FOLDED.format("Answer", text)

    def visit_demo_node(self, node):
        """A figure to be moved: where it can be had, and what stands still in its place."""
        address = self.link({"refid": node["ids"][0]})
        head = f"**{escaped(node['title'])}** [{escaped(node['try-it'])}]({address})"
        return f"{head}\n\n{self.blocks(node)}"
