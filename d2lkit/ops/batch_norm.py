"""Batch normalisation: every channel gets mean 0 and variance 1 over the batch."""

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, number, tensor
from d2lkit.ops.precision import wide


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
    _check(input, running_mean, running_var, weight, bias, training, momentum, eps)
    x = wide(input)
    if training or running_mean is None:
        mean, var = batch_statistics(x)
    else:
        mean, var = running_mean, running_var
    if training and running_mean is not None:
        count = x.numel() // x.shape[1]  # values in each channel
        update_running_statistics(running_mean, running_var, mean, var, count, momentum)
    output = (x - _as(mean, x)) / torch.sqrt(_as(var, x) + eps)
    if weight is not None:
        output = output * _as(weight, x)
    if bias is not None:
        output = output + _as(bias, x)
    return output.to(input.dtype)


def batch_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance of each channel over all other axes: (N, C, ...) -> (C,), (C,).

    >>> import torch
    >>> batch_statistics(torch.tensor([[1.0], [3.0]]))
    (tensor([2.]), tensor([1.]))
    """
    if x.numel() == 0:
        return x.new_zeros(x.shape[1]), x.new_ones(x.shape[1])
    mean = x.mean(_axes(x))
    return mean, ((x - _as(mean, x)) ** 2).mean(_axes(x))


@torch.no_grad()
def update_running_statistics(running_mean, running_var, mean, var, count: int, momentum: float):
    """Move the running statistics, in place, a share of the way to those of a batch.

    >>> import torch
    >>> running_mean, running_var = torch.zeros(1), torch.ones(1)
    >>> batch = torch.tensor([2.0]), torch.tensor([1.0])  # of the two values 1 and 3
    >>> update_running_statistics(running_mean, running_var, *batch, count=2, momentum=0.5)
    >>> running_mean, running_var
    (tensor([1.]), tensor([1.5000]))
    """
    if count > 0:
        unbiased = var * count / (count - 1)
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (unbiased - running_var)


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
    _check(input, running_mean, running_var, weight, None, training, 0.0, eps)
    tensor("grad_output", grad_output, shape=input.shape)
    x, grad = wide(input), wide(grad_output)
    uses_batch = training or running_mean is None
    mean, var = batch_statistics(x) if uses_batch else (running_mean, running_var)
    scale = 1 / torch.sqrt(_as(var, x) + eps)
    normalised = (x - _as(mean, x)) * scale
    grad_weight = (grad * normalised).sum(_axes(x))
    grad_bias = grad.sum(_axes(x))
    if uses_batch:
        count = max(1, x.numel() // x.shape[1])
        along_ones = _as(grad_bias, x) / count
        along_values = normalised * _as(grad_weight, x) / count
        grad = grad - along_ones - along_values
    if weight is not None:
        scale = scale * _as(weight, x)
    parameter_dtype = input.dtype if weight is None else weight.dtype
    grad_input = (grad * scale).to(input.dtype)
    return grad_input, grad_weight.to(parameter_dtype), grad_bias.to(parameter_dtype)


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
        _check_settings(num_features, eps, momentum)
        self.num_features = n = num_features
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(n)) if affine else None
        self.bias = nn.Parameter(torch.zeros(n)) if affine else None
        stats = torch.zeros(n), torch.ones(n), torch.tensor(0)
        mean, var, count = stats if track_running_stats else [None] * 3
        # Buffers are no parameters, yet they are saved, loaded and moved with the layer.
        self.register_buffer("running_mean", mean)
        self.register_buffer("running_var", var)
        self.register_buffer("num_batches_tracked", count)
        self.register_load_state_dict_pre_hook(_add_missing_count)

    def forward(self, input: Tensor) -> Tensor:
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked += 1
            if momentum is None:  # the average over all batches
                momentum = 1 / self.num_batches_tracked.item()
        mean, var = self.running_mean, self.running_var
        weight, bias, training = self.weight, self.bias, self.training
        return batch_norm(input, mean, var, weight, bias, training, momentum or 0.0, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"


def _axes(input: Tensor) -> list[int]:
    """All axes but the channels'."""
    return [axis for axis in range(input.ndim) if axis != 1]


def _as(values: Tensor, input: Tensor) -> Tensor:
    """View one value per channel so that it broadcasts against ``input``."""
    return values.reshape(1, -1, *[1] * (input.ndim - 2))


def _check_settings(num_features: int, eps: float, momentum: float | None) -> None:
    integer("num_features", num_features, minimum=1)
    number("eps", eps, above=0)
    if momentum is not None:
        number("momentum", momentum, minimum=0, maximum=1)


def _check(input, running_mean, running_var, weight, bias, training, momentum, eps) -> None:
    tensor("input", input, ndim=(2, 3, 4), floating=True)
    number("momentum", momentum, minimum=0, maximum=1)
    number("eps", eps, above=0)
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must be given both or neither")
    names = ("running_mean", "running_var", "weight", "bias")
    for name, values in zip(names, (running_mean, running_var, weight, bias), strict=True):
        if values is not None:
            tensor(name, values, shape=(input.shape[1],))
    if (training or running_mean is None) and input.numel() == input.shape[1] > 0:
        raise ValueError(
            "batch statistics need at least 2 values in each channel, got 1: input has shape "
            f"{tuple(input.shape)}; use a larger batch, or running statistics (eval mode)"
        )


def _add_missing_count(layer, state_dict, prefix: str, metadata, *_) -> None:
    """Let old checkpoints load: those of PyTorch before 0.4.1 count no batches."""
    if layer.num_batches_tracked is not None and (metadata.get("version") or 1) < 2:
        state_dict.setdefault(f"{prefix}num_batches_tracked", layer.num_batches_tracked)
