"""The memory of a step: against sums by hand and against PyTorch's allocators."""

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from d2lkit import models
from d2lkit.accounting import largest_batch, measured_peak, memory


def three_layers(channels=4):
    sizes = [(3, channels), (channels, channels), (channels, channels)]
    parts = [(nn.Conv2d(a, b, 3, padding=1), nn.ReLU()) for a, b in sizes]
    return nn.Sequential(*[layer for pair in parts for layer in pair])


def test_three_layers_by_hand():
    found = memory(three_layers(), (3, 16, 16), batch_size=5, optimizer="adam")
    parameters = 4 * ((27 + 1) * 4 + 2 * (36 + 1) * 4)
    assert found.parameters == found.gradients == parameters
    assert found.optimizer_state == 2 * parameters
    assert found.images == 4 * 5 * 3 * 256
    assert found.activations == 4 * 5 * 3 * 4 * 256  # three outputs of ReLU, each kept once
    assert found.peak > found.parameters + found.optimizer_state + found.images + found.activations


def test_pooling_keeps_its_indices():
    """A max pooling keeps its input, and for every output where the largest number lay: 8 bytes."""
    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2))
    assert memory(net, (1, 8, 8)).activations == 4 * 2 * 64 + 8 * 2 * 16


@pytest.mark.parametrize(("settings", "multiple"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_the_optimisers_state_is_what_the_optimiser_keeps(settings, multiple):
    net = three_layers()
    optimizer = {
        "sgd": lambda p: torch.optim.SGD(p, 0.1),
        "momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, 0.1),
    }[settings](net.parameters())
    net(torch.randn(1, 3, 8, 8)).sum().backward()
    optimizer.step()
    kept = [v for state in optimizer.state.values() for v in state.values() if v is not None]
    bytes_kept = sum(v.numel() * 4 for v in kept if v.ndim)  # step counts are single numbers
    assert memory(net, (3, 8, 8), optimizer=settings).optimizer_state == bytes_kept


@pytest.mark.parametrize("name", ["vgg11", "alexnet"])
def test_the_estimate_comes_near_what_the_allocator_gave(name):
    net = models.create(name, width=0.125, num_classes=10, image_size=64)
    images = torch.randn(8, 3, 64, 64)

    def step():
        for parameter in net.parameters():
            parameter.grad = None
        net(images).sum().backward()

    step()
    found = memory(net, (3, 64, 64), batch_size=8)
    net.zero_grad(set_to_none=True)
    passing = found.peak - found.parameters - found.optimizer_state - found.images
    assert 0.9 < measured_peak(step) / passing < 1.4


def test_what_frozen_layers_and_evaluation_save():
    net = three_layers()
    whole = memory(net, (3, 16, 16))
    alone = memory(net, (3, 16, 16), training=False)
    assert alone.activations == alone.gradients == alone.optimizer_state == 0
    assert alone.peak < whole.peak
    for parameter in net[:4].parameters():
        parameter.requires_grad_(False)
    frozen = memory(net, (3, 16, 16))
    assert frozen.gradients == 4 * (36 + 1) * 4
    assert frozen.activations == 2 * whole.activations // 3


def test_a_checkpointed_network_keeps_less():
    class Checkpointed(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.rest = three_layers(), nn.Sequential(nn.Conv2d(4, 4, 3, padding=1))

        def forward(self, x):
            x = checkpoint(self.first, x, use_reentrant=False)
            return self.rest(x)

    plain = nn.Sequential(three_layers(), nn.Conv2d(4, 4, 3, padding=1))
    kept = [memory(net, (3, 32, 32)).activations for net in (Checkpointed(), plain)]
    assert kept[0] < kept[1]


def test_the_largest_batch_is_the_largest():
    net, shape = three_layers(), (3, 16, 16)
    for limit in (2**18, 2**20, 10**7):
        batch = largest_batch(net, shape, limit)
        assert memory(net, shape, batch_size=batch).peak <= limit
        assert memory(net, shape, batch_size=batch + 1).peak > limit
    assert largest_batch(net, shape, 1000) == 0
    assert largest_batch(net, shape, 2**20, training=False) > largest_batch(net, shape, 2**20)


def test_half_precision_halves_the_activations():
    net = three_layers()
    full = memory(net, (3, 16, 16))
    half = memory(net.to(torch.bfloat16), (3, 16, 16))
    assert 2 * half.activations == full.activations
    assert 2 * half.parameters == full.parameters


def test_the_network_is_left_as_it_was():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout()).eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()
    memory(net, (3, 8, 8))
    assert not net.training
    assert all(parameter.grad is None for parameter in net.parameters())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_a_report_as_text_and_as_a_table():
    found = memory(nn.Linear(10, 5), (10,), batch_size=8)
    assert repr(found).splitlines()[0] == "Linear, input (8, 10)"
    # parameters and velocities, images; outputs, their sum and its gradient, the gradients
    assert found.peak == 2 * 220 + 320 + (160 + 4 + 4 + 220)
    assert "<caption" in found._repr_html_()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: memory("vgg", (3, 8, 8)), TypeError, r"net must be a torch\.nn\.Module, got str"),
        (
            lambda: memory(nn.ReLU(), (3, 8, 8), optimizer="lion"),
            ValueError,
            "optimizer must be one of 'sgd', 'momentum', 'adam', got 'lion'",
        ),
        (lambda: memory(nn.ReLU(), (3, 8, 8), training=1), TypeError, "training must be a bool"),
        (lambda: memory(nn.LazyLinear(3), (8,)), ValueError, "got a lazy 'weight'"),
        (lambda: memory(nn.ReLU(), (3, 8, 8), batch_size=0), ValueError, "batch_size must be"),
        (lambda: largest_batch(nn.ReLU(), (8,), 0), ValueError, "limit must be at least 1, got 0"),
        (lambda: measured_peak(int, "meta"), ValueError, "must be 'cpu' or 'cuda', got 'meta'"),
    ],
)
def test_wrong_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_tensor_in_a_tuple_of_one_run_is_measured_whole():
    assert measured_peak(lambda: [torch.zeros(1000), torch.zeros(500)]) == 6000


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_gpu_is_asked_itself():
    found = measured_peak(lambda: torch.zeros(2**20, device="cuda"), "cuda")
    assert 2**22 <= found < 2**23


def test_the_optimiser_keeps_nothing_for_frozen_parameters_and_buffers_count():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3, bias=False))
    net[0].requires_grad_(False)
    found = memory(net, (3, 8, 8), optimizer="adam")
    trained = 4 + 4 + 4 * 4 * 9
    assert found.gradients == 4 * trained
    assert found.optimizer_state == 2 * 4 * trained
    # Running mean and variance; and how many batches were seen, a 64-bit integer.
    assert found.parameters == 4 * (112 + trained + 8) + 8


def test_images_come_in_the_networks_precision():
    found = memory(nn.Conv2d(3, 4, 3).to(torch.bfloat16), (3, 8, 8), batch_size=5)
    assert found.images == 5 * 3 * 8 * 8 * 2


def test_the_peak_holds_the_gradients_of_parameters_that_a_pass_does_not_use():
    net = nn.Linear(10, 10)
    net.idle = nn.Parameter(torch.zeros(1000, 1000))
    found = memory(net, (10,), optimizer="sgd")
    assert found.peak == found.parameters + found.gradients + found.images


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
@pytest.mark.parametrize("settings", [{"optimizer": "adam"}, {"training": False}])
def test_a_limit_of_exactly_what_a_batch_takes_holds_it(batch, settings):
    net, shape = three_layers(), (3, 16, 16)
    limit = memory(net, shape, batch_size=batch, **settings).peak
    assert largest_batch(net, shape, limit, **settings) == batch
    assert largest_batch(net, shape, limit - 1, **settings) == batch - 1


def test_of_a_slice_the_whole_memory_stays():
    """A view keeps alive what it is a view of."""

    class Part(nn.Module):
        def forward(self, x):
            return (2 * x)[:, :2].square()

    net = nn.Sequential(nn.Linear(10, 10), Part())
    assert memory(net, (10,), batch_size=4).activations == 4 * 10 * 4
