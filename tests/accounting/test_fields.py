import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from d2lkit.accounting import trace
from d2lkit.accounting.fields import EVERYTHING, behind, covers, field_of, merged
from d2lkit.geometry import ReceptiveField, Window, receptive_field

windows = st.builds(
    lambda kernel, stride, padding, dilation: Window(kernel, stride, padding, dilation),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(1, 3),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.integers(1, 2),
)


@given(st.lists(windows, min_size=1, max_size=4))
def test_a_stack_of_windows_looks_like_one_window(stack):
    one = Window(1)
    for window in stack:
        one = behind(one, window)
    field, wanted = field_of(one), receptive_field(stack)
    for unit in [(0, 0), (2, 5)]:
        if isinstance(field.size, tuple):
            assert field.pixels(unit) == wanted.pixels(unit)
        else:  # both axes alike
            assert tuple(field.pixels(i) for i in unit) == wanted.pixels(unit)


def test_merged_window_covers_all_paths():
    left, right = Window(3, padding=2), Window(3, padding=0)
    assert field_of(merged([left, right])).pixels(0) == (-2, 2)
    assert merged([Window(1), Window(1, stride=2)]) is None
    assert merged([Window(1), None]) is None
    assert merged([Window(1), EVERYTHING]) == EVERYTHING
    assert merged([Window((1, 3)), Window((3, 1))]) == Window(3)


def measured(net, x_shape, row):
    """First and last pixel whose change reaches a unit in the middle, from gradients."""
    x = torch.ones(x_shape, dtype=torch.float64, requires_grad=True)
    y = net(x)
    unit = (y.shape[2] // 2, y.shape[3] // 2)
    y[0, :, unit[0], unit[1]].sum().backward()
    reached = x.grad[0].abs().sum(0) > 0
    rows, columns = reached.any(1).nonzero(), reached.any(0).nonzero()
    ends = [(int(axis[0]), int(axis[-1])) for axis in (rows, columns)]
    field = row.receptive_field
    if isinstance(field.size, tuple):
        return ends, list(field.pixels(unit))
    return ends, [field.pixels(index) for index in unit]


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.narrow = nn.Conv2d(4, 4, 1)
        self.wide = nn.Sequential(nn.Conv2d(4, 4, (3, 5), padding=(1, 2)), nn.Conv2d(4, 4, 3))

    def forward(self, x):
        x = self.stem(x)
        return self.narrow(x)[:, :, 1:-1, 1:-1] + self.wide(x)


class Functions(nn.Module):
    """A network whose windows slide in functions, not in layers."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(3, 2, 3, 3))
        self.layers = nn.ModuleList([nn.Conv2d(3, 3, 3)])

    def forward(self, x):
        x = torch.relu(F.conv2d(x, self.weight, padding=1))
        x = F.avg_pool2d(x, 2)
        return F.avg_pool2d(input=self.layers[0](x), kernel_size=(1, 3), stride=1)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(2, 2, 3, padding=1), nn.ReLU(), nn.Conv2d(2, 2, 3, 1, 1)
        )

    def forward(self, x):
        y = self.conv(x)
        y += x
        return F.relu(y)


@pytest.mark.parametrize(
    "net",
    [
        nn.Sequential(nn.Conv2d(2, 3, 5, padding=2), nn.AvgPool2d(2), nn.Conv2d(3, 3, (1, 3))),
        nn.Sequential(nn.Conv2d(2, 2, 3, dilation=2), nn.ReLU(), nn.Conv2d(2, 1, 3, dilation=4)),
        nn.Sequential(nn.ZeroPad2d((0, 1, 2, 0)), nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2)),
        nn.Sequential(nn.Conv2d(2, 2, 4, padding="same"), nn.AvgPool2d(3, 1)),
        Functions(),
        Residual(),
    ],
    ids=["stack", "dilated", "padded", "even", "functions", "residual"],
)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_field_is_the_one_measured_from_gradients(net):
    for parameter in net.parameters():  # positive weights, so that no path cancels another
        nn.init.uniform_(parameter, 0.1, 1.0)
    net = net.double().eval()
    row = trace(net, (2, 24, 26))[-1]
    ends, predicted = measured(net, (1, 2, 24, 26), row)
    assert ends == predicted


def test_cropped_paths_are_not_guessed():
    assert trace(Branches(), (2, 16, 16))[-1].receptive_field is None


def test_linear_layers_see_everything():
    rows = trace(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 4)), (1, 8, 8))
    assert [row.sees_everything for row in rows] == [False, False, True]
    assert rows[1].receptive_field == ReceptiveField(3, 1, 1.0)
    assert rows[2].receptive_field is None


def test_linear_layer_over_the_last_axis_keeps_the_places():
    class ChannelsLast(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)
            self.linear = nn.Linear(4, 5)

        def forward(self, x):
            return self.linear(self.conv(x).permute(0, 2, 3, 1))

    rows = trace(ChannelsLast(), (3, 8, 8))
    assert rows[1].receptive_field.size == 3
    assert not rows[1].sees_everything


@pytest.mark.parametrize("keepdim", [True, False])
def test_mean_over_height_and_width_is_a_global_pooling(keepdim):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)

        def forward(self, x):
            return self.conv(x).mean((2, 3), keepdim=keepdim)

    row = trace(Net(), (1, 8, 8))[-1]
    assert (row.kind, row.window, row.flops) == ("mean", Window(6, 6), 72)
    assert row.receptive_field.size == 8


def test_upsampling_has_no_single_window():
    rows = trace(nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 3)), (1, 4, 4))
    assert [row.receptive_field for row in rows] == [None, None]


@pytest.mark.parametrize(
    ("window", "size", "whole"),
    [
        (Window(8), (8, 8), True),
        (Window(7), (8, 8), False),
        (Window(8), (8, 9), False),
        (Window((8, 9)), (8, 9), True),
        (Window(8, padding=1), (8, 8), False),
        (Window(9, padding=1), (8, 8), True),
        (Window(8, padding=1), (7, 7), True),
        (Window((8, 7)), (8, 8), False),
        (EVERYTHING, (99, 99), True),
        (None, (1, 1), False),
    ],
    ids=str,
)
def test_a_unit_sees_the_whole_image_only_up_to_the_last_pixel(window, size, whole):
    assert covers(window, size) is whole
