"""Pages that are made from the chapters: their goals, and how long they run.

``{learning-goals}`` lists the goals of every chapter as the chapter states them.
``{running-times}`` shows benchmarks/results/notebooks.json: seconds and memory of every notebook,
and the machine and the versions that it ran with.
"""

import json
import re
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
RESULT = "benchmarks/results/notebooks.json"
OWN = ("seconds", "peak_mib")  # what else stands beside a figure names another machine


def chapters(root: Path = ROOT) -> list[Path]:
    """The notebooks that the table of contents names, in reading order."""
    toc = (root / "_toc.yml").read_text(encoding="utf-8")
    files = re.findall(r"^ *- file: (chapters/\S+)$", toc, re.MULTILINE)
    return [root / f"{file}.ipynb" for file in files]


def opening(path: Path) -> tuple[str, str]:
    """The first two cells of a chapter: its head, and its goals."""
    cells = nbformat.read(path, as_version=4).cells
    return cells[0].source, cells[1].source


def target(head: str) -> str:
    """The target that links to a chapter, from its head."""
    return re.match(r"\((sec-[a-z0-9-]+)\)=", head).group(1)


def at_a_glance(head: str) -> dict[str, str]:
    """What the box at a chapter's head says: running time, difficulty, what to know first."""
    facts = re.findall(r"\*\*([\w ]+):\*\* *(.+?)(?= *\*\*[\w ]+:\*\*|\n:::|\Z)", head, re.DOTALL)
    return {name: " ".join(text.split()).rstrip(".") for name, text in facts}


def goals(text: str) -> list[str]:
    """The items of a chapter's list of goals, each on one line."""
    items = re.split(r"^- +", text, flags=re.MULTILINE)[1:]
    return [" ".join(item.split()).rstrip(";.,") for item in items]


def goals_page(paths: list[Path]) -> list[str]:
    """The Markdown that lists all goals."""
    lines = []
    for path in paths:
        head, text = opening(path)
        facts = at_a_glance(head)
        lines += [f"**{{ref}}`{target(head)}`** {facts['Difficulty']}", ""]
        lines += [*(f"- {goal}" for goal in goals(text)), ""]
    return lines


def times_page(paths: list[Path], result: dict) -> list[str]:
    """The Markdown that shows the running times.

    Args:
        paths: the chapters.
        result: what benchmarks/notebooks.py stored. A chapter that it lacks is shown without
            figures; a test complains.
    """
    lines = ["| chapter | time | peak memory |", "|---|--:|--:|"]
    for path in paths:
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
        figures = result["notebooks"].get(name)
        cells = "not measured |"
        if figures:
            cells = f"{figures['seconds']:.0f} s | {figures['peak_mib']:.0f} MiB"
            other = [f"{value}" for key, value in figures.items() if key not in OWN]
            cells += f" ({', '.join(other)})" if other else ""
        lines.append(f"| {{ref}}`{target(opening(path)[0])}` | {cells} |")
    versions = ", ".join(
        f"{name} {result[key]}"
        for key, name in [
            ("python", "Python"),
            ("torch", "torch"),
            ("torchvision", "torchvision"),
            ("numpy", "numpy"),
            ("d2lkit", "d2lkit"),
        ]
    )
    graphics = f", {result['gpu']}" if result["gpu"] else ", without a GPU"
    lines += [
        "",
        f"All {len(result['notebooks'])} together: {result['total_seconds'] / 60:.1f} minutes.",
        "",
        f"Machine: {result['cpu']}, {result['cores']} cores{graphics}. Versions: {versions}. "
        f"Measured on {result['date']}, each notebook {_times(result['n'])}.",
    ]
    return lines


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


class LearningGoals(SphinxDirective):
    """The goals of every chapter."""

    def run(self) -> list[nodes.Node]:
        for path in chapters():
            self.env.note_dependency(str(path))
        return parse(self, goals_page(chapters()))


class RunningTimes(SphinxDirective):
    """Seconds and memory of every notebook."""

    def run(self) -> list[nodes.Node]:
        path = ROOT / RESULT
        self.env.note_dependency(str(path))
        result = json.loads(path.read_text(encoding="utf-8"))
        return parse(self, times_page(chapters(), result))


def parse(directive: SphinxDirective, lines: list[str]) -> list[nodes.Node]:
    """Parse Markdown where a directive stands."""
    container = nodes.container()
    source = StringList(lines, source=directive.env.docname)
    directive.state.nested_parse(source, directive.content_offset, container)
    return container.children


def setup(app):
    app.add_directive("learning-goals", LearningGoals)
    app.add_directive("running-times", RunningTimes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
