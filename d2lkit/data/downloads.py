"""Files from the network: downloaded once, checked always, whole or not there at all."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import tempfile
import urllib.error
from collections.abc import Iterator, Sequence
from pathlib import Path

CACHE = Path("~/.cache/d2lkit")
TIMEOUT_SECONDS = 30  # of silence on the network
LOCK_SECONDS = 3600  # for another process that downloads the same file
_NETWORK = (
    urllib.error.URLError,
    http.client.HTTPException,
    ConnectionError,
    TimeoutError,
    ssl.SSLError,
)


class DatasetError(RuntimeError):
    """A data set's file cannot be had: the message names the file and the cure.

    >>> issubclass(DatasetError, RuntimeError)
    True
    """


def fetch(path: Path, md5: str, urls: Sequence[str]) -> Path:
    """Return ``path``, a file with the right checksum, downloaded if it has to be.

    The download goes to a temporary folder beside the file and takes the file's name only
    when its checksum is right. Of several processes one downloads and the others wait for it.

    Args:
        path: where the file belongs.
        md5: its checksum, 32 hexadecimal digits.
        urls: where it can be had, the first choice first.

    Raises:
        DatasetError: if there is no network, no room or no permission, or if what arrives is
            not the expected file.
    """
    from torchvision.datasets.utils import check_integrity

    path = Path(path)
    with _disk_errors(path):
        if check_integrity(path, md5):
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(path):
            # The process that held the lock before may have brought the file.
            if not check_integrity(path, md5):
                _download(path, md5, urls)
    return path


def _download(path: Path, md5: str, urls: Sequence[str]) -> None:
    from torchvision.datasets.utils import download_url

    prefix = f".{path.name}.part-"
    for left in path.parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)  # by a process that was killed
    failures = []
    for url in urls:
        with tempfile.TemporaryDirectory(prefix=prefix, dir=path.parent) as folder:
            try:
                with _timeout(TIMEOUT_SECONDS):
                    download_url(url, folder, path.name, md5)
            except _NETWORK as error:
                failures.append(f"{url}: {error}")
                continue
            except RuntimeError:
                arrived = Path(folder) / path.name
                size = arrived.stat().st_size if arrived.exists() else 0
                failures.append(f"{url} sent {size} bytes with another checksum than {md5}")
                continue
            os.replace(Path(folder) / path.name, path)
            return
    damaged = "is damaged and " if path.exists() else ""
    raise DatasetError(
        f"{path} {damaged}cannot be downloaded ({'; '.join(failures)}). "
        f"Try again with a network connection, or copy the file with md5 {md5} to that place. "
        "Digits and Shapes need no download."
    )


@contextlib.contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise DatasetError(
            f"{path} cannot be stored: {reason}. Make room or get permission to write there, "
            "or name another folder with root=..."
        ) from error


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    import filelock

    # The operating system frees the lock when its process dies, however it dies.
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise DatasetError(
            f"{path} is being downloaded by another process for over {LOCK_SECONDS} s. "
            f"End that process, or name another folder with root=..."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """torchvision opens its connections without a time limit; this default gives them one."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
