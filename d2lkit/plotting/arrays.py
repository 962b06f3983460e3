"""From what a user passes (tensors, arrays, lists) to the numpy arrays that are drawn."""

import math

import numpy as np


def as_array(
    name: str, values: object, *, ndim: tuple[int, ...] | None = None, gaps: bool = False
) -> np.ndarray:
    """Return ``values`` as a finite, non-empty numpy array with one of the ``ndim`` given.

    With ``gaps`` it may hold nan and infinities, which become nan: matplotlib draws nothing there.

    >>> as_array("values", [[1, 2], [3, 4]], ndim=(2,)).shape
    (2, 2)
    >>> as_array("values", [1, 2], ndim=(2,))
    Traceback (most recent call last):
    ...
    ValueError: values must have 2 dimensions, got shape (2,)
    """
    if hasattr(values, "detach"):  # a torch tensor, on any device, in any precision
        values = _numpy(values)
    elif isinstance(values, list | tuple) and any(hasattr(item, "detach") for item in values):
        values = [_numpy(item) if hasattr(item, "detach") else item for item in values]
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different length
        raise ValueError(f"{name} must be a regular array, got rows of different length") from None
    if array.dtype == bool:
        array = array.astype(float)
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must hold real numbers, got {type(values).__name__} of {array.dtype}"
        )
    if ndim is not None and array.ndim not in ndim:
        wanted = " or ".join(map(str, ndim))
        raise ValueError(f"{name} must have {wanted} dimensions, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    if gaps:
        return np.where(np.isfinite(array), array, np.nan)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be finite, got {int((~np.isfinite(array)).sum())} nan or inf"
        )
    return array


def _numpy(tensor) -> np.ndarray:
    tensor = tensor.detach().cpu()  # numpy knows no bfloat16
    return (tensor.float() if tensor.dtype.itemsize == 2 else tensor).numpy()


def labels(name: str, values: object, count: int) -> list[str] | None:
    """Return ``count`` labels as strings; None stays None.

    >>> labels("titles", ["cat", 3], 2)
    ['cat', '3']
    >>> labels("titles", ["cat"], 2)
    Traceback (most recent call last):
    ...
    ValueError: titles must hold one entry for each of the 2 items, got 1
    """
    if values is None:
        return None
    if isinstance(values, str) or not hasattr(values, "__len__"):
        raise TypeError(f"{name} must be a sequence of labels, got {values!r}")
    if len(values) != count:
        raise ValueError(
            f"{name} must hold one entry for each of the {count} items, got {len(values)}"
        )
    return [str(value.item() if hasattr(value, "item") else value) for value in values]


def short(value: float) -> str:
    """Write a number as short as it stays right to three significant digits.

    >>> [short(v) for v in (3, 2.0, -0.5, 0.125, 1 / 3, 1234.5)]
    ['3', '2', '−0.5', '0.125', '0.333', '1234']
    """
    value = float(value)
    text = f"{value:.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−") if float(text) else "0"


def with_spread(value: float, spread: float) -> str:
    """Write a number with its spread, both to the digit that the spread leaves certain.

    That is the spread's first digit, and its second where the first is a one.

    >>> with_spread(0.9634, 0.0087), with_spread(0.9634, 0.0123), with_spread(1234, 56)
    ('0.963 ± 0.009', '0.963 ± 0.012', '1230 ± 60')
    """
    if not spread:
        return short(value)
    place = -math.floor(math.log10(spread))
    place += spread * 10**place < 1.95  # 1.95 and above rounds to 2
    shown = (f"{round(float(part), place) + 0.0:.{max(place, 0)}f}" for part in (value, spread))
    return " ± ".join(shown).replace("-", "−")
