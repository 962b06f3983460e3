"""Rules about single windows: what they read, what they drop, how they are padded."""

from collections.abc import Iterator
from math import prod

import torch

from d2lkit.accounting.findings import Finding
from d2lkit.accounting.sizing_reads import CONVOLUTIONS, POOLS, Account, Axis

_KEPT_AREA = 0.75  # of a map: a convolution that leaves less shrinks it
_LARGE_KERNEL, _MANY_CHANNELS, _LARGE_POOL = 7, 16, 4


def window_findings(account: Account) -> Iterator[Finding]:
    """Yield what is wrong with single windows, in the order of the rows."""
    edges = list(_unread(account))
    if any(finding.rule == "dropped-edge" for finding in edges):
        yield from _input(account)
    yield from edges
    for i, record in enumerate(account.records):
        axes = account.axes(i)
        if axes is None or not account.is_a(i, (*CONVOLUTIONS, *POOLS)):
            continue
        for rule in (_idle, _even, _padding):
            yield from rule(record.name, axes)
        if account.is_a(i, CONVOLUTIONS):
            yield from _shrinking(record.name, axes)
            yield from _large_kernel(record, axes)
        else:
            yield from _large_pool(record.name, axes)


def _unread(account: Account) -> Iterator[Finding]:
    """Pixels of a map that no window of any layer reads."""
    for source in range(-1, len(account.records)):
        readers = account.readers(source)
        axes = [account.axes(i) for i in readers]
        if not readers or None in axes:
            continue
        sides = {tuple(axis.size for axis in both) for both in axes}
        if len(sides) > 1 or (source >= 0 and _sides(account, source) not in sides):
            continue
        masks = [_mask(both) for both in axes]
        unread = ~torch.stack(masks).any(0)
        if not unread.any():
            continue
        best = max(range(len(readers)), key=lambda k: int(masks[k].sum()))
        yield _unread_finding(account, readers[best], axes[best], unread)


def _sides(account: Account, i: int) -> tuple[int, ...]:
    return tuple(account.records[i].output_shape[2:])


def _mask(axes: list[Axis]) -> torch.Tensor:
    lines = []
    for axis in axes:
        line = torch.zeros(axis.size, dtype=torch.bool, device="cpu")
        line[sorted(axis.read())] = True
        lines.append(line)
    return lines[0][:, None] & lines[1][None, :]


def _unread_finding(account: Account, i: int, axes: list[Axis], unread) -> Finding:
    name, sides = account.records[i].name, _times(axis.size for axis in axes)
    window = _window(axes)
    if all(axis.stride <= axis.kernel or axis.outputs == 1 for axis in axes):
        lost = [axis.size - len(axis.read()) for axis in axes]
        if any(lost):
            fitting = [(axis.size - n, axis.size - n + axis.stride) for axis, n in _zip(axes, lost)]
            smaller, larger = (_times(side) for side in _zip(*fitting))
            fits = f"{smaller} or {larger} places"
            fits += ", or ceil_mode=True" if account.is_a(i, POOLS) else ", or padding"
            what = f"the last {_lines(lost)} of {sides} are in no window of {window}"
            return Finding("dropped-edge", name, what, fits)
    share = unread.float().mean().item()
    what = f"{share:.0%} of the {sides} places are in no window of {window}"
    least = max(axis.stride for axis in axes)
    fits = f"a kernel of at least {least}×{least}, or pooling instead of the stride"
    return Finding("unread-pixels", name, what, fits)


def _zip(*columns):
    return zip(*columns, strict=True)


def _lines(lost: list[int]) -> str:
    rows, columns = lost
    if rows == columns == 1:
        return "row and column"
    parts = [f"{n} {word}{'s' * (n > 1)}" for n, word in _zip(lost, ("row", "column")) if n]
    return " and ".join(part.removeprefix("1 ") for part in parts)


def _window(axes: list[Axis]) -> str:
    kernel, strides = _times(axis.kernel for axis in axes), {axis.stride for axis in axes}
    stride = strides.pop() if len(strides) == 1 else _times(axis.stride for axis in axes)
    return f"{kernel} with stride {stride}"


def _times(values) -> str:
    return "×".join(map(str, values))


def _input(account: Account) -> Iterator[Finding]:
    """The input's side and the product of all strides, where a window drops an edge."""
    jumps = [
        record.receptive_field.jump
        for i, record in enumerate(account.records)
        if record.receptive_field is not None and account.axes(i) is not None
    ]
    jump = max((max(j) if isinstance(j, tuple) else j for j in jumps), default=1)
    for side in sorted(set(account.sides)):
        if side % jump:
            what = f"{side} pixels are no multiple of {jump}, the stride of the whole network"
            near = [n for n in (side - side % jump, side - side % jump + jump) if n]
            yield Finding("input-not-divisible", "input", what, f"{_or(near)} pixels")


def _or(values) -> str:
    return " or ".join(map(str, values))


def _idle(name: str, axes: list[Axis]) -> Iterator[Finding]:
    used = prod(len(axis.taps()) for axis in axes)
    entries = prod(axis.kernel for axis in axes)
    if used < entries:
        sides = _times(axis.size for axis in axes)
        what = f"{entries - used} of {entries} entries of the window never meet a pixel of {sides}"
        most = _times(2 * axis.size - 1 for axis in axes)
        fits = f"a window that spans at most {most}, or a larger map"
        yield Finding("idle-weights", name, what, fits)


def _even(name: str, axes: list[Axis]) -> Iterator[Finding]:
    axis = max(axes, key=lambda axis: (axis.span % 2 == 0, axis.before + axis.after))
    if axis.span % 2 or axis.stride > 1 or not axis.before + axis.after:
        return
    if axis.before == axis.after:
        sizes = [_times(getattr(axis, side) for axis in axes) for side in ("size", "outputs")]
        what = f"a window that spans {axis.span} turns {sizes[0]} into {sizes[1]}"
    else:
        what = (
            f"padding of {axis.before} before and {axis.after} behind: "
            "the map moves by half a place"
        )
    spans = f"a span of {axis.span - 1} or {axis.span + 1}"
    yield Finding("even-kernel", name, what, f"{spans}, with half of it as padding")


def _padding(name: str, axes: list[Axis]) -> Iterator[Finding]:
    axis = max(axes, key=lambda axis: 2 * axis.before - axis.span)
    if 2 * axis.before <= axis.span:
        return
    if all(axis.kernel == 1 for axis in axes):
        inside = prod(axis.size for axis in axes)
        frame = prod(axis.size + axis.before + axis.after for axis in axes) - inside
        what = f"{frame} places around {inside} hold the bias alone, or 0"
        yield Finding("padded-pointwise", name, what, "padding=0")
        return
    what = f"padding of {axis.before} beside a window that spans {axis.span}"
    yield Finding("padding-too-large", name, what, f"padding={(axis.span - 1) // 2}")


def _shrinking(name: str, axes: list[Axis]) -> Iterator[Finding]:
    before, after = (prod(getattr(axis, side) for axis in axes) for side in ("size", "outputs"))
    whole = any(axis.stride > 1 or 2 * axis.span > axis.size for axis in axes)
    if whole or any(axis.before + axis.after for axis in axes) or after >= _KEPT_AREA * before:
        return
    sizes = [_times(getattr(axis, side) for axis in axes) for side in ("size", "outputs")]
    what = f"{sizes[0]} becomes {sizes[1]}: {1 - after / before:.0%} of the places are gone"
    keeps = {(axis.span - 1) // 2 for axis in axes}
    amount = keeps.pop() if len(keeps) == 1 else tuple((axis.span - 1) // 2 for axis in axes)
    yield Finding("shrinking-map", name, what, f"padding={amount} keeps the size")


def _large_kernel(record, axes: list[Axis]) -> Iterator[Finding]:
    kernel = min(axis.kernel for axis in axes)
    inside = all(2 * axis.span <= axis.size and axis.stride == 1 for axis in axes)
    if kernel < _LARGE_KERNEL or record.groups > 1 or record.input_shape[1] < _MANY_CHANNELS:
        return
    if inside:
        layers = (kernel - 1) // 2
        what = f"{kernel}×{kernel} on {record.input_shape[1]} channels: {kernel**2} weights a pair"
        fits = f"{layers} layers of 3×3 see as far with {9 * layers}"
        yield Finding("large-kernel", record.name, what, fits)


def _large_pool(name: str, axes: list[Axis]) -> Iterator[Finding]:
    if all(axis.kernel >= _LARGE_POOL and axis.outputs > 1 for axis in axes):
        what = f"a window of {_window(axes)} makes one number of {prod(a.kernel for a in axes)}"
        yield Finding("large-pool", name, what, "2×2 or 3×3 with stride 2, twice if need be")
