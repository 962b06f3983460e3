import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from d2lkit.accounting import trace
from d2lkit.accounting.layers import keeps_positions, layer_flops, layer_window
from d2lkit.geometry import Window


def counted_by_torch(layer, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        layer.eval()(x)
    return counter.get_total_flops()


few = st.integers(1, 3)


@given(
    groups=few,
    channels=st.tuples(few, few),
    kernel=st.tuples(few, few),
    stride=few,
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    batch=few,
)
def test_convolutions_cost_what_torch_counts(
    groups, channels, kernel, stride, padding, dilation, batch
):
    c_in, c_out = groups * channels[0], groups * channels[1]
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x = torch.zeros(batch, c_in, 7, 9)
    for layer in [
        nn.Conv2d(c_in, c_out, kernel, **settings),
        nn.ConvTranspose2d(c_in, c_out, kernel, **settings),
    ]:
        try:
            y = layer(x)
        except RuntimeError:  # paddings so large that nothing is left of a transposed output
            continue
        assert layer_flops(layer, x.shape, y.shape) == counted_by_torch(layer, x)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Linear(12, 5), (3, 12)),
        (nn.Linear(12, 5, bias=False), (2, 7, 12)),
        (nn.Conv1d(4, 6, 3, stride=2), (2, 4, 11)),
        (nn.Conv3d(2, 4, (1, 2, 3)), (1, 2, 4, 5, 6)),
        (nn.ConvTranspose1d(4, 6, 3, stride=2, groups=2), (2, 4, 11)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_linear_and_other_dimensions_cost_what_torch_counts(layer, shape):
    x = torch.zeros(shape)
    assert layer_flops(layer, shape, layer(x).shape) == counted_by_torch(layer, x) > 0


@pytest.mark.parametrize(
    ("layer", "flops"),
    [
        (nn.MaxPool2d(2), 2 * 3 * 4 * 4 * 4),
        (nn.MaxPool2d(3, stride=2, padding=1), 2 * 3 * 4 * 4 * 9),
        (nn.AvgPool2d((2, 4)), 2 * 3 * 4 * 2 * 8),
        (nn.LPPool2d(2, 2), 2 * 3 * 4 * 4 * 4),
        (nn.AdaptiveAvgPool2d(1), 2 * 3 * 8 * 8),
        (nn.BatchNorm2d(3), 4 * 384),
        (nn.BatchNorm2d(3, affine=False), 2 * 384),
        (nn.GroupNorm(3, 3), 4 * 384),
        (nn.LocalResponseNorm(5), 9 * 384),
        (nn.ReLU(), 384),
        (nn.Sigmoid(), 384),
        (nn.Softmax(1), 3 * 384),
        (nn.Dropout(), 0),
        (nn.Flatten(), 0),
        (nn.Identity(), 0),
        (nn.ZeroPad2d(1), 0),
    ],
    ids=str,
)
def test_other_layers_cost_what_the_rules_say(layer, flops):
    assert trace(layer, (2, 3, 8, 8))[0].flops == flops


class Attention(nn.Module):
    """Two matrix products and nothing that a rule knows."""

    def forward(self, x):
        return (x @ x.transpose(-1, -2)).softmax(-1) @ x


def test_unknown_layer_costs_its_matrix_products():
    (row,) = trace(Attention(), (1, 2, 5, 7))
    assert row.flops == 2 * (2 * 5 * 5 * 7) * 2
    assert row.flops == counted_by_torch(Attention(), torch.zeros(1, 2, 5, 7))


@pytest.mark.filterwarnings("ignore:Using padding=.same.")
@pytest.mark.parametrize(
    ("layer", "window"),
    [
        (nn.Conv2d(1, 1, 5), Window(5)),
        (nn.Conv2d(1, 1, (3, 5), (1, 2), (0, 1), (2, 1)), Window((3, 5), (1, 2), (0, 1), (2, 1))),
        (nn.Conv2d(1, 1, 3, padding="same"), Window(3, padding=1)),
        (nn.Conv2d(1, 1, 3, padding="valid"), Window(3)),
        (nn.Conv2d(1, 1, 4, padding="same"), Window(4, padding=((1, 2), (1, 2)))),
        (nn.Conv2d(1, 1, (1, 2), padding="same"), Window((1, 2), padding=((0, 0), (0, 1)))),
        (nn.MaxPool2d(3, 2, 1), Window(3, 2, 1)),
        (nn.AvgPool2d(2), Window(2, 2)),
        (nn.AdaptiveAvgPool2d(1), Window(8, 8)),
        (nn.AdaptiveAvgPool2d((2, 4)), Window((4, 2), (4, 2))),
        (nn.AdaptiveAvgPool2d(3), None),
        (nn.ZeroPad2d((1, 2, 3, 4)), Window(1, padding=((3, 4), (1, 2)))),
        (nn.ConvTranspose2d(1, 1, 3), None),
        (nn.ReLU(), None),
        (nn.Linear(8, 8), None),
    ],
    ids=str,
)
def test_window(layer, window):
    (row,) = trace(layer, (1, 8, 8))
    assert row.window == window


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("padding", [0, 1, "same", "valid"])
def test_window_with_one_axis(padding):
    layer = nn.Conv1d(1, 1, 4, padding=padding)
    window = layer_window(layer, (1, 1, 9), tuple(layer(torch.zeros(1, 1, 9)).shape))
    wanted = {"same": ((1, 2), (1, 2)), "valid": 0}.get(padding, padding)
    assert window == Window(4, padding=wanted)


def test_layers_that_mix_places_are_told_from_those_that_do_not():
    assert keeps_positions(nn.ReLU())
    assert keeps_positions(nn.BatchNorm2d(3))
    assert not keeps_positions(nn.Linear(3, 3))
    assert not keeps_positions(nn.Upsample(scale_factor=2))
    assert not keeps_positions(nn.MultiheadAttention(4, 2))


@pytest.mark.parametrize("kind", [nn.Softmax, nn.LogSoftmax, nn.Softmin])
def test_a_softmax_costs_three_for_each_number(kind):
    assert layer_flops(kind(1), (1, 7), (1, 7)) == 21


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_the_field_behind_uneven_padding_begins_where_pytorchs_does():
    """The gradient of one place says which pixels it sees."""
    even = nn.Conv2d(1, 1, 4, padding="same")
    frame = nn.Sequential(nn.ZeroPad2d((1, 2, 3, 0)), nn.Conv2d(1, 1, 4))
    for net in (even, frame):
        for parameter in net.parameters():
            nn.init.ones_(parameter)
        image = torch.zeros(1, 1, 12, 12, requires_grad=True)
        net(image)[0, 0, 5, 6].backward()
        seen = image.grad[0, 0].nonzero()
        field = trace(net, (1, 12, 12))[-1].receptive_field
        if isinstance(field.size, tuple):
            rows, columns = field.pixels((5, 6))
        else:  # both axes alike
            rows, columns = field.pixels(5), field.pixels(6)
        first, last = seen.min(0).values.tolist(), seen.max(0).values.tolist()
        assert (rows, columns) == ((first[0], last[0]), (first[1], last[1]))
