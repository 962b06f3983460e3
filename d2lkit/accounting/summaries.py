"""The table that ``summary(net, input_shape)`` prints."""

from dataclasses import dataclass

from torch import nn

from d2lkit.accounting.records import LayerRecord
from d2lkit.accounting.tracing import run
from d2lkit.tables import html_table, text_table

_HEADINGS = ["layer", "kind", "output", "parameters", "FLOPs", "activations", "field"]
_TEXT_COLUMNS = 3  # the first columns hold text, the others numbers


def count_parameters(net: nn.Module, *, trainable_only: bool = False) -> int:
    """Return the number of parameters; a parameter that several layers share counts once.

    Args:
        net: any module.
        trainable_only: leave out parameters with ``requires_grad=False``.

    Raises:
        TypeError: if ``net`` is no module.
        ValueError: if a lazy layer does not know its parameters yet.

    >>> count_parameters(nn.Conv2d(3, 96, 11))  # 96 · (3 · 11 · 11 + 1)
    34944
    """
    if not isinstance(net, nn.Module):
        raise TypeError(f"net must be a torch.nn.Module, got {type(net).__name__}")
    for name, parameter in net.named_parameters():
        if nn.parameter.is_lazy(parameter):
            raise ValueError(
                f"net must know the size of its parameters, got a lazy {name!r}: "
                "run it once, or use summary(net, input_shape)"
            )
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)


def summary(net: nn.Module, input_shape, *, batch_size: int = 1) -> "Summary":
    """Return a table of the network's layers: shapes, parameters, FLOPs, memory, fields.

    All numbers hold for the whole batch. What a FLOP is, and which are counted, stands in
    ``d2lkit.accounting.layers``: 1 multiply-add = 2 FLOPs.

    Args:
        net: any module; it is left as it was.
        input_shape: (C, H, W) or (F,) without the batch; (N, C, H, W) or (N, F) with it; also a
            tensor, or a list or dict for several arguments, as :func:`trace` takes them.
        batch_size: N, where the shape does not hold it.

    Raises:
        TypeError: if ``net`` is no module or ``input_shape`` no sequence of ints.
        ValueError: if the network cannot take the shape; the message names the layer that failed.

    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> summary(net, (1, 28, 28))
    Sequential, input (1, 1, 28, 28)
    layer  kind       output          parameters    FLOPs  activations  field
    -------------------------------------------------------------------------
    0      Conv2d     (1, 6, 24, 24)         156  172,800     13.5 KiB      5
    1      ReLU       (1, 6, 24, 24)           0    3,456     13.5 KiB      5
    2      MaxPool2d  (1, 6, 12, 12)           0    3,456      3.4 KiB      6
    -------------------------------------------------------------------------
    total                                    156  179,712     30.4 KiB
    Training with momentum needs 62.6 KiB: 3 × parameters + 2 × activations.
    """
    tracer = run(net, input_shape, batch_size)
    layers, parameters = tracer.records, list(net.parameters())
    lazy = any(nn.parameter.is_lazy(parameter) for parameter in parameters)
    counted = sum(layer.parameters for layer in layers)
    idle = [] if lazy else [p for p in parameters if p not in tracer.used]
    shapes = tracer.input_shapes
    return Summary(
        type(net).__name__,
        shapes[0] if len(shapes) == 1 else shapes,
        layers,
        counted if lazy else sum(parameter.numel() for parameter in parameters),
        parameters[0].dtype.itemsize if parameters else 4,
        idle_parameters=sum(parameter.numel() for parameter in idle),
        uncounted=tuple(sorted(tracer.uncounted)),
    )


@dataclass(frozen=True)
class Summary:
    """The account of a network: text in a terminal, a table in a notebook.

    Attributes:
        network: class of the network.
        input_shape: shape of the input, with the batch; a tuple of shapes for several inputs.
        layers: one ``LayerRecord`` per layer, in order of execution.
        total_parameters: number of parameters, those outside the layers included.
        bytes_per_number: 4 for float32.
        idle_parameters: number of parameters that this forward pass does not use.
        uncounted: functions between the layers of which no row tells the cost.

    >>> account = summary(nn.Conv2d(3, 8, 5), (3, 28, 28))
    >>> account.total_parameters, account.total_flops, account.activation_bytes
    (608, 691200, 18432)
    """

    network: str
    input_shape: tuple[int, ...]
    layers: list[LayerRecord]
    total_parameters: int
    bytes_per_number: int = 4
    idle_parameters: int = 0
    uncounted: tuple[str, ...] = ()

    @property
    def total_multiply_adds(self) -> int:
        """Multiply-adds of a forward pass of the batch: those of its convolutions and products.

        Half of ``total_flops`` is more: normalisation, ReLU and sums are FLOPs as well.
        """
        return sum(layer.multiply_adds for layer in self.layers)

    @property
    def total_flops(self) -> int:
        """FLOPs of a forward pass of the batch, 1 multiply-add = 2 FLOPs."""
        return sum(layer.flops for layer in self.layers)

    @property
    def activation_bytes(self) -> int:
        """Bytes of the outputs of all layers; the input is not among them."""
        return sum(layer.activation_bytes for layer in self.layers)

    @property
    def parameter_bytes(self) -> int:
        """Bytes of the parameters."""
        return self.total_parameters * self.bytes_per_number

    def training_bytes(self, momentum: bool = True) -> int:
        """Return the memory that training needs, by a convention.

        Every activation is kept with its gradient (× 2), every parameter with its gradient and,
        with momentum, its velocity (× 3, otherwise × 2). The images and the workspace of the
        convolutions come on top; a framework that frees what it no longer needs takes less.
        """
        if not isinstance(momentum, bool):
            raise TypeError(f"momentum must be True or False, got {momentum!r}")
        return (3 if momentum else 2) * self.parameter_bytes + 2 * self.activation_bytes

    def __repr__(self) -> str:
        table = text_table(_HEADINGS, self._rows(), _TEXT_COLUMNS, total=self._total())
        return "\n".join([self._title(), table, *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(
            _HEADINGS,
            self._rows(),
            _TEXT_COLUMNS,
            total=self._total(),
            title=self._title(),
            notes=self._notes(),
        )

    def _title(self) -> str:
        return f"{self.network}, input {self.input_shape}"

    def _rows(self) -> list[list[str]]:
        return [
            [
                layer.name,
                layer.kind,
                str(layer.output_shape),
                f"{layer.parameters:,}",
                _flops_text(layer),
                size_text(layer.activation_bytes),
                _field_text(layer),
            ]
            for layer in self.layers
        ]

    def _total(self) -> list[str]:
        numbers = [f"{self.total_parameters:,}", f"{self.total_flops:,}"]
        return ["total", "", "", *numbers, size_text(self.activation_bytes), ""]

    def _notes(self) -> list[str]:
        notes = []
        rows = sum(layer.parameters for layer in self.layers)
        between = self.total_parameters - rows - self.idle_parameters
        if between:
            notes.append(f"{between:,} parameters are used between these rows.")
        if self.idle_parameters:
            notes.append(f"{self.idle_parameters:,} parameters are not used in evaluation.")
        if missing := self._uncounted_texts():
            notes.append(f"Not counted in the FLOPs: {', '.join(missing)}.")
        need = size_text(self.training_bytes())
        notes.append(f"Training with momentum needs {need}: 3 × parameters + 2 × activations.")
        return notes

    def _uncounted_texts(self) -> list[str]:
        texts = {name.strip("_") for name in self.uncounted}
        for layer in self.layers:
            if layer.uncounted and layer.kind not in layer.uncounted[0]:
                inside = ", ".join(name.strip("_") for name in layer.uncounted)
                texts.add(f"{inside} in {layer.kind}")
            else:
                texts.update(layer.uncounted)
        return sorted(texts)


def _flops_text(layer: LayerRecord) -> str:
    return "–" if layer.uncounted and not layer.flops else f"{layer.flops:,}"


def size_text(size_bytes: int) -> str:
    """Write bytes in the unit that fits.

    >>> size_text(512), size_text(3456 * 4), size_text(3 * 2**20), size_text(5 * 2**30)
    ('512 B', '13.5 KiB', '3.0 MiB', '5.0 GiB')
    """
    for power, unit in [(30, "GiB"), (20, "MiB"), (10, "KiB")]:
        if size_bytes >= 2**power:
            return f"{size_bytes / 2**power:,.1f} {unit}"
    return f"{size_bytes} B"


def _field_text(layer: LayerRecord) -> str:
    if layer.sees_everything:
        return "all"
    if layer.receptive_field is None:
        return "–"
    size = layer.receptive_field.size
    return f"{size[0]}×{size[1]}" if isinstance(size, tuple) else str(size)
