"""Local response normalisation: channels that respond strongly damp their neighbours."""

from torch import Tensor

from d2lkit.arguments import integer, number, tensor


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Divide each value by a power of the energy of its neighbours in the channel axis.

    output = input / (k + alpha * mean of the squares in the window) ** beta, where the window
    holds ``size`` channels around the value's own, at the same pixel; channels that do not
    exist count as zeros. The paper has the *sum* of the squares where PyTorch and we have the
    mean, so our alpha is ``size`` times the paper's.

    Args:
        input: feature maps of a floating-point dtype, always with the batch axis: without it
            PyTorch takes the rows of the image for channels.
        size: channels in the window; an even window reaches further to lower channels.
        alpha, beta, k: as in the formula.

    Shape: (N, C, H, W) -> (N, C, H, W)

    >>> import torch
    >>> input = torch.tensor([3.0, 4.0, 0.0]).reshape(1, 3, 1, 1)
    >>> local_response_norm(input, size=3, alpha=3.0, beta=0.5, k=0.0).flatten()
    tensor([0.6000, 0.8000, 0.0000])

    Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional
    neural networks", 2012, section 3.3; ``torch.nn.LocalResponseNorm``.
    """
    return input / _scale(input, size, alpha, beta, k) ** beta


def local_response_norm_backward(
    grad_output: Tensor,
    input: Tensor,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Tensor:
    """Compute the gradient with respect to the input of :func:`local_response_norm`.

    A value acts on its own output directly, and on all outputs whose window holds it through
    their denominators.

    Args:
        grad_output: gradient with respect to the output.
        input, size, alpha, beta, k: as given to ``local_response_norm``.

    Shape: (N, C, H, W) -> (N, C, H, W)

    >>> import torch
    >>> input = torch.tensor([3.0, 4.0]).reshape(1, 2, 1, 1)
    >>> gradient = local_response_norm_backward(input, input, 3, alpha=3.0, beta=0.5, k=0.0)
    >>> gradient.flatten().abs() < 1e-6  # along the input the output does not change
    tensor([True, True])
    """
    scale = _scale(input, size, alpha, beta, k)
    tensor("grad_output", grad_output, shape=input.shape)
    direct = grad_output * scale**-beta
    # Value j stands in the windows of the channels that see it: the mirrored neighbourhood.
    damped = grad_output * input * scale ** (-beta - 1)
    neighbours = _sum_of_neighbours(damped.flip(1), size).flip(1)
    return direct - 2 * alpha * beta / size * input * neighbours


def _scale(input: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    tensor("input", input, ndim=4, floating=True)
    integer("size", size, minimum=1)
    number("alpha", alpha, minimum=0)
    number("beta", beta, minimum=0)
    number("k", k, minimum=0)
    return k + alpha / size * _sum_of_neighbours(input**2, size)


def _sum_of_neighbours(values: Tensor, size: int) -> Tensor:
    """Add up the ``size`` channels around each channel: size // 2 before, the rest after."""
    images, channels, height, width = values.shape
    padded = values.new_zeros(images, channels + size - 1, height, width)
    padded[:, size // 2 : size // 2 + channels] = values
    return padded.unfold(1, size, 1).sum(dim=-1)
