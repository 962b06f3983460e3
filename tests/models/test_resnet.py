"""Residual networks: what a block computes, what the depths count, what zero passes on."""

import pytest
import torch
import torchvision
from torch import nn

from d2lkit import models
from d2lkit.models import (
    BasicBlock,
    Bottleneck,
    PaddingShortcut,
    PreActivationResidual,
    Residual,
    ResNet,
    basic,
    bottleneck,
    bottleneck_v15,
)

BLOCKS = (Residual, PreActivationResidual)


def blocks_of(net):
    return [m for m in net.modules() if isinstance(m, BLOCKS)]


def small(block=basic, depths=(2, 2), **options):
    return ResNet(block, depths, 3, 4, channels=(8, 16)[: len(depths)], small_stem=True, **options)


@pytest.mark.parametrize(
    "name",
    [n for n in models.names() if n.startswith(("resnet", "plain", "preact", "resnext"))],
)
def test_the_name_counts_the_layers_with_weights(name):
    net = models.create(name, width=1 / 32)
    layers = int(
        "".join(c for c in name.split("_v15")[0].split("_32x")[0].split("_64x")[0] if c.isdigit())
    )
    main_path = [m for block in blocks_of(net) for m in block.branch if isinstance(m, nn.Conv2d)]
    assert 1 + len(main_path) + 1 == layers


def test_residual_is_relu_of_the_sum():
    block = Residual(basic(4, 4, 1), nn.Identity()).eval()
    x = torch.randn(2, 4, 6, 5)
    conv1, norm1, relu, conv2, norm2 = block.branch
    change = norm2(conv2(relu(norm1(conv1(x)))))
    assert torch.equal(block(x), torch.relu(x + change))
    plain = Residual(basic(4, 4, 1), None).eval()
    assert torch.equal(plain(x), torch.relu(plain.branch(x)))


def test_pre_activation_leaves_the_sum_alone():
    block = PreActivationResidual(basic(4, 4, 1), nn.Identity()).eval()
    x = torch.randn(2, 4, 6, 5)
    norm1, relu1 = block.activate
    conv1, norm2, relu2, conv2 = block.branch
    assert torch.equal(block(x), x + conv2(relu2(norm2(conv1(relu1(norm1(x)))))))
    assert (block(x) < 0).any()


def test_pre_activation_projects_what_has_been_activated():
    net = small(bottleneck, (1, 1), pre_activation=True).eval()
    first, second = blocks_of(net)
    assert len(first.activate) == 0  # the stem has normalisation and ReLU already
    x = torch.randn(2, 32, 6, 6)
    active = second.activate(x)
    assert isinstance(second.shortcut, nn.Conv2d)
    assert torch.equal(second(x), second.branch(active) + second.shortcut(active))
    # The last sum is normalised and activated before the average.
    assert [type(m) for m in net.stages[-1]] == [nn.BatchNorm2d, nn.ReLU]


@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0])
def test_where_a_pre_activated_shortcut_starts_depends_on_the_shape_alone(factor):
    class Scale(nn.Module):
        def forward(self, maps):
            return factor * maps

    x = torch.randn(2, 4, 6, 5)
    same = PreActivationResidual(basic(4, 4), Scale()).eval()
    assert torch.equal(same(x), same.branch(same.activate(x)) + factor * x)
    wider = PreActivationResidual(basic(4, 8), nn.Conv2d(4, 8, 1)).eval()
    active = wider.activate(x)
    assert torch.equal(wider(x), wider.branch(active) + wider.shortcut(active))
    padding = PreActivationResidual([nn.Conv2d(4, 4, 3)], nn.AvgPool2d(3, 1)).eval()
    active = padding.activate(x)
    assert torch.equal(padding(x), padding.branch(active) + padding.shortcut(active))
    for mode in ("same", 1):
        same = PreActivationResidual([nn.Conv2d(4, 4, 3, padding=mode)], Scale()).eval()
        assert torch.equal(same(x), same.branch(same.activate(x)) + factor * x)
    smaller = PreActivationResidual(basic(4, 4, stride=2), nn.MaxPool2d(1, 2)).eval()
    active = smaller.activate(x)
    assert torch.equal(smaller(x), smaller.branch(active) + active[:, :, ::2, ::2])


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(
    ("ours", "theirs", "expansion"),
    [
        (BasicBlock, torchvision.models.resnet.BasicBlock, 1),
        (Bottleneck, torchvision.models.resnet.Bottleneck, 4),
    ],
)
@pytest.mark.parametrize("in_channels", [8, 16])
def test_whole_blocks_equal_torchvisions_bit_for_bit(ours, theirs, expansion, stride, in_channels):
    block = ours(in_channels, 4, stride)
    out_channels = 4 * expansion
    downsample = None
    if stride != 1 or in_channels != out_channels:
        downsample = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
            nn.BatchNorm2d(out_channels),
        )
    reference = theirs(in_channels, 4, stride, downsample)
    assert isinstance(block.shortcut, nn.Identity) == (downsample is None)
    values = block.state_dict().values()
    reference.load_state_dict(dict(zip(reference.state_dict(), values, strict=True)))
    x = torch.randn(3, in_channels, 7, 6)
    assert torch.equal(block(x), reference(x))
    assert torch.equal(block.eval()(x), reference.eval()(x))


def test_whole_blocks_are_those_of_the_networks():
    for name, kind in (("resnet18", BasicBlock), ("resnet50_v15", Bottleneck)):
        net = models.create(name, width=1 / 8)
        assert len(net.stages) == 4
        for i, stage in enumerate(net.stages):
            first = next(m for m in stage[0].branch if isinstance(m, nn.Conv2d))
            stride = 1 if i == 0 else 2
            block = kind(first.in_channels, first.out_channels, stride)
            block.load_state_dict(stage[0].state_dict())
            x = torch.randn(2, first.in_channels, 6, 5)
            assert torch.equal(block(x), stage[0](x))


@pytest.mark.parametrize("kind", [BasicBlock, Bottleneck])
def test_a_whole_block_may_go_without_shortcut(kind):
    assert kind(8, 4, 2, shortcut="none").shortcut is None
    padded = kind(4, 4, 2, shortcut="padding").shortcut
    assert isinstance(padded, PaddingShortcut)
    assert padded(torch.ones(1, 4, 6, 6)).shape == kind(4, 4, 2)(torch.ones(1, 4, 6, 6)).shape


@pytest.mark.parametrize("block", [basic, bottleneck, bottleneck_v15])
@pytest.mark.parametrize("pre_activation", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_blocks_that_start_at_zero_pass_on_what_comes_in(block, pre_activation, training):
    net = small(block, pre_activation=pre_activation, zero_init=True).train(training)
    same = [b for b in blocks_of(net) if isinstance(b.shortcut, nn.Identity)]
    assert same
    for part in same:
        channels = next(m for m in part.branch if isinstance(m, nn.Conv2d)).in_channels
        x = torch.randn(3, channels, 5, 5)
        # The original block ends in ReLU: it is the identity for what comes out of another one.
        x = x if pre_activation else x.relu()
        assert torch.equal(part(x), x)
    for part in blocks_of(small(block, pre_activation=pre_activation)):
        x = torch.randn(3, next(part.branch.parameters()).shape[1], 5, 5)
        assert part.branch(x).abs().sum() > 0


def test_zero_init_lets_the_gradient_through():
    net = small(zero_init=True)
    x = torch.randn(4, 3, 12, 12, requires_grad=True)
    net(x).square().sum().backward()
    assert x.grad.abs().sum() > 0
    for block in blocks_of(net):
        assert block.branch[-1].weight.grad.abs().sum() > 0  # so that it leaves zero


def test_padding_shortcut_drops_pixels_and_adds_zeros():
    x = torch.arange(2 * 3 * 5 * 4.0).reshape(2, 3, 5, 4)
    out = PaddingShortcut(3, 7, stride=2)(x)
    assert out.shape == (2, 7, 3, 2)
    assert torch.equal(out[:, :3], x[:, :, ::2, ::2])
    assert not out[:, 3:].any()


@pytest.mark.parametrize("layers", [8, 20, 56])
def test_small_resnet_and_its_plain_twin_have_the_same_parameters(layers):
    residual = models.resnet_small(layers, width=0.25)
    plain = models.resnet_small(layers, width=0.25, shortcut="none")
    assert [p.shape for p in residual.parameters()] == [p.shape for p in plain.parameters()]
    assert all(block.shortcut is None for block in blocks_of(plain))
    assert [type(m) for m in plain.modules() if isinstance(m, PaddingShortcut)] == []


@pytest.mark.parametrize(
    ("layers", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)]
)
def test_small_resnets_have_the_parameters_of_table_6(layers, millions, without_numbers):
    with without_numbers():
        count = sum(p.numel() for p in models.create(f"resnet{layers}").parameters())
    assert count / 1e6 == pytest.approx(millions, abs=0.005 if millions < 1 else 0.05)


@pytest.mark.parametrize(
    ("small_stem", "expected"), [(False, [8, 4, 2, 1]), (True, [32, 16, 8, 4])]
)
def test_sizes_of_the_stages(small_stem, expected):
    net = models.resnet18(width=1 / 8, small_stem=small_stem)
    sizes = []
    for stage in net.stages:
        stage.register_forward_hook(lambda m, i, out: sizes.append(out.shape[-1]))
    net(torch.zeros(2, 3, 32, 32))
    assert sizes == expected


def test_versions_stride_in_different_convolutions():
    strides = {}
    for name in ("resnet50", "resnet50_v15", "preact_resnet50"):
        block = models.create(name, width=1 / 32).stages[1][0]
        strides[name] = [m.stride[0] for m in block.branch if isinstance(m, nn.Conv2d)]
    assert strides == {
        "resnet50": [2, 1, 1],
        "resnet50_v15": [1, 2, 1],
        "preact_resnet50": [2, 1, 1],
    }


def test_a_strided_1x1_convolution_reads_one_pixel_in_four():
    pixels = {}
    for block in (bottleneck, bottleneck_v15):
        x = torch.ones(1, 2, 8, 8, requires_grad=True)
        maps = x
        for conv in block(2, 3, stride=2):
            maps = conv(maps)
        maps.sum().backward()
        pixels[block] = (x.grad[0, 0] != 0).float().mean().item()
    assert pixels == {bottleneck: 0.25, bottleneck_v15: 1.0}
