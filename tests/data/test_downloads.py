"""A file is there whole and right, or not at all, whatever happens on the way."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torchvision.datasets.utils
from dataset_files import md5

from d2lkit.data import DatasetError, downloads
from d2lkit.data.downloads import fetch

CONTENT = bytes(range(256)) * 400


@pytest.fixture
def path(tmp_path, mirror):
    mirror.files["file.gz"] = CONTENT
    return tmp_path / "deep" / "folder" / "file.gz"


@pytest.fixture
def get(path, mirror):
    return lambda: fetch(path, md5(CONTENT), [mirror.url + "file.gz"])


def leftovers(path):
    """What lies in the folder beside the file and the lock."""
    return sorted(set(os.listdir(path.parent)) - {path.name, f".{path.name}.lock"})


def test_download_and_cache(path, get, mirror):
    assert get() == path
    assert path.read_bytes() == CONTENT
    assert get() == path
    assert mirror.gets == ["file.gz"]
    assert leftovers(path) == []


def test_a_cached_file_needs_neither_network_nor_permission(path, get, monkeypatch):
    get()

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert fetch(path, md5(CONTENT), ["http://127.0.0.1:9/file.gz"]) == path


@pytest.mark.parametrize("damage", [CONTENT[:-1], b"", CONTENT[:-1] + b"?"], ids=range(3))
def test_a_damaged_cached_file_is_replaced(path, get, damage):
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    get()
    assert path.read_bytes() == CONTENT


def test_a_damaged_cached_file_without_network_is_named(path, get, mirror):
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:100])
    mirror.files.clear()
    with pytest.raises(DatasetError, match=r"file\.gz is damaged and cannot be downloaded"):
        get()


def test_the_next_mirror_is_tried(path, mirror):
    mirror.files["bad/file.gz"] = b"something else"
    urls = ["none/file.gz", "bad/file.gz", "file.gz"]
    assert fetch(path, md5(CONTENT), [mirror.url + url for url in urls]).read_bytes() == CONTENT


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def failing(case, mirror, monkeypatch):
    """Make the download fail and return the URL to try and what the error must say."""
    url = mirror.url + "file.gz"
    if case == "no network":
        return f"http://127.0.0.1:{closed_port()}/file.gz", "refused"
    if case == "no such name":
        return "http://mirror.invalid/file.gz", "mirror.invalid"
    if case == "not found":
        mirror.files.clear()
        return url, "404"
    if case == "truncated":
        mirror.cut_after = len(CONTENT) - 7
        return url, f"{len(CONTENT) - 7} bytes"
    if case == "wrong checksum":
        mirror.files["file.gz"] = CONTENT[::-1]
        return url, md5(CONTENT)
    if case == "silence":
        mirror.stall = threading.Event()
        monkeypatch.setattr(downloads, "TIMEOUT_SECONDS", 0.2)
        return url, "timed out"
    raise ValueError(case)


@pytest.mark.parametrize(
    "case",
    ["no network", "no such name", "not found", "truncated", "wrong checksum", "silence"],
)
def test_a_failed_download_leaves_nothing_and_says_what_to_do(case, path, get, mirror, monkeypatch):
    with monkeypatch.context() as patch:
        url, reason = failing(case, mirror, patch)
        with pytest.raises(DatasetError) as failure:
            fetch(path, md5(CONTENT), [url])
    message = str(failure.value)
    assert str(path) in message
    assert url in message
    assert reason in message
    assert "Try again with a network connection, or copy the file" in message
    assert leftovers(path) == []
    assert not path.exists()

    # The failure is not remembered.
    if mirror.stall is not None:
        mirror.stall.set()
    mirror.files["file.gz"], mirror.cut_after, mirror.stall = CONTENT, None, None
    assert get().read_bytes() == CONTENT


class FullDisk:
    """A file on a disk with room for 1000 bytes."""

    def __init__(self, *args):
        self.file, self.room = open(*args), 1000  # noqa: SIM115

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.file.close()

    def write(self, content):
        self.file.write(content[: self.room])
        self.room -= len(content)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk(path, get, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(torchvision.datasets.utils, "open", FullDisk, raising=False)
        with pytest.raises(DatasetError, match=r"file\.gz cannot be stored: No space left .* room"):
            get()
    assert leftovers(path) == []
    assert not path.exists()
    assert get().read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made(tmp_path, mirror):
    # Below a file nobody can make a folder, whatever the permissions.
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match=r"cannot be stored: .*another folder with root="):
        fetch(tmp_path / "file" / "raw" / "file.gz", md5(CONTENT), [mirror.url])


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written(path, get, monkeypatch, code):
    def refuse(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr("tempfile.mkdtemp", refuse)
        with pytest.raises(DatasetError, match=rf"cannot be stored: {os.strerror(code)}"):
            get()
    assert get() == path


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder(path, get):
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o555)
    try:
        with pytest.raises(DatasetError, match="cannot be stored"):
            get()
    finally:
        path.parent.chmod(0o755)


FETCH = """
import sys
from pathlib import Path
from d2lkit.data.downloads import fetch
path, checksum, url = sys.argv[1:]
fetch(Path(path), checksum, [url])
"""


def start(path, mirror, count=1):
    """Start fresh processes that fetch the file: a forked one would hold this one's locks."""
    command = [sys.executable, "-c", FETCH, str(path), md5(CONTENT), mirror.url + "file.gz"]
    return [subprocess.Popen(command) for _ in range(count)]


def test_of_several_processes_one_downloads(path, mirror):
    mirror.stall = threading.Event()
    children = start(path, mirror, 3)
    assert mirror.begun.wait(60)
    mirror.stall.set()
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert mirror.gets == ["file.gz"]
    assert path.read_bytes() == CONTENT
    assert leftovers(path) == []


def test_a_killed_download_leaves_no_file_and_no_lock(path, get, mirror):
    mirror.stall = threading.Event()
    (child,) = start(path, mirror)
    assert mirror.begun.wait(60)
    child.kill()
    assert child.wait(60) == -signal.SIGKILL
    assert not path.exists()
    assert len(leftovers(path)) == 1
    mirror.stall.set()
    mirror.stall = None
    assert get().read_bytes() == CONTENT
    assert leftovers(path) == []


def test_a_lock_that_is_never_freed(path, get, monkeypatch):
    import filelock

    monkeypatch.setattr(downloads, "LOCK_SECONDS", 0.1)
    path.parent.mkdir(parents=True)
    with (
        filelock.FileLock(path.with_name(f".{path.name}.lock")),
        pytest.raises(DatasetError, match="another process"),
    ):
        get()


def test_the_time_limit_is_lifted_again(get):
    get()
    assert socket.getdefaulttimeout() is None
