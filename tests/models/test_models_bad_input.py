"""What is wrong gets an error that quotes it and names the rule."""

import pytest
import torch

from d2lkit import models

ZEROS = torch.zeros

WRONG_VALUES = [
    (lambda: models.LeNet(0), "in_channels must be at least 1, got 0"),
    (lambda: models.vgg11(3, 0), "num_classes must be at least 1, got 0"),
    (lambda: models.resnet18(width=0), "width must be greater than 0, got 0"),
    (lambda: models.nin(width=-0.5), "width must be greater than 0, got -0.5"),
    (lambda: models.nin(width=float("nan")), "width must be greater than 0, got nan"),
    (lambda: models.nin(width=float("inf")), "width must be at most 100, got inf"),
    (lambda: models.LeNet(image_size=11), "LeNet needs images of at least 12×12"),
    (lambda: models.LeNet(image_size=(1, 28, 28)), r"image_size.*got \(1, 28, 28\)"),
    (lambda: models.alexnet(image_size=(224, 62)), "at least 63×63.*got image_size 224×62"),
    (lambda: models.LeNet(activation="gelu"), "activation must be one of 'sigmoid'.*'gelu'"),
    (lambda: models.LeNet(pooling="l2"), "pooling must be one of 'average', 'max', got"),
    (lambda: models.MLP(hidden=(64, 0)), r"hidden\[1\] must be at least 1, got 0"),
    (lambda: models.MLP(dropout=1.5), "dropout must be at most 1, got 1.5"),
    (lambda: models.vgg11(dropout=-0.1), "dropout must be at least 0, got -0.1"),
    (lambda: models.VGG((1, 1, 2)), r"convolutions must be 5 numbers.*\(1, 1, 2\)"),
    (lambda: models.VGG((1, 1, 0, 2, 2)), r"convolutions\[2\] must be at least 1, got 0"),
    (lambda: models.AlexNet(variant="two"), "variant must be one of 'paper', 'single'"),
    (lambda: models.ZFNet(middle="thin"), "middle must be one of 'paper', 'wide', got 'thin'"),
    (lambda: models.AllConv(downsample="max"), "downsample must be one of 'conv', 'stride'"),
    (lambda: models.GoogLeNet(variant="v3"), "variant must be one of .* got 'v3'"),
    (lambda: models.GoogLeNet(1, rescale=True), r"rescale needs in_channels=3.*got 1"),
    (lambda: models.resnet18(shortcut="A"), "shortcut must be one of 'projection'.*got 'A'"),
    (lambda: models.plain18(zero_init=True), "zero_init needs a shortcut"),
    (lambda: models.Bottleneck(8, 0), r"channels must be at least 1, got 0"),
    (lambda: models.BasicBlock(8, 8, shortcut="b"), "shortcut must be one of .* got 'b'"),
    (lambda: models.ResNet(models.basic, (1, 1)), r"one number a stage, got \(1, 1\)"),
    (lambda: models.ResNet(models.basic, (1, 0, 1, 1)), r"depths\[1\] must be at least 1"),
    (lambda: models.resnet_small(21), r"layers must be 6n \+ 2 .*, got 21"),
    (lambda: models.ResNeXt((1,) * 4, cardinality=0), "cardinality must be at least 1"),
    (lambda: models.lenet()(ZEROS(28, 28)), r"images must have 4 dim.*\(28, 28\)"),
    (lambda: models.lenet()(ZEROS(1, 28, 28, 1)), r"1 channels, got shape \(1, 28, 28, 1\)"),
    (lambda: models.lenet()(ZEROS(1, 1, 32, 32)), "built for 28×28 pixels, got 32×32"),
    (lambda: models.nin(width=0.1)(ZEROS(1, 3, 3, 9)), "at least 4×4 pixels, got 3×9"),
    (lambda: models.create("resnet19"), "no network 'resnet19'; did you mean 'resnet1"),
    (lambda: models.create("?"), r"no network '\?'; there are \['linear', 'mlp'"),
    (lambda: models.create("nin", image_size=3), "nin needs images of at least 4×4"),
    (lambda: models.from_torchvision("lenet"), "name must be one of 'alexnet'.*got 'lenet'"),
    (lambda: models.from_torchvision("resnet18", "BEST"), "weights must be one of 'DEFAULT'"),
    (lambda: models.from_torchvision("resnet18", {"a": 1}), r"'fc.bias' or .* \['a'\]"),
    (lambda: models.from_torchvision("resnet18", num_classes=0), "num_classes must be at"),
]
WRONG_TYPES = [
    (lambda: models.LeNet(1.0), "in_channels must be an int, got 1.0"),
    (lambda: models.resnet18(num_classes="10"), "num_classes must be an int, got '10'"),
    (lambda: models.nin(width="half"), "width must be a number, got 'half'"),
    (lambda: models.LeNet(image_size=28.0), "image_size must be one int or a pair"),
    (lambda: models.ResNeXt((1,) * 4, group_width=2.5), "group_width must be an int"),
    (lambda: models.lenet()([[0.0]]), "images must be a torch.Tensor, got list"),
    (lambda: models.lenet()(ZEROS(1, 1, 28, 28).byte()), "floating-point.*torch.uint8"),
    (lambda: models.create("lenet", depth=3), "lenet takes no 'depth'; it takes activation"),
    (lambda: models.create("linear", hidden=3), "linear takes no 'hidden'"),
    (lambda: models.create("nin", image_size="3"), "image_size must be one int or a pair"),
    (lambda: models.from_torchvision("resnet18", 3), "weights must be None, a name .* got 3"),
    (lambda: models.load_torchvision(models.nin(), None), "state_dict must be a mapping"),
]


@pytest.mark.parametrize(("call", "message"), WRONG_VALUES)
def test_wrong_values(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("call", "message"), WRONG_TYPES)
def test_wrong_types(call, message):
    with pytest.raises(TypeError, match=message):
        call()
