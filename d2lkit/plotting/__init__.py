"""Figures of the book: image grids, matrices, curves, numbers for the text, network diagrams.

Every function returns a matplotlib ``Figure`` that pyplot does not know, so that a notebook cell
whose last expression it is shows it exactly once. Save one with ``figure.savefig("name.png")``.
"""

from .curves import plot_bars, plot_curves
from .images import show_feature_maps, show_images, show_kernels
from .matrices import plot_confusion, show_matrix
from .record import glue
from .style import PALETTE, use_style

__all__ = [
    "PALETTE",
    "glue",
    "plot_bars",
    "plot_confusion",
    "plot_curves",
    "show_feature_maps",
    "show_images",
    "show_kernels",
    "show_matrix",
    "use_style",
]
