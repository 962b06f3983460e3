"""Data sets that live on the training device as bytes and come out as batches of floats.

``Digits`` and ``load_photograph`` need no download.
"""

from d2lkit.data.array_data import ArrayData
from d2lkit.data.digits import Digits
from d2lkit.data.photographs import load_photograph

__all__ = ["ArrayData", "Digits", "load_photograph"]
