"""The Python scripts that make the data and the still pictures of the demos."""

import importlib.util

from demo_scripts import DEMOS


def made_by(name: str):
    """The module `demos/NAME.py`, which lies in no package."""
    path = DEMOS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"makes_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
