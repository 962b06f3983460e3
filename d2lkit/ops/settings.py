"""What every convolution checks first: do input, weight, bias and settings fit together?"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from d2lkit.arguments import integer, pair, tensor
from d2lkit.geometry import output_size, padding_per_side


@dataclass(frozen=True)
class Convolution:
    """The checked arguments of one convolution, brought to four dimensions.

    Attributes:
        input: (N, C_in, H, W).
        weight: (C_out, C_in/groups, kh, kw).
        bias: (C_out,) or None.
        stride, dilation: pairs (height, width).
        padding: ((top, bottom), (left, right)).
        groups: number of groups of channels.
        output_size: (H_out, W_out).
        added_axes: leading axes of length 1 that the caller's input did not have.
    """

    input: Tensor
    weight: Tensor
    bias: Tensor | None
    stride: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]
    groups: int
    output_size: tuple[int, int]
    added_axes: int

    def like_input(self, output: Tensor) -> Tensor:
        """Drop the axes that the caller's input did not have."""
        return output.reshape(output.shape[self.added_axes :])


def read_convolution(input, weight, bias, stride, padding, dilation, groups) -> Convolution:
    """Check the arguments of a convolution and bring them to four dimensions.

    Shape: input (H, W) with weight (kh, kw), or (C_in, H, W) or (N, C_in, H, W) with
        (C_out, C_in/groups, kh, kw)
    """
    tensor("input", input, ndim=(2, 3, 4))
    tensor("weight", weight, ndim=2 if input.ndim == 2 else 4)
    if input.dtype != weight.dtype:
        raise TypeError(
            f"input and weight must have one dtype, got {input.dtype} and {weight.dtype}"
        )
    added_axes = 4 - input.ndim
    image = input.reshape((1,) * added_axes + tuple(input.shape))
    kernels = weight if weight.ndim == 4 else weight[None, None]
    _check_channels(image, kernels, bias, integer("groups", groups, minimum=1))
    stride = pair("stride", stride, minimum=1)
    dilation = pair("dilation", dilation, minimum=1)
    size = output_size(
        tuple(image.shape[2:]),
        tuple(kernels.shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    return Convolution(
        input=image,
        weight=kernels,
        bias=None if bias is None else bias.reshape(-1),
        stride=stride,
        padding=padding_per_side(padding),
        dilation=dilation,
        groups=groups,
        output_size=size,
        added_axes=added_axes,
    )


def _check_channels(input: Tensor, weight: Tensor, bias, groups: int) -> None:
    in_channels, out_channels = input.shape[1], weight.shape[0]
    if min(*input.shape[1:], *weight.shape) == 0:
        raise ValueError(
            "only the batch may be empty, got shapes "
            f"{tuple(input.shape)} for input and {tuple(weight.shape)} for weight"
        )
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"groups must divide the channels of input and output, got groups={groups} for "
            f"{in_channels} and {out_channels} channels"
        )
    if weight.shape[1] * groups != in_channels:
        raise ValueError(
            "weight must have shape (C_out, C_in/groups, kh, kw) with "
            f"C_in/groups = {in_channels // groups}, got {tuple(weight.shape)} for input "
            f"{tuple(input.shape)} and groups={groups}"
        )
    if bias is None:
        return
    tensor("bias", bias, ndim=(0, 1))
    if bias.dtype != input.dtype:
        raise TypeError(f"input and bias must have one dtype, got {input.dtype} and {bias.dtype}")
    if bias.numel() != out_channels:
        raise ValueError(
            f"bias must have shape (C_out,) = ({out_channels},), got {tuple(bias.shape)}"
        )


@dataclass(frozen=True)
class Pooling:
    """The checked arguments of one pooling.

    Attributes:
        size, output_size: (H, W) and (H_out, W_out).
        kernel_size, stride, dilation: pairs (height, width).
        padding: ((top, bottom), (left, right)).
    """

    size: tuple[int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]
    output_size: tuple[int, int]


def read_pooling(shape, kernel_size, stride, padding=0, dilation=1, ceil_mode=False) -> Pooling:
    """Check the arguments of a pooling over the last two axes of ``shape``.

    A stride of None is the size of the window, so that windows touch and do not overlap.
    """
    kernel_size = pair("kernel_size", kernel_size, minimum=1)
    stride = kernel_size if stride is None else pair("stride", stride, minimum=1)
    sides = padding_per_side(padding)
    for length, (before, after) in zip(kernel_size, sides, strict=True):
        if max(before, after) > length // 2:
            raise ValueError(
                "padding must be at most half of kernel_size, so that every window sees the "
                f"input, got padding={padding} for kernel_size={kernel_size}"
            )
    size = tuple(shape[-2:])
    outputs = output_size(
        size, kernel_size, stride=stride, padding=sides, dilation=dilation, ceil_mode=ceil_mode
    )
    dilation = pair("dilation", dilation, minimum=1)
    return Pooling(size, kernel_size, stride, sides, dilation, outputs)


def check_shape(name: str, value: Tensor, expected) -> None:
    """Refuse a tensor, such as a gradient, whose shape does not follow from the rest."""
    tensor(name, value)
    if tuple(value.shape) != tuple(expected):
        raise ValueError(f"{name} must have shape {tuple(expected)}, got {tuple(value.shape)}")


def check_input_shape(input_shape) -> tuple[int, ...]:
    """Return the shape of an input whose gradient is asked for, as a tuple of ints."""
    if not isinstance(input_shape, Sequence) or isinstance(input_shape, str):
        raise TypeError(f"input_shape must be a sequence of ints, got {input_shape!r}")
    if len(input_shape) not in (2, 3, 4):
        raise ValueError(f"input_shape must have 2, 3 or 4 numbers, got {tuple(input_shape)}")
    return tuple(integer("input_shape", length, minimum=0) for length in input_shape)


def check_floating(name: str, value: Tensor, *, ndim=(2, 3, 4)) -> None:
    """Refuse integer tensors where a mean or a root is taken."""
    tensor(name, value, ndim=ndim)
    if not value.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {value.dtype}")
