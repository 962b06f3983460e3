"""Every wrong argument gives one error that quotes what came and the rule it broke."""

import numpy
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from d2lkit.training import (
    Classifier,
    DataModule,
    History,
    Module,
    Trainer,
    accuracy,
    set_seed,
)

LAYER = nn.Linear(2, 2)
HERE = __file__  # a path whose folder exists

CONSTRUCTORS = [
    (lambda: set_seed(1.5), TypeError, r"seed must be an int, got 1\.5"),
    (lambda: set_seed(-1), ValueError, "seed must be at least 0, got -1"),
    (lambda: set_seed(2**32), ValueError, r"seed must be less than 2\*\*32, got 4294967296"),
    (lambda: Classifier("resnet"), TypeError, "net must be an nn.Module, got 'resnet'"),
    (lambda: Classifier(LAYER, 0), ValueError, "lr must be greater than 0, got 0"),
    (lambda: Classifier(LAYER, float("nan")), ValueError, "lr must be greater than 0, got nan"),
    (lambda: Classifier(LAYER, "0.1"), TypeError, r"lr must be a number, got '0\.1'"),
    (
        lambda: Classifier(LAYER, optimizer="SGD"),
        ValueError,
        "optimizer must be one of 'sgd', 'adam', 'adamw', got 'SGD'",
    ),
    (lambda: Classifier(LAYER, momentum=2), ValueError, "momentum must be at most 1, got 2"),
    (lambda: Classifier(LAYER, weight_decay=-1), ValueError, "weight_decay must be at least 0"),
    (lambda: Classifier(LAYER, schedule="step"), ValueError, "schedule must be one of None, 'cos"),
    (lambda: Classifier(LAYER, label_smoothing=1.5), ValueError, "label_smoothing must be at most"),
    (lambda: Classifier()(torch.zeros(1, 2)), TypeError, "net must be set before Classifier"),
    (
        lambda: Classifier(LAYER, schedule="cosine").configure_optimizers(),
        ValueError,
        "got no Trainer",
    ),
    (lambda: accuracy([1], torch.tensor([1])), TypeError, "logits must be a torch.Tensor"),
    (
        lambda: accuracy(torch.zeros(3, 2), torch.zeros(4)),
        ValueError,
        "got 3 logits and 4 labels",
    ),
    (lambda: Module().training_step(None), NotImplementedError, r"Module has no training_step"),
    (lambda: Module().configure_optimizers(), NotImplementedError, "no configure_optimizers"),
    (lambda: Module().log(loss="low"), TypeError, "loss must be a number, got 'low'"),
    (lambda: Module().log(loss=torch.ones(3)), ValueError, r"loss must be a scalar.*\(3,\)"),
    (lambda: Trainer(0), ValueError, "max_epochs must be at least 1, got 0"),
    (lambda: Trainer(2.0), TypeError, r"max_epochs must be an int, got 2\.0"),
    (lambda: Trainer(device="tpu9"), ValueError, "device must be one that torch finds.*'tpu9'"),
    (lambda: Trainer(device="cuda:99"), ValueError, "device must be one that torch.*'cuda:99'"),
    (lambda: Trainer(device=object()), ValueError, "device must be one that torch finds"),
    (lambda: Trainer(progress="yes"), ValueError, "progress must be one of None, True, False"),
    (lambda: Trainer(precision="fp16"), ValueError, "precision must be one of 'fp32', 'bf16'"),
    (lambda: Trainer(channels_last=1), ValueError, "channels_last must be one of True, False"),
    (lambda: Trainer(compile="max"), ValueError, "compile must be one of True, False, got 'max'"),
    (lambda: Trainer(checkpoint=3), TypeError, r"checkpoint must be a path, got 3 \(int\)"),
    (lambda: Trainer(checkpoint="."), ValueError, "checkpoint must name a file, got the folder"),
    (
        lambda: Trainer(checkpoint="no/such/folder/run.pt"),
        ValueError,
        r"checkpoint must lie in a folder that exists.*'no/such/folder/run\.pt'",
    ),
    (
        lambda: Trainer(checkpoint=HERE, checkpoint_every=0),
        ValueError,
        "checkpoint_every must be at least 1, got 0",
    ),
    (
        lambda: Trainer(checkpoint=HERE, checkpoint_every="epoch"),
        TypeError,
        "checkpoint_every must be an int",
    ),
    (
        lambda: Trainer(checkpoint_every=10),
        ValueError,
        "checkpoint must name a file for checkpoint_every=10",
    ),
    (lambda: History().last, ValueError, "got a history with none"),
    (lambda: History()["loss"], ValueError, "got a history with none"),
    (lambda: History().plot(), ValueError, "got a history with none"),
]


@pytest.mark.parametrize(("call", "error", "message"), CONSTRUCTORS)
def test_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


class Data(DataModule):
    """Whatever batches a case asks for."""

    def __init__(self, train, val=()):
        self.train, self.val = train, val

    def train_dataloader(self):
        return self.train

    def val_dataloader(self):
        return self.val


class Returns(Classifier):
    """A classifier whose methods return whatever a case asks for."""

    def __init__(self, **returned):
        super().__init__(nn.Linear(4, 2))
        self.returned = returned

    def training_step(self, batch):
        loss = super().training_step(batch)
        return self.returned["loss"](loss) if "loss" in self.returned else loss

    def validation_step(self, batch):
        metrics = super().validation_step(batch)
        return self.returned.get("metrics", metrics)

    def configure_optimizers(self):
        optimizer = super().configure_optimizers()
        make = self.returned.get("optimizer")
        return make(optimizer) if make else optimizer


class NoStep(nn.Module):
    """Lacks validation_step."""

    training_step = configure_optimizers = lambda self: None


BATCH = torch.zeros(3, 4), torch.zeros(3, dtype=torch.int64)
GOOD = Data([BATCH], [BATCH])
PLATEAU, StepLR = lr_scheduler.ReduceLROnPlateau, lr_scheduler.StepLR
ADAM, LBFGS = torch.optim.Adam(LAYER.parameters()), torch.optim.LBFGS(LAYER.parameters())


class Announcing(list):
    """Batches that say they are three."""

    def __len__(self):
        return 3


class Stream(torch.utils.data.IterableDataset):
    """Images without end."""

    def __iter__(self):
        while True:
            yield BATCH


FITS = [
    ("a network without Classifier", LAYER, GOOD, TypeError, r"wrap a plain .*Classifier\(net"),
    ("a model that is none", "lenet", GOOD, TypeError, "model must be an nn.Module, got 'lenet'"),
    ("a model lacking a step", NoStep(), GOOD, TypeError, "validation_step, got NoStep"),
    ("data that are none", Returns(), [BATCH], TypeError, "train_dataloader, got list"),
    ("no training batch", Returns(), Data([]), ValueError, "at least 1 batch in split 'train'"),
    ("no training split", Returns(), DataModule(), ValueError, "1 batch in split 'train', got 0"),
    ("no length", Returns(), Data(iter([BATCH])), TypeError, "iterable with a length"),
    ("a batch of arrays", Returns(), Data([([[1]], [2])]), TypeError, "batch must be a tuple"),
    ("a batch that is a tensor", Returns(), Data([BATCH[0]]), TypeError, "got Tensor"),
    ("an empty batch", Returns(), Data([()]), TypeError, "a batch must be a tuple of tensors"),
    ("no loss", Returns(loss=lambda x: None), GOOD, TypeError, "as a tensor, got NoneType"),
    (
        "a loss as float",
        Returns(loss=lambda x: x.item()),
        GOOD,
        TypeError,
        "as a tensor, got float",
    ),
    ("a loss per image", Returns(loss=lambda x: x.expand(3)), GOOD, ValueError, r"shape \(3,\)"),
    ("a detached loss", Returns(loss=torch.detach), GOOD, ValueError, "requires_grad=False"),
    ("metrics as list", Returns(metrics=[1]), GOOD, TypeError, "a dict of metrics, got list"),
    ("a metric as text", Returns(metrics={"a": "1"}), GOOD, TypeError, "metric 'a' .* got str"),
    ("a metric per image", Returns(metrics={"a": BATCH[0]}), GOOD, ValueError, r"\(3, 4\)"),
    ("no optimizer", Returns(optimizer=lambda o: "sgd"), GOOD, TypeError, "got 'sgd'"),
    ("three things", Returns(optimizer=lambda o: (o, None, 1)), GOOD, TypeError, "got NoneType"),
    ("four things", Returns(optimizer=lambda o: (o, None, 1, 2)), GOOD, TypeError, "a pair"),
    ("no scheduler", Returns(optimizer=lambda o: (o, 0.1)), GOOD, TypeError, "got float"),
    ("a list of one", Returns(optimizer=lambda o: [[o], []]), GOOD, TypeError, r"\(list, list\)"),
    (
        "a dict",
        Returns(optimizer=lambda o: {"optimizer": o}),
        GOOD,
        TypeError,
        "got {'optimizer': SGD}$",
    ),
    ("two optimizers", Returns(optimizer=lambda o: [o, ADAM]), GOOD, TypeError, "got SGD, Adam"),
    ("LBFGS", Returns(optimizer=lambda o: LBFGS), GOOD, TypeError, "got LBFGS, which needs it"),
    (
        "a scheduler that steps when nobody knows",
        Returns(optimizer=lambda o: (o, StepLR(o, 1), "batch")),
        GOOD,
        ValueError,
        "must be 'step' or 'epoch', got 'batch'",
    ),
    (
        "a plateau of a metric that is not there",
        Returns(optimizer=lambda o: (o, PLATEAU(o), "val_error")),
        GOOD,
        ValueError,
        r"must watch a metric .* one of epoch, loss, accuracy, val_loss, .* got 'val_error'",
    ),
    (
        "a scheduler that counts epochs",
        Returns(optimizer=lambda o: (o, StepLR(o, 1))),
        Data([BATCH] * 5),
        ValueError,
        r"StepLR counts up to 1 epochs, but would be called after each of 5 steps",
    ),
    (
        "an empty batch of images",
        Returns(),
        Data([BATCH, (BATCH[0][:0], BATCH[1][:0])]),
        ValueError,
        r"at least one image, got shapes \(0, 4\), \(0,\)",
    ),
    (
        "fewer batches than announced",
        Returns(),
        Data(Announcing([BATCH])),
        ValueError,
        "as its length says, 3, got 1",
    ),
    (
        "a stream without length",
        Returns(),
        Data(torch.utils.data.DataLoader(Stream())),
        TypeError,
        "with a length, got DataLoader over Stream: write __len__",
    ),
    (
        "a batch of arrays of NumPy",
        Returns(),
        Data([(numpy.zeros((3, 4)), numpy.zeros(3))]),
        TypeError,
        r"got tuple of ndarray: torch\.from_numpy makes tensors",
    ),
]


@pytest.mark.parametrize(
    ("model", "data", "error", "message"), [case[1:] for case in FITS], ids=[c[0] for c in FITS]
)
def test_fit(model, data, error, message):
    with pytest.raises(error, match=message):
        Trainer(1, device="cpu").fit(model, data)


def test_resume():
    trainer = Trainer(1, device="cpu")
    with pytest.raises(ValueError, match="checkpoint must name a file for resume=True, got None"):
        trainer.fit(Returns(), GOOD, resume=True)
    with pytest.raises(ValueError, match=r"resume must be one of True, False, got 'run\.pt'"):
        trainer.fit(Returns(), GOOD, resume="run.pt")


@pytest.mark.parametrize(
    ("model", "data", "split", "error", "message"),
    [
        (Returns(), GOOD, "dev", ValueError, "split must be one of 'train', 'val', 'test'"),
        (Returns(), GOOD, "test", ValueError, "at least 1 batch in split 'test', got 0"),
        (Returns(), object(), "val", TypeError, "must have the method val_dataloader, got object"),
        (LAYER, GOOD, "val", TypeError, "model must have the method training_step"),
    ],
)
def test_evaluate(model, data, split, error, message):
    with pytest.raises(error, match=message):
        Trainer(1, device="cpu").evaluate(model, data, split=split)
