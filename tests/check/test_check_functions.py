"""Answers that are code: the first failing case is named, and code that breaks is survived."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2lkit.check.kinds import Case, Function, Network, whole_numbers

HINT = "Two loops over the output."


def correlate(x, k):
    return F.conv2d(x[None, None], k[None, None])[0, 0]


def flipped(x, k):
    return correlate(x, k.flip(0, 1))


def cases():
    return [
        Case(whole_numbers(3, 3), whole_numbers(2, 2, seed=1)),
        Case(whole_numbers(5, 4), whole_numbers(2, 3, seed=2)),
    ]


@pytest.fixture
def exercise():
    return Function(
        correlate, cases, hint=HINT, mistakes=[(flipped, "The kernel is flipped.")], gradient=True
    )


def only_square(x, k):
    size = x.shape[1] - k.shape[1] + 1
    return correlate(x, k)[:size, :size]


def in_place(x, k):
    result = correlate(x, k)
    x.zero_()
    return result


def test_right_function_is_accepted(exercise):
    assert exercise.fault(correlate) is None


def test_the_cases_survive_a_function_that_writes_into_its_arguments():
    assert Function(correlate, cases, hint=HINT).fault(in_place) is None


def test_a_call_leaves_its_case_as_it_was():
    case = Case(torch.ones(2), other=torch.ones(2))
    for _ in range(2):
        assert case.call(lambda x, other: x.add_(1) + other.add_(1)).tolist() == [4, 4]


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (torch.zeros(2, 2), "a Tensor came: pass the function itself"),
        (lambda x, k: None, "is there a return?"),
        (lambda x, k: correlate(x, k).tolist(), "a tensor is expected, a list came"),
        (lambda x: x, "it raised TypeError"),
        (lambda x, k: x[9, 9], "it raised IndexError"),
        (flipped, "The kernel is flipped."),
        (lambda x, k: correlate(x, k) + 1, "4 of 4 values differ; at [0, 0]"),
        (lambda x, k: x, "shape (3, 3) came, (2, 2) is expected"),
        (lambda x, k: correlate(x, k).detach(), "is it detached?"),
        (lambda x, k: correlate(x.detach(), k), "a gradient is not"),
    ],
)
def test_each_fault_of_a_function_is_named(exercise, function, part):
    assert part in exercise.fault(function)


def test_both_numbers_are_told(exercise):
    right = correlate(*cases()[0].args)[0, 0].item()
    told = exercise.fault(lambda x, k: correlate(x, k) + 1)
    assert told.endswith(f"at [0, 0] stands {right + 1:g}, not {right:g}.")


def test_a_result_near_the_right_one_is_wrong():
    exercise = Function(correlate, cases, hint=HINT)
    assert exercise.fault(lambda x, k: correlate(x, k) * 1.000001) is None
    for factor in (1.05, 1.001):
        assert "differ" in exercise.fault(lambda x, k, factor=factor: correlate(x, k) * factor)
    large = Function(lambda x: x, lambda: [Case(torch.tensor([1e6]))], hint=HINT)
    assert large.fault(lambda x: x + 1) is None  # a millionth is rounding
    assert large.fault(lambda x: x + 100) is not None
    count = Function(lambda n: n, lambda: [Case(100)], hint=HINT)
    assert "it returned 101, not 100" in count.fault(lambda n: n + 1)


def test_a_known_mistake_is_one_in_every_case():
    exercise = Function(correlate, cases, hint=HINT, mistakes=[(flipped, "The kernel is flipped.")])
    now_and_then = exercise.fault(lambda x, k: flipped(x, k) if len(x) == 3 else correlate(x, k))
    assert "flipped" not in now_and_then


def test_gradients_that_go_to_other_places_are_seen():
    """The sum of a turned result has the same gradient; the result itself is made right."""

    def turned(x):
        return x.flip(0) + (x - x.flip(0)).detach()

    exercise = Function(lambda x: 1 * x, lambda: [Case(whole_numbers(4))], hint=HINT, gradient=True)
    assert exercise.fault(lambda x: x + 0) is None
    assert "a gradient is not" in exercise.fault(turned)


def test_the_first_failing_case_is_shown_with_its_shapes(exercise):
    message = exercise.fault(only_square)
    assert message.startswith("only_square(tensor of shape (5, 4), tensor of shape (2, 3)): shape")


def test_results_that_are_tuples_or_numbers_are_compared():
    pair = Function(lambda x: (x, 2 * x), lambda: [Case(torch.ones(2))], hint=HINT)
    assert pair.fault(lambda x: (x, x + x)) is None
    assert pair.fault(lambda x: [x, x + x]) is None
    assert "result 1" in pair.fault(lambda x: (x, x))
    assert "2 results are expected" in pair.fault(lambda x: x)
    size = Function(lambda n, k: n - k + 1, lambda: [Case(7, k=3)], hint=HINT)
    assert size.fault(lambda n, k: n - k + 1) is None
    assert size.fault(lambda n, k: torch.tensor(n - k + 1.0)) is None
    assert "(7, k=3): it returned 4, not 5." in size.fault(lambda n, k: n - k)


@pytest.fixture
def network():
    return Network(
        lambda: nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.Flatten(), nn.Linear(36, 10)),
        input_shape=(1, 8, 8),
        output_shape=(10,),
        max_parameters=420,
        without=(nn.BatchNorm2d,),
        hint=HINT,
    )


def test_right_network_is_accepted_and_left_as_it_was(network):
    lazy = nn.Sequential(nn.Flatten(), nn.LazyLinear(4), nn.LazyLinear(10))
    assert network.fault(lazy) is None
    assert lazy.training
    assert isinstance(lazy[1], nn.LazyLinear)
    assert network.fault(network.solution()) is None


def test_as_many_parameters_as_allowed_are_not_too_many():
    for most, right in [(650, True), (649, False)]:
        demand = {"input_shape": (64,), "output_shape": (10,), "max_parameters": most}
        exercise = Network(lambda: nn.Linear(64, 10), hint=HINT, **demand)
        assert (exercise.fault(nn.Linear(64, 10)) is None) == right


def test_a_network_is_tried_as_it_works_after_training():
    demand = {"input_shape": (4,), "output_shape": (4,)}
    exercise = Network(lambda: nn.Linear(4, 4), hint=HINT, **demand)
    seen = []
    net = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5))
    net.register_forward_hook(lambda module, args, out: seen.append(module.training))
    assert exercise.fault(net) is None
    assert seen == [False]
    assert net.training


@pytest.mark.parametrize(
    ("net", "part"),
    [
        (nn.Flatten, "build it first, Flatten()"),
        (3, "an int came"),
        (nn.Linear(3, 10), "With an input of shape (1, 8, 8) it raised"),
        (nn.LSTM(8, 8), "it raised"),
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 9)), "axis 1 the shape (2, 9) is off by one"),
        (nn.Sequential(nn.Flatten(0), nn.Linear(128, 10)), "The axis of the batch is missing"),
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), "650 parameters; at most 420"),
        (nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(), nn.LazyLinear(10)), "rules out"),
    ],
)
def test_each_fault_of_a_network_is_named(network, net, part):
    assert part in network.fault(net)


def test_a_network_with_several_outputs_is_refused(network):
    class Two(nn.Module):
        def forward(self, x):
            return x, x

    assert network.fault(Two()) == "Its output is a tuple, not a tensor."
