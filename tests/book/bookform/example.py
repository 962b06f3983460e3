"""A small notebook without a fault, for the tests of the checks to spoil."""

import base64
import copy
import functools

from bookform.structure import INSTALL
from nbformat import v4

FOLDED = ["check", "hide-input"]
REPOSITORY = "https://github.com/d2lkit/cnn-book"
_PIXEL = base64.b64encode(b"not looked at").decode()
_FILLER = "The window moves and the sum changes with it, one row at a time. " * 5


def _markdown(source: str):
    return v4.new_markdown_cell(source.strip("\n"))


def _code(source: str, outputs=(), **metadata):
    return v4.new_code_cell(source.strip("\n"), outputs=list(outputs), metadata=metadata)


def _text(text: str):
    return v4.new_output("stream", name="stdout", text=text)


def _figure(name: str):
    output = v4.new_output("display_data", {"image/png": _PIXEL, "text/plain": "<Figure>"})
    mystnb = {
        "figure": {"caption": "The sum grows with the window.", "name": name},
        "image": {"alt": "A straight line that rises from zero."},
    }
    return _code(
        "plotting.plot_curves({'sum': sums})", [output], mystnb=mystnb, tags=["hide-input"]
    )


def _glue(name: str):
    prefix = "application/papermill.record/"
    metadata = {"scrapbook": {"name": name, "mime_prefix": prefix}}
    output = v4.new_output("display_data", {f"{prefix}text/plain": "0.9"}, metadata=metadata)
    return _code(f"plotting.glue('{name}', accuracy)", [output], tags=["nbval-ignore-output"])


def _exercise(number: int) -> list:
    label = f"ex-window-{number}"
    return [
        _markdown(
            f"```{{exercise-start}} Count\n:label: {label}\n```\nHow many windows are there?\n"
            "```{exercise-end}\n```"
        ),
        _markdown(f"```{{solution-start}} {label}\n:class: dropdown\n```\nAs many as positions."),
        _code(f'check.answer("{label}", 3)', [_text(f"{label}: right.")]),
        _markdown("```{solution-end}\n```"),
    ]


def good_notebook():
    """Return a new copy of a notebook in which no check finds a fault."""
    return copy.deepcopy(_build())


@functools.cache
def _build():
    cells = [
        _markdown("""
(sec-window)=
# The window

How a sum over a window sees one part of an image at a time.

:::{admonition} At a glance
:class: tip
**Running time:** about 5 s on a laptop CPU. **Difficulty:** ●○○. **Know first:** sums.
:::
"""),
        _markdown("""
## Goals

After this chapter you can

- compute the sum over a window,
- predict its size,
- explain what it does not see.
"""),
        _code(INSTALL.format(repository=REPOSITORY), tags=["remove-cell"]),
        _code("from d2lkit import check, plotting, set_seed\n\nset_seed(0)\nplotting.use_style()"),
        _markdown(f"(sec-window-sum)=\n## What is a sum?\n\n{_FILLER}"),
        _code(
            "sums = [1, 2, 3]\nsums", [v4.new_output("execute_result", {"text/plain": "[1, 2, 3]"})]
        ),
        _figure("fig-window-sums"),
        _markdown(
            "See {numref}`fig-window-sums`, {ref}`sec-window-sum` and {term}`kernel`.\n\n"
            "$$s = \\sum_i x_i$$ (eq-window-sum)\n\n"
            "By {eq}`eq-window-sum` and {cite:p}`lecun1998gradient`."
        ),
        _code(
            '# d2lkit.check\ndef hint(label):\n    """Shown here."""\n    return _find(label).hint',
            tags=["d2lkit-listing"],
        ),
        _markdown(f"## How large is it?\n\n{_FILLER}"),
        _glue("window-accuracy"),
        _code("better = 0.9"),
        _code("accuracy = 0.9\nassert accuracy > 0.8", tags=FOLDED),
        _markdown(f"It is {{glue:text}}`window-accuracy:.2f`.\n\n{_FILLER}"),
        _markdown(f"## What does it miss?\n\n{_FILLER}"),
        *[_markdown(f"Step {1 + number % 12}. {_FILLER}") for number in range(39)],
        _code("assert sums[0] < sums[1]", tags=FOLDED),
        _markdown("## What goes wrong\n\nA window larger than the image."),
        _code(
            "try:\n    sums[9]\nexcept IndexError as error:\n    print(error)",
            [_text("out of range")],
        ),
        _markdown("## Summary\n\n- A window is small.\n- A sum is a number.\n- It moves."),
        _markdown("## Exercises"),
        *[cell for number in range(1, 6) for cell in _exercise(number)],
        _markdown("## What comes next\n\nThe window gets weights."),
    ]
    count = 0
    for cell in cells:
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return v4.new_notebook(cells=cells, metadata=metadata)
