"""Convolution and its relatives from scratch, forward and backward.

Each operator is checked against ``torch.nn.functional`` and takes its argument names.
"""

from d2lkit.ops.adaptive_pooling import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
)
from d2lkit.ops.batch_norm import BatchNorm, batch_norm, batch_norm_backward
from d2lkit.ops.convolution import conv2d, conv2d_loops, corr2d, corr2d_loops, flip_kernel
from d2lkit.ops.convolution_backward import conv2d_backward, corr2d_backward
from d2lkit.ops.im2col import col2im, corr2d_im2col, im2col
from d2lkit.ops.layers import Corr2d, Corr2dFunction, LocallyConnected2d
from d2lkit.ops.local_response import local_response_norm, local_response_norm_backward
from d2lkit.ops.locally_connected import locally_connected2d, locally_connected2d_backward
from d2lkit.ops.max_pooling import max_pool2d, max_pool2d_backward
from d2lkit.ops.mean_pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    lp_pool2d,
    lp_pool2d_backward,
)
from d2lkit.ops.windows import add_windows, pad2d, sliding_windows

__all__ = [
    "BatchNorm",
    "Corr2d",
    "Corr2dFunction",
    "LocallyConnected2d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "add_windows",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "col2im",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "corr2d",
    "corr2d_backward",
    "corr2d_im2col",
    "corr2d_loops",
    "flip_kernel",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "im2col",
    "local_response_norm",
    "local_response_norm_backward",
    "locally_connected2d",
    "locally_connected2d_backward",
    "lp_pool2d",
    "lp_pool2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "pad2d",
    "sliding_windows",
]
