"""Runs inside a kernel, before the first cell: writes down what each figure that is shown holds.

`execute.py` starts the kernel with it. One line of JSON for a figure, in the file that FIGURE_FACTS
names: the cell that drew it, its panels, their words, and how many lines, bars and pictures.
"""

import hashlib
import json
import os

from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.container import BarContainer


def facts(figure) -> dict:
    """What a figure of Matplotlib holds, as numbers and words."""
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    lines = [  # rulers lie along one axis only
        line for axes in panels for line in axes.lines if line.get_transform() == axes.transData
    ]
    legends = [axes.get_legend() for axes in panels] + list(figure.legends)
    named = [text.get_text() for legend in legends if legend for text in legend.get_texts()]
    bars = [
        bar
        for axes in panels
        for container in axes.containers
        if isinstance(container, BarContainer)
        for bar in container
    ]
    return {
        "panels": len(panels),
        "pictures": sum(len(axes.images) for axes in panels),
        "lines": len(lines),
        "bars": len(bars),
        "points": sum(len(c.get_offsets()) for axes in panels for c in axes.collections),
        "log": any("log" in (axes.get_xscale(), axes.get_yscale()) for axes in panels),
        "names": sorted(set(named)),
        "axes": sorted({axes.get_xlabel() for axes in panels} | {a.get_ylabel() for a in panels}),
        "titles": [axes.get_title() for axes in panels],
    }


def _watch(shown=FigureCanvasBase.print_figure):
    def print_figure(canvas, *args, **kwargs):
        source = get_ipython().history_manager.input_hist_raw[-1]  # noqa: F821
        found = {"cell": hashlib.sha256(source.encode()).hexdigest()[:8], **facts(canvas.figure)}
        with open(os.environ["FIGURE_FACTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(found, ensure_ascii=False) + "\n")
        return shown(canvas, *args, **kwargs)

    FigureCanvasBase.print_figure = print_figure


if "FIGURE_FACTS" in os.environ:  # not where a test only imports this
    _watch()
