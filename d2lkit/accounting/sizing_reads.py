"""What the rules of sizes look at: rows, the layers behind them, and who reads what."""

from dataclasses import dataclass
from functools import lru_cache

from torch import nn
from torch.nn.modules import pooling

from d2lkit.accounting.records import LayerRecord
from d2lkit.geometry.axes import kernel_span, padding_per_side

CONVOLUTIONS = (nn.Conv2d, "conv2d")
POOLS = (nn.MaxPool2d, nn.AvgPool2d, nn.LPPool2d, "max_pool2d", "avg_pool2d", "lp_pool2d")
ADAPTIVE = (pooling._AdaptiveAvgPoolNd, pooling._AdaptiveMaxPoolNd, "adaptive_avg_pool2d", "mean")
_SLICES = ("__getitem__",)


@dataclass(frozen=True)
class Axis:
    """One axis of a map and of the window that slides over it."""

    size: int
    outputs: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int

    @property
    def span(self) -> int:
        """Pixels from the first to the last of a window."""
        return kernel_span(self.kernel, self.dilation)

    def comes_out(self, ceil_mode: bool) -> bool:
        """Whether so many outputs follow from the other numbers."""
        steps = self.size + self.before + self.after - self.span
        exact = steps // self.stride + 1
        allowed = {exact, -(-steps // self.stride) + 1} if ceil_mode else {exact}
        return self.outputs in allowed

    def read(self) -> frozenset[int]:
        """Return the pixels that lie in a window."""
        return _touched(self)[0]

    def taps(self) -> frozenset[int]:
        """Return the entries of the kernel that meet a pixel somewhere."""
        return _touched(self)[1]


@lru_cache(maxsize=1024)
def _touched(axis: Axis) -> tuple[frozenset[int], frozenset[int]]:
    pixels, taps = set(), set()
    for output in range(axis.outputs):
        for tap in range(axis.kernel):
            pixel = output * axis.stride + tap * axis.dilation - axis.before
            if 0 <= pixel < axis.size:
                pixels.add(pixel)
                taps.add(tap)
    return frozenset(pixels), frozenset(taps)


class Account:
    """The rows of one run, with the layer behind each and the rows that read it.

    Attributes:
        records: the rows, in order of execution.
        sides: (H, W) of the input.
        total: number of the network's parameters.
        uncounted: functions that computed something and have no row.
    """

    def __init__(self, net: nn.Module, records: list[LayerRecord], sides, uncounted=()):
        self.records = records
        self.sides = tuple(sides)
        self.total = sum(record.parameters for record in records)
        self.uncounted = set(uncounted)
        self._modules = dict(net.named_modules())
        self._readers: dict[int, list[int]] = {}
        for i, record in enumerate(records):
            for source in record.sources:
                self._readers.setdefault(source, []).append(i)

    def module(self, i: int) -> nn.Module | None:
        """Return the layer of a row, None for that of a function."""
        found = self._modules.get(self.records[i].name)
        return found if type(found).__name__ == self.records[i].kind else None

    def readers(self, i: int) -> list[int]:
        """Return the rows that read row ``i``; -1 stands for the input."""
        return self._readers.get(i, [])

    def is_a(self, i: int, kinds: tuple) -> bool:
        """Whether a row is of one of the kinds: classes of layers, names of functions."""
        module = self.module(i)
        if module is None:
            return self.records[i].kind in kinds
        return isinstance(module, tuple(kind for kind in kinds if isinstance(kind, type)))

    def axes(self, i: int) -> list[Axis] | None:
        """Return both axes of a window, None where a row has none or its sizes do not tell."""
        record = self.records[i]
        slides = self.is_a(i, (*CONVOLUTIONS, *POOLS, *_SLICES))
        if not slides or record.window is None or len(record.input_shape) != 4:
            return None
        window = record.window
        if len(record.output_shape) != 4:
            return None
        columns = zip(
            record.input_shape[2:],
            record.output_shape[2:],
            _both(window.kernel_size),
            _both(window.stride),
            padding_per_side(window.padding),
            _both(window.dilation),
            strict=True,
        )
        found = [
            Axis(size, outputs, kernel, stride, *padding, dilation)
            for size, outputs, kernel, stride, padding, dilation in columns
        ]
        ceil_mode = bool(getattr(self.module(i), "ceil_mode", False))
        return found if all(axis.comes_out(ceil_mode) for axis in found) else None


def _both(value) -> tuple[int, int]:
    return tuple(value) if isinstance(value, tuple) else (value, value)
