"""What one layer computes: FLOPs and window, a rule for each kind of layer.

1 multiply-add = 2 FLOPs. Counted are

- convolution, linear, bilinear and recurrent layers: one multiply-add per weight used (recurrent
  ones at every step); the bias is left out, as ``torch.utils.flop_counter`` leaves it out;
- pooling: 1 per number in each window (a comparison or an addition);
- normalisation: 4 per number (subtract, divide, scale, shift), 2 without scale and shift; the
  statistics are left out; local response normalisation: size of the window + 4;
- activations 1 per number, softmax 3; adding or multiplying two tensors 1 per number;
- dropout, flattening, padding, looking up and all else that only moves numbers: 0;
- any other layer: its convolutions and matrix products. What else it computes is not counted, and
  the table says so.
"""

from math import prod

from torch import nn
from torch.nn.modules import activation, batchnorm, dropout, padding, pooling

from d2lkit.geometry import Window

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_POOLS = (pooling._MaxPoolNd, pooling._AvgPoolNd, pooling._LPPoolNd)
_ADAPTIVE = (pooling._AdaptiveAvgPoolNd, pooling._AdaptiveMaxPoolNd)
_NORMS = (batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)
_FREE = (nn.Identity, nn.Flatten, nn.Unflatten, dropout._DropoutNd)
_MOVES = (nn.Embedding, nn.PixelShuffle, nn.PixelUnshuffle, nn.ChannelShuffle, nn.ZeroPad2d)
_RECURRENT = (nn.RNNBase, nn.RNNCellBase)
_WEIGHTED = (*_CONVOLUTIONS, *TRANSPOSED, nn.Linear, nn.Bilinear, *_RECURRENT)
_ACTIVATIONS = tuple(
    getattr(activation, name) for name in activation.__all__ if name != "MultiheadAttention"
)
_SOFTMAX = (nn.Softmax, nn.LogSoftmax, nn.Softmax2d, nn.Softmin)


def layer_flops(layer: nn.Module, input_shape, output_shape) -> int | None:
    """Return the FLOPs of a layer, or None where no rule knows the layer.

    >>> layer_flops(nn.Conv2d(3, 8, 5), (1, 3, 8, 8), (1, 8, 4, 4))  # 2 · 75 · 128
    19200
    """
    outputs = prod(output_shape)
    if isinstance(layer, _CONVOLUTIONS):
        return 2 * outputs * (layer.in_channels // layer.groups) * prod(layer.kernel_size)
    if isinstance(layer, TRANSPOSED):  # every input is multiplied with a whole kernel
        kernels = (layer.out_channels // layer.groups) * prod(layer.kernel_size)
        return 2 * prod(input_shape) * kernels
    if isinstance(layer, nn.Linear):
        return 2 * outputs * layer.in_features
    if isinstance(layer, nn.Bilinear):
        return 2 * outputs * layer.in1_features * layer.in2_features
    if isinstance(layer, _RECURRENT):  # every step of every sequence meets all weights
        weights = [p.numel() for name, p in layer.named_parameters() if name.startswith("weight")]
        return 2 * prod(input_shape[:-1]) * sum(weights)
    if isinstance(layer, _POOLS):
        return outputs * prod(per_axis(layer.kernel_size, len(input_shape) - 2))
    if isinstance(layer, _ADAPTIVE):
        return prod(input_shape)
    if isinstance(layer, nn.LocalResponseNorm):
        return outputs * (layer.size + 4)
    if isinstance(layer, _NORMS):
        return outputs * (4 if getattr(layer, "weight", None) is not None else 2)
    if isinstance(layer, _SOFTMAX):
        return 3 * outputs
    if isinstance(layer, _ACTIVATIONS):
        return outputs
    return 0 if isinstance(layer, (*_FREE, *_MOVES, padding._ConstantPadNd)) else None


def has_weights_alone(layer: nn.Module) -> bool:
    """Whether all FLOPs of a layer are multiply-adds with its weights.

    >>> has_weights_alone(nn.Linear(2, 3)), has_weights_alone(nn.BatchNorm2d(2))
    (True, False)
    """
    return isinstance(layer, _WEIGHTED)


def layer_window(layer: nn.Module, input_shape, output_shape) -> Window | None:
    """Return the window that a layer slides over its input, or None if it has none.

    Any layer with the attributes ``kernel_size`` and ``stride`` counts as sliding one.

    >>> layer_window(nn.Conv2d(3, 8, 5, stride=2, padding=2), (1, 3, 8, 8), (1, 8, 4, 4))
    Window(kernel_size=5, stride=2, padding=2, dilation=1)
    """
    if isinstance(layer, _ADAPTIVE):
        return adaptive_window(input_shape, output_shape)
    if isinstance(layer, padding._ConstantPadNd) and len(layer.padding) == 4:
        left, right, top, bottom = layer.padding
        return Window(1, padding=((top, bottom), (left, right)))
    slides = hasattr(layer, "kernel_size") and hasattr(layer, "stride")
    if not slides or isinstance(layer, TRANSPOSED):
        return None
    return make_window(
        layer.kernel_size,
        layer.stride,
        getattr(layer, "padding", 0),
        getattr(layer, "dilation", 1),
        len(input_shape) - 2,
    )


def keeps_positions(layer: nn.Module) -> bool:
    """Whether each output depends on inputs at its own position only.

    Normalisation counts as such a layer: its statistics come from everywhere, its weights from
    nowhere.
    """
    return isinstance(layer, (*_ACTIVATIONS, *_NORMS, *_FREE, nn.LocalResponseNorm))


def sliding_axes(layer: nn.Module, input_shape) -> int:
    """Return along how many axes a layer slides its window.

    >>> sliding_axes(nn.Conv2d(3, 8, 5), (3, 8, 8)), sliding_axes(nn.MaxPool2d(2), (1, 3, 8, 8))
    (2, 2)
    """
    kernel_size = getattr(layer, "kernel_size", None)
    return len(kernel_size) if isinstance(kernel_size, tuple) else len(input_shape) - 2


def make_window(kernel_size, stride, padding, dilation, axes: int) -> Window | None:
    """Return a ``Window`` from the arguments of a torch layer with one or two axes."""
    if axes not in (1, 2):
        return None
    stride = kernel_size if stride is None else stride  # as pooling reads it
    kernel, step, gaps = (per_axis(v, axes) for v in (kernel_size, stride, dilation))
    if padding == "same":
        spans = [gap * (size - 1) for size, gap in zip(kernel, gaps, strict=True)]
        sides = tuple((span // 2, span - span // 2) for span in spans)
        if all(before == after for before, after in sides):
            sides = _short(tuple(before for before, _ in sides))
        else:  # one axis is written as two equal ones
            sides = sides * (3 - axes)
    else:
        sides = _short(per_axis(0 if padding == "valid" else padding, axes))
    return Window(_short(kernel), _short(step), sides, _short(gaps))


def adaptive_window(input_shape, output_shape) -> Window | None:
    """Return the window of adaptive pooling, or None where its windows differ in size."""
    sizes = list(zip(input_shape[2:], output_shape[2:], strict=True))
    if len(sizes) not in (1, 2) or any(size % out for size, out in sizes):
        return None
    kernel = _short(tuple(size // out for size, out in sizes))
    return Window(kernel, stride=kernel)


def per_axis(value, axes: int) -> tuple:
    return tuple(value) if isinstance(value, tuple | list) else (value,) * axes


def _short(values: tuple):
    """Return one value for one axis or for equal axes, so that fields print as one number."""
    return values[0] if len(set(values)) == 1 else values
