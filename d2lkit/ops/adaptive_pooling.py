"""Average pooling to a size that is asked for: a grid of bins, or one value per channel."""

from collections.abc import Iterator

from torch import Tensor

from d2lkit.arguments import image_shape, pair, tensor


def adaptive_avg_pool2d(input: Tensor, output_size) -> Tensor:
    """Take the mean of each of ``output_size`` bins, whatever the size of the input.

    Bin i of m along an axis of n pixels reaches from floor(i n / m) to ceil((i + 1) n / m), so
    that every pixel lies in a bin, and bins overlap by a pixel where m does not divide n.

    Args:
        input: feature maps of a floating-point dtype.
        output_size: number of bins, one int or (H_out, W_out).

    Shape: (..., H, W) -> (..., H_out, W_out), at most four axes

    >>> import torch
    >>> adaptive_avg_pool2d(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]), (1, 2))
    tensor([[2., 4.]])

    Source: ``torch.nn.AdaptiveAvgPool2d``.
    """
    tensor("input", input, ndim=(2, 3, 4), floating=True)
    output_size = pair("output_size", output_size, minimum=1)
    output = input.new_zeros(*input.shape[:-2], *output_size)
    for i, j, rows, columns in _bins(input.shape[-2:], output_size):
        output[..., i, j] = input[..., rows, columns].mean(dim=(-2, -1))
    return output


def adaptive_avg_pool2d_backward(grad_output: Tensor, input_shape) -> Tensor:
    """Share the gradient of each bin among its pixels alike; gradients add up.

    Args:
        grad_output: gradient with respect to the output of :func:`adaptive_avg_pool2d`.
        input_shape: shape of its input.

    Shape: (..., H_out, W_out) -> (..., H, W)

    >>> import torch
    >>> adaptive_avg_pool2d_backward(torch.tensor([[3.0, 6.0]]), (1, 5))
    tensor([[1., 1., 3., 2., 2.]])
    """
    shape = image_shape("input_shape", input_shape)
    tensor("grad_output", grad_output, ndim=len(shape), floating=True)
    tensor("grad_output", grad_output, shape=(*shape[:-2], *grad_output.shape[-2:]))
    grad_input = grad_output.new_zeros(shape)
    for i, j, rows, columns in _bins(shape[-2:], grad_output.shape[-2:]):
        pixels = (rows.stop - rows.start) * (columns.stop - columns.start)
        grad_input[..., rows, columns] += grad_output[..., i, j, None, None] / pixels
    return grad_input


def global_avg_pool2d(input: Tensor) -> Tensor:
    """Take the mean of each channel over all its pixels.

    Args:
        input: feature maps of a floating-point dtype.

    Shape: (..., H, W) -> (..., 1, 1), at most four axes

    >>> import torch
    >>> global_avg_pool2d(torch.arange(8.0).reshape(2, 2, 2)).flatten()
    tensor([1.5000, 5.5000])

    Source: Lin, Chen and Yan, "Network in network", 2014, section 3.2.
    """
    tensor("input", input, ndim=(2, 3, 4), floating=True)
    return input.mean(dim=(-2, -1), keepdim=True)


def global_avg_pool2d_backward(grad_output: Tensor, input_shape) -> Tensor:
    """Share the gradient of each channel among all its pixels alike.

    Args:
        grad_output: gradient with respect to the output of :func:`global_avg_pool2d`.
        input_shape: shape of its input.

    Shape: (..., 1, 1) -> (..., H, W)

    >>> import torch
    >>> global_avg_pool2d_backward(torch.ones(1, 1), (1, 4))
    tensor([[0.2500, 0.2500, 0.2500, 0.2500]])
    """
    shape = image_shape("input_shape", input_shape)
    tensor("grad_output", grad_output, shape=(*shape[:-2], 1, 1))
    return (grad_output / (shape[-2] * shape[-1])).expand(shape).clone()


def _bins(size, output_size) -> Iterator[tuple[int, int, slice, slice]]:
    """Go through all bins: row, column, and the pixels that each covers."""
    for i, rows in enumerate(_axis_bins(size[0], output_size[0])):
        for j, columns in enumerate(_axis_bins(size[1], output_size[1])):
            yield i, j, rows, columns


def _axis_bins(size: int, bins: int) -> list[slice]:
    # -(-a // b) is a / b rounded up
    return [slice(i * size // bins, -(-(i + 1) * size // bins)) for i in range(bins)]
