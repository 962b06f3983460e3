"""The same parameters and outputs as torchvision's networks."""

import urllib.error

import pytest
import torch
import torchvision
from torch import nn

from d2lkit import models
from d2lkit.models.heads import dense_head
from d2lkit.models.registry import TORCHVISION

NAMES = list(TORCHVISION)


def fill(net):
    """Give a network from the meta device numbers under which signals stay about as large."""
    net.to_empty(device="cpu")
    # The same million numbers again and again: a prime number of them, so that no two rows agree.
    noise = torch.rand(1_000_003) * 2 - 1
    for key, value in net.state_dict().items():
        if key.endswith("num_batches_tracked"):
            value.fill_(3)
            continue
        for part in value.view(-1).split(len(noise)):
            part.copy_(noise[: len(part)])
        if key.endswith("running_var"):
            value.mul_(0.5).add_(1)
        elif value.ndim == 1:  # biases, means, and the factors of batch normalisation
            value.mul_(0.1).add_(1.0 if key.endswith("weight") else 0.0)
        else:
            value.mul_((6 / value[0].numel()) ** 0.5)
        noise = noise.roll(1)
    return net.eval()


def both(name):
    """torchvision's network and ours, full in depth and maps, without numbers, for 5 classes."""
    options = {"init_weights": False} if name.startswith(("vgg", "googlenet")) else {}
    if name == "googlenet":
        options["aux_logits"] = False
    theirs = torchvision.models.get_model(name, num_classes=5, **options)
    ours = TORCHVISION[name](num_classes=5)
    if name.startswith(("vgg", "alexnet")):
        # 4,096 hidden units hold nine tenths of the weights and try nothing that 8 do not.
        features = ours.head[0 if name.startswith("vgg") else 1].in_features
        ours.head, theirs.classifier = (dense_head(features, 8, 5, 0.5) for _ in range(2))
    return theirs, ours


@pytest.mark.parametrize("name", NAMES)
def test_equal_outputs(name, without_numbers):
    with without_numbers():
        theirs, ours = both(name)
    fill(theirs)
    models.load_torchvision(ours.to_empty(device="cpu").eval(), theirs.state_dict())
    x = torch.randn(2, 3, 64, 72) if name == "alexnet" else torch.randn(2, 3, 33, 40)
    with torch.no_grad():
        expected, scores = theirs(x), ours(x)
    assert (expected[0] - expected[1]).abs().max() > 1e-3 * expected.abs().max()
    torch.testing.assert_close(scores, expected)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_names_and_smallest_size_at_full_size(name, without_numbers):
    meta = torchvision.models.get_model_weights(name).DEFAULT.meta
    options = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
    with without_numbers():
        ours = TORCHVISION[name]()
        theirs = torchvision.models.get_model(name, **options)
    assert sum(p.numel() for p in ours.parameters()) == meta["num_params"]
    assert ours.smallest_size == meta["min_size"][0]
    models.load_torchvision(ours, theirs.state_dict())  # every name and shape fits
    flat = [tuple(p.shape) for p in theirs.parameters()]
    assert [tuple(p.shape) for p in ours.parameters()] == flat


def test_auxiliary_heads_are_copied_or_left_out(without_numbers):
    with without_numbers():
        theirs = torchvision.models.googlenet(num_classes=5, init_weights=False)
        ours = models.googlenet_torchvision(num_classes=5, auxiliary=True)
        without = models.googlenet_torchvision(num_classes=5)
    fill(theirs)
    models.load_torchvision(ours.to_empty(device="cpu"), theirs.state_dict())
    models.load_torchvision(without.to_empty(device="cpu"), theirs.state_dict())
    x = torch.randn(2, 3, 64, 64)
    for net in (theirs, ours):
        net.train()
        for module in net.modules():
            if isinstance(module, nn.Dropout):
                module.eval()
    with torch.no_grad():
        expected, outputs = theirs(x), ours(x)
    torch.testing.assert_close(outputs.logits, expected.logits)
    torch.testing.assert_close(outputs.auxiliary1, expected.aux_logits1)
    torch.testing.assert_close(outputs.auxiliary2, expected.aux_logits2)


def test_rescaled_images_are_those_of_the_published_googlenet(without_numbers):
    with without_numbers():
        options = {"init_weights": False, "aux_logits": False, "transform_input": True}
        theirs = torchvision.models.googlenet(num_classes=5, **options)
    fill(theirs)
    ours = models.from_torchvision("googlenet", theirs.state_dict(), rescale=True).eval()
    x = torch.randn(2, 3, 40, 40)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.fixture
def resnet18_weights(without_numbers):
    with without_numbers():
        theirs = torchvision.models.resnet18(num_classes=4)
    return fill(theirs).state_dict()


def test_number_of_classes_comes_from_the_weights_or_gives_a_new_head(resnet18_weights):
    net = models.from_torchvision("resnet18", resnet18_weights)
    assert torch.equal(net.head.weight, resnet18_weights["fc.weight"])
    tuned = models.from_torchvision("resnet18", resnet18_weights, num_classes=7)
    assert tuned.head.weight.shape == (7, 512)
    assert not tuned.head.bias.any()
    assert torch.equal(tuned.stem[0].weight, resnet18_weights["conv1.weight"])
    assert models.from_torchvision("resnet18").head.out_features == 1000


def test_files_without_counters_of_batches_load(resnet18_weights):
    old = {k: v for k, v in resnet18_weights.items() if not k.endswith("num_batches_tracked")}
    assert len(old) < len(resnet18_weights)
    net = models.from_torchvision("resnet18", old)
    assert torch.equal(net.head.weight, old["fc.weight"])


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of torch.hub, and no network behind it; gives the path of a network's file."""

    def unreachable(*args, **options):
        raise urllib.error.URLError("Name or service not known")

    def file_of(name):
        return folder / torchvision.models.get_model_weights(name).DEFAULT.url.rsplit("/", 1)[1]

    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", unreachable)
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    return file_of


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_published_weights_give_torchvisions_outputs(name, cache, without_numbers):
    """GoogLeNet's need the images in another range, which torchvision sees to as well."""
    options = {"init_weights": False} if name == "googlenet" else {}
    with without_numbers():
        source = torchvision.models.get_model(name, **options)
    torch.save(fill(source).state_dict(), cache(name))
    theirs = torchvision.models.get_model(name, weights="DEFAULT").eval()
    x = torch.randn(1, 3, 32, 32)
    for weights in ("DEFAULT", "IMAGENET1K_V1"):
        ours = models.from_torchvision(name, weights).eval()
        with torch.no_grad():
            torch.testing.assert_close(ours(x), theirs(x))


def test_no_network_is_one_clear_error(cache):
    with pytest.raises(ConnectionError, match=r"'resnet18' from https://.*not known.*put the file"):
        models.from_torchvision("resnet18", "DEFAULT")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not a file of weights"])
def test_a_damaged_file_in_the_cache_is_named(cache, content):
    file = cache("resnet18")
    file.write_bytes(content)
    with pytest.raises(RuntimeError, match=rf"cannot read .*{file.name}.*delete it"):
        models.from_torchvision("resnet18", "DEFAULT")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: models.lenet(), "torchvision has no LeNet"),
        (lambda: models.alexnet(width=1 / 32), "variant='torchvision', got variant='paper'"),
        (lambda: models.googlenet(width=1 / 32), "variant='torchvision', got variant='paper'"),
        (lambda: models.resnet50(width=1 / 32), "3×3 convolutions .version 1.5.*resnet50_v15"),
        (lambda: models.preact_resnet18(width=1 / 32), "pre_activation=True"),
        (lambda: models.plain18(width=1 / 32), "shortcut='none'"),
        (lambda: models.resnet18(width=1 / 32), r"stem.0.weight has shape|do not fit this ResNet"),
        (lambda: models.resnet34(), "do not fit this ResNet, in .* missing"),
    ],
)
def test_networks_that_are_not_torchvisions_are_refused(build, message, resnet18_weights):
    net = build()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    with pytest.raises(ValueError, match=message):
        models.load_torchvision(net, resnet18_weights)
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
