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


def rules(net, *shape):
    return lint(net, shape).rules


def test_rules_hold_on_one_side_of_their_boundary_and_not_on_it():
    # A convolution may keep three quarters of the places.
    def plain(kernel):
        return nn.Conv2d(1, 4, kernel)

    assert "shrinking-map" not in rules(plain((1, 5)), 1, 12, 16)  # 12 of 16 columns: 75 %
    assert "shrinking-map" in rules(plain((1, 5)), 1, 12, 15)  # 11 of 15
    # A window that spans half of the map belongs to its end, or is a head: more is no shrinking.
    assert "shrinking-map" in rules(plain(5), 1, 10, 10)
    assert "shrinking-map" not in rules(plain(5), 1, 9, 9)
    # Padding may be half of the window.
    assert "padding-too-large" not in rules(nn.MaxPool2d(2, padding=1), 1, 8, 8)
    assert "padding-too-large" not in rules(conv(1, 4, 4, padding=2), 1, 8, 8)
    # A large kernel may not be needed from maps twice as large on.
    assert "large-kernel" in rules(conv(16, 4, 7), 16, 14, 14)
    assert "large-kernel" not in rules(conv(16, 4, 7), 16, 13, 13)
    assert "large-kernel" not in rules(conv(15, 4, 7), 15, 14, 14)


def test_a_head_with_just_half_of_the_parameters_is_not_heavy():
    def net(inputs, outputs):
        head = nn.Linear(inputs, outputs, bias=False)
        return nn.Sequential(conv(1, 4, 3, bias=False), nn.ReLU(), nn.Flatten(), head)

    assert "heavy-head" not in rules(net(16, 2), 1, 2, 2)  # 32 of 68
    assert "heavy-head" not in rules(net(36, 1), 1, 3, 3)  # 36 of 72
    heavy = net(36, 2)
    (found,) = (f for f in lint(heavy, (1, 3, 3)) if f.rule == "heavy-head")
    assert found.what == "67% of all parameters read 4 maps of 3×3 places: 72"
    assert found.fits == "averaging each map first: 8 parameters"


def test_three_small_kernels_for_a_large_one():
    (found,) = lint(conv(16, 4, 7), (16, 14, 14))
    assert found.what == "7×7 on 16 channels: 49 weights a pair"
    assert found.fits == "3 layers of 3×3 see as far with 27"


def test_the_padding_named_for_one_too_large_is_half_of_what_the_window_spans():
    for kernel, fits in ((3, 1), (4, 1), (5, 2)):
        found = {f.rule: f for f in lint(conv(1, 4, kernel, padding=kernel), (1, 9, 9))}
        assert found["padding-too-large"].fits == f"padding={fits}"
        assert found["padding-too-large"].what == (
            f"padding of {kernel} beside a window that spans {kernel}"
        )


def test_the_smallest_input_is_named_to_the_pixel():
    for kernel in range(5, 12):
        net = nn.Sequential(conv(3, 4), nn.MaxPool2d(kernel))
        (found,) = (f for f in lint(net, (3, 4, 4)) if f.rule == "too-small")
        assert found.fits == f"an input of at least {kernel}×{kernel} pixels"


def test_a_linear_pair_that_is_nowhere_narrow_is_no_factorisation():
    assert "linear-pair" in rules(nn.Sequential(conv(4, 4), conv(4, 4)), 4, 8, 8)
    assert "linear-pair" not in rules(nn.Sequential(conv(4, 3), conv(3, 4)), 4, 8, 8)
