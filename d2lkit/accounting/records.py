"""One row of the account: a layer as it ran; and how a run that fails says where."""

from dataclasses import dataclass

from d2lkit.geometry import ReceptiveField, Window


@dataclass(frozen=True)
class LayerRecord:
    """A layer, or a function that a ``forward`` called, as it ran once.

    Attributes:
        name: path in the network such as ``features.0``; for a function the path of the module
            that called it and the function's name.
        kind: class of the layer (``Conv2d``) or name of the function (``add``).
        input_shape: shape of its first input, with the batch.
        output_shape: shape of its (first) output, with the batch.
        parameters: number of its parameters that no earlier row has counted.
        flops: floating-point operations for the whole batch, 1 multiply-add = 2 FLOPs.
        activation_bytes: bytes of the output; 0 where it shares its input's memory, as the
            output of ``Flatten`` and of layers that work in place does.
        receptive_field: pixels of the network's input that a unit sees along the largest path;
            None where no window describes them.
        sees_everything: whether a unit sees the whole input, as behind a ``Linear`` layer.
        window: the layer's own kernel size, stride, padding and dilation, if it has them.
        groups: groups of a convolution, otherwise 1.
        sources: rows (from 0) whose outputs it reads; -1 stands for the network's input.
        multiply_adds: those of its convolutions and matrix products, for the whole batch.
        uncounted: what it computes besides, of which ``flops`` holds nothing.

    >>> from torch import nn
    >>> from d2lkit.accounting import trace
    >>> (record,) = trace(nn.Conv2d(3, 8, 5), (3, 28, 28))
    >>> record.output_shape, record.parameters, record.multiply_adds
    ((1, 8, 24, 24), 608, 345600)
    """

    name: str
    kind: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    parameters: int
    flops: int
    activation_bytes: int
    receptive_field: ReceptiveField | None
    sees_everything: bool
    window: Window | None
    groups: int
    sources: tuple[int, ...]
    multiply_adds: int = 0
    uncounted: tuple[str, ...] = ()


class DoesNotFit(ValueError):
    """A network cannot take an input.

    Attributes:
        layer: path of the layer that failed, "" for the network itself.
        shape: shape of what it got.
        records: rows of the layers that ran before it.

    >>> DoesNotFit("too small", "pool", (1, 8, 1, 1), []).layer
    'pool'
    """

    def __init__(self, message: str, layer: str, shape: tuple[int, ...], records: list):
        super().__init__(message)
        self.layer = layer
        self.shape = shape
        self.records = records
