"""Batch normalisation: every channel gets mean 0 and variance 1 over the batch."""

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, number
from d2lkit.ops.settings import check_floating, check_shape


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalise each channel, then scale it by ``weight`` and shift it by ``bias``.

    output = weight * (input - mean) / sqrt(var + eps) + bias. In training, mean and variance are
    those of the batch, over all axes but the channels', and the running statistics move towards
    them in place. Otherwise they *are* the running statistics. The batch is normalised with its
    own variance (sum of squares / m); what is remembered is the unbiased estimate
    (sum of squares / (m - 1)).

    Args:
        input: features of a fully connected layer or feature maps, of a floating-point dtype.
        running_mean, running_var: (C,) each, or both None to use the batch's statistics always.
        weight, bias: the learned scale gamma and shift beta, (C,) each; None for 1 and 0.
        training: use the statistics of the batch.
        momentum: share of the batch in the running statistics, 0 to 1.
        eps: added to the variance, so that a constant channel does not divide by 0.

    Shape: (N, C), (N, C, L) or (N, C, H, W) -> the same

    Raises:
        ValueError: a shape does not fit, or the batch's statistics are asked for and each channel
            has a single value: it would be its own mean, and every output 0.

    >>> import torch
    >>> batch_norm(torch.tensor([[1.0, 10.0], [3.0, 30.0]]), None, None, training=True, eps=1e-9)
    tensor([[-1., -1.],
            [ 1.,  1.]])

    Source: Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing
    internal covariate shift", 2015, algorithms 1 and 2; ``torch.nn.functional.batch_norm``.
    """
    number("momentum", momentum, minimum=0, maximum=1)
    mean, var = _statistics(input, running_mean, running_var, training, eps)
    _check_affine(input, weight, bias)
    if training and running_mean is not None and input.numel() > 0:
        count = input.numel() // input.shape[1]
        with torch.no_grad():
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (var * count / (count - 1) - running_var)
    output = (input - _as(mean, input)) / torch.sqrt(_as(var, input) + eps)
    if weight is not None:
        output = output * _as(weight, input)
    if bias is not None:
        output = output + _as(bias, input)
    return output


def batch_norm_backward(
    grad_output: Tensor,
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    training: bool = False,
    eps: float = 1e-5,
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute the gradients of :func:`batch_norm`: of input, weight and bias.

    In training a value also acts through the mean and the variance of its batch. What is left of
    the gradient has no part along the all-ones vector nor along the normalised values: adding a
    constant to a channel, or stretching it, does not change the output.

    Args:
        grad_output: gradient with respect to the output.
        input, running_mean, running_var, weight, training, eps: as given to ``batch_norm``.

    Shape: (N, C), (N, C, L) or (N, C, H, W) -> the same, (C,), (C,)

    >>> import torch
    >>> x = torch.tensor([[1.0], [2.0], [6.0]])
    >>> gradient, _, _ = batch_norm_backward(torch.ones(3, 1), x, None, None, training=True)
    >>> gradient.flatten()  # a sum of normalised values is 0, whatever the input
    tensor([0., 0., 0.])

    Source: Ioffe and Szegedy, 2015, section 3.
    """
    mean, var = _statistics(input, running_mean, running_var, training, eps)
    _check_affine(input, weight, None)
    check_shape("grad_output", grad_output, input.shape)
    axes = _axes(input)
    scale = 1 / torch.sqrt(_as(var, input) + eps)
    normalised = (input - _as(mean, input)) * scale
    grad_weight = (grad_output * normalised).sum(axes)
    grad_bias = grad_output.sum(axes)
    through = grad_output
    if _uses_batch(running_mean, training):
        count = max(1, input.numel() // input.shape[1])
        along_ones = _as(grad_bias, input) / count
        along_values = normalised * _as(grad_weight, input) / count
        through = grad_output - along_ones - along_values
    if weight is not None:
        scale = scale * _as(weight, input)
    return through * scale, grad_weight, grad_bias


class BatchNorm(nn.Module):
    """A batch normalisation layer, for fully connected layers and for convolutions alike.

    Parameters, buffers and their names are those of ``torch.nn.BatchNorm1d`` and ``BatchNorm2d``:
    either loads the other's ``state_dict``, running statistics included.

    Args:
        num_features: number of channels C.
        eps: added to the variance.
        momentum: share of the batch in the running statistics; None averages over all batches.
        affine: learn a scale and a shift per channel.
        track_running_stats: remember the statistics for evaluation; otherwise those of the batch
            serve there too.

    Shape: (N, C), (N, C, L) or (N, C, H, W) -> the same

    >>> import torch
    >>> layer = BatchNorm(2)
    >>> layer(torch.tensor([[1.0, 10.0], [3.0, 30.0]])).shape
    torch.Size([2, 2])
    >>> list(layer.state_dict())
    ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
    >>> layer.running_mean
    tensor([0.2000, 2.0000])

    Source: Ioffe and Szegedy, 2015; ``torch.nn.BatchNorm2d``.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ):
        super().__init__()
        self.num_features = integer("num_features", num_features, minimum=1)
        self.eps = number("eps", eps, above=0)
        if momentum is not None:
            number("momentum", momentum, minimum=0, maximum=1)
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_features)) if affine else None
        # Buffers are no parameters, yet they are saved, loaded and moved with the layer.
        tracked = track_running_stats
        self.register_buffer("running_mean", torch.zeros(num_features) if tracked else None)
        self.register_buffer("running_var", torch.ones(num_features) if tracked else None)
        self.register_buffer("num_batches_tracked", torch.tensor(0) if tracked else None)

    def forward(self, input: Tensor) -> Tensor:
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked += 1
            if self.momentum is None:
                momentum = 1 / self.num_batches_tracked.item()
        return batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training,
            momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"


def _axes(input: Tensor) -> list[int]:
    """All axes but the channels'."""
    return [axis for axis in range(input.ndim) if axis != 1]


def _as(values: Tensor, input: Tensor) -> Tensor:
    """View one value per channel so that it broadcasts against ``input``."""
    return values.reshape(1, -1, *[1] * (input.ndim - 2))


def _uses_batch(running_mean: Tensor | None, training: bool) -> bool:
    return training or running_mean is None


def _statistics(input, running_mean, running_var, training, eps) -> tuple[Tensor, Tensor]:
    """Return the mean and the variance to normalise with, (C,) each."""
    check_floating("input", input)
    number("eps", eps, above=0)
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must be given both or neither")
    channels = (input.shape[1],)
    if running_mean is not None:
        check_shape("running_mean", running_mean, channels)
        check_shape("running_var", running_var, channels)
    if not _uses_batch(running_mean, training):
        return running_mean, running_var
    if input.numel() == 0:
        return input.new_zeros(channels), input.new_ones(channels)
    if input.numel() == input.shape[1]:
        raise ValueError(
            "batch statistics need at least 2 values in each channel, got 1: input has shape "
            f"{tuple(input.shape)}; use a larger batch, or running statistics (eval mode)"
        )
    mean = input.mean(_axes(input))
    return mean, ((input - _as(mean, input)) ** 2).mean(_axes(input))


def _check_affine(input: Tensor, weight: Tensor | None, bias: Tensor | None) -> None:
    for name, values in (("weight", weight), ("bias", bias)):
        if values is not None:
            check_shape(name, values, (input.shape[1],))
