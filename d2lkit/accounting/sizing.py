"""A checker of sizes: ``lint(net, input_shape)`` says what is badly sized and what would fit."""

import copy

from torch import nn

from d2lkit.accounting.findings import Finding, Findings
from d2lkit.accounting.records import DoesNotFit
from d2lkit.accounting.sizing_layers import layer_findings
from d2lkit.accounting.sizing_reads import Account
from d2lkit.accounting.sizing_windows import window_findings
from d2lkit.accounting.tracing import run

_LARGEST_SIDE = 1024  # pixels: up to here a larger input is tried


def lint(net: nn.Module, input_shape) -> Findings:
    """Run a network once and return what is badly sized in it, layer by layer.

    The kinds of trouble stand in ``d2lkit.accounting.RULES``. They are rules of thumb with a
    reason each: a finding says what happens, not that the network fails. The network is left as
    it was; on PyTorch's meta device the check costs no arithmetic. Channels that a function mixes
    without a layer (a shuffle by ``view`` and ``transpose``) are not seen.

    Args:
        net: any module.
        input_shape: (C, H, W) without the batch or (N, C, H, W) with it; all else that
            :func:`trace` takes.

    Raises:
        TypeError: if ``net`` is no module or ``input_shape`` no sequence of ints.
        ValueError: if the network cannot take the shape for another reason than its sizes.

    >>> net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    >>> lint(net, (1, 9, 9))
    Sequential, input (1, 9, 9): 2 findings
    input: input-not-divisible
        9 pixels are no multiple of 2, the stride of the whole network
        fits: 8 or 10 pixels
    2: dropped-edge
        the last row and column of 9×9 are in no window of 2×2 with stride 2
        fits: 8×8 or 10×10 places, or ceil_mode=True
    """
    try:
        tracer = run(net, input_shape)
    except DoesNotFit as error:
        found = [_failure(net, input_shape, error)]
        account = Account(net, error.records, _sides(input_shape))
    else:
        found = []
        account = Account(net, tracer.records, tracer.input_shapes[0][2:], tracer.uncounted)
    found += [*window_findings(account), *layer_findings(account)]
    place = {name: i for i, (name, _) in enumerate(net.named_modules())}
    place["input"] = -1
    unique = dict.fromkeys(found)  # a layer that runs twice is found once
    ordered = sorted(unique, key=lambda finding: place.get(finding.layer, len(place)))
    shape = tuple(getattr(input_shape, "shape", input_shape))
    return Findings(f"{type(net).__name__}, input {shape}", ordered)


def _sides(input_shape) -> tuple[int, ...]:
    return tuple(getattr(input_shape, "shape", input_shape))[-2:]


def _failure(net: nn.Module, input_shape, error: DoesNotFit) -> Finding:
    """Say why a network stops; an error that no size explains is raised again."""
    layer = error.layer or "input"
    module = dict(net.named_modules())[error.layer]
    if isinstance(module, nn.Linear):
        maps = next((r for r in reversed(error.records) if len(r.output_shape) == 4), None)
        if maps is None or error.shape[-1] == module.in_features:
            raise error
        channels, *sides = maps.output_shape[1:]
        what = (
            f"{channels} maps of {sides[0]}×{sides[1]} places are {error.shape[-1]} numbers, "
            f"the layer takes {module.in_features}"
        )
        fits = "AdaptiveAvgPool2d before the flattening, which takes maps of any size"
        if module.in_features % channels == 0:
            fits = f"maps of {module.in_features // channels} places, or {fits}"
        return Finding("does-not-fit", layer, what, fits)
    side = _smallest_side(net, input_shape, error.layer)
    if side is None:
        raise error
    got = "×".join(map(str, error.shape[2:]))
    window = getattr(module, "kernel_size", None)
    if window is None:
        what = f"{got} pixels are too few for the network"
    else:
        height, width = window if isinstance(window, tuple) else (window, window)
        what = f"a window of {height}×{width} does not fit into a map of {got}"
    return Finding("too-small", layer, what, f"an input of at least {side}×{side} pixels")


def _smallest_side(net: nn.Module, input_shape, layer: str) -> int | None:
    """Return the smallest larger side of a square input at which ``layer`` does not fail."""
    shape = tuple(getattr(input_shape, "shape", input_shape))
    if len(shape) not in (3, 4):
        return None
    empty = copy.deepcopy(net).to("meta")

    def passes(side: int) -> bool:
        try:
            run(empty, (*shape[:-2], side, side))
        except DoesNotFit as error:
            return error.layer != layer
        return True

    low, high = max(shape[-2:]), 2 * max(shape[-2:])
    if min(shape[-2:]) < low and passes(low):
        low, high = min(shape[-2:]), low
    while not passes(high):
        low, high = high, 2 * high
        if high > _LARGEST_SIDE:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return high
