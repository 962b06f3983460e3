"""GoogLeNet: channels, parameters, auxiliary heads, the two variants."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torchvision.models import GoogLeNet_Weights

from d2lkit import models
from d2lkit.models import GoogLeNetOutputs, Inception, auxiliary_loss


def test_the_nine_blocks_have_the_channels_and_sizes_of_table_1(without_numbers):
    sizes = []
    with without_numbers():
        net = models.googlenet()
        for block in (m for m in net.modules() if isinstance(m, Inception)):
            block.register_forward_hook(lambda m, i, out: sizes.append(tuple(out.shape[1:3])))
        assert net.stem(torch.zeros(1, 3, 224, 224)).shape == (1, 192, 28, 28)
        net(torch.zeros(1, 3, 224, 224))
    assert sizes == [
        (256, 28), (480, 28),
        (512, 14), (512, 14), (512, 14), (528, 14), (832, 14),
        (832, 7), (1024, 7),
    ]  # fmt: skip


def test_parameters_differ_from_torchvisions_by_kernels_and_biases_alone(without_numbers):
    """A bias a channel for batch normalisation's two, and 25 weights for 9 in nine kernels."""
    published = GoogLeNet_Weights.DEFAULT.meta["num_params"]
    with without_numbers():
        net = models.googlenet()
    channels = sum(m.out_channels for m in net.modules() if isinstance(m, nn.Conv2d))
    large = [m.branch3[1][0] for m in net.modules() if isinstance(m, Inception)]
    wider = sum((25 - 9) * conv.in_channels * conv.out_channels for conv in large)
    assert sum(p.numel() for p in net.parameters()) == published - channels + wider


def test_inception_is_four_branches_side_by_side():
    block = Inception(6, (1, 2, 3, 4, 5, 7)).eval()
    x = torch.randn(2, 6, 9, 8)
    out = block(x)
    ends = [1, 4, 9, 16]
    branches = [block.branch1, block.branch2, block.branch3, block.branch4]
    for branch, start, end in zip(branches, [0, *ends], ends, strict=False):
        torch.testing.assert_close(out[:, start:end], branch(x))
    assert out.shape == (2, 16, 9, 8)


@pytest.mark.parametrize(("variant", "kernel", "norms"), [("paper", 5, 0), ("torchvision", 3, 57)])
def test_variants(variant, kernel, norms):
    net = models.GoogLeNet(variant=variant, width=1 / 16)
    assert net.stage3[0].branch3[1][0].kernel_size == (kernel, kernel)
    kinds = [type(m) for m in net.modules()]
    assert kinds.count(nn.Conv2d) == 57
    assert kinds.count(nn.BatchNorm2d) == norms
    assert kinds.count(nn.LocalResponseNorm) == (2 if variant == "paper" else 0)
    # A bias before batch normalisation would be subtracted again.
    biased = [m.bias is not None for m in net.modules() if isinstance(m, nn.Conv2d)]
    assert all(biased) if variant == "paper" else not any(biased)


@pytest.mark.parametrize("build", [models.googlenet, models.googlenet_torchvision])
def test_auxiliary_heads_speak_in_training_only(build):
    net = build(2, 5, width=1 / 16, auxiliary=True)
    x, labels = torch.randn(4, 2, 48, 48), torch.tensor([0, 1, 2, 3])
    outputs = net(x)
    assert isinstance(outputs, GoogLeNetOutputs)
    assert [tuple(scores.shape) for scores in outputs] == [(4, 5)] * 3
    auxiliary_loss(outputs, labels).backward()
    for key, parameter in net.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.isfinite().all(), key
    assert net.eval()(x).shape == (4, 5)
    assert build(2, 5, width=1 / 16)(x).shape == (4, 5)


def test_auxiliary_heads_look_at_blocks_4a_and_4d():
    net = models.googlenet(2, 5, width=1 / 16, auxiliary=True)
    seen = {}
    for key in ("stage4a", "stage4b", "auxiliary1", "auxiliary2"):
        hook = lambda m, i, out, key=key: seen.update({key: (i[0], out)})  # noqa: E731
        getattr(net, key).register_forward_hook(hook)
    net(torch.randn(2, 2, 48, 48))
    assert seen["auxiliary1"][0] is seen["stage4a"][1]
    assert seen["auxiliary2"][0] is seen["stage4b"][1]
    assert len(net.stage4b) == 3  # blocks 4b, 4c and 4d


def test_auxiliary_loss_weighs_the_heads():
    scores, labels = [torch.randn(6, 4) for _ in range(3)], torch.randint(4, (6,))
    main, first, second = (cross_entropy(s, labels) for s in scores)
    ours = auxiliary_loss(GoogLeNetOutputs(*scores), labels)
    torch.testing.assert_close(ours, main + 0.3 * first + 0.3 * second)
    ours = auxiliary_loss(GoogLeNetOutputs(*scores), labels, weight=0.0)
    torch.testing.assert_close(ours, main)


def test_first_scores_are_near_zero_beside_auxiliary_heads():
    """The last layer of every head starts small, not only that of the last head."""
    net = models.googlenet(2, 5, width=1 / 4, auxiliary=True)
    for layer in (net.head[-1], net.auxiliary1[-1], net.auxiliary2[-1]):
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.25)


@pytest.mark.parametrize(
    ("build", "before_the_head"), [(models.googlenet, 0.4), (models.googlenet_torchvision, 0.2)]
)
def test_dropout_of_head_and_auxiliary_heads(build, before_the_head):
    """Section 5 of the paper: 40 % before the classifier, 70 % in the auxiliary ones."""
    net = build(2, 5, width=1 / 16, auxiliary=True)

    def shares(part):
        return [module.p for module in part.modules() if isinstance(module, nn.Dropout)]

    assert shares(net.head) == [before_the_head]
    assert shares(net.auxiliary1) == shares(net.auxiliary2) == [0.7]
    assert shares(build(2, 5, width=1 / 16, auxiliary=True, dropout=0.1).head) == [0.1]


def test_each_auxiliary_head_answers_under_its_own_name():
    torch.manual_seed(0)
    net = models.googlenet(2, 5, width=1 / 16, auxiliary=True)
    for level, head in enumerate((net.head, net.auxiliary1, net.auxiliary2)):
        nn.init.zeros_(head[-1].weight)
        nn.init.constant_(head[-1].bias, float(level))
    outputs = net(torch.randn(2, 2, 48, 48))
    found = [outputs.logits, outputs.auxiliary1, outputs.auxiliary2]
    assert [scores.unique().tolist() for scores in found] == [[0.0], [1.0], [2.0]]
