"""The file formats of MNIST, Fashion-MNIST and CIFAR-10, read straight from their archives.

Nothing is unpacked to the disk.
"""

import gzip
import io
import pickle
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

UNSIGNED_BYTES = 0x08  # the type code of all MNIST-like files
GZIP = b"\x1f\x8b"  # how every gzip file begins


def unpacked(path: Path) -> bytes:
    """Return a file's content, unpacked if it is gzipped, whatever its name says.

    Raises:
        ValueError: if it begins like a gzip file and is none; the message names the file.
    """
    content = Path(path).read_bytes()
    if content[:2] != GZIP:
        return content
    try:
        return gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a gzip file: {error}") from error


def read_idx(path: Path) -> Tensor:
    """Return the array in an IDX file, gzipped or not.

    Shape: whatever the file says, uint8.

    Raises:
        ValueError: if the content breaks the format's rules; the message names the file.
    """
    return parse_idx(unpacked(path), path)


def parse_idx(content: bytes, name: object) -> Tensor:
    """Return the array that the content of an IDX file describes.

    It begins with two zero bytes, a type code and the number of dimensions; then come the
    lengths as big-endian 32-bit integers, then the values, the last dimension first.

    Args:
        name: what to call the file in an error.

    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
    """
    if len(content) < 4 or content[:3] != bytes([0, 0, UNSIGNED_BYTES]):
        raise ValueError(f"{name} is not an IDX file of bytes: it begins with {content[:4]!r}")
    ndim = content[3]
    start = 4 + 4 * ndim
    shape = [int(length) for length in np.frombuffer(content[4:start], ">u4")]
    if len(shape) != ndim or len(content) - start != np.prod(shape, dtype=np.int64):
        raise ValueError(f"{name} holds {len(content) - start} values for the shape {shape}")
    values = np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    return torch.from_numpy(values.copy())


def read_cifar10(
    path: Path, *parts: Sequence[str]
) -> tuple[list[tuple[Tensor, Tensor]], tuple[str, ...]]:
    """Return images and labels of CIFAR-10's archive and the names of its classes.

    Each file in it is a pickled dictionary: a batch holds ``data`` with one row of 3,072 bytes
    per image (32×32 red values, then green, then blue) and ``labels``; ``batches.meta`` holds
    ``label_names``.

    Args:
        parts: for each pair to return the names of the batches that make it up.

    Shape: images ``(N, 3, 32, 32)`` uint8, labels ``(N,)`` int64.

    Raises:
        ValueError: if the archive is damaged or lacks a batch; the message names the file.

    Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
    """
    wanted = {"batches.meta"}.union(*parts)
    found = {}
    try:
        # Read as a stream: jumping back in a compressed file would decompress it again.
        with tarfile.open(path, "r|gz") as archive:
            for entry in archive:
                name = entry.name.rpartition("/")[2]
                if name in wanted:
                    found[name] = _Arrays(archive.extractfile(entry)).load()
        pairs = []
        for part in parts:
            rows = np.concatenate([np.asarray(found[name]["data"], np.uint8) for name in part])
            labels = [label for name in part for label in found[name]["labels"]]
            pairs.append((torch.from_numpy(rows.reshape(-1, 3, 32, 32)), torch.tensor(labels)))
        return pairs, tuple(found["batches.meta"]["label_names"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} lacks a part of CIFAR-10: {error}") from error
    except (tarfile.TarError, pickle.UnpicklingError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path} is not an archive of CIFAR-10: {error}") from error


class _Arrays(pickle.Unpickler):
    """Reads arrays, lists, numbers and strings, and refuses to call anything else.

    A pickle may name any function to be called while it is read. These files were written by
    Python 2, hence the encoding, and name three things of NumPy.
    """

    def __init__(self, file: io.BufferedIOBase):
        super().__init__(file, encoding="latin1")

    def find_class(self, module: str, name: str):
        if module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            if name == "_reconstruct":
                return lambda kind, shape, code: np.ndarray(shape, "u1")
        elif (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")
