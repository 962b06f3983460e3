"""Where the blocks of a diagram stand: a column, with branches side by side.

A block that no connection bypasses divides the column. What lies between two such blocks falls
apart into branches, which are laid out in the same way.
"""

from d2lkit.plotting.columns import Column
from d2lkit.plotting.graph import Block, Frame
from d2lkit.plotting.places import HEAD, LINE, NAME, PAD, Layout, Plan
from d2lkit.plotting.svg import text_width


def lay_out(blocks: list[Block], frames: list[Frame]) -> Layout:
    """Place all blocks; the first is the input, the last the only one that nobody reads."""
    plan = Plan(dict(enumerate(blocks)), frames, Layout())
    column = Column(plan, list(range(len(blocks))))
    layout = plan.layout
    layout.height = column.place(0.0, 0.0)
    for frame in sorted(frames, key=lambda frame: len(frame.blocks)):
        layout.frames.append(_box(layout, frame))
    layout.left = min([-column.left, *(box[1] for box in layout.frames)])
    layout.right = max([column.right, *(box[1] + box[3] for box in layout.frames)])
    return layout


def _box(layout: Layout, frame: Frame) -> tuple[Frame, float, float, float, float]:
    places = [layout.places[i] for i in frame.blocks]
    inner = [box for box in layout.frames if box[0].blocks < frame.blocks]
    beside = [x for x, blocks in layout.ghosts if blocks <= frame.blocks]
    left = min([p.x - p.width / 2 for p in places] + [box[1] for box in inner] + beside)
    right = max([p.x + p.width / 2 for p in places] + [box[1] + box[3] for box in inner] + beside)
    top = min([p.y for p in places] + [box[2] for box in inner]) - PAD - HEAD
    bottom = max([p.bottom for p in places] + [box[2] + box[4] for box in inner]) + PAD
    # The name ends before the first line that comes in from above.
    highest = min(p.y for p in places)
    entry = min(p.x for p in places if p.y < highest + LINE)
    left = min(left, entry - text_width(frame.label, 9) - NAME)
    return frame, left - PAD, top, right - left + 2 * PAD, bottom - top
