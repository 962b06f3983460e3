"""The checker of sizes: each rule on a network that breaks it and on the same one put right."""

import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from d2lkit import models
from d2lkit.accounting import RULES, DoesNotFit, Finding, lint, trace


def conv(c_in, c_out, k=3, **settings):
    settings.setdefault("padding", k // 2)
    return nn.Conv2d(c_in, c_out, k, **settings)


def head(c_in, places):
    return nn.Sequential(nn.Flatten(), nn.Linear(c_in * places, 10))


class Projection(nn.Module):
    """A residual block whose two branches begin with a 1×1 convolution of stride 2."""

    def __init__(self, stride_in_the_kernel):
        super().__init__()
        k = 3 if stride_in_the_kernel else 1
        self.branch = conv(4, 8, k, stride=2)
        self.shortcut = conv(4, 8, 1, stride=2)

    def forward(self, x):
        return torch.relu(self.branch(x) + self.shortcut(x))


# rule: (a network that breaks it, the layer named, the same put right, image)
CASES = {
    "too-small": (
        nn.Sequential(conv(3, 4), nn.MaxPool2d(2), nn.MaxPool2d(4)),
        "2",
        nn.Sequential(conv(3, 4), nn.MaxPool2d(2), nn.MaxPool2d(3)),
        (3, 6, 6),
    ),
    "does-not-fit": (
        nn.Sequential(conv(3, 4), nn.Flatten(), nn.Linear(4 * 64, 10)),
        "2",
        nn.Sequential(conv(3, 4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10)),
        (3, 6, 6),
    ),
    "input-not-divisible": (
        nn.Sequential(conv(3, 4), nn.ReLU(), nn.MaxPool2d(2), nn.MaxPool2d(2)),
        "input",
        nn.Sequential(conv(3, 4), nn.ReLU(), nn.MaxPool2d(2), nn.MaxPool2d(3, 2, 1)),
        (3, 30, 30),
    ),
    "dropped-edge": (
        nn.Sequential(conv(3, 4), nn.ReLU(), nn.MaxPool2d(2)),
        "2",
        nn.Sequential(conv(3, 4), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)),
        (3, 9, 9),
    ),
    "unread-pixels": (Projection(False), "branch", Projection(True), (4, 8, 8)),
    "idle-weights": (
        nn.Sequential(conv(3, 4), nn.ReLU(), conv(4, 4, 3, padding=8, dilation=8)),
        "2",
        nn.Sequential(conv(3, 4), nn.ReLU(), conv(4, 4, 3, padding=7, dilation=7)),
        (3, 8, 8),
    ),
    "even-kernel": (conv(3, 4, 4, padding=1), "", conv(3, 4, 5, padding=2), (3, 8, 8)),
    "padding-too-large": (conv(3, 4, 3, padding=2), "", conv(3, 4, 3, padding=1), (3, 8, 8)),
    "padded-pointwise": (conv(3, 4, 1, padding=1), "", conv(3, 4, 1), (3, 8, 8)),
    "shrinking-map": (conv(3, 4, 5, padding=0), "", conv(3, 4, 5), (3, 12, 12)),
    "large-kernel": (conv(16, 16, 7), "", conv(16, 16, 7, groups=16), (16, 16, 16)),
    "large-pool": (nn.MaxPool2d(4), "", nn.MaxPool2d(2), (3, 16, 16)),
    "heavy-head": (
        nn.Sequential(conv(3, 4), nn.ReLU(), head(4, 64)),
        "2.1",
        nn.Sequential(conv(3, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), head(4, 1)),
        (3, 8, 8),
    ),
    "bias-before-norm": (
        nn.Sequential(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU()),
        "0",
        nn.Sequential(conv(3, 4, bias=False), nn.BatchNorm2d(4), nn.ReLU()),
        (3, 8, 8),
    ),
    "linear-pair": (
        nn.Sequential(conv(3, 8), nn.BatchNorm2d(8), conv(8, 6)),
        "2",
        nn.Sequential(conv(3, 8), nn.BatchNorm2d(8), nn.ReLU(), conv(8, 6)),
        (3, 8, 8),
    ),
    "isolated-groups": (
        nn.Sequential(conv(8, 8, groups=2), nn.ReLU(), conv(8, 8, groups=2)),
        "2",
        nn.Sequential(conv(8, 8, groups=2), nn.ReLU(), nn.ChannelShuffle(2), conv(8, 8, groups=2)),
        (8, 8, 8),
    ),
    "short-sighted": (
        nn.Sequential(conv(3, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), head(4, 1)),
        "2",
        nn.Sequential(
            *[conv(3, 4), nn.ReLU(), conv(4, 4), nn.ReLU(), conv(4, 4), nn.ReLU()],
            *[conv(4, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), head(4, 1)],
        ),
        (3, 17, 17),
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_found_where_it_is_broken_and_not_where_it_is_put_right(rule):
    broken, layer, right, shape = CASES[rule]
    found = {finding.rule: finding for finding in reversed(lint(broken, shape))}
    assert found[rule].layer == layer
    assert rule not in lint(right, shape).rules


@pytest.mark.parametrize(
    ("net", "shape", "finding"),
    [
        (
            CASES["too-small"][0],
            (3, 6, 6),
            Finding(
                "too-small",
                "2",
                "a window of 4×4 does not fit into a map of 3×3",
                "an input of at least 8×8 pixels",
            ),
        ),
        (
            CASES["unread-pixels"][0],
            (4, 8, 8),
            Finding(
                "unread-pixels",
                "branch",
                "75% of the 8×8 places are in no window of 1×1 with stride 2",
                "a kernel of at least 2×2, or pooling instead of the stride",
            ),
        ),
        (
            nn.MaxPool2d((2, 3)),
            (1, 8, 11),
            Finding(
                "dropped-edge",
                "",
                "the last 2 columns of 8×11 are in no window of 2×3 with stride 2×3",
                "8×9 or 10×12 places, or ceil_mode=True",
            ),
        ),
        (
            CASES["does-not-fit"][0],
            (3, 6, 6),
            Finding(
                "does-not-fit",
                "2",
                "4 maps of 6×6 places are 144 numbers, the layer takes 256",
                "maps of 64 places, or AdaptiveAvgPool2d before the flattening, "
                "which takes maps of any size",
            ),
        ),
        (
            CASES["short-sighted"][0],
            (3, 17, 17),
            Finding(
                "short-sighted",
                "2",
                "a unit of '1' sees 3×3 of 17×17 pixels",
                "3 more layers of 3×3 before it, or an earlier pooling",
            ),
        ),
        (
            conv(3, 4, 4, padding="same"),
            (3, 8, 8),
            Finding(
                "even-kernel",
                "",
                "padding of 1 before and 2 behind: the map moves by half a place",
                "a span of 3 or 5, with half of it as padding",
            ),
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_what_is_said(net, shape, finding):
    assert finding in lint(net, shape)


def test_what_would_fit_fits():
    """The remedies that name sizes: tried, they take the finding away."""
    pool = CASES["too-small"][0]
    assert "too-small" in lint(pool, (3, 7, 7)).rules
    assert "too-small" not in lint(pool, (3, 8, 8)).rules
    for side in (8, 10):
        assert lint(nn.MaxPool2d(2), (1, side, side)) == []
    vgg = models.vgg11(width=0.0625, image_size=225)
    assert "dropped-edge" in lint(vgg, (3, 225, 225)).rules
    for side in (224, 256):
        assert "dropped-edge" not in lint(vgg, (3, side, side)).rules


def test_unread_pixels_really_have_no_effect():
    net = CASES["unread-pixels"][0]
    images = torch.randn(50, 4, 8, 8, requires_grad=True)  # a ReLU lets none rest in all of them
    (gradient,) = torch.autograd.grad(net(images).sum(), images)
    assert (gradient.abs().sum((0, 1)) == 0).float().mean() == 0.75


def test_idle_weights_really_get_no_gradient():
    net = conv(1, 1, 3, padding=8, dilation=8)
    net(torch.randn(1, 1, 8, 8)).sum().backward()
    assert (net.weight.grad == 0).sum() == 8
    (finding,) = [f for f in lint(net, (1, 8, 8)) if f.rule == "idle-weights"]
    assert finding.what == "8 of 9 entries of the window never meet a pixel of 8×8"


def test_functions_are_checked_as_layers_are():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = conv(3, 4)

        def forward(self, x):
            return F.max_pool2d(F.relu(self.conv(x)), 2)

    assert lint(Functional(), (3, 9, 9)).rules == ["input-not-divisible", "dropped-edge"]


def test_a_function_without_a_row_may_be_an_activation():
    class Clamped(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = conv(3, 4), conv(4, 4)

        def forward(self, x):
            return self.second(self.first(x).clamp(min=0))

    assert lint(Clamped(), (3, 8, 8)) == []


def test_a_narrow_layer_in_between_is_a_factorisation():
    assert lint(nn.Sequential(conv(16, 4, 1), conv(4, 16, 1)), (16, 8, 8)) == []


# What torchvision's networks deserve, at the size of their images.
TORCHVISION = {
    "alexnet": ["heavy-head"],
    "vgg16": ["heavy-head"],
    "vgg16_bn": ["heavy-head", "bias-before-norm"],
    "squeezenet1_1": ["dropped-edge"],
    "googlenet": [],
    "inception_v3": [],
    "resnet50": [],
    "resnext50_32x4d": [],
    "densenet121": [],
    "mobilenet_v2": [],
    "mobilenet_v3_small": ["linear-pair"],
    "shufflenet_v2_x1_0": [],
    "mnasnet1_0": [],
    "efficientnet_b0": [],
    "convnext_tiny": [],
    "vit_b_16": [],
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvisions_networks(name):
    settings = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    with torch.device("meta"):
        net = getattr(torchvision.models, name)(**settings)
    side = 299 if name == "inception_v3" else 224
    assert lint(net, (3, side, side)).rules == TORCHVISION[name]


def test_the_network_is_left_as_it_was():
    net = nn.Sequential(conv(3, 4), nn.BatchNorm2d(4), nn.Dropout(), nn.MaxPool2d(2)).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()
    lint(net, (3, 9, 9))
    assert net.training
    assert torch.equal(torch.get_rng_state(), state)
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])
        assert value.device.type == "cpu"


def test_a_report_as_text_and_as_a_table():
    found = lint(CASES["dropped-edge"][0], (3, 9, 9))
    assert repr(found).splitlines()[0] == "Sequential, input (3, 9, 9): 2 findings"
    page = found._repr_html_()
    assert page.count("<tr>") == 3
    assert "dropped-edge" in page
    silent = lint(conv(3, 4), (3, 8, 8))
    assert repr(silent) == "Conv2d, input (3, 8, 8): nothing found"
    assert "nothing found" in silent._repr_html_()


def test_what_is_no_matter_of_sizes_is_an_error():
    with pytest.raises(DoesNotFit, match="expected input") as caught:
        lint(nn.Sequential(conv(3, 4), nn.ReLU(), conv(5, 4)), (3, 8, 8))
    assert (caught.value.layer, caught.value.shape) == ("2", (1, 4, 8, 8))
    assert [record.name for record in caught.value.records] == ["0", "1"]
    with pytest.raises(TypeError, match=r"net must be a torch\.nn\.Module, got str"):
        lint("vgg16", (3, 8, 8))
    with pytest.raises(ValueError, match="does not fit"):
        trace(CASES["does-not-fit"][0], (3, 6, 6))
