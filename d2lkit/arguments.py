"""Checks of what a user passes in: every message quotes what came and the rule it broke.

The checks return the value in the form the library computes with, so that a function
begins with lines such as ``stride = pair("stride", stride, minimum=1)``. A wrong type
raises ``TypeError``, a wrong value of the right type ``ValueError``.
"""

from collections.abc import Sequence
from numbers import Integral, Real


def integer(name: str, value: object, *, minimum: int | None = None) -> int:
    """Return ``value`` as an int of at least ``minimum``.

    >>> integer("stride", 0, minimum=1)
    Traceback (most recent call last):
    ...
    ValueError: stride must be at least 1, got 0
    """
    # The first test is the quick one: almost every value is a plain int.
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, Integral)):
        raise TypeError(f"{name} must be an int, got {value!r} ({type(value).__name__})")
    if minimum is not None and value < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {value}")
    return int(value)


def pair(name: str, value: object, *, minimum: int | None = None) -> tuple[int, int]:
    """Return one int or a pair of ints as ``(height, width)``.

    >>> pair("kernel_size", 3, minimum=1)
    (3, 3)
    >>> pair("kernel_size", (3, 5), minimum=1)
    (3, 5)
    """
    if isinstance(value, tuple) or (isinstance(value, Sequence) and not isinstance(value, str)):
        if len(value) != 2:
            raise ValueError(f"{name} must be one int or a pair (height, width), got {value!r}")
        height, width = value
        return (
            integer(f"{name}[0]", height, minimum=minimum),
            integer(f"{name}[1]", width, minimum=minimum),
        )
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, Integral)):
        raise TypeError(
            f"{name} must be one int or a pair (height, width), "
            f"got {value!r} ({type(value).__name__})"
        )
    both = integer(name, value, minimum=minimum)
    return both, both


def number(
    name: str,
    value: object,
    *,
    minimum: float | None = None,
    above: float | None = None,
    maximum: float | None = None,
) -> float:
    """Return ``value`` as a float with ``minimum <= value <= maximum`` and ``value > above``.

    >>> number("lr", -0.1, above=0)
    Traceback (most recent call last):
    ...
    ValueError: lr must be greater than 0, got -0.1
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r} ({type(value).__name__})")
    # Written so that nan, which compares false with everything, is refused.
    if minimum is not None and not value >= minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {value}")
    if above is not None and not value > above:
        raise ValueError(f"{name} must be greater than {above}, got {value}")
    if maximum is not None and not value <= maximum:
        raise ValueError(f"{name} must be at most {maximum}, got {value}")
    return float(value)


def one_of(name: str, value: object, allowed: Sequence) -> object:
    """Return ``value`` if it is among ``allowed``.

    >>> one_of("split", "dev", ["train", "val", "test"])
    Traceback (most recent call last):
    ...
    ValueError: split must be one of 'train', 'val', 'test', got 'dev'
    """
    if not any(type(value) is type(option) and value == option for option in allowed):
        options = ", ".join(repr(option) for option in allowed)
        raise ValueError(f"{name} must be one of {options}, got {value!r}")
    return value


def boolean(name: str, value: object) -> bool:
    """Return ``value`` if it is True or False.

    >>> boolean("ceil_mode", 1)
    Traceback (most recent call last):
    ...
    TypeError: ceil_mode must be a bool, got 1
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, got {value!r}")
    return value


def tensor(
    name: str,
    value: object,
    *,
    ndim: int | Sequence[int] | None = None,
    shape: Sequence[int] | None = None,
    floating: bool = False,
):
    """Return ``value`` if it is a tensor of the right form.

    Args:
        name: the argument's name, for the message.
        value: what was passed.
        ndim: the number of dimensions, one number or several.
        shape: the shape that follows from the other arguments.
        floating: refuse integers, of which no mean or root can be taken.

    >>> import torch
    >>> tensor("images", torch.zeros(3, 8, 8), ndim=4)
    Traceback (most recent call last):
    ...
    ValueError: images must have 4 dimensions, got shape (3, 8, 8)
    """
    import torch  # here, so that the integer checks need no torch

    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, got {type(value).__name__}")
    allowed = [ndim] if isinstance(ndim, int) else ndim
    if allowed is not None and value.ndim not in allowed:
        wanted = " or ".join(map(str, allowed))
        raise ValueError(f"{name} must have {wanted} dimensions, got shape {tuple(value.shape)}")
    if shape is not None and tuple(value.shape) != tuple(shape):
        raise ValueError(f"{name} must have shape {tuple(shape)}, got {tuple(value.shape)}")
    if floating and not value.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {value.dtype}")
    return value


def image_shape(name: str, value: object) -> tuple[int, ...]:
    """Return a shape of two to four axes, (..., H, W), as a tuple of ints.

    >>> image_shape("input_shape", [3, 8, 8])
    (3, 8, 8)
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"{name} must be a sequence of ints, got {value!r}")
    if len(value) not in (2, 3, 4):
        raise ValueError(f"{name} must have 2, 3 or 4 numbers, got {tuple(value)}")
    return tuple(integer(name, length, minimum=0) for length in value)
