"""Every kind of drawing as lines of text: what `test_drawings.py` holds against `drawings/`.

`python tests/plotting/drawings.py` writes the files anew, after a change that is meant.
"""

import itertools
import re
from pathlib import Path

import numpy as np
import torch
from matplotlib import rcParams, rcParamsDefault
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from test_diagrams import NETS, Residual, on_meta
from torch.nn import functional as F

from d2lkit import plotting

STORED = Path(__file__).parent / "drawings"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
MANY = 16  # points; of more than these extent, middle and number are written
# What is asked of an artist, where it has it.
ASKED = (
    *("label", "visible", "zorder", "alpha", "clip_on", "linewidth", "linestyle", "marker"),
    *("markersize", "color", "facecolor", "edgecolor", "fill", "hatch", "text", "fontsize"),
    *("fontweight", "rotation", "horizontalalignment", "verticalalignment", "interpolation"),
    *("clim", "extent", "frame_on", "bbox_patch", "drawstyle", "fillstyle"),
)
# What goes without saying.
USUAL = {
    *("visible True", "clip_on True", "fill True", "rotation 0", "fontweight normal"),
    *("drawstyle default", "fillstyle full", "label ", "clim nan nan"),
}


def ramp(*shape):
    """Numbers that rise from 0 to 1."""
    count = int(np.prod(shape))
    return torch.linspace(0, 1, count).reshape(shape)


def figures() -> dict:
    """A drawing of each public function, with its defaults and with every option turned."""
    p, x = plotting, torch.arange(25.0).reshape(5, 5)
    curves = {"train": [3.0, 2.0, 1.5], "val": ([0, 1, 2], [3.0, 2.5, 2.25], [0.5, 0.25, 0.125])}
    panels = {"loss": curves, "accuracy": {"train": [0.1, 0.6, 0.9]}}
    many = {f"depth {i}": [i + 1.0, i / 2, i / 3] for i in range(7)}
    bars = {"plain": 1.5, "residual": (2.0, 2.5), "dense": (4.0, 0.5)}
    points = {"a": (1, 0.5), "b": (10.0, 0.7, 0.1), "near b": (11.0, 0.71), "far": (100.0, 0.9)}
    net = {"input": (3, 32, 32), "maps": (12, 32, 32), "pooled": (12, 16, 16), "scores": (10,)}
    table = np.array([[8, 1, 1], [0, 9, 1], [2, 3, 5]])
    output = torch.tensor([[19.0, 25.0], [37.0, 43.0]])
    small, kernel = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    dilated = F.conv2d(small[None, None], kernel[None, None], padding=2, stride=2, dilation=2)
    dilated = dilated[0, 0] + 0.5
    return {
        "bars": lambda: p.plot_bars(bars),
        "bars with options": lambda: p.plot_bars(
            bars, "seconds", "Bars", xscale="log", fmt="{:.2f} s", highlight=["dense"]
        ),
        "confusion": lambda: p.plot_confusion(table),
        "confusion with options": lambda: p.plot_confusion(
            table, ["cat", "dog", "owl"], normalise=True, title="Shares"
        ),
        "curves": lambda: p.plot_curves(curves, "epoch"),
        "curves with options": lambda: p.plot_curves(
            curves, "epoch", "loss", "Curves", xscale="log", yscale="log", ylim=(0.1, 10),
            markers=True, height=2.5,
        ),
        "curves in panels": lambda: p.plot_curves(panels, "epoch", title="Two panels"),
        "curves with gaps": lambda: p.plot_curves({"a": [1, float("nan"), 3]}, "x", gaps=True),
        "many curves": lambda: p.plot_curves(many, "epoch", "loss"),
        "points": lambda: p.plot_points(points, "GFLOPs", "accuracy"),
        "points with options": lambda: p.plot_points(
            points, "GFLOPs", "accuracy", "Points", xscale="log", yscale="log",
            highlight=["b"], height=3.0,
        ),
        "feature maps": lambda: p.show_feature_maps(ramp(10, 4, 4) - 0.5),
        "feature maps with options": lambda: p.show_feature_maps(
            ramp(3, 4, 4), ["a", "b", "c"], 2, "magma", 1.5, each=False, title="Maps"
        ),
        "images": lambda: p.show_images(ramp(10, 1, 4, 5)),
        "images with options": lambda: p.show_images(
            ramp(3, 3, 4, 4), ["a", "b", "c"], 2, None, 2.0, title="Images"
        ),
        "kernels": lambda: p.show_kernels(ramp(9, 1, 3, 3) - 0.25),
        "kernels with options": lambda: p.show_kernels(
            ramp(2, 2, 3, 3) - 0.25, None, 2, "gray", 1.0, each=True, title="Kernels"
        ),
        "matrix": lambda: p.show_matrix(x[:2, :3]),
        "matrix with options": lambda: p.show_matrix(
            x[:2, :3] / 3, (0, 1, 2, 1), title="Matrix", cmap="gray", scale=0.75, decimals=1
        ),
        "volumes": lambda: p.show_volumes(net),
        "volumes with options": lambda: p.show_volumes(
            net, windows={"input": (4, 6, 5, 5), "maps": (6, 8, 1, 1)}, height=2.0, title="Net"
        ),
        "window": lambda: p.show_window(small, kernel, output),
        "window with options": lambda: p.show_window(
            small, kernel, dilated, (1, 0), stride=2, padding=2, dilation=2,
            operation="sum", bias=0.5, names=("x", "w", "y"), title="Window", scale=0.5,
        ),
        "largest of a window": lambda: p.show_window(
            small, 2, F.max_pool2d(small[None], 2, 1)[0], operation="max"
        ),
        **{
            f"diagram of {name}": lambda n=name: diagram_of(n)
            for name in NETS
            if name != "resnet18"
        },
        "diagram of one level": lambda: diagram_of("resnet18", depth=1, title="ResNet"),
        "diagram of closed blocks": lambda: diagram_of("framed branches", closed=Residual),
        "volumes of alexnet": lambda: diagram_of("alexnet", style="volumes"),
        "volumes of lenet": lambda: diagram_of("lenet", style="volumes"),
        "row of diagrams": lambda: p.diagram_row(
            [diagram_of("gate"), diagram_of("two heads")], ["gate", "heads"]
        ),
        "style": style,
    }  # fmt: skip


def diagram_of(name, **options):
    """The diagram of one of the networks that `test_diagrams.py` draws."""
    make, shape = NETS[name]
    return plotting.diagram(on_meta(make), shape, **options)


def style() -> list[str]:
    """What `use_style` sets."""
    plotting.use_style()
    return [
        f"{key}: {value}"
        for key, value in sorted(rcParams.items())
        if value != rcParamsDefault[key] and key not in ("backend", "backend_fallback")
    ]


def described(drawing) -> list[str]:
    """A drawing as lines of text."""
    if isinstance(drawing, list):
        return drawing
    if isinstance(drawing, plotting.Diagram):
        return drawing._repr_svg_().replace("><", ">\n<").split("\n")
    FigureCanvasAgg(drawing).draw()
    lines = [f"figure {written(drawing.get_size_inches())} {to_hex(drawing.get_facecolor())}"]
    for artist in (*drawing.texts, *drawing.lines, *drawing.patches, *drawing.legends):
        lines += artist_lines(artist, "")
    if drawing.get_suptitle():
        lines.append(f"above all: {drawing.get_suptitle()}")
    for number, axes in enumerate(drawing.axes):
        lines += axes_lines(number, axes)
    return lines


def axes_lines(number, axes) -> list[str]:
    """Axes with all that is drawn in them."""
    box = written(axes.get_position().bounds * np.tile(axes.figure.get_size_inches(), 2))
    lines = [
        f"axes {number}: box {box}, on {axes.axison}, frame {axes.get_frame_on()}, "
        f"aspect {axes.get_aspect()}, below {axes.get_axisbelow()}",
    ]
    if axes.axison:
        for name in ("x", "y"):
            axis = getattr(axes, f"{name}axis")
            low, high = sorted(axis.get_view_interval())
            ticks = [t for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
            shown = [t.label1.get_text() for t in ticks if t.label1.get_visible()]
            lines.append(
                f"  {name}: {axis.get_scale()} from {written(axis.get_view_interval())}, "
                f"'{axis.label.get_text()}', grid {[t.gridline.get_visible() for t in ticks][:1]}, "
                f"marks {[t.tick1line.get_visible() for t in ticks][:1]}, "
                f"length {[t.get_pad() for t in ticks][:1]}, visible {axis.get_visible()}, "
                f"labels {shown}, minor {len(axis.get_minorticklocs())}"
            )
    spines = [name for name, spine in axes.spines.items() if spine.get_visible()]
    lines.append(f"  spines {spines}, title '{axes.get_title()}' '{axes.get_title('left')}'")
    own = (*axes.lines, *axes.patches, *axes.collections, *axes.images, *axes.texts)
    for artist in own:
        lines += artist_lines(artist, "  ")
    legend = axes.get_legend()
    return lines + (artist_lines(legend, "  ") if legend else [])


def artist_lines(artist, indent) -> list[str]:
    """An artist: its class, its looks and where it lies; a legend with its parts."""
    said = [f"{indent}{type(artist).__name__}"]
    for name in ASKED:
        get = getattr(artist, f"get_{name}", None)
        if get is not None and (value := get()) is not None:
            said.append(f"{name} {written(value)}")
    said = [fact for fact in said if fact not in USUAL and not fact.startswith("label _")]
    said += [f"{name} {written(value)}" for name, value in places(artist)]
    lines = [", ".join(said).replace("\n", "⏎")]
    if hasattr(artist, "get_texts"):  # a legend
        for part in (*artist.get_texts(), *artist.get_lines(), *artist.get_patches()):
            lines += artist_lines(part, indent + "  ")
    return lines


def places(artist):
    """Where an artist lies, in its own coordinates."""
    if isinstance(artist, Line2D):
        yield "points", artist.get_xydata()
    elif isinstance(artist, Text):
        yield "at", artist.get_position()
        if hasattr(artist, "xy"):
            yield "of", artist.xy
    elif isinstance(artist, Patch):
        yield "outline", artist.get_patch_transform().transform(artist.get_path().vertices)
    elif isinstance(artist, AxesImage):
        yield "values", np.asarray(artist.get_array(), dtype=float)
        yield "colours", artist.get_cmap().name
    elif isinstance(artist, Collection):
        yield "offsets", artist.get_offsets()
        for path in artist.get_paths()[:3]:
            yield "path", path.vertices


def written(value) -> str:
    """A value as text: numbers with three digits, many of them by their extent."""
    if isinstance(value, bool | str | np.bool_):
        return f"{value}"
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        found = np.ma.filled(np.ma.asarray(value, dtype=float), np.nan)
    except (TypeError, ValueError):
        return re.sub(r" object at 0x\w+| at 0x\w+", "", str(value))
    flat = found.ravel()
    if flat.size <= 2 * MANY:
        return " ".join(f"{number + 0.0:.4g}" for number in flat) or "none"
    extent = (np.nanmin(flat), np.nanmean(flat), np.nanmax(flat), (flat * ramp(flat.size).numpy()))
    return f"{found.shape}: " + " ".join(f"{np.nanmean(number):.4g}" for number in extent)


def file_of(name: str) -> Path:
    """Where a drawing is stored."""
    return STORED / f"{name.replace(' ', '-')}.txt"


def differing(stored: list[str], fresh: list[str]) -> list[str]:
    """The lines that are others; numbers may differ by a thousandth, or a tenth of a pixel."""
    return [
        f"stored: {old}\nfresh:  {new}"
        for old, new in itertools.zip_longest(stored, fresh, fillvalue="")
        if not same(old, new)
    ]


def same(old: str, new: str) -> bool:
    """Whether two lines hold the same words and about the same numbers."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(abs(float(a) - float(b)) <= 2e-3 * max(abs(float(a)), 10) for a, b in pairs)


if __name__ == "__main__":
    STORED.mkdir(exist_ok=True)
    for found in STORED.glob("*.txt"):
        found.unlink()
    plotting.use_style()
    for name, draw in figures().items():
        file_of(name).write_text("\n".join(described(draw())) + "\n", encoding="utf-8")
