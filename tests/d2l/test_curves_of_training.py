"""Where the curves of the older trainings and of `plot` lie: epochs count from 1, points from 0."""

import pytest
import torch
from torch import nn

from d2lkit import d2l
from d2lkit.d2l import older_training

DATA = [(torch.tensor([[0.0, 1.0], [1.0, 0.0]] * 2), torch.tensor([0, 1, 0, 1]))] * 10


@pytest.fixture
def boards(monkeypatch):
    """What the trainings draw, in place of the drawing."""
    drawn = []

    class Recorder:
        def __init__(self, xlabel=None, **options):
            drawn.append({"xlabel": xlabel, **options, "points": []})

        def add(self, x, y):
            drawn[-1]["points"].append((x, [value is not None for value in y]))

    monkeypatch.setattr(older_training, "Animator", Recorder)
    return drawn


def test_points_of_train_ch3(boards):
    net = nn.Linear(2, 2)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    d2l.train_ch3(net, DATA, DATA, nn.CrossEntropyLoss(), 3, sgd)
    (board,) = boards
    assert board["points"] == [(epoch, [True] * 3) for epoch in (1, 2, 3)]
    assert (board["xlabel"], board["xlim"]) == ("epoch", [1, 3])
    assert board["legend"] == ["train loss", "train acc", "test acc"]


def test_points_of_train_ch6(boards):
    d2l.train_ch6(nn.Linear(2, 2), DATA, DATA, 2, 0.1, "cpu")
    (board,) = boards
    during, after = [True, True, False], [False, False, True]
    fractions = [0.2, 0.4, 0.6, 0.8, 1.0]
    wanted = [(part, during) for part in fractions] + [(1, after)]
    wanted += [(1 + part, during) for part in fractions] + [(2, after)]
    assert [x for x, _ in board["points"]] == pytest.approx([x for x, _ in wanted])
    assert [given for _, given in board["points"]] == [given for _, given in wanted]
    assert (board["xlabel"], board["xlim"]) == ("epoch", [1, 2])


@pytest.mark.parametrize(
    ("given", "points"),
    [
        (([2.5],), [[[0, 2.5]]]),  # one curve of one point
        (([2.5, 3.5],), [[[0, 2.5], [1, 3.5]]]),
        (([4, 5], [2.5, 3.5]), [[[4, 2.5], [5, 3.5]]]),
        (([[1.0, 2.0], [3.0, 4.0]],), [[[0, 1], [1, 2]], [[0, 3], [1, 4]]]),
        ((torch.tensor([4.0, 5.0]), [[1, 2], [3, 4]]), [[[4, 1], [5, 2]], [[4, 3], [5, 4]]]),
    ],
)
def test_points_of_plot(given, points):
    axes = d2l.plot(*given)
    assert [line.get_xydata().tolist() for line in axes.lines] == points
