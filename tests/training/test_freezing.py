"""Frozen layers stay as they are, statistics included, while the rest learns."""

import copy
import pickle

import pytest
import torch
from torch import nn

from d2lkit import ops
from d2lkit.training import Classifier, Trainer, freeze, set_seed, unfreeze


def network(norm):
    set_seed(0)
    body = nn.Sequential(nn.Conv2d(1, 4, 3), norm(4), nn.ReLU(), nn.Dropout(0.2))
    return nn.Sequential(body, nn.Flatten(), nn.Linear(4 * 36, 2))


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, ops.BatchNorm])
def test_frozen_layers_do_not_move(stripes, norm):
    net = network(norm)
    assert freeze(net[0]) is net[0]
    before = copy.deepcopy(net.state_dict())
    Trainer(1, device="cpu").fit(Classifier(net, lr=0.1, weight_decay=0.1), stripes)
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name]) == name.startswith("0."), name
    # It normalises by what it has, in training mode too: the images of a batch do not mix.
    net.train()
    images = torch.randn(5, 1, 8, 8)
    normalise = net[0][:2]
    torch.testing.assert_close(normalise(images)[:1], normalise(images[:1]))
    assert net[0][3].training  # dropout goes on

    unfreeze(net[0])
    Trainer(1, device="cpu").fit(Classifier(net, lr=0.1), stripes)
    assert not torch.equal(net[0][1].running_mean, before["0.1.running_mean"])
    assert not torch.equal(net[0][0].weight, before["0.0.weight"])


def test_frozen_layers_are_copied_and_saved():
    net = freeze(network(nn.BatchNorm2d))
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        twin.train()(torch.randn(3, 1, 8, 8))
        assert twin[0][1].num_batches_tracked == 0
        unfreeze(twin).train()(torch.randn(3, 1, 8, 8))
        assert twin[0][1].num_batches_tracked == 1


def test_what_cannot_be_frozen():
    with pytest.raises(TypeError, match=r"module must be an nn\.Module, got 'net'"):
        freeze("net")
