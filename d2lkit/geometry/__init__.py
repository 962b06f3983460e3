"""Output sizes and receptive fields of convolution and pooling: integers, no torch."""

from d2lkit.geometry.axes import kernel_span, padding_per_side
from d2lkit.geometry.output_sizes import (
    output_size,
    output_size_total_padding,
    same_padding,
    strict_output_size,
    transposed_output_size,
)
from d2lkit.geometry.receptive_fields import ReceptiveField, Window, receptive_field

__all__ = [
    "ReceptiveField",
    "Window",
    "kernel_span",
    "output_size",
    "output_size_total_padding",
    "padding_per_side",
    "receptive_field",
    "same_padding",
    "strict_output_size",
    "transposed_output_size",
]
