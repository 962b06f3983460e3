import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2lkit.accounting import trace
from d2lkit.accounting.functions import function_name
from d2lkit.geometry import Window


class Calls(nn.Module):
    """A network that calls one function, behind a convolution that it can be told from."""

    def __init__(self, function):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.function = function

    def forward(self, x):
        return self.function(self.conv(x))


def row_of(function):
    rows = trace(Calls(function), (2, 8, 8))
    return rows[1] if len(rows) > 1 else None


N = 4 * 8 * 8


@pytest.mark.parametrize(
    ("function", "kind", "flops", "window"),
    [
        (F.relu, "relu", N, None),
        (torch.Tensor.relu_, "relu", N, None),
        (lambda x: torch.tanh(input=x), "tanh", N, None),
        (lambda x: x + 1, "add", N, None),
        (lambda x: 2 * x, "mul", N, None),
        (lambda x: F.softmax(x, dim=1), "softmax", 3 * N, None),
        (lambda x: torch.concat([x, x]), "cat", 0, None),
        (lambda x: F.max_pool2d(x, 2), "max_pool2d", N, Window(2, 2)),
        (lambda x: F.avg_pool2d(x, (2, 4), 2), "avg_pool2d", 4 * 12 * 8, Window((2, 4), 2)),
        (lambda x: F.lp_pool2d(x, 2.0, 2), "lp_pool2d", N, Window(2, 2)),
        (lambda x: F.adaptive_avg_pool2d(x, 2), "adaptive_avg_pool2d", N, Window(4, 4)),
        (lambda x: x.mean((2, 3)), "mean", N, Window(8, 8)),
        (lambda x: F.linear(x, torch.zeros(5, 8)), "linear", 2 * 4 * 8 * 5 * 8, None),
        (lambda x: x @ x, "matmul", 2 * 4 * 8 * 8 * 8, None),
        (lambda x: torch.einsum("nchw,nchv->nwv", x, x), "einsum", 2 * 4 * 8 * 8 * 8, None),
        (
            lambda x: F.conv2d(x, torch.zeros(6, 2, 3, 3), stride=2, groups=2),
            "conv2d",
            2 * 6 * 9 * 18,
            Window(3, 2),
        ),
    ],
)
def test_row_of_a_function(function, kind, flops, window):
    row = row_of(function)
    assert (row.name, row.kind, row.flops, row.window) == (kind, kind, flops, window)
    assert row.sources == (0,)
    assert row.parameters == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.flatten(1),
        lambda x: x.permute(0, 2, 3, 1),
        lambda x: x[:, :2],
        lambda x: F.dropout(x, training=False),
        lambda x: x.argmax(1),
        lambda x: x.mean(1),
    ],
)
def test_functions_without_a_row(function):
    assert row_of(function) is None


def field_behind(function):
    """Receptive field, or None, of a layer behind the function; 3 is that of the layer before."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.before, self.after = nn.Conv2d(2, 4, 3, padding=1), nn.ReLU()

        def forward(self, x):
            return self.after(function(self.before(x)))

    field = trace(Net(), (2, 8, 8))[-1].receptive_field
    return field and (field.size, field.jump)


@pytest.mark.parametrize(
    ("function", "field"),
    [
        (lambda x: x.flatten(1), (3, 1)),
        (lambda x: x[:, :2], (3, 1)),
        (lambda x: F.pad(x, (0, 0, 0, 0, 1, 1)), (3, 1)),
        (lambda x: torch.ones(4, 1, 1) * x, (3, 1)),
        (lambda x: x[:, :, ::2, ::2], (3, 2)),
        (lambda x: F.max_pool2d(x, 2), (4, 2)),
        (lambda x: x[:, :, 1:, 1:], None),
        (lambda x: x[:, :, ::2], None),
        (lambda x: F.pad(x, (1, 1)), None),
        (lambda x: x.roll(1, -1), None),
        (lambda x: x @ x, None),
        (lambda x: F.interpolate(x, scale_factor=2.0), None),
    ],
)
def test_receptive_field_behind_a_function(function, field):
    assert field_behind(function) == field


@pytest.mark.parametrize(
    ("function", "name"),
    [(torch.Tensor.add_, "add"), (torch.Tensor.__getitem__, "__getitem__"), (F.relu, "relu")],
)
def test_function_name(function, name):
    assert function_name(function) == name
