"""Photographs that come with scikit-learn and scikit-image, each with its source and terms."""

import hashlib
import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from d2lkit.arguments import one_of

CC0 = "CC0 1.0 (no rights reserved)"
CC_BY = "CC BY 2.0"
PUBLIC = "public domain"


@dataclass(frozen=True)
class Photograph:
    """Where a photograph comes from, and on what terms.

    Attributes:
        title: what it shows.
        author: who took it.
        licence: the terms on which it is published.
        source: where it was published.
        package: the package whose wheel brings it.
        file: its place in that package.
        sha256: checksum of the file.

    >>> Photograph("A cat", "N. N.", "CC0", "example.org", "cats", "cat.jpg", "0" * 64).title
    'A cat'
    """

    title: str
    author: str
    licence: str
    source: str
    package: str
    file: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.title}. {self.author}, {self.licence}, {self.source}"


def _learn(title: str, author: str, source: str, file: str, sha256: str) -> Photograph:
    place = f"datasets/images/{file}"
    return Photograph(
        title, author, CC_BY, f"https://www.flickr.com/photos/{source}", "sklearn", place, sha256
    )


def _image(
    title: str, author: str, licence: str, source: str, file: str, sha256: str
) -> Photograph:
    return Photograph(title, author, licence, source, "skimage", f"data/{file}", sha256)


_GALLERY = "https://scikit-image.org/docs/stable/api/skimage.data.html"
#: The photographs that `load_photograph` knows, each with its source and terms.
PHOTOGRAPHS = {
    "china.jpg": _learn(
        "A Chinese temple",
        "danielbuechele",
        "danielbuechele/6061409035",
        "china.jpg",
        "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    ),
    "flower.jpg": _learn(
        "A dahlia",
        "vultilion",
        "vultilion/6056698931",
        "flower.jpg",
        "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
    ),
    "cat": _image(
        "Chelsea the cat",
        "Stéfan van der Walt",
        CC0,
        _GALLERY,
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    ),
    "coffee": _image(
        "A cup of espresso",
        "Rachel Michetti",
        CC0,
        _GALLERY,
        "coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    ),
    "astronaut": _image(
        "Eileen Collins, astronaut",
        "NASA",
        PUBLIC,
        "https://flic.kr/p/r9qvLn",
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    ),
    "rocket": _image(
        "A Falcon 9 takes off",
        "SpaceX",
        PUBLIC,
        "https://www.flickr.com/photos/spacexphotos/16511594820",
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    ),
    "brick": _image(
        "A brick wall, grey",
        "CC0Textures",
        CC0,
        "https://cc0textures.com/view.php?tex=Bricks25",
        "brick.png",
        "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    ),
    "grass": _image(
        "Grass, grey",
        "linolafett",
        CC0,
        "https://www.deviantart.com/linolafett/art/Grass-01-434853879",
        "grass.png",
        "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    ),
    "gravel": _image(
        "Gravel, grey",
        "CC0Textures",
        CC0,
        "https://cc0textures.com/view.php?tex=Gravel04",
        "gravel.png",
        "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    ),
}
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "skimage": "scikit-image"}


def load_photograph(name: str = "china.jpg") -> Tensor:
    """Return a photograph as floats in [0, 1]; ``PHOTOGRAPHS[name]`` says whose it is.

    Args:
        name: ``"china.jpg"``, a temple, or ``"flower.jpg"``, a dahlia, of 427×640 pixels; with
            scikit-image installed also ``"cat"`` (300×451), ``"coffee"`` (400×600),
            ``"astronaut"`` (512×512), ``"rocket"`` (427×640), and, of one channel and 512×512
            pixels, ``"brick"``, ``"grass"`` and ``"gravel"``.

    Shape: ``(3, H, W)`` float32; the last three ``(1, H, W)``

    Raises:
        ValueError: for any other name.
        ImportError: if the package that brings it is not installed.
        DatasetError: if its file is damaged.

    >>> load_photograph("flower.jpg").shape
    torch.Size([3, 427, 640])
    """
    import numpy as np
    from PIL import Image

    content = _content(name, PHOTOGRAPHS[one_of("name", name, list(PHOTOGRAPHS))])
    # A copy, because NumPy's view of the picture is read-only and torch would share its memory.
    pixels = torch.from_numpy(np.array(Image.open(io.BytesIO(content))))
    channels_first = pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)
    return channels_first.contiguous() / 255


def _content(name: str, photograph: Photograph) -> bytes:
    """Return the bytes of a photograph's file, if it is there and whole."""
    from d2lkit.data.downloads import DatasetError

    distribution = _DISTRIBUTIONS[photograph.package]
    spec = importlib.util.find_spec(photograph.package)
    if spec is None:
        raise ImportError(f"the photograph {name!r} comes with it: pip install {distribution}")
    file = Path(spec.origin).parent / photograph.file
    if not file.exists():
        raise DatasetError(f"{file} is not there: install {distribution} again, or a newer one")
    content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != photograph.sha256:
        raise DatasetError(
            f"{file} is damaged: its sha256 is {found}, not {photograph.sha256}. "
            f"Install {distribution} again"
        )
    return content
