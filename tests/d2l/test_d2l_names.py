"""The module's names, its curves, and its errors."""

import inspect
import subprocess
import sys

import pytest
import torch

from d2lkit import d2l as ours
from d2lkit.data import DatasetError


def test_every_name_is_one_of_d2l_and_takes_its_arguments(real):
    left_out = {"ProgressBoard": {"ls", "colors", "fig", "axes"}, "plot": {"fmts", "axes"}}
    gone = {"evaluate_accuracy", "predict_ch3", "train_ch3", "train_epoch_ch3"}  # from 1.0.3
    assert not [name for name in gone if hasattr(real, name)]
    for name in sorted(set(ours.__all__) - gone):
        theirs, mine = getattr(real, name), getattr(ours, name)
        if not inspect.isclass(theirs) and not inspect.isfunction(theirs):
            assert theirs is mine
            continue
        if theirs.__name__ == "<lambda>":
            continue  # compared by what they return
        wanted = list(inspect.signature(theirs).parameters)
        wanted = [p for p in wanted if p not in left_out.get(name, ())]
        found = list(inspect.signature(mine).parameters)
        assert found[: len(wanted)] == wanted, name


def test_aliases_return_what_those_of_d2l_do(real):
    x = torch.arange(6.0, requires_grad=True).reshape(2, 3)
    calls = {
        "argmax": (1,),
        "astype": (torch.float64,),
        "expand_dims": (1,),
        "numpy": (),
        "reduce_mean": (0,),
        "reduce_sum": (),
        "repeat": (2, 1),
        "reshape": ((-1, 2),),
        "size": (),
        "swapaxes": (0, 1),
        "to": (torch.float64,),
        "transpose": (),
    }
    for name, arguments in calls.items():
        wanted, found = (getattr(p, name)(x, *arguments) for p in (real, ours))
        assert type(found) is type(wanted)
        assert (found == wanted).all() if hasattr(found, "all") else found == wanted


def test_a_name_of_another_chapter_says_what_there_is():
    with pytest.raises(AttributeError, match="no 'RNNScratch': it offers the names"):
        _ = ours.RNNScratch


def test_import_loads_neither_pyplot_nor_torchvision():
    code = "import sys; from d2lkit import d2l; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "d2lkit.d2l" in loaded
    assert not loaded & {"matplotlib.pyplot", "torchvision", "sklearn", "IPython", "d2l"}


def test_pyplot_is_there_for_those_who_ask():
    import matplotlib

    matplotlib.use("Agg")
    assert ours.plt.rcParams is matplotlib.rcParams
    before = matplotlib.rcParams["figure.figsize"]
    ours.set_figsize((4, 2))
    assert matplotlib.rcParams["figure.figsize"] == [4, 2]
    matplotlib.rcParams["figure.figsize"] = before


def test_the_board_draws_what_was_collected(real):
    boards = [real.ProgressBoard("x", display=False), ours.ProgressBoard("x", xlim=[0, 4])]
    for board in boards:
        for i in range(9):
            board.draw(i / 2, torch.tensor(float(i)), "line", every_n=2)
            board.draw(i / 2, float(i * i), "square")
    for label, points in boards[0].data.items():
        assert [tuple(map(float, p)) for p in points] == boards[1].data[label]
    axes = boards[1].figure().axes[0]
    assert axes.get_xlim() == (0, 4)
    assert [line.get_label() for line in axes.lines] == ["line", "square"]
    assert axes.lines[0].get_ydata().tolist() == [0.5, 2.5, 4.5, 6.5]


def test_plot_and_images():
    axes = ours.plot([0, 1, 2], [[0, 1, 4], [0, 1, 8]], "x", "y", legend=["a", "b"], xlim=[0, 2])
    assert [line.get_ydata().tolist() for line in axes.lines] == [[0, 1, 4], [0, 1, 8]]
    assert axes.get_xlim() == (0, 2)
    assert ours.plot(torch.tensor([1.0, 3.0])).lines[0].get_xdata().tolist() == [0, 1]
    shown = ours.show_images(torch.rand(5, 6, 6), 1, 3, titles="abcde")
    assert [a.get_title() for a in shown] == ["a", "b", "c"]


def test_fashion_mnist_shows_a_batch(fashion):
    data = ours.FashionMNIST(batch_size=4)
    batch = next(iter(data.val_dataloader()))
    assert [a.get_title() for a in data.visualize(batch, 1, 2)] == ["t-shirt", "trouser"]
    assert [a.get_title() for a in data.visualize(batch, 1, 2, labels=[*"abcd"])] == ["a", "b"]


def test_fashion_mnist_without_files_or_network(tmp_path, monkeypatch):
    import torchvision.datasets

    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(ours.FashionMNIST, "system_folders", ())
    with pytest.raises(DatasetError, match=r"cannot be downloaded .* Digits and Shapes need no"):
        ours.FashionMNIST(root=tmp_path)


def test_fashion_mnist_refuses_other_sizes():
    with pytest.raises(ValueError, match="resize must be square, got 28×32"):
        ours.FashionMNIST(resize=(28, 32))


def test_fashion_mnist_can_hold_out_training_images(fashion):
    data = ours.FashionMNIST(num_val=5)
    assert len(data.labels("train")) == 15
    assert len(data.labels("val")) == 5


def test_own_data():
    class Points(ours.DataModule):
        def __init__(self, batch_size=4):
            super().__init__()
            self.save_hyperparameters()
            self.x = torch.arange(12.0)

        def get_dataloader(self, train):
            return self.get_tensorloader((self.x, self.x), train, slice(0, 8 if train else None))

    data = Points()
    assert (data.root, data.num_workers, data.batch_size) == ("../data", 4, 4)
    assert (len(data.train_dataloader()), len(data.val_dataloader())) == (2, 3)
    with pytest.raises(NotImplementedError, match="DataModule has no get_dataloader"):
        ours.DataModule().train_dataloader()


def test_timer():
    timer = ours.Timer()
    for _ in range(3):
        timer.start()
        assert timer.stop() >= 0
    assert timer.sum() == pytest.approx(3 * timer.avg()) == timer.cumsum()[-1]
