"""A network as the volumes of numbers that flow through it: a diagram's style "volumes".

Each volume is a box: its length stands for the channels, its two other sides for height and
width. Lengths grow with the logarithm of the channels and sides with the square root of the
size, so that 3 and 512 channels, 224 and 7 pixels fit into one drawing.
"""

from math import ceil, log2, sqrt

from d2lkit.plotting import svg
from d2lkit.plotting.graph import Block

_PAGE = 690.0  # widest row
_TALL = 100.0  # pixels for the tallest volume of the network
_LEAST = 7.0  # pixels for one number
_LEAN = (0.40, 0.32)  # how far the side leans to the right and up, per pixel of width
_SPACE = 24.0  # between two volumes, for the arrow
_LINE = 11.5  # pixels for a line of text
_BELOW = 22.0  # for the shape
# Front, top and side of a box, by the sort of the layer that makes it.
_SHADES = {
    "conv": ("#bcd9ed", "#d6e8f5", "#a3cbe6"),
    "pool": ("#f8cdb4", "#fbdfcf", "#f5b795"),
    "linear": ("#b5e2d1", "#d2eee3", "#97d6bf"),
    "module": ("#cbe6f8", "#e6f3fc", "#aed8f3"),
}
_PLAIN = ("#e3e3e3", "#f3f3f3", "#d2d2d2")


def draw_volumes(blocks: list[Block]) -> tuple[float, float, list[str]]:
    """Return width, height and parts of a drawing of the blocks' outputs, row by row."""
    shapes = [tuple(map(int, block.detail.split("×"))) for block in blocks]
    shapes = [shape if len(shape) == 3 else (shape[0], 1, 1) for shape in shapes]
    largest = max(max(shape[1:]) for shape in shapes)
    boxes = [_Box(block, shape, largest) for block, shape in zip(blocks, shapes, strict=True)]
    body: list[str] = []
    width, y = 0.0, 0.0
    per_row = _per_row(boxes)
    for start in range(0, len(boxes), per_row):
        row = boxes[start : start + per_row]
        above = _LINE * max(len(box.names) for box in row) + 8
        height = max(box.height for box in row)
        middle = y + above + height / 2
        x = 0.0
        for number, box in enumerate(row, start):
            if number:  # the first arrow of a row shows that it goes on
                body.append(svg.arrow([(x + 3, middle), (x + _SPACE - 3, middle)]))
                x += _SPACE
            body += box.draw(x, middle)
            top = y + above - 8 - _LINE * len(box.names)
            for line, name in enumerate(box.names):
                at = top + _LINE * (line + 1)
                body.append(svg.text(x + box.room / 2, at, name, size=8.5, fill=svg.GREY))
            at = y + above + height + 15
            body.append(svg.text(x + box.room / 2, at, box.block.detail, size=9.5))
            x += box.room
        width = max(width, x)
        y += above + height + _BELOW + 14
    return width, y - 14, body


def _per_row(boxes: "list[_Box]") -> int:
    """Return how many boxes stand in a row: as few rows as the page allows, equally long."""
    for rows in range(1, len(boxes) + 1):
        per_row = ceil(len(boxes) / rows)
        parts = [boxes[i : i + per_row] for i in range(0, len(boxes), per_row)]
        if all(sum(box.room + _SPACE for box in part) <= _PAGE for part in parts):
            return per_row
    return 1


class _Box:
    """One volume, its size in pixels and the lines of text above it."""

    def __init__(self, block: Block, shape: tuple[int, int, int], largest: int):
        channels, rows, columns = shape
        self.block = block
        self.length = _LEAST + 4.0 * log2(channels)
        self.rows, self.columns = (
            max(_LEAST, _TALL * sqrt(size / largest) if largest > 1 else _LEAST)
            for size in (rows, columns)
        )
        self.lean = self.columns * _LEAN[0], self.columns * _LEAN[1]
        self.width, self.height = self.length + self.lean[0], self.rows + self.lean[1]
        self.names = [*block.label.split(", "), *(label for label, _ in block.strips)]
        wide = [svg.text_width(name, 8.5) for name in self.names]
        self.room = max(self.width, svg.text_width(block.detail, 9.5), *wide)

    def draw(self, x: float, middle: float) -> list[str]:
        """Draw the box in the room that begins at ``x``, around the height ``middle``."""
        front, above, side = _SHADES.get(self.block.look, _PLAIN)
        stroke = svg.LOOKS[self.block.look][1]
        left = x + (self.room - self.width) / 2
        right, bottom = left + self.length, middle + self.height / 2
        top = bottom - self.rows
        across, up = self.lean
        back_left, back_right = (left + across, top - up), (right + across, top - up)
        back_bottom = (right + across, bottom - up)
        faces = [
            ([(left, top), (right, top), (right, bottom), (left, bottom)], front),
            ([(left, top), back_left, back_right, (right, top)], above),
            ([(right, top), back_right, back_bottom, (right, bottom)], side),
        ]
        return [svg.polygon(points, fill=fill, stroke=stroke) for points, fill in faces]
