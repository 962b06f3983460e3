"""In which floating-point type an operator computes: as PyTorch does, under autocast too."""

import torch
from torch import Tensor


def autocast(*tensors: Tensor | None) -> tuple:
    """Cast to the type that an enclosing ``torch.autocast`` asks of convolutions.

    Without one, and for integers and doubles, the tensors stay as they are.
    """
    device = tensors[0].device.type
    if not torch.is_autocast_enabled(device):
        return tensors
    dtype = torch.get_autocast_dtype(device)
    return tuple(
        value.to(dtype) if value is not None and _is_cast(value) else value for value in tensors
    )


def _is_cast(value: Tensor) -> bool:
    return value.is_floating_point() and value.dtype != torch.float64


def wide(values: Tensor) -> Tensor:
    """Return half precision as float32, in which sums of squares neither overflow nor round off."""
    return values.to(torch.promote_types(values.dtype, torch.float32))
