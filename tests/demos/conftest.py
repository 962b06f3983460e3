"""Runs the modules of the demos: their mathematics in V8, the whole of them in a browser.

The files `test_browser_*` want BOOK_SITE, as those of the site do: without it no browser is asked.
"""

import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(Path(__file__).parent),
    str(ROOT / "tests/site"),
    str(ROOT / "tests/exports"),
    *map(str, ROOT.glob("_extensions/*/")),
]

collect_ignore_glob = [] if os.environ.get("BOOK_SITE") else ["test_browser_*.py"]


from made import made_by  # noqa: E402


class Engine:
    """The exports of one module: `engine.convolve(image, ...)` calls JavaScript."""

    def __init__(self, context, module):
        from demo_scripts import DEMOS, exports

        self.context = context
        context.eval(f"var module = {exports(DEMOS / module)}")

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*arguments):
            given = ", ".join(map(json.dumps, arguments))
            return json.loads(self.context.eval(f"JSON.stringify(module.{name}({given}) ?? null)"))

        return call

    def value(self, name):
        """What a name stands for that is no function."""
        return json.loads(self.context.eval(f"JSON.stringify(module.{name})"))


@pytest.fixture(scope="module")
def engine(request):
    """The module that a file of tests names: MODULE = "engine/convolution.js"."""
    from py_mini_racer import MiniRacer

    with MiniRacer() as context:
        yield Engine(context, request.module.MODULE)


@pytest.fixture(scope="module")
def script():
    """The script that makes the weights."""
    return made_by("weights/digits")


@pytest.fixture(scope="module")
def stored(script):
    text = script.TARGET.read_text(encoding="utf-8")
    return json.loads(text[text.index("{") :].rstrip().removesuffix(";"))
