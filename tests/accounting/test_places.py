"""Layers that mix along an axis: which pixels a unit sees, by its gradient and by the account."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2lkit.accounting import trace

SIZE = 12


class Through(nn.Module):
    """A 3×3 convolution to 4 channels, then a function, then perhaps a layer."""

    def __init__(self, function, *layers):
        super().__init__()
        self.conv, self.layers, self.function = nn.Conv2d(1, 4, 3), nn.ModuleList(layers), function

    def forward(self, x):
        return self.function(self.conv(x), *self.layers)


def seen_pixels(net, x):
    """Height and width of the box around the pixels that each number of the output depends on."""
    out = net(x)
    boxes = set()
    for i in range(0, out.numel(), max(1, out.numel() // 40)):
        (gradient,) = torch.autograd.grad(out.flatten()[i], x, retain_graph=True)
        rows, columns = (gradient[0].abs().sum(0).sum(d).nonzero().flatten() for d in (1, 0))
        boxes.add((int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1))
    return boxes


def claimed(net):
    row = trace(net, (1, SIZE, SIZE))[-1]
    if row.sees_everything:
        return "all"
    if row.receptive_field is None:
        return None
    size = row.receptive_field.size
    return size if isinstance(size, tuple) else (size, size)


def tokens(maps):
    return maps.flatten(2).transpose(1, 2)  # (N, 100, 4)


def last(maps):
    return maps.permute(0, 2, 3, 1)


CASES = {
    "linear over channels": (lambda x, a: a(last(x)), [nn.Linear(4, 5)], (3, 3)),
    "linear over the width": (lambda x, a: a(x), [nn.Linear(10, 5)], None),
    "linear over the height": (lambda x, a: a(x.transpose(2, 3)), [nn.Linear(10, 5)], None),
    "linear over tokens' channels": (lambda x, a: a(tokens(x)), [nn.Linear(4, 5)], (3, 3)),
    "linear over the tokens": (lambda x, a: a(x.flatten(2)), [nn.Linear(100, 5)], "all"),
    "function linear over the width": (
        lambda x, a: F.linear(x, a.weight),
        [nn.Linear(10, 5)],
        None,
    ),
    "two linear layers of a mixer": (
        lambda x, a, b: b(a(x.flatten(2)).mT),
        [nn.Linear(100, 9), nn.Linear(4, 5)],
        "all",
    ),
    "linear over half of the places": (
        lambda x, a: a(x.reshape(1, 4, 2, 50)),
        [nn.Linear(50, 5)],
        None,
    ),
    "linear over rows of patches": (
        lambda x, a: a(x.reshape(1, 4, 5, 2, 5, 2).permute(0, 1, 2, 4, 3, 5).flatten(4)),
        [nn.Linear(4, 5)],
        None,
    ),
    "linear over channels in windows": (
        lambda x, a: a(last(x).reshape(1, 5, 2, 5, 2, 4).transpose(2, 3).reshape(25, 4, 4)),
        [nn.Linear(4, 5)],
        (3, 3),
    ),
    "linear over heads of channels": (
        lambda x, a: a(tokens(x).reshape(1, 100, 2, 2)),
        [nn.Linear(2, 5)],
        (3, 3),
    ),
    "linear with the tokens as batch": (
        lambda x, a: a(tokens(x).reshape(100, 4)),
        [nn.Linear(4, 5)],
        (3, 3),
    ),
    "linear over rows of all channels": (
        lambda x, a: a(x.transpose(1, 2).flatten(2)),
        [nn.Linear(40, 5)],
        None,
    ),
    "linear over everything": (lambda x, a: a(x.flatten(1)), [nn.Linear(400, 5)], "all"),
    "convolution behind turned axes": (
        lambda x, a: a(x.transpose(2, 3)),
        [nn.Conv2d(4, 2, 3)],
        (5, 5),
    ),
    "long convolution behind turned axes": (
        lambda x, a: a(x.transpose(2, 3)),
        [nn.Conv2d(4, 2, (1, 3))],
        None,
    ),
    "convolution over channels and width": (
        lambda x, a: a(x.permute(0, 2, 3, 1)),
        [nn.Conv2d(10, 2, 3)],
        None,
    ),
    "convolution along folded places": (lambda x, a: a(x.flatten(2)), [nn.Conv1d(4, 2, 3)], None),
    "convolution behind folding and unfolding": (
        lambda x, a: a(x.flatten(2).reshape(1, 4, 20, 5)),
        [nn.Conv2d(4, 2, 3)],
        None,
    ),
    "pooling along folded places": (lambda x, a: a(x.flatten(2)), [nn.AvgPool1d(4)], None),
    "channels last and back": (
        lambda x, a, b: b(a(last(x)).permute(0, 3, 1, 2)),
        [nn.LayerNorm(4, elementwise_affine=False), nn.Conv2d(4, 2, 3)],
        (5, 5),
    ),
    "sum with the turned map": (lambda x: x + x.transpose(2, 3), [], None),
    "sum with the turned map by an attribute": (lambda x: x + x.mT, [], None),
    "sum with itself": (lambda x: x + x, [], (3, 3)),
    "gate for each channel": (
        lambda x, a: x * a(F.adaptive_avg_pool2d(x, 1)),
        [nn.Conv2d(4, 4, 1)],
        "all",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_field_is_that_of_the_gradient_or_none(case):
    function, layers, wanted = CASES[case]
    torch.manual_seed(0)
    net = Through(function, *layers).double().eval()
    found = claimed(net)
    assert found == wanted
    boxes = seen_pixels(net, torch.randn(1, 1, SIZE, SIZE, dtype=torch.double, requires_grad=True))
    if found == "all":
        assert boxes == {(SIZE, SIZE)}
    elif found is not None:
        assert boxes == {found}


@pytest.mark.parametrize(
    ("layers", "shape", "sizes"),
    [
        ([nn.Conv1d(2, 3, 3), nn.Conv1d(3, 3, 5)], (1, 2, 20), [3, 7]),
        ([nn.Linear(20, 5), nn.ReLU()], (1, 2, 20), [None, None]),  # channels or places?
        ([nn.Linear(20, 5)], (20,), ["all"]),
        ([nn.Linear(20, 5)], (2, 20, 20), [None]),
    ],
)
def test_the_axes_of_the_input_itself(layers, shape, sizes):
    given = torch.zeros(shape) if len(shape) == 3 and shape[0] == 1 else shape
    rows = trace(nn.Sequential(*layers), [given] if torch.is_tensor(given) else given)
    found = [
        "all" if row.sees_everything else row.receptive_field and row.receptive_field.size
        for row in rows
    ]
    assert found == sizes
