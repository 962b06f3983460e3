"""A trained network taken along: its weights as data, and a page on which it is explored."""

from d2lkit.demos.explorer import Explorer, explore
from d2lkit.demos.exported import export

__all__ = ["Explorer", "explore", "export"]
