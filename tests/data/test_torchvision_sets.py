"""MNIST, Fashion-MNIST and CIFAR-10 from small files in their published formats."""

import gzip
import tarfile

import pytest
import torch
import torchvision.datasets
from dataset_files import CIFAR_META, cifar_archive, cifar_batch, idx, md5

from d2lkit.data import CIFAR10, MNIST, DatasetError, FashionMNIST, Flip

GREY = {
    "train-images-idx3-ubyte.gz": torch.randint(0, 256, (20, 28, 28)).byte(),
    "train-labels-idx1-ubyte.gz": (torch.arange(20) % 10).byte(),
    "t10k-images-idx3-ubyte.gz": torch.randint(0, 256, (10, 28, 28)).byte(),
    "t10k-labels-idx1-ubyte.gz": torch.arange(9, -1, -1).byte(),
}
COLOUR = {
    name: (torch.randint(0, 256, (4, 3, 32, 32)).byte(), torch.randint(0, 10, (4,)))
    for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
}


FILES = list(GREY)


def unpacked(name):
    """A small file's content without its packing."""
    return gzip.decompress(idx(GREY[name]))


@pytest.fixture
def debian(published, tmp_path, monkeypatch):
    """A folder in which a package has the files of Fashion-MNIST, packed another way."""
    folder = tmp_path / "share" / "fashion-mnist"
    folder.mkdir(parents=True)
    for name in FILES:
        packed = gzip.compress(unpacked(name), compresslevel=1, mtime=7)
        assert packed != published.files[f"FashionMNIST/{name}"]
        (folder / name).write_bytes(packed)
    monkeypatch.setattr(FashionMNIST, "system_folders", (str(folder),))
    return folder


@pytest.fixture
def published(mirror, monkeypatch):
    """Let torchvision know the small files and their checksums in place of the large ones."""
    for source in (torchvision.datasets.MNIST, torchvision.datasets.FashionMNIST):
        folder = source.__name__
        files = {name: idx(values) for name, values in GREY.items()}
        mirror.files |= {f"{folder}/{name}": content for name, content in files.items()}
        monkeypatch.setattr(source, "mirrors", [f"{mirror.url}{folder}/"])
        monkeypatch.setattr(source, "resources", [(name, md5(c)) for name, c in files.items()])
    contents = {name.removesuffix(".gz"): md5(unpacked(name)) for name in GREY}
    for kind in (MNIST, FashionMNIST):
        monkeypatch.setattr(kind, "contents", contents)
        monkeypatch.setattr(kind, "system_folders", ())
    monkeypatch.delenv("D2LKIT_DATA", raising=False)
    source = torchvision.datasets.CIFAR10
    batches = {name: cifar_batch(*pair) for name, pair in COLOUR.items()}
    content = cifar_archive(batches)
    mirror.files[source.filename] = content
    monkeypatch.setattr(source, "url", mirror.url + source.filename)
    monkeypatch.setattr(source, "tgz_md5", md5(content))
    for attribute in ("train_list", "test_list"):
        entries = [[name, md5(batches[name])] for name, _ in getattr(source, attribute)]
        monkeypatch.setattr(source, attribute, entries)
    monkeypatch.setattr(source, "meta", {**source.meta, "md5": md5(CIFAR_META)})
    return mirror


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST])
def test_grey_sets(kind, published, tmp_path):
    data = kind(tmp_path, num_val=5, batch_size=4)
    assert data.images("train").equal(GREY["train-images-idx3-ubyte.gz"][:15, None])
    assert data.images("val").equal(GREY["train-images-idx3-ubyte.gz"][15:, None])
    assert data.images("test").equal(GREY["t10k-images-idx3-ubyte.gz"][:, None])
    assert data.labels("val").tolist() == [5, 6, 7, 8, 9]
    assert data.labels("test").tolist() == list(range(9, -1, -1))
    assert (data.name, data.size, data.in_channels) == (kind.__name__, 28, 1)
    assert data.num_classes == 10
    assert data.class_names[9] == ("9" if kind is MNIST else "Ankle boot")


def test_cifar10(published, tmp_path):
    data = CIFAR10(tmp_path, num_val=3, augment=[Flip()])
    images = torch.cat([COLOUR[f"data_batch_{i}"][0] for i in range(1, 6)])
    labels = torch.cat([COLOUR[f"data_batch_{i}"][1] for i in range(1, 6)])
    assert torch.cat([data.images("train"), data.images("val")]).equal(images)
    assert torch.cat([data.labels("train"), data.labels("val")]).equal(labels)
    assert data.images("test").equal(COLOUR["test_batch"][0])
    assert (data.name, data.size, data.in_channels, data.num_classes) == ("CIFAR10", 32, 3, 10)
    batch, _ = next(iter(data.train_dataloader()))
    assert batch.shape == (17, 3, 32, 32)


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST, CIFAR10])
def test_torchvision_reads_the_same(kind, published, tmp_path):
    ours = kind(tmp_path / "ours", num_val=0)
    source = getattr(torchvision.datasets, kind.__name__)
    for train in (True, False):
        theirs = source(tmp_path / "theirs", train=train, download=True)
        split = "train" if train else "test"
        images = torch.as_tensor(theirs.data)
        images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
        assert ours.images(split).equal(images)
        assert ours.labels(split).equal(torch.as_tensor(theirs.targets))
    if kind is not MNIST:
        assert list(ours.class_names) == theirs.classes


@pytest.mark.parametrize("kind", [MNIST, CIFAR10])
def test_a_folder_of_torchvision_serves_without_network(kind, published, tmp_path):
    getattr(torchvision.datasets, kind.__name__)(tmp_path, download=True)
    published.files.clear()
    published.gets.clear()
    assert len(kind(tmp_path, num_val=0).labels("train")) == 20
    assert published.gets == []


def test_the_package_s_files_serve_however_they_are_packed(debian, published, tmp_path):
    data = FashionMNIST(tmp_path / "cache", num_val=0)
    assert data.images("train").equal(GREY[FILES[0]][:, None])
    assert published.gets == []
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_holds_the_files_themselves_serves_as_root(debian, published, monkeypatch):
    monkeypatch.setattr(FashionMNIST, "system_folders", ())
    assert len(FashionMNIST(debian, num_val=0).labels("test")) == 10
    assert published.gets == []


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST])
def test_unpacked_files_serve(kind, published, tmp_path):
    folder = tmp_path / kind.__name__ / "raw"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name.removesuffix(".gz")).write_bytes(unpacked(name))
    assert kind(tmp_path, num_val=0).images("train").equal(GREY[FILES[0]][:, None])
    assert published.gets == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "unpacked"])
def test_a_single_changed_byte_is_not_believed(name, packed, debian, published, tmp_path):
    published.files.clear()  # no network
    content = bytearray(unpacked(name))
    content[-1] ^= 1
    if packed:
        place = debian / name
        place.write_bytes(gzip.compress(bytes(content)))
    else:
        (debian / name).unlink()
        place = debian / name.removesuffix(".gz")
        place.write_bytes(bytes(content))
    with pytest.raises(DatasetError, match="is damaged: its content has the md5") as caught:
        FashionMNIST(tmp_path)
    text = str(caught.value)
    assert str(place) in text
    assert str(tmp_path / "FashionMNIST" / "raw" / name) in text
    assert "apt-get install dataset-fashion-mnist" in text


def test_a_damaged_file_of_the_package_is_downloaded_instead(debian, published, tmp_path):
    (debian / FILES[1]).write_bytes(b"\x1f\x8bnot gzip")
    data = FashionMNIST(tmp_path, num_val=0)
    assert data.labels("train").equal(GREY[FILES[1]].long())
    assert published.gets == [f"FashionMNIST/{FILES[1]}"]


def test_the_environment_names_another_folder(debian, published, tmp_path, monkeypatch):
    monkeypatch.setattr(FashionMNIST, "system_folders", ())
    monkeypatch.setenv("D2LKIT_DATA", str(debian))
    assert len(FashionMNIST(num_val=0).labels("train")) == 20
    assert published.gets == []
    FashionMNIST(tmp_path, num_val=0)  # a root that is given counts more
    assert len(published.gets) == 4


def test_the_whole_of_fashion_mnist():
    """Runs where the Debian package is installed, or where the files are in the cache."""
    try:
        data = FashionMNIST()
    except DatasetError:
        pytest.skip("no Fashion-MNIST here: `apt-get install dataset-fashion-mnist` brings it")
    assert data.images("test").shape == (10_000, 1, 28, 28)
    assert len(data.labels("train")) + len(data.labels("val")) == 60_000
    everything = torch.cat([data.labels("train"), data.labels("val")])
    assert everything.bincount().tolist() == [6_000] * 10
    assert data.labels("test").bincount().tolist() == [1_000] * 10
    assert data.class_names[0] == "T-shirt/top"


def test_the_second_time_nothing_is_downloaded(published, tmp_path):
    first = MNIST(tmp_path, num_val=5)
    assert len(published.gets) == 4
    again = MNIST(str(tmp_path), num_val=5)
    assert len(published.gets) == 4
    assert again.images("train").equal(first.images("train"))


def test_default_folder(published, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    CIFAR10(num_val=0)
    assert (tmp_path / ".cache" / "d2lkit" / "cifar-10-python.tar.gz").exists()


def test_size_and_all_images_for_training(published, tmp_path):
    data = FashionMNIST(tmp_path, 96, 8, num_val=0)
    batch, labels = next(iter(data.train_dataloader()))
    assert batch.shape == (8, 1, 96, 96)
    assert labels.shape == (8,)
    assert len(data.labels("train")) == 20
    with pytest.raises(NotImplementedError, match="no split 'val'"):
        data.val_dataloader()


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST, CIFAR10])
def test_no_network_names_the_file(kind, published, tmp_path):
    published.files.clear()
    with pytest.raises(DatasetError, match=r"(train-images|cifar-10-python).*copy the file"):
        kind(tmp_path)


def test_a_right_checksum_of_wrong_content(published, tmp_path, monkeypatch):
    content = b"neither tar nor gzip"
    source = torchvision.datasets.CIFAR10
    published.files[source.filename] = content
    monkeypatch.setattr(source, "tgz_md5", md5(content))
    with pytest.raises(DatasetError, match=r"cifar-10-python.tar.gz is not .*Delete it"):
        CIFAR10(tmp_path)


def test_the_small_archive_has_the_form_of_the_large_one(published, tmp_path):
    CIFAR10(tmp_path, num_val=0)
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz") as archive:
        assert "cifar-10-batches-py/data_batch_1" in archive.getnames()
        content = archive.extractfile("cifar-10-batches-py/data_batch_1").read()
    assert b"cnumpy.core.multiarray\n_reconstruct" in content
