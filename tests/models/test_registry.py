"""Networks by name."""

import inspect

import pytest

from d2lkit import models
from d2lkit.models import registry


@pytest.mark.parametrize("name", models.names())
def test_every_name_is_a_function_with_the_common_arguments(name):
    build = getattr(models, name)
    assert name in models.__all__
    assert list(inspect.signature(build).parameters)[:2] == ["in_channels", "num_classes"]
    assert build.__doc__
    assert {"in_channels", "num_classes", "width"} <= set(models.options(name))


def test_create_passes_on_what_it_gets():
    net = models.create("vgg11_bn", in_channels=1, num_classes=7, width=0.05, image_size=(32, 64))
    assert net.features[0].in_channels == 1
    assert net.head[-1].out_features == 7
    assert net.pool[0].output_size == (1, 2)
    assert models.create("resnet18", width=1 / 16, image_size=28).in_channels == 3


def test_options_of_a_subclass_include_those_of_its_parent():
    assert models.options("resnext50_32x4d").keys() > models.options("resnet18").keys()
    assert models.options("modern_lenet")["pooling"] == "max"
    assert "block" not in models.options("resnet18")


def test_exported_names_exist_and_are_sorted_as_listed():
    assert len(set(models.__all__)) == len(models.__all__)
    for name in models.__all__:
        assert getattr(models, name) is not None


def test_a_network_of_the_reader_joins_by_its_own_name():
    @models.register
    def two_layers(in_channels: int = 1, num_classes: int = 10, **options) -> models.MLP:
        return models.MLP(in_channels, num_classes, **options)

    try:
        assert models.names()[-1] == "two_layers"
        assert models.create("two_layers", image_size=4).fixed_size == (4, 4)
        assert models.options("two_layers")["hidden"] == (256,)
    finally:
        del registry.NETWORKS["two_layers"]
    assert "two_layers" not in models.names()


def test_networks_are_listed_from_the_simplest_to_the_latest():
    listed = models.names()
    places = [listed.index(name) for name in ("linear", "lenet", "alexnet", "vgg11", "resnet18")]
    assert places == sorted(places)
    assert listed[-3:] == ["resnext101_64x4d", "mobilenet_v2", "efficientnet_lite0"]
