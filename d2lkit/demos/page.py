"""The scripts and the styles of the explorer, and the page made of them."""

import importlib.util
import json
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]  # where the modules lie before a wheel is built
FILES = ("explorer.js", "explorer.css")  # what setup.py puts into the wheel

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Explore the network</title>
<style>{style}</style><script>{script}</script></head>
<body><main><div class="demo" id="demo-explorer" data-demo="explorer">
<script type="application/json">{data}</script>
<div class="demo-still">This page needs JavaScript.</div></div></main></body></html>
"""


def bundled(checkout: Path = CHECKOUT) -> tuple[str, str]:
    """Make one script and one style of the files in ``demos/`` of a checkout."""
    path = checkout / "_extensions/pages/demo_scripts.py"
    spec = importlib.util.spec_from_file_location("d2lkit_demo_scripts", path)
    scripts = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scripts)
    script = scripts.bundle(checkout / "demos/explorer/page.js")
    styles = (checkout / f"demos/styles/{name}.css" for name in ("page", "demos"))
    return script, "".join(path.read_text(encoding="utf-8") for path in styles)


@cache
def script_and_style() -> tuple[str, str]:
    """What the wheel carries; in a checkout, what its modules make."""
    packed = [HERE / name for name in FILES]
    if all(path.exists() for path in packed):
        script, style = (path.read_text(encoding="utf-8") for path in packed)
        return script, style
    return bundled()


def page(data: dict) -> str:
    """One HTML page with everything in it."""
    script, style = script_and_style()
    # No text inside may end the element that it stands in.
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return PAGE.format(style=style, script=script, data=text)
