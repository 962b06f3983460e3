"""Rules about layers that follow each other: heads, biases, linear pairs, groups, fields."""

from collections.abc import Iterator
from math import ceil, prod

from torch import nn
from torch.nn.modules import batchnorm, dropout, instancenorm

from d2lkit.accounting.findings import Finding
from d2lkit.accounting.layers import keeps_positions
from d2lkit.accounting.sizing_reads import ADAPTIVE, CONVOLUTIONS, POOLS, Account

_NORMS = (batchnorm._BatchNorm, instancenorm._InstanceNorm)
_LINEAR = (nn.Conv2d, nn.Linear)
_STILL_LINEAR = (*_NORMS, dropout._DropoutNd, nn.Identity, nn.Flatten, nn.AvgPool2d)


def layer_findings(account: Account) -> Iterator[Finding]:
    """Yield what is wrong with layers as they follow each other, in the order of the rows."""
    for i, record in enumerate(account.records):
        if account.is_a(i, (nn.Linear,)):
            yield from _heavy_head(account, i)
        if account.is_a(i, _NORMS):
            yield from _bias(account, i)
        if account.is_a(i, _LINEAR) and not account.uncounted:
            yield from _linear_pair(account, i)
        if account.is_a(i, CONVOLUTIONS) and record.groups > 1:
            yield from _isolated(account, i)
        if account.is_a(i, ADAPTIVE):
            yield from _short_sighted(account, i)


def _before(account: Account, i: int, passes: tuple) -> int | None:
    """Return the row that row ``i`` reads, through rows of the kinds ``passes``."""
    sources = account.records[i].sources
    while len(sources) == 1 and sources[0] >= 0:
        j = sources[0]
        if not account.is_a(j, passes):
            return j
        sources = account.records[j].sources
    return None


def _heavy_head(account: Account, i: int) -> Iterator[Finding]:
    record = account.records[i]
    j = _before(account, i, (nn.Flatten, dropout._DropoutNd, nn.Identity))
    if j is None or len(account.records[j].output_shape) != 4:
        return
    channels, *sides = account.records[j].output_shape[1:]
    places, module = prod(sides), account.module(i)
    inputs = record.input_shape[-1]
    convolves = any(account.is_a(k, CONVOLUTIONS) for k in range(i))
    if not convolves or places == 1 or inputs != channels * places:
        return
    if 2 * record.parameters > account.total:
        share = record.parameters / account.total
        outputs = record.output_shape[-1]
        what = f"{share:.0%} of all parameters read {channels} maps of {sides[0]}×{sides[1]} places"
        bias = outputs if module.bias is not None else 0
        fits = f"averaging each map first: {channels * outputs + bias:,} parameters"
        yield Finding("heavy-head", record.name, f"{what}: {record.parameters:,}", fits)


def _bias(account: Account, i: int) -> Iterator[Finding]:
    sources = account.records[i].sources
    if len(sources) != 1 or sources[0] < 0 or account.readers(sources[0]) != [i]:
        return
    j = sources[0]
    module = account.module(j)
    if account.is_a(j, _LINEAR) and module.bias is not None:
        norm = account.records[i].name
        what = f"{len(module.bias)} biases, which {norm!r} subtracts again with the mean"
        yield Finding("bias-before-norm", account.records[j].name, what, "bias=False")


def _linear_pair(account: Account, i: int) -> Iterator[Finding]:
    j = _before(account, i, _STILL_LINEAR)
    if j is None or not account.is_a(j, _LINEAR):
        return
    first, second = account.records[j], account.records[i]
    if account.readers(j) != account.readers(j)[:1] or first.groups > 1 or second.groups > 1:
        return
    # Fewer channels in between than at either end restrict what the pair can do: that is a
    # factorisation, and may be meant. The channels of a map stand at 1, those of a vector last.
    ends = first.input_shape[1 if len(first.input_shape) == 4 else -1], _channels(second)
    if _channels(first) < min(ends):
        return
    what = f"nothing but linear maps between {first.name!r} and this layer"
    yield Finding("linear-pair", second.name, what, "a ReLU in between, or one layer instead")


def _channels(record) -> int:
    return record.output_shape[1 if len(record.output_shape) == 4 else -1]


def _isolated(account: Account, i: int) -> Iterator[Finding]:
    record = account.records[i]
    j = i
    while True:
        sources = account.records[j].sources
        if len(sources) != 1 or sources[0] < 0:
            return
        j = sources[0]
        module = account.module(j)
        channelwise = module is not None and keeps_positions(module)
        if not (channelwise or account.is_a(j, (*POOLS, "relu"))):
            break
        if isinstance(module, nn.LayerNorm | nn.GroupNorm):
            return  # its statistics lead from one group to another
    before = account.records[j]
    if account.is_a(j, CONVOLUTIONS) and before.groups == record.groups:
        what = (
            f"{record.groups} groups read {record.groups} groups of {before.name!r}, each its own"
        )
        fits = "a 1×1 convolution or a shuffle of channels in between"
        yield Finding("isolated-groups", record.name, what, fits)


def _short_sighted(account: Account, i: int) -> Iterator[Finding]:
    record = account.records[i]
    later = [r.output_shape for r in account.records[i:]]
    if any(len(shape) == 4 and prod(shape[2:]) > 1 for shape in later):
        return  # a gate in the middle of the network, or no average over whole maps
    j = record.sources[0] if len(record.sources) == 1 else -1
    field = account.records[j].receptive_field if j >= 0 else None
    if field is None or len(account.sides) != 2 or prod(record.input_shape[2:]) == 1:
        return
    sizes, jumps = (
        value if isinstance(value, tuple) else (value, value) for value in (field.size, field.jump)
    )
    lacks = [
        ceil((side / 2 - size) / (2 * jump))
        for side, size, jump in zip(account.sides, sizes, jumps, strict=True)
    ]
    if max(lacks) > 0:
        sides = "×".join(map(str, account.sides))
        what = f"a unit of {account.records[j].name!r} sees {sizes[0]}×{sizes[1]} of {sides} pixels"
        layers = "layer" if max(lacks) == 1 else "layers"
        fits = f"{max(lacks)} more {layers} of 3×3 before it, or an earlier pooling"
        yield Finding("short-sighted", record.name, what, fits)
