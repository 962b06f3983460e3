"""Convolution and its relatives from scratch, forward and backward.

Each operator is checked against ``torch.nn.functional`` and takes its argument names.
"""

from d2lkit.ops.convolution import conv2d, conv2d_loops, corr2d, corr2d_loops, flip_kernel
from d2lkit.ops.im2col import col2im, corr2d_im2col, im2col
from d2lkit.ops.windows import add_windows, pad2d, sliding_windows

__all__ = [
    "add_windows",
    "col2im",
    "conv2d",
    "conv2d_loops",
    "corr2d",
    "corr2d_im2col",
    "corr2d_loops",
    "flip_kernel",
    "im2col",
    "pad2d",
    "sliding_windows",
]
