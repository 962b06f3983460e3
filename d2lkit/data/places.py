"""Data files that lie somewhere already: in the cache, in a folder of torchvision's or Debian's."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from d2lkit.data.archives import unpacked
from d2lkit.data.downloads import CACHE

VARIABLE = "D2LKIT_DATA"  # of the environment: a folder to use in place of the cache


def data_folder(root: str | os.PathLike | None) -> Path:
    """Return the folder of the data sets: ``root``, else that in ``D2LKIT_DATA``, else the cache.

    >>> data_folder("pictures").name
    'pictures'
    """
    if root is not None and not isinstance(root, (str, os.PathLike)):
        raise TypeError(f"root must be the path of a folder, got {root!r}")
    return Path(root or os.environ.get(VARIABLE) or CACHE).expanduser()


def first_with(content_md5: str, places: Sequence[Path]) -> tuple[bytes | None, list[str]]:
    """Return the first of these files' unpacked content that has the checksum, or None.

    The checksum is that of the content: a file is believed however it was packed, and none
    is believed for its name.

    Args:
        content_md5: checksum of the unpacked bytes, 32 hexadecimal digits.
        places: where the file may lie, the first choice first.

    Returns:
        the content, and for each place that did not serve one sentence that says why.
    """
    reports = []
    for place in places:
        try:
            content = unpacked(place)
        except (FileNotFoundError, NotADirectoryError):
            reports.append(f"{place} is not there")
        except OSError as error:
            reports.append(f"{place} cannot be read: {error.strerror or error}")
        except ValueError as error:
            reports.append(f"{error}")
        else:
            found = md5(content)
            if found == content_md5:
                return content, reports
            reports.append(f"{place} is damaged: its content has the md5 {found}")
    return None, reports


def md5(content: bytes) -> str:
    """Return the checksum by which the published data sets are known.

    >>> md5(b"")
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
