"""Scikit-learn's digits, enlarged."""

import hashlib
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

from d2lkit.data import DatasetError, Digits, digits
from d2lkit.data.digits import enlarge


def test_split_is_fixed_stratified_and_without_overlap():
    data = Digits(size=8)
    counts = {split: torch.bincount(data.labels(split)).tolist() for split in ("val", "test")}
    assert counts == {"val": [30] * 10, "test": [30] * 10}
    assert len(data.labels("train")) == 1197
    assert Digits(size=8, seed=9).images("val").equal(data.images("val"))


def test_every_scan_is_there_once():
    data = Digits(size=8)
    found = [
        (image.tobytes(), label)
        for split in ("train", "val", "test")
        for image, label in zip(
            data.images(split).numpy(), data.labels(split).tolist(), strict=True
        )
    ]
    scans, labels = load_digits(return_X_y=True)
    wanted = torch.from_numpy(scans).mul(255).add(8).div(16, rounding_mode="floor").byte()
    assert sorted(found) == sorted(
        (scan.tobytes(), label) for scan, label in zip(wanted.numpy(), labels.tolist(), strict=True)
    )


@pytest.mark.parametrize("size", [8, 11, 16, 28, 32, 64])
def test_enlarging_is_linear_interpolation(size):
    scans = torch.randint(0, 17, (5, 8, 8))
    wanted = F.interpolate(scans[:, None].double() * 255 / 16, (size, size), mode="bilinear")
    got = enlarge(scans, size)
    assert got.shape == (5, 1, size, size)
    assert (got.double() - wanted).abs().max() <= 0.5 + 1e-9


def test_pixels_are_the_same_on_every_machine():
    images = Digits(size=28).images("test")
    assert hashlib.sha256(images.numpy().tobytes()).hexdigest()[:16] == "af9d5f4058e4009a"


def test_attributes():
    data = Digits(size=32, batch_size=50)
    assert (data.name, data.size, data.in_channels, data.num_classes) == ("Digits", 32, 1, 10)
    assert data.class_names == tuple("0123456789")
    images, labels = next(iter(data.train_dataloader()))
    assert images.shape == (50, 1, 32, 32)
    assert labels.shape == (50,)


def test_scikit_learn_is_not_imported():
    code = (
        "import sys; from d2lkit.data import Digits; Digits(); assert 'sklearn' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        (None, ImportError, "pip install scikit-learn"),
        (
            SimpleNamespace(origin="/nowhere/__init__.py"),
            DatasetError,
            r"digits\.csv\.gz is not there",
        ),
    ],
    ids=["no package", "no file"],
)
def test_without_the_file_the_error_says_what_to_install(monkeypatch, spec, error, message):
    monkeypatch.setattr(digits.importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(error, match=message):
        digits._rows()
