"""Heads turned into convolutions: one position gives the network's scores, more give more."""

import pytest
import torch
import torchvision
from torch import nn

from d2lkit import models

SMALL = {"width": 1 / 16, "num_classes": 5}
NETWORKS = {
    "vgg11": lambda: (models.vgg11(**SMALL), 224),
    "vgg11 at 64": lambda: (models.vgg11(**SMALL, image_size=64), 64),
    "alexnet": lambda: (models.alexnet(**SMALL), 224),
    "lenet": lambda: (models.lenet(), 28),
    "nin": lambda: (models.nin(**SMALL), 224),
    "resnet18": lambda: (models.resnet18(**SMALL), 64),
    "googlenet": lambda: (models.googlenet(**SMALL), 64),
    "efficientnet": lambda: (models.efficientnet_lite0(**SMALL), 64),
    "mlp": lambda: (models.mlp(), 28),
    "torchvision's resnet18": lambda: (torchvision.models.resnet18(num_classes=5), 64),
    "torchvision's mobilenet": lambda: (torchvision.models.mobilenet_v2(num_classes=5), 64),
}


class Valid(nn.Module):
    """A network without padding: what it sees of a crop is the crop alone."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.ReLU()
        )
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(6 * 3 * 5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)
        )

    def forward(self, images):
        return self.head(self.features(images))


@pytest.mark.parametrize("name", NETWORKS)
def test_one_position_gives_the_scores_of_the_network(name):
    torch.manual_seed(0)
    net, side = NETWORKS[name]()
    net.eval()
    everywhere = models.fully_convolutional(net, side)
    assert not any(isinstance(m, nn.Linear) for m in everywhere.modules())
    channels = getattr(net, "in_channels", 3)
    images = torch.rand(2, channels, side, side)
    with torch.no_grad():
        maps, scores = everywhere(images), net(images)
    assert maps.shape == (*scores.shape, 1, 1)
    torch.testing.assert_close(maps[..., 0, 0], scores, rtol=1e-4, atol=1e-5)


def test_every_position_gives_the_scores_of_its_crop_where_nothing_pads():
    torch.manual_seed(0)
    net = Valid().eval()
    net.head[2].running_mean.normal_()
    everywhere = models.fully_convolutional(net, (12, 16))
    picture = torch.randn(1, 1, 20, 23)
    with torch.no_grad():
        maps = everywhere(picture)
        assert maps.shape == (1, 3, 5, 4)
        for row in range(5):
            for column in range(4):
                top, left = 2 * row, 2 * column
                crop = picture[..., top : top + 12, left : left + 16]
                torch.testing.assert_close(maps[..., row, column], net(crop))


def test_where_layers_pad_a_position_is_another_thing_than_its_crop():
    torch.manual_seed(0)
    net = models.vgg11(**SMALL, image_size=64).eval()
    picture = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        maps = models.fully_convolutional(net, 64)(picture)
        crop = net(picture[..., :64, :64])
    assert maps.shape == (1, 5, 2, 2)
    assert (maps[..., 0, 0] - crop).abs().max() > 1e-3 * crop.abs().max()


def test_the_weights_are_the_same_numbers_in_another_shape():
    net = models.vgg11(**SMALL)
    everywhere = models.fully_convolutional(net)
    dense = [m for m in net.modules() if isinstance(m, nn.Linear)]
    kernels = [m for m in everywhere.modules() if isinstance(m, nn.Conv2d)][-3:]
    assert [k.kernel_size for k in kernels] == [(7, 7), (1, 1), (1, 1)]
    for layer, kernel in zip(dense, kernels, strict=True):
        assert kernel.weight.flatten(1).equal(layer.weight)
        assert kernel.bias.equal(layer.bias)


def test_the_network_stays_as_it_is():
    torch.manual_seed(0)
    net = models.resnet18(**SMALL).train()
    net.stages[0].eval()
    modes = [m.training for m in net.modules()]
    before = {name: value.clone() for name, value in net.state_dict().items()}
    everywhere = models.fully_convolutional(net, 64)
    assert [m.training for m in net.modules()] == modes
    assert everywhere.training
    with torch.no_grad():
        for parameter in everywhere.parameters():
            parameter.zero_()
    assert all(value.equal(before[name]) for name, value in net.state_dict().items())


def test_a_head_of_double_precision_without_bias():
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 4, bias=False)).double()
    everywhere = models.fully_convolutional(net, 4)
    assert everywhere(torch.zeros(1, 2, 5, 6).double()).shape == (1, 4, 2, 3)


class Branches(nn.Module):
    """Its parts do not run one after another."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)
        self.head = nn.Linear(1, 2)

    def forward(self, images):
        return self.head((self.one(images) + self.two(images)).mean(dim=(2, 3)))


def test_a_network_with_branches_is_refused():
    with pytest.raises(ValueError, match="the parts of Branches, run in their order, do not give"):
        models.fully_convolutional(Branches(), 8)


def test_parts_that_do_not_fit_one_another_are_refused():
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.Conv2d(1, 2, 1), nn.Flatten(), nn.Linear(8, 2))
    with pytest.raises(ValueError, match="Sequential does not run part by part: Conv2d"):
        models.fully_convolutional(net, 2)


def test_a_grid_that_cannot_move_is_refused():
    with pytest.raises(ValueError, match=r"reads maps of 3×3: it can be moved over a picture if"):
        models.fully_convolutional(models.vgg11(**SMALL), 96)


def test_a_size_that_does_not_fit_the_head_is_refused():
    with pytest.raises(ValueError, match=r"does not fit maps of shape \(16, 8, 8\)"):
        models.fully_convolutional(models.lenet(), 40)


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match=r"net must be a torch.nn.Module, got function"):
        models.fully_convolutional(lambda images: images)


def test_frozen_layers_and_the_mode_go_along():
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 5), nn.Linear(5, 4)).eval()
    net[2].requires_grad_(False)
    everywhere = models.fully_convolutional(net, 4)
    assert not everywhere.training
    learned = [layer.weight.requires_grad for layer in everywhere]
    assert learned == [True, False, True]


def test_batch_normalisation_of_vectors_keeps_its_settings():
    norm = nn.BatchNorm1d(5, eps=0.5, momentum=0.3)
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 5), norm).eval()
    found = models.fully_convolutional(net, 4)[-1]
    assert (type(found), found.eps, found.momentum) == (nn.BatchNorm2d, 0.5, 0.3)
    images = torch.rand(3, 2, 4, 4)
    torch.testing.assert_close(models.fully_convolutional(net, 4)(images).flatten(1), net(images))


@pytest.mark.parametrize("kind", ["Avg", "Max"])
def test_pooling_of_whole_maps_stays_of_its_kind(kind):
    adaptive = getattr(nn, f"Adaptive{kind}Pool2d")(1)
    net = nn.Sequential(nn.Conv2d(1, 3, 3), adaptive, nn.Flatten(), nn.Linear(3, 2)).eval()
    everywhere, images = models.fully_convolutional(net, 6), torch.rand(2, 1, 6, 6)
    torch.testing.assert_close(everywhere(images).flatten(1), net(images))


def test_scores_two_percent_off_are_refused():
    class Louder(nn.Sequential):
        def forward(self, images):
            return 1.02 * super().forward(images)

    net = Louder(nn.Conv2d(1, 3, 3), nn.Flatten(), nn.Linear(12, 2))
    with pytest.raises(ValueError, match="do not give its scores"):
        models.fully_convolutional(net, 4)
