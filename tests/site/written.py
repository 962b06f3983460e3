"""What the authors wrote, for comparison with the built pages."""

import json
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def chapters() -> list[Path]:
    """The notebooks of the table of contents, in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [path for file in files if (path := ROOT / f"{file}.ipynb").exists()]


@cache
def markdown(path: Path) -> str:
    """The Markdown of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
