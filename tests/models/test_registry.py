"""Networks by name."""

import inspect

import pytest
import torchvision

from d2lkit import models
from d2lkit.models import registry


@pytest.mark.parametrize("name", models.names())
def test_every_name_is_a_function_with_the_common_arguments(name):
    build = getattr(models, name)
    assert name in models.__all__
    assert list(inspect.signature(build).parameters)[:2] == ["in_channels", "num_classes"]
    assert build.__doc__
    assert {"in_channels", "num_classes", "width"} <= set(models.options(name))


def defaults(callable_) -> dict:
    """The arguments of a callable that have a default, with it."""
    arguments = inspect.signature(callable_).parameters.values()
    return {one.name: one.default for one in arguments if one.default is not one.empty}


# What a network was made for, where it is not ImageNet: channels and classes.
MADE_FOR = {
    **dict.fromkeys(("linear", "mlp", "lenet", "modern_lenet"), (1, 10)),  # digits, clothes
    **dict.fromkeys(("all_conv", "all_conv_pooled", "nin"), (3, 10)),  # CIFAR-10
    **dict.fromkeys(("resnet20", "resnet32", "resnet44", "resnet56", "resnet110"), (3, 10)),
}


@pytest.mark.parametrize("name", models.names())
def test_a_network_is_made_for_the_images_of_its_paper(name):
    own = defaults(getattr(models, name))
    assert (own["in_channels"], own["num_classes"]) == MADE_FOR.get(name, (3, 1000))


@pytest.mark.parametrize("name", sorted(set(models.names()) & set(dir(torchvision.models))))
def test_defaults_are_those_of_torchvision(name):
    its_class = inspect.signature(getattr(torchvision.models, name)).return_annotation
    its = defaults(its_class)
    shared = its.keys() & models.options(name).keys()
    assert "num_classes" in shared
    assert defaults(getattr(models, name))["in_channels"] == 3
    for option in shared:
        paper = {("googlenet", "dropout"): 0.4}.get((name, option))  # section 5; torchvision: 0.2
        assert models.options(name)[option] == (paper or its[option]), option


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
