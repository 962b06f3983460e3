"""IDX files and CIFAR-10's archive, written as their authors wrote them."""

import gzip
import pickle
import struct

import pytest
import torch
from dataset_files import cifar_archive, idx, python2_pickle

from d2lkit.data.archives import read_cifar10, read_idx


def zipped(content):
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize("shape", [(5,), (3, 28, 28), (2, 3), (0, 4)])
def test_idx_is_read(tmp_path, shape):
    values = torch.randint(0, 256, shape, dtype=torch.uint8)
    path = tmp_path / "values.gz"
    path.write_bytes(idx(values))
    assert read_idx(path).equal(values)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not gzip at all",
        zipped(b""),
        zipped(b"\0\0\x08"),
        zipped(b"\0\0\x0d\x01" + struct.pack(">I", 4) + b"abcd"),  # floats
        zipped(b"\0\0\x08\x02" + struct.pack(">I", 4)),  # a length is missing
        zipped(b"\0\0\x08\x01" + struct.pack(">I", 4) + b"abc"),  # a value is missing
        zipped(b"\0\0\x08\x01" + struct.pack(">I", 4) + b"abcde"),
        idx(torch.arange(200, dtype=torch.uint8))[:-20],  # cut off
    ],
    ids=range(9),
)
def test_a_broken_idx_file_is_named(tmp_path, content):
    path = tmp_path / "broken.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.gz"):
        read_idx(path)


def test_cifar_is_read(tmp_path):
    images = torch.randint(0, 256, (7, 3, 32, 32), dtype=torch.uint8)
    labels = torch.tensor([3, 9, 0, 1, 2, 5, 7])
    path = tmp_path / "cifar.tar.gz"
    path.write_bytes(
        cifar_archive({"one": (images[:4], labels[:4]), "two": (images[4:], labels[4:])})
    )
    pairs, class_names = read_cifar10(path, ["one", "two"], ["two"])
    assert pairs[0][0].equal(images)
    assert pairs[0][1].equal(labels)
    assert pairs[1][1].equal(labels[4:])
    assert class_names[0] == "airplane"
    assert len(class_names) == 10


ONE_IMAGE = (torch.zeros(1, 3, 32, 32).byte(), torch.zeros(1).long())


class Attack:
    def __reduce__(self):
        return eval, ("open('attacked', 'w')",)


def test_a_pickle_may_not_call_functions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "attack.tar.gz"
    path.write_bytes(cifar_archive({"one": pickle.dumps({"data": Attack()})}))
    with pytest.raises(ValueError, match=r"attack\.tar\.gz .*eval"):
        read_cifar10(path, ["one"])
    assert not (tmp_path / "attacked").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a tar file",
        cifar_archive({"another": ONE_IMAGE}),
        cifar_archive(
            {"one": (torch.zeros(1, 3, 32, 32).byte(), torch.zeros(1).long())}, meta=b"N."
        ),
        cifar_archive({"one": b""}),
        cifar_archive({"one": b"not a pickle"}),
        cifar_archive({"one": python2_pickle({"labels": [1]})}),
        cifar_archive({"one": (torch.zeros(50, 3, 32, 32).byte(), torch.zeros(50).long())})[:-90],
    ],
    ids=range(8),
)
def test_a_broken_archive_is_named(tmp_path, content):
    path = tmp_path / "broken.tar.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.tar\.gz"):
        read_cifar10(path, ["one"])
