"""MobileNet's blocks, and MobileNetV2 against torchvision's."""

import pytest
import torch
import torchvision
from torch import nn

from d2lkit import models
from d2lkit.models import DepthwiseSeparable, InvertedResidual
from d2lkit.models.efficientnet_lite import conv_norm as same_conv_norm
from d2lkit.models.torchvision_names import renames_of


def convolutions(net):
    return [m for m in net.modules() if isinstance(m, nn.Conv2d)]


def test_a_depthwise_separable_block_is_a_dense_convolution_of_one_form_per_channel():
    block = DepthwiseSeparable(4, 6).eval()
    depthwise, pointwise = convolutions(block)
    forms, mix = depthwise.weight[:, 0], pointwise.weight[:, :, 0, 0]
    dense = torch.einsum("oi,ihw->oihw", mix, forms)
    maps = torch.randn(2, 4, 7, 5)
    expected = nn.functional.conv2d(maps, dense, padding=1)
    torch.testing.assert_close(pointwise(depthwise(maps)), expected)


def test_a_depthwise_separable_block_normalises_twice_and_ends_in_relu():
    block = DepthwiseSeparable(4, 6, stride=2, kernel_size=5)
    kinds = [type(m).__name__ for m in block]
    assert kinds == ["Conv2d", "BatchNorm2d", "ReLU"] * 2
    first, second = convolutions(block)
    assert (first.groups, first.kernel_size, first.stride) == (4, (5, 5), (2, 2))
    assert (second.groups, second.kernel_size, second.out_channels) == (1, (1, 1), 6)
    assert block(torch.randn(2, 4, 9, 8)).shape == (2, 6, 5, 4)


def test_the_share_of_weights_is_one_part_per_output_and_one_per_pixel_of_the_kernel():
    for c_in, c_out in ((32, 64), (256, 256)):
        weights = sum(c.weight.numel() for c in convolutions(DepthwiseSeparable(c_in, c_out)))
        assert weights / (9 * c_in * c_out) == pytest.approx(1 / c_out + 1 / 9)


@pytest.mark.parametrize("block", [DepthwiseSeparable, InvertedResidual])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"in_channels": 0}, ValueError, "in_channels must be at least 1, got 0"),
        ({"channels": 2.5}, TypeError, "channels must be an int, got 2.5"),
        ({"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        ({"kernel_size": 4}, ValueError, "kernel_size must be odd, .*, got 4"),
    ],
)
def test_blocks_refuse_what_they_cannot_build(block, options, error, message):
    with pytest.raises(error, match=message):
        block(**{"in_channels": 4, "channels": 4, **options})


def test_an_expansion_below_one_is_refused():
    with pytest.raises(ValueError, match="expansion must be at least 1, got 0"):
        InvertedResidual(4, 4, expansion=0)


def test_the_two_rules_of_padding_differ_at_even_sizes_and_a_stride_of_two():
    """One block after each rule with the same weights: PyTorch's and TensorFlow's."""
    torch_rule = InvertedResidual(4, 4, stride=2).eval()
    same_rule = InvertedResidual(4, 4, stride=2, layers=same_conv_norm).eval()
    same_rule.load_state_dict(torch_rule.state_dict())
    for norm in (m for m in same_rule.modules() if isinstance(m, nn.BatchNorm2d)):
        norm.eps = 1e-5
    odd, even = torch.randn(1, 4, 9, 9), torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(torch_rule(odd), same_rule(odd))
    assert (torch_rule(even) - same_rule(even)).abs().max() > 0.1


def test_every_weight_of_torchvision_has_one_name_here(without_numbers):
    with without_numbers():
        theirs, ours = torchvision.models.mobilenet_v2(), models.mobilenet_v2()
    models.load_torchvision(ours, theirs.state_dict())  # every name and shape fits
    assert len(theirs.state_dict()) == len(ours.state_dict()) == 314
    assert ("^features\\.18", "top") in renames_of(ours)


def test_weights_of_torchvision_give_its_scores_after_a_step_of_training():
    """Statistics of batch normalisation included; trained, so that no two layers are alike."""
    torch.manual_seed(0)
    theirs = torchvision.models.mobilenet_v2(num_classes=5, dropout=0.0)
    theirs(torch.randn(4, 3, 64, 64)).square().mean().backward()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter -= 0.1 * parameter.grad
        for norm in (m for m in theirs.modules() if isinstance(m, nn.BatchNorm2d)):
            norm.momentum = 1.0  # so that evaluation sees maps of the size that training saw
        theirs(torch.randn(8, 3, 64, 64))
    ours = models.from_torchvision("mobilenet_v2", theirs.state_dict()).eval()
    images = torch.randn(2, 3, 96, 71)
    with torch.no_grad():
        expected = theirs.eval()(images)
        torch.testing.assert_close(ours(images), expected, rtol=1e-4, atol=1e-5)
    assert (expected[0] - expected[1]).abs().max() > 1e-4 * expected.abs().max()


def test_another_number_of_classes_keeps_a_new_head():
    theirs = torchvision.models.mobilenet_v2(num_classes=5).state_dict()
    net = models.from_torchvision("mobilenet_v2", theirs, num_classes=7)
    assert net.head[1].out_features == 7
    assert net.stem[0].weight.equal(theirs["features.0.0.weight"])
