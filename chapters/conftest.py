"""What nbval says of the cells of the chapters, and holds them to: tests/book/nbval_hooks.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "book"))
from nbval_hooks import pytest_collect_file  # noqa: F401
