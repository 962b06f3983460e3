"""Convolution as one matrix product: windows become columns, kernels become rows."""

from torch import Tensor

from d2lkit import geometry
from d2lkit.arguments import pair, tensor
from d2lkit.ops.convolution import unpack
from d2lkit.ops.windows import add_windows, crop, cut_windows, pad, pad2d, sliding_windows


def im2col(input: Tensor, kernel_size, stride=1, padding=0, dilation=1) -> Tensor:
    """Copy every window of the input into a column of a matrix.

    The columns run over the output pixels row by row, the rows over channel, kernel row and
    kernel column. ``torch.nn.functional.unfold`` gives the same matrix, but orders its
    arguments differently: name them.

    Args:
        input: one image or a batch of images.
        kernel_size: size of the window, one int or (kh, kw).
        stride, padding, dilation: in pixels, as in :func:`corr2d`.

    Shape: (N, C, H, W) -> (N, C*kh*kw, H_out*W_out), or both without N

    Raises:
        ValueError: the window does not fit into the padded input.

    >>> import torch
    >>> im2col(torch.arange(9).reshape(1, 3, 3), 2)
    tensor([[0, 1, 3, 4],
            [1, 2, 4, 5],
            [3, 4, 6, 7],
            [4, 5, 7, 8]])

    Source: Chellapilla, Puri and Simard, "High performance convolutional neural networks for
    document processing", 2006.
    """
    tensor("input", input, ndim=(3, 4))
    windows = sliding_windows(pad2d(input, padding), kernel_size, stride, dilation)
    # (..., C, H_out, W_out, kh, kw) -> (..., C, kh, kw, H_out, W_out)
    windows = windows.movedim((-2, -1), (-4, -3))
    return windows.flatten(-5, -3).flatten(-2, -1)


def col2im(columns: Tensor, output_size, kernel_size, stride=1, padding=0, dilation=1) -> Tensor:
    """Add every column back to the window it was copied from; overlaps add up.

    The transpose of :func:`im2col`, hence not its inverse: a pixel that lies in k windows
    comes back k times as large. ``torch.nn.functional.fold`` gives the same image, but orders
    its arguments differently: name them.

    Args:
        columns: one column per window.
        output_size: (H, W) of the image to make, in pixels, without the padding.
        kernel_size, stride, padding, dilation: as for :func:`im2col`.

    Shape: (N, C*kh*kw, H_out*W_out) -> (N, C, H, W), or both without N

    Raises:
        ValueError: the number of rows or columns does not follow from the other arguments.

    >>> import torch
    >>> col2im(im2col(torch.ones(1, 3, 3), 2), (3, 3), 2)
    tensor([[[1., 2., 1.],
             [2., 4., 2.],
             [1., 2., 1.]]])
    """
    size = pair("output_size", output_size, minimum=1)
    kernel_size = pair("kernel_size", kernel_size, minimum=1)
    padding = geometry.padding_per_side(padding)
    grid = _window_grid(columns, size, kernel_size, stride, padding, dilation)
    windows = columns.unflatten(-1, grid).unflatten(-3, (-1, *kernel_size))
    # (..., C, kh, kw, H_out, W_out) -> (..., C, H_out, W_out, kh, kw)
    windows = windows.movedim((-4, -3), (-2, -1))
    (top, bottom), (left, right) = padding
    padded_size = (top + size[0] + bottom, left + size[1] + right)
    padded = add_windows(windows, padded_size, stride, dilation)
    return crop(padded, size, padding)


def corr2d_im2col(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups: int = 1,
) -> Tensor:
    """Compute the cross-correlation as a product of two matrices for each group.

    Args, Shape, Raises: as :func:`corr2d`, which gives the same values.

    >>> import torch
    >>> corr2d_im2col(torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2))
    tensor([[19, 25],
            [37, 43]])
    """
    x, w, b, stride, padding, dilation = unpack(
        input, weight, bias, stride, padding, dilation, groups
    )
    x = pad(x, padding)
    windows = cut_windows(x, w.shape[2:], stride, dilation)  # (N, C_in, H_out, W_out, kh, kw)
    grid = windows.shape[2:4]
    columns = windows.movedim((-2, -1), (-4, -3)).flatten(-5, -3).flatten(-2, -1)
    columns = columns.unflatten(1, (groups, -1))  # (N, G, C_in/G*kh*kw, H_out*W_out)
    rows = w.flatten(1).unflatten(0, (groups, -1))  # (G, C_out/G, C_in/G*kh*kw)
    output = rows @ columns  # (N, G, C_out/G, H_out*W_out)
    output = output.flatten(1, 2).unflatten(2, grid)  # (N, C_out, H_out, W_out)
    if b is not None:
        output = output + b[:, None, None]
    return output.reshape(output.shape[-input.ndim :])


def _window_grid(columns: Tensor, size, kernel_size, stride, padding, dilation) -> tuple[int, int]:
    """Return (H_out, W_out), and refuse columns that are not those of as many windows."""
    tensor("columns", columns, ndim=(2, 3))
    rows, across = geometry.output_size(
        size, kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    area = kernel_size[0] * kernel_size[1]
    if columns.shape[-2] % area or columns.shape[-1] != rows * across:
        raise ValueError(
            f"columns must have shape (..., C*{area}, {rows * across}) for output_size {size} and "
            f"kernel_size {kernel_size}, got {tuple(columns.shape)}"
        )
    return rows, across
