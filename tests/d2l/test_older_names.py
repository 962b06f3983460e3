"""Code of d2l's older editions, with d2l where it still has the name, and with ours."""

import copy
import inspect
import re

import pytest
import torch
from torch import nn

from d2lkit import d2l as ours


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        *(nn.Conv2d(1, 3, 5, stride=3), nn.Sigmoid(), nn.Dropout(0.1), nn.Flatten()),
        nn.Linear(3 * 64, 10),
    )


def batches(sizes=(8, 8, 4)):
    noise = torch.Generator().manual_seed(1)
    return [
        (torch.rand(n, 1, 28, 28, generator=noise), torch.randint(0, 10, (n,), generator=noise))
        for n in sizes
    ]


def silence(real, monkeypatch):
    """Let d2l draw nowhere; its Animator would draw at every point."""
    monkeypatch.setattr(real.display, "display", lambda *_, **__: None)
    monkeypatch.setattr(real.display, "clear_output", lambda **_: None)
    monkeypatch.setattr(real, "use_svg_display", lambda: None)


def test_train_ch6(real, capsys, monkeypatch):
    silence(real, monkeypatch)
    found = []
    for package in (real, ours):
        net = network()
        torch.manual_seed(3)
        package.train_ch6(net, batches((4,) * 5), batches(), 2, 0.5, package.try_gpu())
        found.append((net, capsys.readouterr().out.splitlines()))
    (theirs, their_lines), (mine, my_lines) = found
    for a, b in zip(theirs.parameters(), mine.parameters(), strict=True):
        assert torch.equal(a, b)
    assert my_lines[:2] == their_lines[:2]
    assert re.fullmatch(r"[\d.]+ examples/sec on cpu", my_lines[2])
    assert ours.evaluate_accuracy_gpu(mine, batches()) == real.evaluate_accuracy_gpu(
        theirs, batches()
    )


def test_train_ch6_counts_the_images_of_all_epochs(capsys, monkeypatch):
    monkeypatch.setattr(ours.Timer, "sum", lambda self: 8.0)
    ours.train_ch6(network(), batches(), batches(), 3, 0.5, "cpu")
    assert capsys.readouterr().out.splitlines()[2] == "7.5 examples/sec on cpu"  # 3 × 20 in 8 s


def test_train_ch6_takes_fewer_than_five_batches(capsys):
    ours.train_ch6(network(), batches(), batches(), 1, 0.5, "cpu")
    assert capsys.readouterr().out.startswith("training on cpu\nloss ")


@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_train_ch3_is_gradient_descent_on_the_mean_loss(reduction):
    net, twin = network().eval(), network().eval()
    twin = copy.deepcopy(net)
    for module in (net[2], twin[2]):
        module.p = 0.0
    loss = nn.CrossEntropyLoss(reduction=reduction)
    sgd = torch.optim.SGD(net.parameters(), lr=0.3)
    ours.train_ch3(net, batches(), batches(), loss, 2, sgd)
    by_hand = torch.optim.SGD(twin.parameters(), lr=0.3)
    total = 0.0
    for _ in range(2):
        total = 0.0
        for X, y in batches():
            value = nn.functional.cross_entropy(twin(X), y)
            by_hand.zero_grad()
            value.backward()
            by_hand.step()
            total += value.item() * len(y)
    for a, b in zip(net.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(a, b)
    hits = sum((twin(X).argmax(1) == y).sum().item() for X, y in batches())
    assert ours.evaluate_accuracy(net, batches()) == hits / 20


def test_an_updater_written_by_hand_gets_the_sum_and_the_batch_size():
    net = nn.Linear(2, 3)
    sizes = []

    def updater(batch_size):
        sizes.append(batch_size)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= 0.1 * parameter.grad / batch_size
                parameter.grad.zero_()

    data = [(torch.ones(4, 2), torch.tensor([0, 1, 2, 0])), (torch.ones(1, 2), torch.tensor([1]))]
    loss, share = ours.train_epoch_ch3(net, data, nn.CrossEntropyLoss(reduction="none"), updater)
    assert sizes == [4, 1]
    assert 0.5 < loss < 2.5
    assert share in (0.2, 0.4, 0.6)


def test_load_array_and_fashion_mnist(real, fashion):
    rows = torch.arange(6.0).reshape(3, 2), torch.arange(3)
    pairs = zip(real.load_array(rows, 2, False), ours.load_array(rows, 2, False), strict=True)
    for theirs, mine in pairs:
        assert all(torch.equal(a, b) for a, b in zip(theirs, mine, strict=True))
    train, test = ours.load_data_fashion_mnist(4, resize=20)
    assert (len(train), len(test)) == (5, 3)
    X, y = next(iter(test))
    assert (X.shape, y.tolist()) == ((4, 1, 20, 20), [0, 1, 2, 3])
    assert 0 <= X.min() <= X.max() <= 1
    axes = ours.predict_ch3(nn.Sequential(nn.Flatten(), nn.Linear(400, 10)), test, n=3)
    assert [a.get_title().split("\n")[0] for a in axes] == ["t-shirt", "trouser", "pullover"]


@pytest.mark.parametrize(
    "scores", [[[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], [0.0, 1.0, 1.0], [[0.0], [1.0], [1.0]]]
)
def test_accuracy_counts(real, scores):
    y = torch.tensor([0, 1, 1])
    y = y[:, None] if torch.tensor(scores).shape == (3, 1) else y
    assert ours.accuracy(torch.tensor(scores), y) == real.accuracy(torch.tensor(scores), y)


def test_animator_collects_what_d2l_s_does(real, monkeypatch):
    silence(real, monkeypatch)
    animators = [package.Animator(legend=["a", "b"]) for package in (real, ours)]
    for animator in animators:
        animator.add(1, (0.5, None))
        animator.add((2, 3), (0.25, 0.75))
    points = animators[1].board.data
    for i, name in enumerate("ab"):
        wanted = list(zip(animators[0].X[i], animators[0].Y[i], strict=True))
        assert [tuple(p) for p in points[name]] == wanted
    one = ours.Animator()
    one.add(1, 2)
    assert list(one.board.data) == ["curve 1"]


def test_names_that_are_gone_name_their_successor():
    successors = {"train_ch13": "Trainer", "resnet18": r"d2lkit\.models\.resnet18"}
    for name, successor in successors.items():
        with pytest.raises(AttributeError, match=f"no '{name}': take .*{successor}"):
            getattr(ours, name)


def test_signatures(real):
    modules = {name: getattr(getattr(ours, name), "__module__", "") for name in ours.__all__}
    names = [name for name, module in modules.items() if "older" in str(module)]
    assert "train_ch6" in names
    for name in names:
        if hasattr(real, name):
            wanted = inspect.signature(getattr(real, name)).parameters
            assert list(inspect.signature(getattr(ours, name)).parameters) == list(wanted), name
