"""What every network must do: shapes, gradients, modes, state_dict, smallest image."""

from functools import cache

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from d2lkit import models

NAMES = models.names()


def build(name, size=None, width=1 / 32, **options):
    """A narrow network for images of two channels and five classes."""
    settings = {"in_channels": 2, "num_classes": 5, "width": width, **options}
    if size is not None and "image_size" in models.options(name):
        settings["image_size"] = size
    return models.create(name, **settings)


@cache
def smallest(name):
    return build(name).smallest_size


def images(size, count=3):
    height, width = (size, size) if isinstance(size, int) else size
    return torch.randn(count, 2, height, width)


def draw_statistics(net):
    """Give batch normalisation something to remember, so that losing it would show."""
    for norm in (m for m in net.modules() if isinstance(m, nn.BatchNorm2d)):
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)


@pytest.mark.parametrize("name", NAMES)
def test_output_shape_at_several_sizes(name):
    least = smallest(name)
    for size in (least, (least + 5, least + 12), (80, 64)):
        net = build(name, size).eval()
        with torch.no_grad():
            scores = net(images(size))
        assert scores.shape == (3, 5)
        assert scores.isfinite().all()
        assert net(images(size, count=0)).shape == (0, 5)


@pytest.mark.parametrize("name", NAMES)
def test_image_size_is_no_limit_where_an_average_follows(name):
    net = build(name, 64).eval()
    if getattr(net, "fixed_size", None) is None:
        assert net(images((90, 70))).shape == (3, 5)
    else:
        with pytest.raises(ValueError, match=r"got 90×70: build it with image_size=\(90, 70\)"):
            net(images((90, 70)))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_a_finite_gradient(name):
    size = max(32, smallest(name))
    net = build(name, size)
    loss = cross_entropy(net(images(size, count=4)), torch.tensor([0, 1, 2, 4]))
    loss.backward()
    for key, parameter in net.named_parameters():
        assert parameter.grad is not None, f"{key} has no gradient"
        assert parameter.grad.isfinite().all(), key
    assert sum(parameter.grad.abs().sum() for parameter in net.parameters()) > 0


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("linear", "lenet")])
def test_weights_start_at_the_size_that_relu_wants(name):
    """Kaiming's rule, in the layer with most weights; LeNet's sigmoid has a test of its own."""
    net = build(name, 64, width=1 / 8)
    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert all(m.bias is None or not m.bias.any() for m in layers)
    weight = max((m.weight for m in layers[:-1]), key=torch.numel)
    assert weight.std().item() == pytest.approx((2 / weight[0].numel()) ** 0.5, rel=0.15)


@pytest.mark.parametrize("name", NAMES)
def test_evaluation_is_repeatable_and_changes_nothing(name):
    size = max(32, smallest(name))
    net = build(name, size, width=1 / 16)
    x = images(size)
    before_x, before = x.clone(), {k: v.clone() for k, v in net.state_dict().items()}
    net.eval()
    first, second = net(x), net(x)
    assert torch.equal(first, second)
    assert torch.equal(x, before_x)
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    net.train()
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    dropouts = [m for m in net.modules() if isinstance(m, nn.Dropout) and m.p > 0]
    if norms:
        net(x)
        assert all(norm.num_batches_tracked == 1 for norm in norms)
    elif dropouts:
        # Kaiming's last layer in NiN and the all-convolutional net may leave every score at 0.
        drawn = [net(x) for _ in range(8)]
        assert any(not torch.equal(drawn[0], other) for other in drawn[1:]) or not first.any()
    else:
        assert torch.equal(net(x), first)


@pytest.mark.parametrize("name", NAMES)
def test_state_dict_round_trip(name):
    size = max(32, smallest(name))
    net, other = build(name, size).eval(), build(name, size).eval()
    draw_statistics(net)
    saved = {key: value.clone() for key, value in net.state_dict().items()}
    weights = (net.state_dict().items(), other.state_dict().values())
    drawn = [torch.equal(a, b) for (key, a), b in zip(*weights, strict=True) if "weight" in key]
    assert not all(drawn), "the two networks start with the same weights"
    other.load_state_dict(saved)
    x = images(size)
    assert torch.equal(other(x), net(x))


@pytest.mark.parametrize("name", NAMES)
def test_too_small_an_image_is_refused_with_the_smallest_size(name):
    net = build(name)
    least = net.smallest_size
    size = (least + 3, least - 1)  # a side of 0 where a single pixel is enough
    if "image_size" in models.options(name) and least > 1:
        with pytest.raises(ValueError, match=f"at least {least}×{least} pixels, got image_size"):
            build(name, size)
    net.fixed_size = None
    with pytest.raises(ValueError, match=f"at least {least}×{least} pixels, got {least + 3}×"):
        net(images(size))


@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_size_is_the_smallest(name):
    """Without the check, the layers themselves fail one pixel below, and not before."""
    net = build(name).eval()
    least = net.smallest_size
    if least == 1 or getattr(net, "fixed_size", None) is not None:
        # Built for one size (LeNet has its own test), or nothing is too small.
        assert least == 1 or "lenet" in name
        return
    net.smallest_size = 0
    assert net(images(least)).shape == (3, 5)
    with pytest.raises(RuntimeError):
        net(images(least - 1))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "linear"])
def test_width_scales_the_parameters_and_keeps_their_names(name):
    narrow, wide = build(name, width=1 / 32), build(name, width=1 / 16)
    assert list(narrow.state_dict()) == list(wide.state_dict())
    before, after = (sum(p.numel() for p in net.parameters()) for net in (narrow, wide))
    # Weights between scaled layers grow with the square, biases and the first layer less.
    assert 1.1 < after / before <= 4.1


@pytest.mark.parametrize("name", ["alexnet", "alexnet_torchvision", "mlp", "vgg11", "zfnet"])
def test_every_dense_dropout_has_the_share_that_is_asked_for(name):
    net = models.create(name, width=1 / 16, image_size=64, dropout=0.25)
    shares = [module.p for module in net.modules() if isinstance(module, nn.Dropout)]
    assert shares == [0.25] * (1 if name == "mlp" else 2)
