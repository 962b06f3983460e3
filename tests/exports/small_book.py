"""A book of two chapters that holds each construct once, for the tests of the exports."""

import os
import subprocess
import sys
from pathlib import Path

from nbformat import v4, write

ROOT = Path(__file__).resolve().parents[2]

CONF = """
project = "A small book"
extensions = [
    "myst_nb", "sphinx_exercise", "sphinx_proof", "sphinx_design", "sphinxcontrib.bibtex",
    "notebook_export", "folds", "predictions", "accessible", "demo_figures",
]
html_title = "A small book"
html_theme = "sphinx_book_theme"
html_baseurl = "https://example.org/book/"
html_theme_options = {
    "repository_url": "https://github.com/somebody/something",
    "launch_buttons": {
        "colab_url": "https://colab.research.google.com", "binderhub_url": "https://mybinder.org",
    },
}
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "image/png", 1)]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
numfig = True
bibtex_bibfiles = ["works.bib"]
bibtex_reference_style = "author_year"
"""

BIB = """
@article{lecun1998gradient,
  author = {LeCun, Yann and Bottou, L\\'eon}, title = {Gradient-based learning},
  journal = {Proceedings}, year = {1998}
}
@article{other2000work, author = {Other, Ann}, title = {Not cited here}, journal = {J}, year = 2000}
"""

INDEX = """
# A small book

```{toctree}
:numbered:
chapters/1-part/01-first
chapters/2-part/01-second
```

```{toctree}
words
works
```
"""

WORDS = """
# Words

```{glossary}
kernel
  A small array.
```
"""

WORKS = """
# Works

{cite:p}`other2000work`

```{bibliography}
```
"""

FIRST = [
    """
(sec-first)=
# First *things*

It costs 5 $ and a * b_c, `x | y`, and <b. See {ref}`sec-second`, {numref}`fig-line`, {eq}`eq-sum`
and {ref}`sec-first-own`.

:::{admonition} At a glance
:class: tip
**Time:** 5 s. Know {ref}`sec-second`.

- one
- two
:::
""",
    ("remove-cell", "install = True"),
    ("", "import math"),
    """
(sec-first-own)=
## Its own place

The {term}`kernel <kernel>` of {cite:t}`lecun1998gradient` is small {cite:p}`lecun1998gradient`.
There are {glue:text}`number-of-things` things.

$$
y = \\sum_i |x_i| \\\\
  = 3
$$ (eq-sum)

1. A list

   with two paragraphs

2. and $z = 1$
   - with a list
   - inside
""",
    """
A second cell in the same section.

```{list-table} A table with a caption
:name: tab-small
:header-rows: 1

* - size
  - $|x|$
* - `a | b`
  - 2
```

| left | right |
|---|:-:|
| a | b |

:::{prf:theorem} Sums
:label: thm-sums
Sums add {eq}`eq-sum`.
:::

:::{prf:proof}
By adding.
:::

```python
print("shown, not run")
```

:::{note}
Look at [a page](https://example.org/a_(b)).
:::
""",
    ("hide-input check", "assert math.pi > 3"),
    ("hide-input", "glue", "number-of-things", "7"),
    ("hide-input", "figure", "fig-line", "A line that *rises*, as {eq}`eq-sum` says."),
    """
:::{predict} What *is* $1 + 1$?
:name: predict-first-1
:answer: 2
- One.
- Two, as {eq}`eq-sum` says.

Two, by counting.
:::

:::{demo} slide-the-window
:settings: picture:seven
{numref}`fig-line` stands still.
:::

:::{admonition} Fine print: sums
:class: dropdown
Some sums are long.
:::

## Exercises

```{exercise-start} Count the *things*
:label: ex-first-1
```

How many? Check with `check.answer("ex-first-1", your_number)`.

```{exercise-end}
```

```{solution-start} ex-first-1
:class: dropdown
```

There are *seven*:
""",
    ("nbval-ignore-output", "seven = 7"),
    "so the sum is $7$.",
    ("", 'check.answer("ex-first-1", seven)'),
    """
```{solution-end}
```

```{exercise-start} Think
:label: ex-first-2
```

Why?

```{exercise-end}
```

```{solution-start} ex-first-2
:class: dropdown
```

Because of {index}`reasons`.

```{solution-end}
```
""",
    """
## What comes next

The second chapter.
""",
]

SECOND = [
    """
(sec-second)=
# Second

Back to {numref}`fig-line`, {eq}`eq-sum` and {ref}`ex-first-1`.

$$
1 + 1 = 2
$$ (eq-two)

$$
\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}
$$

\\begin{align}
a &= b
\\end{align}

By {eq}`eq-two`, all is well.
""",
    ("remove-cell", "install = True"),
    ("", "done = True"),
]

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


def notebook(parts):
    """A notebook of Markdown (a text) and code: (tag, code), a glued value or a figure."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    language = {"name": "python", "pygments_lexer": "ipython3"}
    result = v4.new_notebook(metadata={"kernelspec": kernel, "language_info": language})
    for part in parts:
        if isinstance(part, str):
            result.cells.append(v4.new_markdown_cell(part.strip("\n")))
            continue
        tag, code, *rest = part
        metadata = {"tags": tag.split()} if tag else {}
        outputs = []
        if code == "glue":
            prefix = "application/papermill.record/"
            record = {"scrapbook": {"name": rest[0], "mime_prefix": prefix}}
            data = {f"{prefix}text/plain": rest[1]}
            outputs = [v4.new_output("display_data", data, metadata=record)]
            code = f"plotting.glue('{rest[0]}', {rest[1]})"
        elif code == "figure":
            metadata["mystnb"] = {"figure": {"name": rest[0], "caption": rest[1]}}
            outputs = [v4.new_output("display_data", {"image/png": PIXEL})]
            code = "plotting.show()"
        cell = v4.new_code_cell(code, metadata=metadata, outputs=outputs, execution_count=1)
        result.cells.append(cell)
    return result


def write_book(folder):
    """Write the sources of the small book into a folder."""
    texts = {"conf.py": CONF, "works.bib": BIB, "index.md": INDEX, "words.md": WORDS}
    for name, text in {**texts, "works.md": WORKS}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, parts in (("1-part/01-first", FIRST), ("2-part/01-second", SECOND)):
        path = folder / "chapters" / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        write(notebook(parts), path)


def build(source, target):
    """Build a book as HTML, in a process of its own: its warnings are not ours."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, ROOT.glob("_extensions/*/"))),
    }
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-q", str(source), str(target)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)
