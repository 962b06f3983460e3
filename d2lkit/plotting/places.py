"""Places and distances in a diagram, in pixels."""

from dataclasses import dataclass, field, replace

from d2lkit.plotting.graph import Block, Frame
from d2lkit.plotting.svg import text_width

STRIP = 16.0  # height of a strip
LINE = 24.0  # height of a block with one line of text
LINES = 36.0  # with two
ROUND = 22.0  # width and height of a circle
GAP = 20.0  # between two blocks of a column
LANE = 16.0  # between two branches
PAD = 9.0  # between a frame and what it holds
HEAD = 15.0  # for the name of a frame
NAME = 6.0  # between the name and the line that enters the frame
JOIN = 9.0  # from a block to the line that spreads to the branches


@dataclass
class Place:
    """Where a block stands: its axis, its upper edge and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass
class Layout:
    """Places of the blocks, lines between them, and boxes (x, y, width, height) of the frames."""

    places: dict[float, Place] = field(default_factory=dict)
    lines: list[list[tuple[float, float]]] = field(default_factory=list)
    frames: list[tuple[Frame, float, float, float, float]] = field(default_factory=list)
    ghosts: list[tuple[float, set[int]]] = field(default_factory=list)  # x of lines beside blocks
    height: float = 0.0
    left: float = 0.0
    right: float = 0.0


def size(block: Block) -> tuple[float, float]:
    """Return the least width of a block and its height, strips included."""
    if block.look == "junction":
        return 0.0, 0.0
    if block.is_round:
        return ROUND, ROUND
    label = f"{block.label} {block.detail}" if block.look == "data" else block.label
    wide = [text_width(label, 11), text_width(block.detail, 9.5)]
    wide += [text_width(strip, 9) for strip, _ in block.strips]
    height = LINES if block.has_two_lines else LINE
    return max(90.0, max(wide) + 16), height + STRIP * len(block.strips)


@dataclass
class Plan:
    """What all parts of a layout share."""

    blocks: dict[float, Block]
    frames: list[Frame]
    layout: Layout

    def frames_within(self, scope: set[int]) -> list[Frame]:
        return [frame for frame in self.frames if frame.blocks <= scope]

    def pad(self, scope: set[int]) -> float:
        """Room beside blocks for the frames around them, one in another."""
        frames = self.frames_within(scope)
        return PAD * max(sum(i in frame.blocks for frame in frames) for i in scope)

    def opening(self, first: int, scopes: list[set[int]]) -> float:
        """Room for the upper edges of the frames that begin at a block.

        The frames lie within the first of the scopes and not within one of the others.
        """
        frames = [f for f in self.frames_within(scopes[0]) if min(f.blocks) == first]
        frames = [f for f in frames if not any(f.blocks <= scope for scope in scopes[1:])]
        return len(frames) * (PAD + HEAD)

    def closing(self, last: int, scope: set[int]) -> float:
        """Room for the lower edges of the frames that end at a block."""
        return PAD * sum(max(frame.blocks) == last for frame in self.frames_within(scope))

    def junction(self, source: float, entries: list[float]) -> float:
        """Put a point where lines part between a block and some that read it; return its number.

        Its number lies just before the first of them, where no other has its own: the order
        stays one in which sources come first.
        """
        number = (max(source, entries[0] - 1) + entries[0]) / 2
        self.blocks[number] = Block("", "", "junction", sources={source})
        for entry in entries:
            block = self.blocks[entry]
            self.blocks[entry] = replace(block, sources=block.sources - {source} | {number})
        return number

    def line(self, *points: tuple[float, float]) -> None:
        self.layout.lines.append(list(points))
