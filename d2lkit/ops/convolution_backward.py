"""The gradients of a convolution, which are convolutions again."""

import torch
from torch import Tensor

from d2lkit.arguments import tensor
from d2lkit.ops.convolution import conv2d, flip_kernel, unpack
from d2lkit.ops.windows import crop, cut_windows, pad


def corr2d_backward(
    grad_output: Tensor,
    input: Tensor,
    weight: Tensor,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute the gradients of a loss with respect to the arguments of :func:`corr2d`.

    Args:
        grad_output: gradient of the loss with respect to the output of ``corr2d``.
        input, weight, stride, padding, dilation, groups: as given to ``corr2d``.

    Shape: (N, C_out, H_out, W_out) -> the shapes of input, of weight, and (C_out,);
        fewer axes as in :func:`corr2d`

    Returns:
        ``(grad_input, grad_weight, grad_bias)``.

    Raises:
        ValueError: ``grad_output`` has not the shape of the output.

    >>> import torch
    >>> input, weight = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    >>> grad_input, grad_weight, grad_bias = corr2d_backward(torch.ones(2, 2), input, weight)
    >>> grad_input  # how much of the kernel each pixel has met
    tensor([[0., 1., 1.],
            [2., 6., 4.],
            [2., 5., 3.]])
    >>> grad_weight  # the sum of the pixels that each entry has met
    tensor([[ 8., 12.],
            [20., 24.]])
    >>> grad_bias
    tensor([4.])

    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016,
    chapter 4.
    """
    x, w, _, stride, padding, dilation = unpack(
        input, weight, None, stride, padding, dilation, groups
    )
    padded = pad(x, padding)
    windows = cut_windows(padded, w.shape[2:], stride, dilation)
    shape = (len(x), len(w), *windows.shape[2:4])
    tensor("grad_output", grad_output, shape=shape[-input.ndim :])
    grad = grad_output.reshape(shape)
    grad_padded = _input_gradient(grad, w, padded.shape[2:], stride, dilation, groups)
    grad_x = crop(grad_padded, x.shape[2:], padding)
    grad_w = _weight_gradient(grad, windows, groups)
    grad_b = grad.sum(dim=(0, 2, 3))  # added at every pixel
    return grad_x.reshape_as(input), grad_w.reshape_as(weight), grad_b


def conv2d_backward(
    grad_output: Tensor,
    input: Tensor,
    weight: Tensor,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute the gradients with respect to the arguments of :func:`conv2d`, true convolution.

    **Not the backward pass of** ``torch.nn.functional.conv2d``: that is
    :func:`corr2d_backward`.

    Args, Shape, Returns, Raises: as :func:`corr2d_backward`.

    >>> import torch
    >>> input, weight = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    >>> conv2d_backward(torch.ones(2, 2), input, weight)[1]
    tensor([[24., 20.],
            [12.,  8.]])
    """
    grad_input, grad_flipped, grad_bias = corr2d_backward(
        grad_output, input, flip_kernel(weight), stride, padding, dilation, groups
    )
    return grad_input, flip_kernel(grad_flipped), grad_bias


def _weight_gradient(grad_output: Tensor, windows: Tensor, groups: int) -> Tensor:
    """Correlate the input with the gradient: each kernel entry collects over all windows."""
    windows = windows.unflatten(1, (groups, -1))  # (N, G, C_in/G, H_out, W_out, kh, kw)
    grads = grad_output.unflatten(1, (groups, -1))  # (N, G, C_out/G, H_out, W_out)
    grad_weight = torch.einsum("ngchwab,ngohw->gocab", windows, grads)
    return grad_weight.flatten(0, 1)  # (C_out, C_in/G, kh, kw)


def _input_gradient(grad_output: Tensor, w: Tensor, size, stride, dilation, groups) -> Tensor:
    """Convolve the gradient with the kernels, whose input and output channels change places."""
    images, channels, rows, columns = grad_output.shape
    down = (w.shape[2] - 1) * dilation[0]  # how far a kernel reaches
    right = (w.shape[3] - 1) * dilation[1]
    # A stride skipped windows: zeros in their place make it a stride of 1. Around them lies
    # a frame as wide as the kernel reaches, so that every pixel meets every entry.
    spread = grad_output.new_zeros(images, channels, size[0] + down, size[1] + right)
    places = spread[:, :, down :: stride[0], right :: stride[1]]
    places[:, :, :rows, :columns] = grad_output
    kernels = w.unflatten(0, (groups, -1)).transpose(1, 2).flatten(0, 1)
    return conv2d(spread, kernels, dilation=dilation, groups=groups)
