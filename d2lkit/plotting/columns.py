"""The parts of a layout: columns of blocks, branches side by side, and tangles.

Every part has an axis, a vertical line on which its first and last block stand, and reaches
``left`` and ``right`` of it. ``place`` puts it on an axis below some height.
"""

from dataclasses import dataclass

from d2lkit.plotting.graph import Block
from d2lkit.plotting.places import GAP, JOIN, LANE, NAME, ROUND, Place, Plan, size
from d2lkit.plotting.svg import text_width


class Column:
    """Blocks one below the other, with branches between them; one block leads in, one out."""

    def __init__(self, plan: Plan, members: list[float]):
        self.plan, self.scope = plan, set(members)
        edges = {(s, b) for b in members for s in plan.blocks[b].sources if s in self.scope}
        self.items: list[float | _Lanes] = []
        between: list[float] = []
        for index in members:
            if any(source < index < target for source, target in edges):
                between.append(index)
                continue
            if between:
                self.items.append(_Lanes(plan, self.items[-1], between, index))
            self.items.append(index)
            between = []
        pad = plan.pad(self.scope)
        # The blocks of a column are equally wide.
        lanes = [item for item in self.items if isinstance(item, _Lanes)]
        self.width = max(size(plan.blocks[i])[0] for i in self.items if i not in lanes)
        # The name of a frame stands to the left of the first line that enters it.
        first = min([0.0, *(lane.axes[0] for lane in lanes)])
        names = [text_width(f.label, 9) + NAME - first for f in plan.frames_within(self.scope)]
        self.left = max([self.width / 2, *(lane.left for lane in lanes), *names]) + pad
        self.right = max([self.width / 2, *(lane.right for lane in lanes)]) + pad

    def place(self, x: float, y: float) -> float:
        """Place everything below ``y`` on the axis ``x``; return where it ends."""
        places = self.plan.layout.places
        for position, item in enumerate(self.items):
            if isinstance(item, _Lanes):
                scopes = [self.scope, *(lane.scope for lane in item.lanes)]
                lanes = item.place(x, y + self.plan.opening(item.first, scopes) + GAP - JOIN)
                y = lanes.end
                continue
            y += (GAP if position else 0.0) + self.plan.opening(item, [self.scope])
            width, height = size(self.plan.blocks[item])
            if width > ROUND:  # neither a circle nor a junction
                width = self.width
            places[item] = Place(x, y, width, height)
            before = self.items[position - 1] if position else None
            if isinstance(before, _Lanes):
                lanes.join(places[item])
            elif before is not None:
                self.plan.line((x, places[before].bottom), (x, y))
            y += height + self.plan.closing(item, self.scope)
        return y


class _Lanes:
    """Branches side by side, from one block to another; perhaps a line that passes them all."""

    def __init__(self, plan: Plan, source: float, between: list[float], target: float):
        self.plan, self.source, self.target = plan, source, target
        self.first = min(between)
        self.lanes: list[Column | _Tangle] = []
        for members in _components(plan.blocks, between):
            entries = [i for i in members if plan.blocks[i].sources - set(members)]
            if len(entries) > 1 and all(
                plan.blocks[i].sources - set(members) == {source} for i in entries
            ):
                members = [plan.junction(source, entries), *members]
            simple = _leads_in_and_out_once(plan.blocks, members)
            self.lanes.append((Column if simple else _Tangle)(plan, members))
        self.shortcut = source in plan.blocks[target].sources
        axes, cursor = [], 0.0
        for lane in self.lanes:
            axes.append(cursor + lane.left)
            cursor += lane.left + lane.right + LANE
        if self.shortcut:
            axes.append(cursor)
        end = cursor + (LANE / 2 if self.shortcut else -LANE)
        # A sum continues the longest branch in a straight line; others stand in the middle.
        longest = max(range(len(self.lanes)), key=lambda i: len(self.lanes[i].scope))
        straight = plan.blocks[target].is_round or len(self.lanes) == 1
        middle = axes[longest] if straight else end / 2
        self.axes = [axis - middle for axis in axes]
        self.left, self.right = middle, end - middle

    def place(self, x: float, y: float) -> "_PlacedLanes":
        """Place the branches; ``y`` is the height of the line that leads to them."""
        start = self.plan.layout.places[self.source]
        ends = []
        for lane, axis in zip(self.lanes, self.axes, strict=False):
            ends.append(lane.place(x + axis, y + JOIN))
            first = self.plan.layout.places[min(lane.scope)]
            self.plan.line((x, start.bottom), (x, y), (x + axis, y), (x + axis, first.y))
        return _PlacedLanes(self, x, y, max([*ends, y] if self.shortcut else ends))


@dataclass(frozen=True)
class _PlacedLanes:
    """Branches that have their places: the lines out of them can be drawn.

    Attributes:
        lanes: the branches.
        x: the axis from which they part.
        split: the height at which they part.
        lowest: where the longest of them ends.
    """

    lanes: _Lanes
    x: float
    split: float
    lowest: float

    @property
    def end(self) -> float:
        """The height of the line that gathers the branches again."""
        return self.lowest + JOIN

    def join(self, target: Place) -> None:
        """Draw the lines from the branches to the block behind them."""
        between, plan = self.lanes, self.lanes.plan
        for number, axis in enumerate(between.axes):
            x = self.x + axis
            if number < len(between.lanes):
                points = [(x, plan.layout.places[max(between.lanes[number].scope)].bottom)]
            else:
                start = plan.layout.places[between.source]
                points = [(self.x, start.bottom), (self.x, self.split), (x, self.split)]
                inside = {i for lane in between.lanes for i in lane.scope}
                plan.layout.ghosts.append((x, inside | {between.target}))
            if axis and target.width == target.height:  # into the side of a circle
                middle = target.y + target.height / 2
                side = target.x + (target.width / 2 if axis > 0 else -target.width / 2)
                points += [(x, middle), (side, middle)]
            else:
                points += [(x, self.end), (target.x, self.end), (target.x, target.y)]
            plan.line(*points)
        for lane in between.lanes:
            if isinstance(lane, _Tangle):
                lane.connect(between.source, between.target)


class _Tangle:
    """Blocks whose connections do not fall apart into branches: a column with arcs beside it."""

    def __init__(self, plan: Plan, members: list[float]):
        self.plan, self.scope = plan, set(members)
        self.arcs: list[tuple[float, float]] = []
        self.width = max(size(plan.blocks[i])[0] for i in members) / 2
        targets = [block for block in plan.blocks.values() if block.sources & self.scope]
        pad = plan.pad(self.scope)
        names = [text_width(f.label, 9) + NAME for f in plan.frames_within(self.scope)]
        self.left = max([self.width, *names]) + pad
        self.right = self.width + pad + 8.0 * (len(members) + len(targets))

    def place(self, x: float, y: float) -> float:
        for index in sorted(self.scope):
            width, height = size(self.plan.blocks[index])
            y += (GAP if index != min(self.scope) else 0.0) + self.plan.opening(index, [self.scope])
            self.plan.layout.places[index] = Place(x, y, width, height)
            y += height + self.plan.closing(index, self.scope)
        return y

    def connect(self, source: float, target: float) -> None:
        """Draw the connections within the column and with the blocks before and behind it."""
        places, order = self.plan.layout.places, sorted(self.scope)
        x, arcs = places[order[0]].x, 0
        for index in [*order, target]:
            for origin in sorted(self.plan.blocks[index].sources & {*order, source}):
                below = {(source, order[0]), (order[-1], target), (source, target)}
                if (origin, index) in below:
                    continue  # drawn with the branches
                start, end = places[origin], places[index]
                if origin in self.scope and order.index(origin) + 1 == _position(order, index):
                    self.plan.line((x, start.bottom), (x, end.y))
                    continue
                arcs += 1
                beside = x + self.width + 8.0 * arcs
                y0, y1 = start.y + start.height / 2, end.y + end.height / 2
                edges = (start.x + start.width / 2, end.x + end.width / 2)
                self.plan.line((edges[0], y0), (beside, y0), (beside, y1), (edges[1], y1))


def _position(order: list[float], index: int) -> int:
    return order.index(index) if index in order else -1


def _components(blocks: dict[float, Block], members: list[float]) -> list[list[float]]:
    """Return the sets of blocks that are connected without those around them, in order."""
    parts: list[set[float]] = []
    for index in members:
        linked = [part for part in parts if part & blocks[index].sources]
        parts = [part for part in parts if part not in linked]
        parts.append(set().union({index}, *linked))
    return sorted(sorted(part) for part in parts)


def _leads_in_and_out_once(blocks: dict[float, Block], members: list[float]) -> bool:
    inside = set(members)
    entries = [i for i in members if blocks[i].sources - inside]
    exits = {s for i, block in blocks.items() if i not in inside for s in block.sources & inside}
    return entries == members[:1] and exits == {members[-1]}
