"""Predictions: a question, choices, and an answer that opens once the reader has chosen.

    :::{predict} What happens to the accuracy when all pixels are shuffled the same way?
    :name: predict-shuffled
    :answer: 3
    - It falls a little.
    - It falls a lot.
    - It stays where it was.

    It stays where it was: the network sees a list.
    :::

The page holds the question, the list of choices and the answer in a `<details>`; that is all a
reader without a script, a notebook and the printed page need. `_static/book.js` makes the list one
of buttons to choose from and lets the answer open when the choice is made.
"""

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

MOST = 3  # in a chapter
LETTERS = "ABCDEFGHIJ"


class predict_node(nodes.General, nodes.Element):
    """The box; its children are question, choices and answer."""


class predict_choices(nodes.General, nodes.Element):
    """The choices: its children are list items."""


class predict_answer(nodes.General, nodes.Element):
    """What opens."""


class Predict(SphinxDirective):
    """A question with choices."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"name": directives.unchanged, "answer": directives.positive_int}

    def run(self):
        text = " ".join(self.arguments[0].split())
        inner = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, inner)
        choices = inner.children[0] if inner.children else None
        if not isinstance(choices, nodes.bullet_list) or len(choices) < 2 or len(inner) < 2:
            raise self.error(f"the prediction {text!r} needs a list of choices, then the answer")
        right = self.options.get("answer", 0)
        if not 1 <= right <= len(choices):
            raise self.error(
                f"the prediction {text!r} says :answer: {right or 'nothing'}; "
                f"it has the choices 1 to {len(choices)}"
            )
        before = self.env.temp_data.get("predictions", 0)
        if before == MOST:
            raise self.error(f"{text!r} is one prediction more than the {MOST} of a chapter")
        self.env.temp_data["predictions"] = before + 1
        return [self.box(text, choices, inner.children[1:], right)]

    def box(self, text, choices, answer, right):
        """The node with its three parts."""
        box = predict_node("", classes=["predict"], answer=right)
        self.set_source_info(box)
        self.add_name(box)
        parsed, messages = self.state.inline_text(text, self.lineno)
        question = nodes.paragraph("", "", *parsed, classes=["predict-question"])
        box += [question, *messages]
        box += predict_choices("", *choices.children)
        box += predict_answer("", *answer, letter=LETTERS[right - 1])
        return box


def visit_box(writer, node):
    writer.body.append(
        writer.starttag(node, "div", CLASS="admonition", **{"data-answer": str(node["answer"])})
    )
    writer.body.append('<p class="admonition-title">Predict</p>\n')


def depart_box(writer, node):
    writer.body.append("</div>\n")


def visit_choices(writer, node):
    writer.body.append('<ol class="predict-choices" type="A">\n')


def depart_choices(writer, node):
    writer.body.append("</ol>\n")


def visit_answer(writer, node):
    writer.body.append('<details class="predict-answer">\n<summary>Answer</summary>\n')
    writer.body.append(f'<p class="predict-right">The answer is {node["letter"]}.</p>\n')


def depart_answer(writer, node):
    writer.body.append("</details>\n")


def setup(app):
    app.add_directive("predict", Predict)
    app.add_node(predict_node, html=(visit_box, depart_box))
    app.add_node(predict_choices, html=(visit_choices, depart_choices))
    app.add_node(predict_answer, html=(visit_answer, depart_answer))
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
