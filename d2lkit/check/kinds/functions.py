"""Answers that are code: a function, or a network."""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import nn

from d2lkit.check.kinds.arrays import shape_fault
from d2lkit.check.kinds.base import Exercise, Mistake, kind_of


class Case:
    """One call to try: ``Case(image, kernel, stride=2)``.

    >>> Case([1, 2, 3], key=None).call(max)
    3
    """

    def __init__(self, *args: object, **kwargs: object):
        self.args = args
        self.kwargs = kwargs

    def call(self, function: Callable) -> object:
        """Call ``function`` with copies, so that it cannot change the case."""
        return function(*copy.deepcopy(self.args), **copy.deepcopy(self.kwargs))

    def __repr__(self) -> str:
        parts = [describe(value) for value in self.args]
        parts += [f"{name}={describe(value)}" for name, value in self.kwargs.items()]
        return f"({', '.join(parts)})"


def describe(value: object) -> str:
    """Name a value briefly: tensors by their shape."""
    if isinstance(value, torch.Tensor):
        return f"tensor of shape {tuple(value.shape)}"
    return repr(value)


def whole_numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    """Return floats that are small whole numbers: exact to compare, quick to check on paper.

    Shape: -> shape

    >>> whole_numbers(2, 3, seed=1).shape
    torch.Size([2, 3])
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-4, 5, shape, generator=generator).float()


class Function(Exercise):
    """The reader's own function, run on several inputs beside one that is known to be right.

    Args:
        expected: a function that is right: from ``d2lkit`` or torch.
        cases: a function that returns the ``Case``s, the simplest first: the reader is shown the
            first that fails.
        hint: what helps a reader who is stuck.
        mistakes: pairs of a function that makes a known mistake, and what to say.
        tolerance: relative and absolute.
        gradient: also compare the gradients with respect to every float tensor among the
            arguments.

    >>> area = Function(lambda h, w: h * w, lambda: [Case(2, 3)], hint="Count the pixels.")
    >>> area.fault(lambda h, w: h + w)
    '<lambda>(2, 3): it returned 5, not 6.'
    """

    def __init__(
        self,
        expected: Callable,
        cases: Callable[[], Sequence[Case]],
        *,
        hint: str,
        mistakes: Sequence[Mistake] = (),
        tolerance: float = 1e-5,
        gradient: bool = False,
    ):
        super().__init__(expected, hint, mistakes)
        self.cases = cases
        self.tolerance = tolerance
        self.gradient = gradient

    def solution(self) -> Callable:
        return self.expected

    def wrong_answers(self) -> list[tuple[object, str]]:
        return list(self.mistakes)

    def fault(self, value: object) -> str | None:
        if not callable(value):
            return (
                f"A function is expected, {kind_of(value)} came: "
                "pass the function itself, without calling it."
            )
        name = getattr(value, "__name__", "your function")
        for case in self.cases():
            said = self._try(value, case)
            if said:
                return self._known(value) or f"{name}{case}: {said}"
        return None

    def _known(self, function: Callable) -> str | None:
        """What to say if ``function`` agrees with a known mistake in every case."""
        for mistake, says in self.mistakes:
            if not any(self._try(function, case, mistake) for case in self.cases()):
                return says
        return None

    def _try(self, function: Callable, case: Case, other: Callable | None = None) -> str | None:
        """Compare ``function`` with ``other`` (the solution if None) in one case."""
        try:
            expected = case.call(other or self.expected)
        except Exception:
            if other is None:
                raise
            return "the mistake has no result here"
        try:
            result = case.call(function)
        except Exception as error:
            return f"it raised {type(error).__name__}: {error}"
        said = compare(result, expected, self.tolerance)
        if said or not self.gradient:
            return said
        gradients = [_gradients(case, one) for one in (function, other or self.expected)]
        if gradients[0] is None:
            return "the result is right, but no gradient flows through it: is it detached?"
        if any(compare(a, b, self.tolerance) for a, b in zip(*gradients, strict=True)):
            return "the result is right, but a gradient is not."
        return None


def compare(result: object, expected: object, tolerance: float) -> str | None:
    """Say how ``result`` differs from ``expected``; None if it does not."""
    if result is None:
        return "it returned None: is there a return?"
    if isinstance(expected, tuple) and not isinstance(expected, torch.Size):
        if not isinstance(result, tuple | list) or len(result) != len(expected):
            return f"{len(expected)} results are expected, {describe(result)} came."
        pairs = zip(result, expected, strict=True)
        said = ((i, compare(a, b, tolerance)) for i, (a, b) in enumerate(pairs))
        return next((f"result {i}: {says}" for i, says in said if says), None)
    if not isinstance(expected, torch.Tensor):
        if isinstance(result, torch.Tensor) and result.numel() == 1:
            result = result.item()
        return None if result == expected else f"it returned {result!r}, not {expected!r}."
    if not isinstance(result, torch.Tensor):
        return f"a tensor is expected, {kind_of(result)} came."
    if result.shape != expected.shape:
        return f"shape {tuple(result.shape)} came, {tuple(expected.shape)} is expected."
    wrong = ~torch.isclose(
        result.double(), expected.double(), rtol=tolerance, atol=tolerance, equal_nan=True
    )
    if not wrong.any():
        return None
    index = tuple(wrong.nonzero()[0].tolist())
    return (
        f"the shape {tuple(result.shape)} is right, but {int(wrong.sum())} of {wrong.numel()} "
        f"values differ; at {list(index)} stands {result[index].item():g}, "
        f"not {expected[index].item():g}."
    )


def _gradients(case: Case, function: Callable) -> list[torch.Tensor] | None:
    """The gradients of a weighted sum of the result; None if nothing flows back."""

    def leaf(value: object) -> object:
        floating = isinstance(value, torch.Tensor) and value.is_floating_point()
        return value.detach().double().requires_grad_() if floating else value

    args = [leaf(value) for value in case.args]
    kwargs = {name: leaf(value) for name, value in case.kwargs.items()}
    output = function(*args, **kwargs)
    if not isinstance(output, torch.Tensor) or not output.requires_grad:
        return None
    # Different weights, or a result that is shuffled would have the right gradient.
    weights = torch.linspace(1, 2, output.numel(), dtype=output.dtype).reshape(output.shape)
    leaves = [leaf for leaf in [*args, *kwargs.values()] if getattr(leaf, "requires_grad", False)]
    found = torch.autograd.grad((output * weights).sum(), leaves, allow_unused=True)
    return [torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, found)]  # noqa: B905


class Network(Exercise):
    """The reader's own network: what it maps to what, and at what price.

    Args:
        expected: a function that builds a network that meets the demands.
        input_shape: of one input, without the batch: ``(1, 28, 28)``.
        output_shape: of one output.
        hint: what helps a reader who is stuck.
        max_parameters: how many it may have at most.
        without: kinds of layer that it must not contain.

    >>> ten = Network(
    ...     lambda: nn.Linear(4, 10), input_shape=(4,), output_shape=(10,), hint="One layer."
    ... )
    >>> ten.fault(nn.Linear(4, 9))
    'For a batch of 2, its output has shape (2, 9): In axis 1 the shape (2, 9) is off by one.'
    """

    def __init__(
        self,
        expected: Callable[[], nn.Module],
        *,
        input_shape: tuple[int, ...],
        output_shape: tuple[int, ...],
        hint: str,
        max_parameters: int | None = None,
        without: tuple[type[nn.Module], ...] = (),
    ):
        super().__init__(expected, hint)
        self.input_shape = input_shape
        self.output_shape = output_shape
        self.max_parameters = max_parameters
        self.without = without

    def fault(self, value: object) -> str | None:
        if isinstance(value, type):
            return f"A network is expected, a class came: build it first, {value.__name__}()."
        if not isinstance(value, nn.Module):
            return f"A network (an nn.Module) is expected, {kind_of(value)} came."
        net = copy.deepcopy(value).cpu().eval()  # lazy layers take their shapes in the copy
        batch = 2  # more than one, or a lost batch axis would go unseen
        try:
            with torch.no_grad():
                output = net(torch.zeros(batch, *self.input_shape))
        except Exception as error:
            return f"With an input of shape {self.input_shape} it raised: {error}"
        if not isinstance(output, torch.Tensor):
            return f"Its output is {kind_of(output)}, not a tensor."
        fault = shape_fault(tuple(output.shape), (batch, *self.output_shape), "")
        if fault:
            return f"For a batch of {batch}, its output has shape {tuple(output.shape)}: {fault}"
        for layer in net.modules():
            if isinstance(layer, self.without):
                return f"It contains {kind_of(layer)}, which this exercise rules out."
        count = sum(parameter.numel() for parameter in net.parameters())
        if self.max_parameters is not None and count > self.max_parameters:
            return f"It has {count:,} parameters; at most {self.max_parameters:,} are allowed."
        return None
