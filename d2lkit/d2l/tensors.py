"""The names by which d2l's chapters call torch, and the cross-correlation."""

import torch
from torch import Tensor

from d2lkit import ops
from d2lkit.arguments import tensor as check_tensor

abs = torch.abs
arange = torch.arange
batch_matmul = torch.bmm
concat = torch.cat
cos = torch.cos
cosh = torch.cosh
exp = torch.exp
eye = torch.eye
linspace = torch.linspace
log = torch.log
matmul = torch.matmul
meshgrid = torch.meshgrid
normal = torch.normal
ones = torch.ones
ones_like = torch.ones_like
rand = torch.rand
randn = torch.randn
sigmoid = torch.sigmoid
sin = torch.sin
sinh = torch.sinh
stack = torch.stack
tanh = torch.tanh
tensor = torch.tensor
zeros = torch.zeros
zeros_like = torch.zeros_like

argmax = Tensor.argmax
astype = Tensor.type
expand_dims = Tensor.unsqueeze
reduce_mean = Tensor.mean
reduce_sum = Tensor.sum
repeat = Tensor.repeat
reshape = Tensor.reshape
size = Tensor.numel
swapaxes = Tensor.swapaxes
transpose = Tensor.t


def numpy(x: Tensor, *args, **kwargs):
    """Return a tensor's numbers as a NumPy array, wherever the tensor lives.

    >>> numpy(torch.ones(2, requires_grad=True)).tolist()
    [1.0, 1.0]
    """
    return x.detach().cpu().numpy(*args, **kwargs)


def to(x, *args, **kwargs):
    """Return a tensor or a module on another device or in another dtype.

    >>> to(torch.ones(2), torch.float64).dtype
    torch.float64
    """
    return x.to(*args, **kwargs)


def corr2d(X: Tensor, K: Tensor) -> Tensor:
    """Compute the two-dimensional cross-correlation of a matrix with a kernel.

    Args:
        X: the input.
        K: the kernel.

    Shape: (H, W), (kh, kw) -> (H - kh + 1, W - kw + 1); floats, also for whole numbers.

    Raises:
        TypeError: if an argument is no tensor.
        ValueError: if one is no matrix, or the kernel is larger than the input.

    >>> corr2d(torch.arange(9).reshape(3, 3), torch.arange(4).reshape(2, 2))
    tensor([[19., 25.],
            [37., 43.]])
    """
    dtype = torch.promote_types(
        check_tensor("X", X, ndim=2).dtype, check_tensor("K", K, ndim=2).dtype
    )
    if not dtype.is_floating_point:
        dtype = torch.float32
    return ops.corr2d(X.to(dtype), K.to(dtype))
