"""Data sets that live on the training device as bytes and come out as batches of floats.

``Digits``, ``Shapes`` and ``load_photograph`` need no download.
"""

from d2lkit.data.array_data import ArrayData
from d2lkit.data.digits import Digits
from d2lkit.data.photographs import load_photograph
from d2lkit.data.shapes import Shapes

__all__ = ["ArrayData", "Digits", "Shapes", "load_photograph"]
