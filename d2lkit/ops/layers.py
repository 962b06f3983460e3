"""Layers to train with, on top of the operators; parameters start as in ``nn.Conv2d``."""

import math

import torch
from torch import Tensor, nn

from d2lkit.arguments import boolean, integer, one_of, pair
from d2lkit.geometry import output_size, padding_per_side, same_padding
from d2lkit.ops.convolution_backward import corr2d_backward
from d2lkit.ops.im2col import corr2d_im2col
from d2lkit.ops.locally_connected import locally_connected2d
from d2lkit.ops.precision import autocast
from d2lkit.ops.windows import CONTINUED, pad2d


class Corr2dFunction(torch.autograd.Function):
    """Tie :func:`corr2d_im2col` to :func:`corr2d_backward`, so that autograd calls the latter.

    >>> import torch
    >>> weight = torch.ones(1, 1, 2, 2, requires_grad=True)
    >>> Corr2dFunction.apply(torch.ones(1, 1, 3, 3), weight, None, 1, 0, 1, 1).sum().backward()
    >>> weight.grad.flatten()
    tensor([4., 4., 4., 4.])
    """

    @staticmethod
    def forward(ctx, input, weight, bias, stride, padding, dilation, groups):
        ctx.save_for_backward(input, weight)
        ctx.settings = stride, padding, dilation, groups
        return corr2d_im2col(input, weight, bias, stride, padding, dilation, groups)

    @staticmethod
    def backward(ctx, grad_output):
        grads = corr2d_backward(grad_output, *ctx.saved_tensors, *ctx.settings)
        needed = ctx.needs_input_grad[:3]
        used = [grad if wanted else None for grad, wanted in zip(grads, needed, strict=True)]
        return *used, None, None, None, None


class Corr2d(nn.Module):
    """A convolutional layer computed by this package, in both directions.

    Parameters, their names and their initial values are those of ``torch.nn.Conv2d``: either
    loads the other's ``state_dict``.

    Args:
        in_channels, out_channels: number of channels, each a multiple of ``groups``.
        kernel_size: size of the kernels, one int or (kh, kw).
        stride, dilation: in pixels, as in :func:`corr2d`.
        padding: as in :func:`corr2d`, or "same" for an output of the input's size (at stride 1),
            or "valid" for none.
        groups: number of groups of channels.
        bias: whether each output channel has a bias.
        padding_mode: "zeros", or how :func:`pad2d` continues the image: "reflect", "replicate",
            "circular".

    Shape: (N, C_in, H, W) -> (N, C_out, H_out, W_out), or both without N

    >>> import torch
    >>> Corr2d(3, 8, kernel_size=5, padding=2)(torch.zeros(1, 3, 32, 32)).shape
    torch.Size([1, 8, 32, 32])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
    ):
        super().__init__()
        self.in_channels = integer("in_channels", in_channels, minimum=1)
        self.out_channels = integer("out_channels", out_channels, minimum=1)
        self.kernel_size = pair("kernel_size", kernel_size, minimum=1)
        self.stride = pair("stride", stride, minimum=1)
        self.dilation = pair("dilation", dilation, minimum=1)
        self.padding = _padding(padding, self.kernel_size, self.stride, self.dilation)
        self.padding_mode = one_of("padding_mode", padding_mode, ["zeros", *CONTINUED])
        self.groups = integer("groups", groups, minimum=1)
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups must divide in_channels and out_channels, got groups={groups} for "
                f"{in_channels} and {out_channels}"
            )
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        self.weight = _uniform(shape, bound)
        self.register_parameter("bias", _bias((out_channels,), bound, bias))

    def forward(self, input: Tensor) -> Tensor:
        x, weight, bias = autocast(input, self.weight, self.bias)
        padding = self.padding
        if self.padding_mode != "zeros":
            x, padding = pad2d(x, padding, mode=self.padding_mode), 0
        settings = self.stride, padding, self.dilation, self.groups
        return Corr2dFunction.apply(x, weight, bias, *settings)

    def extra_repr(self) -> str:
        return (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, padding={self.padding}"
            + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")
        )


class LocallyConnected2d(nn.Module):
    """A layer that looks at windows as a convolution does, without sharing its weights.

    Args:
        in_channels, out_channels: number of channels.
        input_size: H and W of the input, one int or a pair: without sharing, the number of
            weights depends on it.
        kernel_size: size of the kernels, one int or (kh, kw).
        stride, padding, dilation: as in :class:`Corr2d`.
        bias: whether each output pixel and channel has a bias.

    Shape: (N, C_in, H, W) -> (N, C_out, H_out, W_out), or both without N

    >>> layer = LocallyConnected2d(1, 4, input_size=28, kernel_size=5)
    >>> layer.weight.shape
    torch.Size([24, 24, 4, 1, 5, 5])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        input_size,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        bias: bool = True,
    ):
        super().__init__()
        self.in_channels = integer("in_channels", in_channels, minimum=1)
        self.out_channels = integer("out_channels", out_channels, minimum=1)
        self.input_size = pair("input_size", input_size, minimum=1)
        self.kernel_size = pair("kernel_size", kernel_size, minimum=1)
        self.stride = pair("stride", stride, minimum=1)
        self.dilation = pair("dilation", dilation, minimum=1)
        self.padding = _padding(padding, self.kernel_size, self.stride, self.dilation)
        positions = output_size(
            self.input_size,
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )
        bound = 1 / math.sqrt(in_channels * math.prod(self.kernel_size))
        shape = (*positions, out_channels, in_channels, *self.kernel_size)
        self.weight = _uniform(shape, bound)
        self.register_parameter("bias", _bias(shape[:3], bound, bias))

    def forward(self, input: Tensor) -> Tensor:
        return locally_connected2d(
            input, self.weight, self.bias, self.stride, self.padding, self.dilation
        )

    def extra_repr(self) -> str:
        return (
            f"{self.in_channels}, {self.out_channels}, input_size={self.input_size}, "
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        )


def _padding(padding, kernel_size, stride, dilation) -> tuple:
    """Return any padding, by number or by name, as ``((top, bottom), (left, right))``."""
    if not isinstance(padding, str):
        return padding_per_side(padding)
    one_of("padding", padding, ["same", "valid"])
    if padding == "valid":
        return padding_per_side(0)
    if stride != (1, 1):
        raise ValueError(f"padding='same' keeps the size at stride 1 only, got stride {stride}")
    return padding_per_side(same_padding(kernel_size, dilation))


def _uniform(shape, bound: float) -> nn.Parameter:
    return nn.Parameter(torch.empty(shape).uniform_(-bound, bound))


def _bias(shape, bound: float, wanted: bool) -> nn.Parameter | None:
    return _uniform(shape, bound) if boolean("bias", wanted) else None
