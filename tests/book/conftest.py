"""Makes `bookform`, the checks of the notebooks' form, and the book's extensions importable."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *map(str, HERE.parents[1].glob("_extensions/*/"))]
