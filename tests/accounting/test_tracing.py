import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from d2lkit.accounting import summary, trace


def columns(net, shape, *names, **settings):
    return [tuple(getattr(row, name) for name in names) for row in trace(net, shape, **settings)]


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.shortcut = nn.Sequential()

    def forward(self, x):
        return self.relu(self.conv2(self.relu(self.conv1(x))) + self.shortcut(x))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Conv2d(3, 2, 1)
        self.right = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 5, 3, padding=1))

    def forward(self, x):
        return torch.cat([self.left(x), self.right(x)], dim=1)


def test_rows_of_a_residual_block_know_what_they_read():
    assert columns(Residual(), (4, 6, 6), "name", "kind", "sources") == [
        ("conv1", "Conv2d", (-1,)),
        ("relu", "ReLU", (0,)),
        ("conv2", "Conv2d", (1,)),
        ("add", "add", (-1, 2)),
        ("relu", "ReLU", (3,)),
    ]


def test_rows_of_parallel_branches():
    net = nn.Sequential(Inception(), nn.MaxPool2d(2))
    assert columns(net, (3, 6, 6), "name", "sources", "output_shape") == [
        ("0.left", (-1,), (1, 2, 6, 6)),
        ("0.right.0", (-1,), (1, 3, 6, 6)),
        ("0.right.1", (1,), (1, 5, 6, 6)),
        ("0.cat", (0, 2), (1, 7, 6, 6)),
        ("1", (3,), (1, 7, 3, 3)),
    ]


def test_functions_of_a_forward_get_rows_and_reshaping_does_not():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 6, 5, padding=2)
            self.fc = nn.Linear(6 * 14 * 14, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv(x)), kernel_size=2)
            return F.log_softmax(self.fc(x.flatten(1)), dim=1)

    names = ("name", "output_shape", "flops", "sources")
    assert columns(LeNet(), (1, 28, 28), *names)[1:] == [
        ("relu", (1, 6, 28, 28), 4704, (0,)),
        ("max_pool2d", (1, 6, 14, 14), 4704, (1,)),
        ("fc", (1, 10), 2 * 1176 * 10, (2,)),
        ("log_softmax", (1, 10), 30, (3,)),
    ]


def test_function_with_weights_costs_its_products():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(4, 3, 3, 3))
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(F.conv2d(x, self.weight, stride=2))

    row = trace(Net(), (3, 9, 9))[0]
    assert (row.kind, row.flops, row.parameters) == ("conv2d", 2 * 27 * 4 * 16, 4 * 27)
    assert (row.window.kernel_size, row.window.stride) == (3, 2)


def test_memory_is_counted_once():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.ReLU(inplace=True), nn.Flatten())
    assert columns(net, (1, 4, 4), "activation_bytes") == [(32,), (32,), (0,), (0,)]
    assert columns(net.half(), (1, 4, 4), "activation_bytes")[0] == (16,)


def test_shared_layer_has_a_row_per_use_and_counts_once():
    layer = nn.Linear(8, 8)
    rows = columns(nn.Sequential(layer, nn.ReLU(), layer), (8,), "name", "parameters", "flops")
    assert rows == [("0", 72, 128), ("1", 0, 8), ("0", 0, 128)]


def test_parameter_shared_between_layers_counts_once():
    first, second = nn.Linear(8, 8, bias=False), nn.Linear(8, 8, bias=False)
    second.weight = first.weight
    assert columns(nn.Sequential(first, second), (8,), "parameters") == [(64,), (0,)]


@pytest.mark.parametrize(
    ("shape", "settings", "full"),
    [
        ((3, 8, 8), {}, (1, 3, 8, 8)),
        ((3, 8, 8), {"batch_size": 5}, (5, 3, 8, 8)),
        ((4, 3, 8, 8), {}, (4, 3, 8, 8)),
        ([3, 8, 8], {}, (1, 3, 8, 8)),
        (torch.Size([3, 8, 8]), {}, (1, 3, 8, 8)),
        ((np.int64(3), 8, 8), {}, (1, 3, 8, 8)),
        ((7,), {"batch_size": 2}, (2, 7)),
        ((4, 3, 8, 8), {"batch_size": 4}, (4, 3, 8, 8)),
    ],
)
def test_input_shape_with_and_without_batch(shape, settings, full):
    (row,) = trace(nn.ReLU(), shape, **settings)
    assert row.input_shape == full


def test_flops_grow_with_the_batch():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.MaxPool2d(2))
    one, three = (sum(row.flops for row in trace(net, (3, 8, 8), batch_size=n)) for n in (1, 3))
    assert three == 3 * one


class Meddler(nn.Module):
    """A layer that draws random numbers and changes its buffers even in eval mode."""

    def __init__(self):
        super().__init__()
        self.register_buffer("changed", torch.zeros(1))
        self.register_buffer("replaced", torch.zeros(1))

    def forward(self, x):
        self.changed += 1
        self.replaced = self.replaced + torch.rand(1)
        return x


def test_network_is_left_as_it_was():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), Meddler(), nn.Dropout(0.5))
    net[1].eval()  # a frozen layer in a network that trains
    before = {name: value.clone() for name, value in net.state_dict().items()}
    modes = [module.training for module in net.modules()]
    random_state = torch.get_rng_state()
    trace(net, (3, 8, 8), batch_size=2)
    assert [module.training for module in net.modules()] == modes == [True, True, False, True, True]
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random_state)
    assert all(parameter.grad is None for parameter in net.parameters())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


def test_network_runs_as_it_does_after_training():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.auxiliary = nn.Linear(3, 3), nn.Linear(3, 2)

        def forward(self, x):
            x = self.body(x)
            return (x, self.auxiliary(x)) if self.training else x

    assert columns(Net(), (3,), "name") == [("body",)]


def test_network_is_left_as_it_was_after_a_failure():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(5, 5))
    with pytest.raises(ValueError, match="does not fit"):
        trace(net, (3, 8, 8))
    assert net.training
    assert net[1].training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


@pytest.mark.filterwarnings("ignore:Lazy modules")
def test_lazy_layers_are_accounted_for_and_stay_lazy():
    net = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    random_state = torch.get_rng_state()
    rows = columns(net, (3, 8, 8), "kind", "parameters")
    assert rows == [
        ("Conv2d", 4 * 28),
        ("BatchNorm2d", 8),
        ("Flatten", 0),
        ("Linear", 2 * (4 * 36 + 1)),
    ]
    assert type(net[0]) is nn.LazyConv2d
    assert nn.parameter.is_lazy(net[3].weight)
    assert torch.equal(torch.get_rng_state(), random_state)


def test_precision_of_the_network_is_used():
    (row,) = trace(nn.Linear(3, 2).double(), (3,))
    assert row.activation_bytes == 16


def test_layer_with_several_outputs():
    net = nn.Sequential(nn.MaxPool2d(2, return_indices=True))
    (row,) = trace(net, (1, 4, 4))
    assert row.output_shape == (1, 1, 2, 2)
    assert row.activation_bytes == 4 * 4 + 4 * 8  # floats and the indices, int64


def test_empty_sequential_is_no_layer():
    assert trace(nn.Sequential(nn.Sequential(), nn.ReLU()), (4,))[0].name == "1"


def test_a_complex_result_is_not_counted_and_said_to_be_so():
    class Spectrum(nn.Module):
        def forward(self, x):
            return torch.fft.fft2(x).real

    table = summary(nn.Sequential(nn.Conv2d(1, 2, 3), Spectrum()), (1, 8, 8))
    assert "Not counted in the FLOPs: fft" in str(table)


@pytest.mark.parametrize(("kernel", "known"), [((1, 5), False), (3, True)])
def test_the_field_behind_turned_axes_is_known_only_of_square_windows(kernel, known):
    class Turn(nn.Module):
        def forward(self, x):
            return x.transpose(2, 3)

    net = nn.Sequential(nn.Conv2d(1, 1, kernel), Turn(), nn.Conv2d(1, 1, 3))
    field = trace(net, (1, 12, 12))[-1].receptive_field
    assert (field is not None) == known


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_a_scripted_module_is_refused_by_name():
    scripted = torch.jit.script(nn.ReLU())
    with pytest.raises(TypeError, match="not be scripted, but its part '1'"):
        summary(nn.Sequential(nn.Conv2d(1, 1, 3), scripted), (1, 8, 8))
