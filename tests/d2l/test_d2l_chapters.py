"""Code in the style of d2l's chapters, with d2l and with ours: the same networks and losses."""

import copy

import pytest
import torch

from d2lkit import d2l as ours
from d2lkit import training

CHAPTERS = [
    "lenet",
    "alexnet",
    "vgg",
    "nin",
    "googlenet",
    "batch_norm_scratch",
    "batch_norm",
    "resnet",
    "resnext",
    "densenet",
    "network_design",
]


class Batches(training.DataModule):
    """Fixed batches that any of the three Trainers takes; the last one is smaller."""

    def __init__(self, images):
        images, labels = images[:20], torch.arange(20) % 10
        self.train = list(zip(images.split(8), labels.split(8), strict=True))
        self.val = list(zip(images.flip(0).split(8), labels.split(8), strict=True))

    def train_dataloader(self):
        return self.train

    def val_dataloader(self):
        return self.val


def train(trainer, model, images):
    """Train on fixed batches; return the losses of the steps and what validation measured."""
    board = model.board
    board.data.clear() if hasattr(board, "data") else None
    board.raw_points.clear() if hasattr(board, "raw_points") else None
    model.plot_train_per_epoch = model.plot_valid_per_epoch = 3  # batches: one point for each
    torch.manual_seed(5)  # dropout
    trainer.fit(model, Batches(images))
    return {name: [float(p.y) for p in points] for name, points in board.data.items()}


def same(curves, wanted):
    assert set(curves) == set(wanted)
    for name, values in wanted.items():
        assert curves[name] == pytest.approx(values, rel=1e-5)


def with_weights_of(model, other):
    """The first model with the other's weights, and whatever else the other keeps in its layers."""
    model.load_state_dict(other.state_dict())
    for mine, its in zip(model.modules(), other.modules(), strict=True):
        if hasattr(its, "moving_mean"):  # batch normalisation from scratch
            mine.moving_mean, mine.moving_var = its.moving_mean.clone(), its.moving_var.clone()
    return model


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapter(chapter, run, real, capsys):
    theirs = run(chapter, real)
    printed = capsys.readouterr().out
    mine = run(chapter, ours)
    assert capsys.readouterr().out == printed  # the shapes that layer_summary prints

    shapes = [
        {name: tuple(value.shape) for name, value in found["model"].state_dict().items()}
        for found in (theirs, mine)
    ]
    assert shapes[0] == shapes[1]
    for name, value in theirs["model"].hparams.items():
        assert mine["model"].hparams[name] == value
    assert type(mine["trainer"].history.last["val_accuracy"]) is float

    # From the same weights each Trainer takes the same steps with each package's model.
    images = theirs["d2l"].randn(20, *next(iter(mine["data"].val_dataloader()))[0].shape[1:])
    start = copy.deepcopy(theirs["model"])
    wanted = train(real.Trainer(max_epochs=1), theirs["model"], images)
    assert set(wanted) == {"train_loss", "val_loss", "val_acc"}
    assert [len(values) for values in wanted.values()] == [3, 3, 3]
    for trainer in (ours.Trainer(1), training.Trainer(1, device="cpu"), real.Trainer(1)):
        model = with_weights_of(copy.deepcopy(mine["model"]), start)
        found = train(trainer, model, images)
        for name, values in wanted.items():
            assert found[name] == pytest.approx(values, rel=1e-5)
    for trainer in (training.Trainer(1, device="cpu"), ours.Trainer(1)):  # with d2l's model
        same(train(trainer, copy.deepcopy(start), images), wanted)
        assert [s["loss"] for s in trainer.history.steps] == pytest.approx(wanted["train_loss"])


def test_layers_from_scratch(run, real):
    theirs, mine = run("convolution_layer", real), run("convolution_layer", ours)
    for wanted, found in zip(theirs["results"], mine["results"], strict=True):
        torch.testing.assert_close(found, wanted)
    assert mine["numbers"] == theirs["numbers"]
    assert mine["difference"] < 1e-4
    assert mine["device"] == theirs["device"]


@pytest.mark.parametrize("size", [28, 20, 56])
def test_fashion_mnist_hands_out_what_d2l_does(size, real, fashion):
    theirs, mine = (package.FashionMNIST(4, resize=(size, size)) for package in (real, ours))
    theirs.num_workers = 0
    for train in (True, False):
        loaders = theirs.get_dataloader(train), mine.get_dataloader(train)
        assert len(loaders[0]) == len(loaders[1])
        for loader in loaders:
            images, labels = next(iter(loader))
            assert (images.shape, images.dtype) == ((4, 1, size, size), torch.float32)
            assert labels.dtype == torch.int64
    pairs = zip(theirs.val_dataloader(), mine.val_dataloader(), strict=True)
    for (images, labels), (my_images, my_labels) in pairs:
        assert my_labels.equal(labels)
        # PIL rounds a resized image to whole bytes, after rows and after columns.
        assert (my_images - images).abs().max() <= (0 if size == 28 else 1.01 / 255)
    assert len({*map(tuple, next(iter(mine.train_dataloader()))[0].flatten(1).tolist())}) == 4
    assert mine.text_labels(torch.tensor([0, 9])) == theirs.text_labels([0, 9])


def test_weights_of_a_saved_file_load_in_both_directions(real):
    x = torch.randn(2, 1, 28, 28)
    theirs, mine = real.LeNet(), ours.LeNet()
    theirs(x), mine(x)
    for source, target in ((theirs, mine), (mine, real.LeNet()), (theirs, ours.LeNet())):
        target.load_state_dict(source.state_dict())
        assert target(x).equal(source(x))
