"""The photographs: what they are, whose they are, and files that are refused."""

import importlib.util
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from sklearn.datasets import load_sample_image

from d2lkit.data import PHOTOGRAPHS, DatasetError, load_photograph
from d2lkit.data import photographs as module

SIZES = {
    "china.jpg": (3, 427, 640),
    "flower.jpg": (3, 427, 640),
    "cat": (3, 300, 451),
    "coffee": (3, 400, 600),
    "astronaut": (3, 512, 512),
    "rocket": (3, 427, 640),
    "brick": (1, 512, 512),
    "grass": (1, 512, 512),
    "gravel": (1, 512, 512),
}


def needs(name):
    if importlib.util.find_spec(PHOTOGRAPHS[name].package) is None:
        pytest.skip("no scikit-image here: `pip install scikit-image` brings the photograph")


@pytest.mark.parametrize("name", SIZES)
def test_floats_between_0_and_1_channels_first(name):
    needs(name)
    image = load_photograph(name)
    assert image.shape == SIZES[name]
    assert image.dtype == torch.float32
    assert 0 <= image.min() < 0.3
    assert 0.7 < image.max() <= 1
    assert image.is_contiguous()


def test_the_names_are_those():
    assert list(PHOTOGRAPHS) == list(SIZES)


@pytest.mark.parametrize("name", ["china.jpg", "flower.jpg"])
def test_scikit_learn_reads_the_same(name):
    theirs = torch.tensor(load_sample_image(name)).permute(2, 0, 1)
    assert (load_photograph(name) * 255).equal(theirs.float())


@pytest.mark.parametrize("name", [name for name in SIZES if ".jpg" not in name])
def test_scikit_image_reads_the_same(name):
    needs(name)
    import skimage.data

    theirs = torch.tensor(getattr(skimage.data, {"cat": "chelsea"}.get(name, name))())
    theirs = theirs[None] if theirs.ndim == 2 else theirs.permute(2, 0, 1)
    assert (load_photograph(name) * 255).round().byte().equal(theirs)


@pytest.mark.parametrize("photograph", PHOTOGRAPHS.values(), ids=PHOTOGRAPHS)
def test_each_says_whose_it_is_and_on_what_terms(photograph):
    assert photograph.licence.startswith(("CC0", "CC BY", "public domain"))
    assert photograph.source.startswith("https://")
    assert photograph.author in str(photograph)
    assert photograph.licence in str(photograph)


def test_each_call_gives_its_own_copy():
    load_photograph().zero_()
    assert load_photograph().any()


def test_a_flipped_byte_is_refused(tmp_path, monkeypatch):
    origin = importlib.util.find_spec("sklearn").origin
    place = tmp_path / "datasets" / "images" / "china.jpg"
    place.parent.mkdir(parents=True)
    shutil.copy(Path(origin).parent / "datasets/images/china.jpg", place)
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: spec)
    before = load_photograph("china.jpg")
    content = bytearray(place.read_bytes())
    content[-100] ^= 1
    place.write_bytes(bytes(content))
    with pytest.raises(DatasetError, match=r"china\.jpg is damaged: its sha256 is"):
        load_photograph("china.jpg")
    assert before.any()
    with pytest.raises(DatasetError, match=r"flower\.jpg is not there: install scikit-learn"):
        load_photograph("flower.jpg")


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install scikit-image"):
        load_photograph("cat")
