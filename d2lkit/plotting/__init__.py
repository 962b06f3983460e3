"""Figures of the book: image grids, matrices, curves, numbers for the text, network diagrams.

Every function returns a matplotlib ``Figure`` that pyplot does not know, so that a notebook cell
whose last expression it is shows it exactly once. Save one with ``figure.savefig("name.png")``.
Only ``diagram`` returns a drawing of its own kind, an SVG.
"""

from d2lkit.plotting.curves import plot_bars, plot_curves
from d2lkit.plotting.diagrams import Diagram, diagram, diagram_row
from d2lkit.plotting.images import show_feature_maps, show_images, show_kernels
from d2lkit.plotting.matrices import plot_confusion, show_matrix
from d2lkit.plotting.points import plot_points
from d2lkit.plotting.record import glue
from d2lkit.plotting.style import PALETTE, use_style
from d2lkit.plotting.volumes import show_volumes
from d2lkit.plotting.windows import show_window

__all__ = [
    "PALETTE",
    "Diagram",
    "diagram",
    "diagram_row",
    "glue",
    "plot_bars",
    "plot_confusion",
    "plot_curves",
    "plot_points",
    "show_feature_maps",
    "show_images",
    "show_kernels",
    "show_matrix",
    "show_volumes",
    "show_window",
    "use_style",
]
