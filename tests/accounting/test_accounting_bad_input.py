"""What the account refuses, and what it says."""

import pytest
import torch
from torch import nn

from d2lkit.accounting import count_parameters, summary, trace
from d2lkit.accounting.tracing import full_shape


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(36, 10)

    def forward(self, x):
        return self.fc(self.body(x).flatten(1))


class Adds(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.ModuleDict({"a": nn.Conv2d(1, 2, 3), "b": nn.Conv2d(1, 2, 5)})

    def forward(self, x):
        return self.block["a"](x) + self.block["b"](x)


SHAPES = {
    "channels": (Net(), (1, 8, 8), r"'body.0', Conv2d\(3, 4.* got shape \(1, 1, 8, 8\)"),
    "too small": (Net(), (3, 2, 2), r"'body.0'.* got shape \(1, 3, 2, 2\)"),
    "pooled away": (Net(), (3, 3, 3), r"'body.2', MaxPool2d.* got shape \(1, 4, 1, 1\)"),
    "linear": (Net(), (3, 10, 10), r"'fc', Linear\(.* got shape \(1, 64\)"),
    "vector for images": (Net(), (48,), r"'body.0'.* got shape \(1, 48\)"),
    "with batch": (Net(), (2, 3, 10, 10), r"input of shape \(2, 3, 10, 10\) does not fit"),
    "between layers": (Adds(), (1, 8, 8), r"the network itself got shape \(1, 1, 8, 8\)"),
    "normalisation": (nn.BatchNorm2d(3), (3,), r"BatchNorm2d\(.* got shape \(1, 3\)"),
}

CASES = {
    "no module": (lambda: trace(len, (3, 8, 8)), TypeError, "net must be a torch.nn.Module"),
    "a class": (lambda: summary(nn.ReLU, (3,)), TypeError, "got type"),
    "a model's name": (lambda: count_parameters("resnet18"), TypeError, "got str"),
    "a number": (lambda: trace(Net(), 3), TypeError, "got 3"),
    "a string": (lambda: trace(Net(), "3, 8, 8"), TypeError, "'3, 8, 8'"),
    "a tensor's floats": (lambda: trace(Net(), (3.0, 8, 8)), TypeError, "3.0"),
    "empty shape": (lambda: full_shape(()), ValueError, r"got \(\)"),
    "five dimensions": (lambda: full_shape((1, 3, 8, 8, 8)), ValueError, r"\(1, 3, 8, 8, 8\)"),
    "no channel": (lambda: full_shape((0, 8, 8)), ValueError, "at least 1, got 0"),
    "negative size": (lambda: full_shape((3, -8, 8)), ValueError, "got -8"),
    "no batch": (lambda: full_shape((3, 8, 8), 0), ValueError, "batch_size must be at least 1"),
    "half a batch": (lambda: full_shape((3, 8, 8), 1.5), TypeError, "1.5"),
    "two batches": (lambda: full_shape((2, 3, 8, 8), 4), ValueError, "a batch of 2"),
    "momentum": (lambda: summary(Net(), (3, 8, 8)).training_bytes(0.9), TypeError, "got 0.9"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_wrong_shape_names_the_layer_that_failed(case):
    net, shape, message = SHAPES[case]
    with pytest.raises(ValueError, match=message):
        summary(net, shape)


@pytest.mark.parametrize("case", CASES)
def test_refused(case):
    call, error, message = CASES[case]
    with pytest.raises(error, match=message):
        call()


@pytest.mark.filterwarnings("ignore:Lazy modules")
def test_lazy_parameters_cannot_be_counted():
    with pytest.raises(ValueError, match=r"lazy '0\.weight'"):
        count_parameters(nn.Sequential(nn.LazyLinear(3)))


def test_errors_of_the_network_itself_pass_through():
    class Broken(nn.Module):
        def forward(self, x):
            return self.missing(x)

    with pytest.raises(AttributeError, match="missing"):
        trace(Broken(), (3,))


def test_cause_is_kept():
    with pytest.raises(ValueError, match="does not fit") as caught:
        trace(Net(), (1, 8, 8))
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert torch.is_grad_enabled()
