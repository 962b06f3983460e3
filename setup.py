"""Puts the script and the style of the explorer into the wheel: they are made of `demos/`."""

import importlib.util
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithExplorer(build_py):
    """Copies the package, and beside it what its page needs."""

    def run(self):
        super().run()
        if self.editable_mode:
            return  # a checkout makes them when they are asked for
        spec = importlib.util.spec_from_file_location("page", ROOT / "d2lkit/demos/page.py")
        page = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(page)
        for name, text in zip(page.FILES, page.bundled(ROOT), strict=True):
            (Path(self.build_lib) / "d2lkit/demos" / name).write_text(text, encoding="utf-8")


setup(cmdclass={"build_py": BuildWithExplorer})
