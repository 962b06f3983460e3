"""Wrong arguments: the message quotes what came and the rule it broke."""

import pytest
import torch

from d2lkit import data
from d2lkit.data.resize import resize

IMAGES = torch.zeros(4, 1, 6, 6, dtype=torch.uint8)
LABELS = torch.tensor([0, 1, 2, 1])
PAIR = (IMAGES, LABELS)


def array_data(*pairs, **settings):
    return data.ArrayData(*(pairs or [PAIR]), **settings)


CASES = [
    # what is called, the error, what its message says
    (
        lambda: array_data((IMAGES.float(), LABELS)),
        TypeError,
        "images must be uint8.*float32",
    ),
    (lambda: array_data(IMAGES), TypeError, "train must be a pair .*got Tensor"),
    (lambda: array_data((IMAGES, LABELS, LABELS)), TypeError, "train must be a pair"),
    (lambda: array_data(PAIR, IMAGES), TypeError, "val must be a pair"),
    (lambda: array_data((IMAGES[0], LABELS)), ValueError, r"4 dimensions, got shape \(1, 6, 6\)"),
    (lambda: array_data((IMAGES.numpy(), LABELS)), TypeError, "images must be a torch.Tensor"),
    (lambda: array_data((IMAGES, [0, 1, 2, 1])), TypeError, "labels must be a torch.Tensor.*list"),
    (lambda: array_data((IMAGES, LABELS[:3])), ValueError, r"as many labels as images.*\(3,\)"),
    (lambda: array_data((IMAGES, LABELS.float())), TypeError, "labels must be integers.*float32"),
    (
        lambda: array_data((IMAGES, LABELS > 0)),
        TypeError,
        "labels must be integers.*bool",
    ),
    (lambda: array_data((IMAGES, LABELS - 1)), ValueError, "labels must be at least 0, got -1"),
    (lambda: array_data((IMAGES[:0], LABELS[:0])), ValueError, "at least one"),
    (lambda: array_data(PAIR, class_names=["a", "b"]), ValueError, "label 2 .* 2 class_names"),
    (lambda: array_data(PAIR, (IMAGES[..., :5], LABELS)), ValueError, r"val .*\(1, 6, 6\).*5\)"),
    (lambda: array_data((IMAGES[..., :5], LABELS)), ValueError, "square, got 6×5"),
    (lambda: array_data(size=0), ValueError, "size must be at least 1, got 0"),
    (lambda: array_data(batch_size=0), ValueError, "batch_size must be at least 1, got 0"),
    (lambda: array_data(batch_size=2.5), TypeError, "batch_size must be an int, got 2.5"),
    (lambda: array_data(seed=-1), ValueError, "seed must be at least 0, got -1"),
    (lambda: array_data(device="warp"), ValueError, "device must be usable .* 'warp'"),
    (lambda: array_data(device=3.5), ValueError, "device must be usable .* 3.5"),
    (lambda: array_data().to("warp"), ValueError, "device must be usable .* 'warp'"),
    (lambda: array_data(augment=["flip"]), TypeError, "augmentations such as .*'flip'"),
    (lambda: array_data(augment=[data.Flip]), TypeError, "augmentations such as"),
    (lambda: array_data(augment=7), TypeError, "list of augmentations, got 7"),
    (lambda: array_data().images("dev"), ValueError, "'train', 'val', 'test', got 'dev'"),
    (lambda: array_data().labels(0), ValueError, "split must be one of .* got 0"),
    (lambda: array_data().show(0), ValueError, "n must be at least 1, got 0"),
    (lambda: array_data().normalise(IMAGES.long()), TypeError, "uint8 or floats .*int64"),
    (lambda: array_data().normalise(torch.zeros(3, 6, 6)), ValueError, r"\(3, 6, 6\)"),
    (lambda: array_data().normalise(torch.zeros(6)), ValueError, r"\(6,\)"),
    (lambda: array_data().normalise([1, 2]), TypeError, "images must be a torch.Tensor"),
    (lambda: array_data().dataloader("dev"), ValueError, "split must be .*'dev'"),
    (lambda: array_data().dataloader(epoch=-1), ValueError, "epoch must be at least 0, got -1"),
    (lambda: array_data().dataloader(epoch="1"), TypeError, "epoch must be an int, got '1'"),
    (
        lambda: array_data().dataloader(rank=2, world_size=2),
        ValueError,
        "world_size=2, got 2",
    ),
    (lambda: array_data().dataloader(rank=-1), ValueError, "rank must be at least 0, got -1"),
    (lambda: array_data().dataloader(world_size=0), ValueError, "world_size must be at least 1"),
    (lambda: array_data().dataloader(world_size=5), ValueError, "at most 4, .*got 5"),
    (lambda: data.Digits(size=7), ValueError, "size must be at least 8, got 7"),
    (lambda: data.Digits(size=28.0), TypeError, "size must be an int, got 28.0"),
    (lambda: data.Digits(size=(8, 8)), TypeError, r"size must be an int, got \(8, 8\)"),
    (lambda: data.Shapes(size=4), ValueError, "size must be at least 8, got 4"),
    (lambda: data.Shapes(num_train=0), ValueError, "num_train must be at least 1, got 0"),
    (lambda: data.Shapes(16, 10, num_val=1.5), TypeError, "num_val must be an int, got 1.5"),
    (lambda: data.Shapes(16, 10, 10, 10, seed="0"), TypeError, "seed must be an int, got '0'"),
    (lambda: data.draw_shapes(3, split="dev"), ValueError, "split must be one of .*'dev'"),
    (lambda: data.load_photograph("moon.jpg"), ValueError, "one of 'china.jpg', .*, got 'moon"),
    (lambda: data.MNIST(28), TypeError, "root must be the path of a folder, got 28"),
    (lambda: data.FashionMNIST(num_val=-1), ValueError, "num_val must be at least 0, got -1"),
    (lambda: data.PadCrop(0), ValueError, "padding must be at least 1, got 0"),
    (lambda: data.Flip(1.5), ValueError, "probability must be at most 1, got 1.5"),
    (lambda: data.Flip("often"), TypeError, "probability must be a number, got 'often'"),
    (lambda: data.ColourJitter(contrast=-0.1), ValueError, "contrast must be at least 0"),
    (lambda: data.Cutout(2.0), TypeError, "size must be an int, got 2.0"),
    (lambda: resize(torch.zeros(6, 6), 3), ValueError, r"4 dimensions, got shape \(6, 6\)"),
    (lambda: resize(torch.zeros(1, 1, 6, 6), 0), ValueError, "size must be at least 1, got 0"),
]


@pytest.mark.parametrize(("call", "error", "message"), CASES, ids=range(len(CASES)))
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_num_val_that_leaves_nothing(monkeypatch):
    monkeypatch.setattr(data.MNIST, "load", lambda self, folder: (PAIR, PAIR, ("a", "b", "c")))
    with pytest.raises(ValueError, match="num_val must be below the 4 images, got 4"):
        data.MNIST(num_val=4)
