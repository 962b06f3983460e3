"""The real package d2l beside ours, on small files in Fashion-MNIST's real format."""

import gzip
import hashlib
import importlib
import struct
import warnings
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from d2lkit import d2l as ours

SCRIPTS = Path(__file__).parent / "scripts"
IMPORT = "from d2l import torch as d2l"
collect_ignore = ["scripts"]  # run by the tests, not collected by pytest


def idx(values):
    """An IDX file of bytes."""
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return header + values.byte().numpy().tobytes()


def fashion_files():
    """Twenty training and ten test images, drawn from noise."""
    noise = torch.Generator().manual_seed(0)
    return {
        "train-images-idx3-ubyte": idx(torch.randint(0, 256, (20, 28, 28), generator=noise)),
        "train-labels-idx1-ubyte": idx(torch.arange(20) % 10),
        "t10k-images-idx3-ubyte": idx(torch.randint(0, 256, (10, 28, 28), generator=noise)),
        "t10k-labels-idx1-ubyte": idx(torch.arange(10)),
    }


@pytest.fixture(scope="session")
def real():
    import matplotlib

    matplotlib.use("Agg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("d2l.torch")


@pytest.fixture
def fashion(tmp_path, monkeypatch):
    """Files where both packages look for them; no network is needed."""
    import torchvision.datasets

    files = fashion_files()
    packed = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in files.items()}
    resources = [(n, hashlib.md5(c, usedforsecurity=False).hexdigest()) for n, c in packed.items()]
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "resources", resources)
    # d2l reads from ../data, seen from where the program runs; ours from the cache.
    here, cache = tmp_path / "here", tmp_path / "data"
    raw = cache / "FashionMNIST" / "raw"
    here.mkdir()
    raw.mkdir(parents=True)
    for name, content in (files | packed).items():
        (raw / name).write_bytes(content)
    monkeypatch.chdir(here)
    contents = {n: hashlib.md5(c, usedforsecurity=False).hexdigest() for n, c in files.items()}
    monkeypatch.setattr("d2lkit.data.FashionMNIST.contents", contents)
    monkeypatch.setattr("d2lkit.data.FashionMNIST.system_folders", ())
    monkeypatch.setattr("d2lkit.data.places.CACHE", cache)
    monkeypatch.delenv("D2LKIT_DATA", raising=False)
    return cache


@pytest.fixture
def run(real, fashion, monkeypatch):
    """Run a chapter's script with the real package or with ours; return its variables."""

    def without_workers(*args, num_workers=0, **settings):
        return DataLoader(*args, **settings)

    monkeypatch.setattr(torch.utils.data, "DataLoader", without_workers)
    *others, display = real.ProgressBoard.__init__.__defaults__
    assert display is True
    monkeypatch.setattr(real.ProgressBoard.__init__, "__defaults__", (*others, False))

    def run(name, package):
        source = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
        assert source.count(IMPORT) == 1
        if package is ours:
            source = source.replace(IMPORT, "from d2lkit import d2l")
        variables = {"__name__": name}
        with warnings.catch_warnings():
            if package is real:
                warnings.simplefilter("ignore")
            exec(compile(source, name, "exec"), variables)
        assert variables["d2l"] is package
        return variables

    return run
