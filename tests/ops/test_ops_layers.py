"""Layers: values, gradients, state_dict and training against ``torch.nn``."""

import pytest
import torch
from torch import nn

from d2lkit import ops
from d2lkit.ops import Corr2d, LocallyConnected2d, corr2d_backward

SETTINGS = [
    {"kernel_size": (3, 4), "padding": "same", "dilation": (1, 2)},
    {"kernel_size": 2, "padding": "same"},
    {"kernel_size": 3, "padding": "valid", "stride": 2},
    {"kernel_size": 3, "padding": (2, 1), "padding_mode": "reflect", "stride": 2},
    {"kernel_size": (5, 2), "padding": "same", "padding_mode": "replicate"},
    {"kernel_size": 3, "padding": 1, "padding_mode": "circular", "groups": 2},
    {"kernel_size": 3},
    {"kernel_size": (2, 3), "stride": 2, "padding": 1, "bias": False},
    {"kernel_size": 3, "stride": (1, 2), "padding": (2, 0), "dilation": 2, "groups": 2},
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("settings", SETTINGS)
def test_corr2d_is_a_conv2d(settings):
    ours, theirs = Corr2d(4, 6, **settings), nn.Conv2d(4, 6, **settings)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 4, 8, 9, requires_grad=True)
    expected = theirs(x)
    torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-5)
    grad_output = torch.randn_like(expected)
    ours_grads = torch.autograd.grad(ours(x), [x, *ours.parameters()], grad_output)
    grads = torch.autograd.grad(theirs(x), [x, *theirs.parameters()], grad_output)
    for gradient, reference in zip(ours_grads, grads, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("given", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("settings", [{}, {"padding": 1, "padding_mode": "reflect"}])
def test_corr2d_under_autocast_is_conv2d_under_autocast(given, settings):
    ours, theirs = Corr2d(3, 4, 3, **settings), nn.Conv2d(3, 4, 3, **settings)
    theirs.load_state_dict(ours.state_dict())
    if given == torch.float64:
        ours, theirs = ours.double(), theirs.double()
    x = torch.randn(2, 3, 6, 7).to(given)
    results = []
    for layer in (ours, theirs):
        leaf = x.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16):
            output = layer(leaf)
        output.float().square().sum().backward()
        results.append((output, leaf.grad, layer.weight.grad, layer.bias.grad))
    assert [len(result) for result in results] == [4, 4]
    for mine, reference in zip(*results, strict=True):
        assert mine.dtype == reference.dtype
        scale = reference.abs().max().item()
        torch.testing.assert_close(mine, reference, rtol=3e-2, atol=2e-2 * scale)


def test_locally_connected_under_autocast():
    layer = LocallyConnected2d(2, 3, input_size=6, kernel_size=3)
    x = torch.randn(4, 2, 6, 6)
    expected = layer(x)
    with torch.autocast("cpu", torch.bfloat16):
        output = layer(x)
        assert layer(x.bfloat16()).dtype == torch.bfloat16
    assert output.dtype == torch.bfloat16
    torch.testing.assert_close(output.float(), expected, rtol=3e-2, atol=3e-2)
    output.float().sum().backward()
    assert layer.weight.grad.dtype == torch.float32
    assert layer.bias.grad.abs().sum() > 0


def test_the_functions_under_autocast_take_what_torch_takes():
    x, w, b = torch.randn(1, 2, 5, 5).bfloat16(), torch.randn(3, 2, 3, 3), torch.randn(3)
    with torch.autocast("cpu", torch.bfloat16):
        for function in (ops.corr2d, ops.corr2d_im2col, ops.conv2d):
            assert function(x, w, b).dtype == torch.bfloat16
    with pytest.raises(TypeError, match="one dtype"):
        ops.corr2d(x, w, b)


def test_the_layer_calls_our_backward_pass(monkeypatch):
    calls = []

    def spy(*arguments):
        calls.append(arguments[0].shape)
        return corr2d_backward(*arguments)

    monkeypatch.setattr("d2lkit.ops.layers.corr2d_backward", spy)
    Corr2d(1, 2, 3)(torch.ones(1, 1, 4, 4)).sum().backward()
    assert calls == [(1, 2, 2, 2)]


def test_initial_values_have_the_spread_of_conv2d():
    ours, theirs = Corr2d(16, 64, 5), nn.Conv2d(16, 64, 5)
    for name in ("weight", "bias"):
        mine, reference = getattr(ours, name), getattr(theirs, name)
        assert mine.shape == reference.shape
        bound = 1 / (16 * 25) ** 0.5
        assert 0.9 * bound < mine.abs().max() <= bound
        assert abs(mine.std() / reference.std() - 1) < 0.2


def test_padding_per_side_reaches_the_operator():
    layer = Corr2d(1, 1, (2, 2), padding=((0, 1), (1, 0)))
    assert layer(torch.zeros(2, 1, 5, 6)).shape == (2, 1, 5, 6)


def test_locally_connected_parameters_and_shapes():
    layer = LocallyConnected2d(3, 4, input_size=(7, 9), kernel_size=3, stride=2, padding=1)
    assert layer.weight.shape == (4, 5, 4, 3, 3, 3)
    assert layer.bias.shape == (4, 5, 4)
    assert layer(torch.zeros(2, 3, 7, 9)).shape == (2, 4, 4, 5)
    assert layer(torch.zeros(3, 7, 9)).shape == (4, 4, 5)
    assert LocallyConnected2d(1, 1, 4, 2, bias=False).bias is None
    with pytest.raises(ValueError, match="weight must have shape"):
        layer(torch.zeros(2, 3, 9, 9))


def bars():
    """Return four upright and four lying bars, one pixel wide, with their labels."""
    images = torch.zeros(8, 1, 6, 6)
    for place in range(4):
        images[place, 0, :, place + 1] = 1
        images[place + 4, 0, place + 1] = 1
    return images, torch.tensor([0] * 4 + [1] * 4)


def train(layer, steps):
    """Return the losses of gradient descent on the bars, always from the same last layer."""
    images, labels = bars()
    torch.manual_seed(1)
    net = nn.Sequential(layer, nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))
    losses = []
    for _ in range(steps):
        loss = nn.functional.cross_entropy(net(images), labels)
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= 0.5 * parameter.grad
        losses.append(loss.item())
    return losses


def test_corr2d_trains_step_by_step_like_conv2d():
    ours, theirs = Corr2d(1, 4, 3), nn.Conv2d(1, 4, 3)
    theirs.load_state_dict(ours.state_dict())
    losses = train(ours, 25)
    assert losses == pytest.approx(train(theirs, 25), rel=1e-3)
    assert losses[-1] < losses[0] / 2


def test_locally_connected_learns():
    assert train(LocallyConnected2d(1, 4, 6, 3), 60)[-1] < 0.05


def test_repr_names_the_settings():
    assert "3, 8, kernel_size=(5, 5), stride=(2, 2)" in repr(Corr2d(3, 8, 5, stride=2))
    assert "input_size=(6, 6)" in repr(LocallyConnected2d(1, 2, 6, 3))
    assert "padding_mode=circular" in repr(Corr2d(1, 1, 3, padding_mode="circular"))


def test_initial_values_of_groups_and_of_unshared_weights():
    """The bound is one over the root of the inputs that a number is computed from."""
    torch.manual_seed(0)
    grouped, reference = Corr2d(16, 64, 5, groups=4), nn.Conv2d(16, 64, 5, groups=4)
    for name in ("weight", "bias"):
        bound = 1 / (4 * 25) ** 0.5
        assert 0.9 * bound < getattr(grouped, name).abs().max() <= bound
        assert 0.9 * bound < getattr(reference, name).abs().max() <= bound
    unshared = LocallyConnected2d(4, 16, input_size=9, kernel_size=3)
    for values in (unshared.weight, unshared.bias):
        assert 0.9 / 6 < values.abs().max() <= 1 / 6
