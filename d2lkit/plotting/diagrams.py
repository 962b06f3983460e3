"""A picture of a network, drawn from the module itself."""

from dataclasses import dataclass, field
from pathlib import Path

from torch import nn

from d2lkit.accounting import trace
from d2lkit.arguments import integer, one_of
from d2lkit.plotting import svg
from d2lkit.plotting.graph import Block, build, bypassed
from d2lkit.plotting.layout import lay_out
from d2lkit.plotting.places import PAD, STRIP, Layout, Place
from d2lkit.plotting.volume_boxes import draw_volumes

_MARGIN = 14.0
_TITLE = 26.0


@dataclass(frozen=True)
class Diagram:
    """A drawing of a network; a notebook shows it, ``save`` writes it to a file.

    Attributes:
        title: heading of the drawing, and its accessible name.
        description: what is drawn, in words.
        width: width in pixels.
        height: height in pixels.

    >>> from torch import nn
    >>> from d2lkit import plotting
    >>> drawing = plotting.diagram(nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU()), (1, 28, 28))
    >>> drawing._repr_svg_()[:4]
    '<svg'
    """

    title: str
    description: str
    width: float
    height: float
    body: list[str] = field(repr=False)

    def _repr_svg_(self) -> str:
        return svg.document(self.width, self.height, self.title, self.description, self.body)

    def __str__(self) -> str:
        return f"{self.title}: {self.description}"

    def __repr__(self) -> str:
        return f"<Diagram {self.title!r}, {svg.num(self.width)}×{svg.num(self.height)} pixels>"

    def save(self, path) -> None:
        """Write the drawing to a file whose name ends in .svg.

        Raises:
            ValueError: for another ending.
        """
        if Path(path).suffix != ".svg":
            raise ValueError(f"path must end in .svg, got {str(path)!r}")
        Path(path).write_text(self._repr_svg_(), encoding="utf-8")


def diagram(
    net: nn.Module,
    input_shape,
    *,
    title: str | None = None,
    depth: int | None = None,
    closed=(),
    style: str = "blocks",
) -> Diagram:
    """Draw a network as it runs: its layers, its branches and the shapes between them.

    Args:
        net: any module that takes one tensor; it is left as it was.
        input_shape: (C, H, W) or (F,) without the batch; (N, C, H, W) or (N, F) with it.
        title: heading; by default the name of the network's class.
        depth: how many levels of modules to open: 1 draws the network's own parts as single
            blocks; None draws every layer.
        closed: a class of modules, or several, to be drawn as single blocks.
        style: "blocks" for a block per layer, or "volumes" for the boxes of numbers that flow
            through the network.

    Raises:
        TypeError: if ``net`` is no module, ``input_shape`` no sequence of ints or ``closed`` no
            class of modules.
        ValueError: if the network cannot take the shape or no layer of it runs, for a depth
            below 1 or an unknown style.

    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> str(diagram(net, (1, 28, 28), title="Small"))
    'Small: input 1×28×28; 5×5 conv (6), ReLU 6×24×24; 2×2 max pool, stride 2 6×12×12'
    """
    one_of("style", style, ["blocks", "volumes"])
    if depth is not None:
        depth = integer("depth", depth, minimum=1)
    closed = (closed,) if isinstance(closed, type) else tuple(closed)
    for kind in closed:
        if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
            raise TypeError(f"closed must hold classes of modules, got {kind!r}")
    rows = trace(net, input_shape)
    if not rows:
        raise ValueError(f"net must run at least one layer, got {type(net).__name__} with none")
    name = type(net).__name__ if title is None else str(title)
    blocks, frames = build(net, rows, depth, closed)
    _close(blocks)
    if style == "volumes":
        width, height, body = draw_volumes(_trunk(blocks))
    else:
        width, height, body = _draw(blocks, lay_out(blocks, frames))
    return _framed(name, _describe(blocks), width, height, body)


def diagram_row(diagrams, titles=None) -> Diagram:
    """Put diagrams side by side in one drawing.

    Args:
        diagrams: the drawings, from left to right.
        titles: headings for them; by default their own.

    Raises:
        TypeError: if something else than diagrams is given.
        ValueError: for no diagrams, or titles that do not match them.

    >>> small = nn.Sequential(nn.Linear(4, 2))
    >>> diagram_row([diagram(small, (4,)), diagram(small, (4,))], ["left", "right"]).title
    'left, right'
    """
    diagrams = list(diagrams)
    if not diagrams:
        raise ValueError("diagrams must hold at least one diagram, got none")
    for item in diagrams:
        if not isinstance(item, Diagram):
            raise TypeError(f"diagrams must hold diagrams, got {type(item).__name__}")
    titles = [item.title for item in diagrams] if titles is None else list(map(str, titles))
    if len(titles) != len(diagrams):
        raise ValueError(
            f"titles must hold one entry for each of the {len(diagrams)} diagrams, "
            f"got {len(titles)}"
        )
    body, x = [], 0.0
    for item, heading in zip(diagrams, titles, strict=True):
        width = max(item.width, svg.text_width(heading, 13) + 2 * _MARGIN)
        shift = x + (width - item.width) / 2
        body.append(svg.text(x + width / 2, 20, heading, size=13, bold=True))
        # The first entry of a diagram's body is its own heading.
        body += [f'<g transform="translate({svg.num(shift)} 0)">', *item.body[1:], "</g>"]
        x += width
    return Diagram(
        ", ".join(titles),
        " | ".join(item.description for item in diagrams),
        x,
        max(item.height for item in diagrams),
        body,
    )


def _framed(title: str, description: str, width: float, height: float, body: list[str]) -> Diagram:
    """Add margins and the heading."""
    inner = max(width, svg.text_width(title, 13))
    total = inner + 2 * _MARGIN
    shift = _MARGIN + (inner - width) / 2
    return Diagram(
        title,
        description,
        total,
        height + _TITLE + 2 * _MARGIN,
        [
            svg.text(total / 2, 20, title, size=13, bold=True),
            f'<g transform="translate({svg.num(shift)} {svg.num(_TITLE + _MARGIN)})">',
            *body,
            "</g>",
        ],
    )


def _close(blocks: list[Block]) -> None:
    """Give a network that ends in several blocks one end."""
    used = {source for block in blocks for source in block.sources}
    ends = {i for i in range(len(blocks)) if i not in used}
    if len(ends) > 1:
        blocks.append(Block("outputs", "", "data", sources=ends))


def _trunk(blocks: list[Block]) -> list[Block]:
    """Return the blocks that make a volume and that everything passes through."""
    trunk = [block for i, block in enumerate(blocks) if i not in bypassed(blocks)]
    thin = ("activation", "norm", "other", "merge")
    return [block for block in trunk if block.look not in thin and block.detail]


def _describe(blocks: list[Block]) -> str:
    parts = []
    for block in blocks:
        names = ", ".join([block.label, *(label for label, _ in block.strips)])
        parts.append(f"{names} {block.detail}".strip())
    return "; ".join(parts)


def _draw(blocks: list[Block], layout: Layout) -> tuple[float, float, list[str]]:
    body = []
    for frame, x, y, width, height in reversed(layout.frames):  # the outermost first
        body.append(svg.rect(x, y, width, height, fill="#fafafa", stroke="#bbbbbb", radius=6))
        body.append(svg.text(x + PAD, y + 13, frame.label, size=9, fill=svg.GREY, anchor="start"))
    # A number between those of the blocks stands for a junction: lines end there without a head.
    places = layout.places.items()
    junctions = {(place.x, place.y) for number, place in places if isinstance(number, float)}
    body += [svg.arrow(points, head=points[-1] not in junctions) for points in layout.lines]
    for index, block in enumerate(blocks):
        body += _draw_block(block, layout.places[index])
    shifted = [f'<g transform="translate({svg.num(-layout.left)} 0)">', *body, "</g>"]
    return layout.right - layout.left, layout.height, shifted


def _draw_block(block: Block, place: Place) -> list[str]:
    fill, stroke = svg.LOOKS[block.look]
    left, main = place.x - place.width / 2, place.height - STRIP * len(block.strips)
    middle = place.y + main / 2
    if block.is_round:
        sign = svg.text(place.x, middle + 5, block.label, size=15)
        return [svg.circle(place.x, middle, main / 2, fill=fill, stroke=stroke), sign]
    parts = [svg.rect(left, place.y, place.width, main, fill=fill, stroke=stroke)]
    if block.has_two_lines:
        parts.append(svg.text(place.x, place.y + 15, block.label))
        parts.append(svg.text(place.x, place.y + 29, block.detail, size=9.5, fill="#444444"))
    else:
        label = f"{block.label} {block.detail}" if block.look == "data" else block.label
        parts.append(svg.text(place.x, middle + 4, label.strip()))
    for number, (label, look) in enumerate(block.strips):
        fill, stroke = svg.LOOKS[look]
        top = place.y + main + STRIP * number
        parts.append(svg.rect(left, top, place.width, STRIP, fill=fill, stroke=stroke, radius=2))
        parts.append(svg.text(place.x, top + 11.5, label, size=9))
    return parts
