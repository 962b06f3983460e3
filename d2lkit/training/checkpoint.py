"""Checkpoints: written whole or not at all, and without pickled code.

A checkpoint is what ``torch.save`` writes of a dict of tensors, numbers and strings. So
``torch.load(path, weights_only=True)["model"]`` is the model's ``state_dict``.
"""

import os
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path

import numpy
import torch

FORMAT = "d2lkit checkpoint"
VERSION = 1
_PLAIN = (bool, int, float, str, torch.Tensor, torch.Size, torch.dtype, torch.device, type(None))


class CheckpointError(ValueError):
    """A checkpoint that cannot be written, read, or used for this run.

    >>> issubclass(CheckpointError, ValueError)
    True
    """


def previous_path(path: str | os.PathLike) -> Path:
    """Return where the checkpoint before the newest one is kept.

    >>> previous_path("run.pt").name
    'run.pt.previous'
    """
    path = Path(path)
    return path.with_name(path.name + ".previous")


def save_checkpoint(path: str | os.PathLike, state: dict) -> None:
    """Write a checkpoint; the one that was there becomes ``<path>.previous``.

    The new file gets its name only when all of it is on the disk. A process that dies while
    it saves, or a disk that fills up, leaves the old checkpoint as it was.

    Args:
        path: the file.
        state: dicts, lists and tuples of tensors, numbers and strings.

    Raises:
        CheckpointError: if the state holds anything else, or the file cannot be written.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> save_checkpoint(folder / "run.pt", {"epoch": 1})
    >>> save_checkpoint(folder / "run.pt", {"epoch": 2})
    >>> load_checkpoint(folder / "run.pt")["epoch"]
    2
    >>> sorted(file.name for file in folder.iterdir())
    ['run.pt', 'run.pt.previous']
    """
    path = Path(path)
    state = check_plain(state)
    partial = path.with_name(path.name + ".partial")
    try:
        with open(partial, "wb") as file:
            torch.save({"format": FORMAT, "version": VERSION, **state}, file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.replace(path, previous_path(path))
        # Killed here, a process leaves only the previous checkpoint, and load_checkpoint
        # takes that one.
        os.replace(partial, path)
        _flush_folder(path.parent)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        left = "the one saved before it is untouched; make room or choose another folder, then "
        left += "resume from it"
        if not has_checkpoint(path):
            left = "none was saved before it; make room or choose another folder"
        raise CheckpointError(
            f"checkpoint {path} could not be written ({error}): {left}"
        ) from error


def has_checkpoint(path: str | os.PathLike) -> bool:
    """Return whether there is a checkpoint to go on from.

    >>> has_checkpoint("never-written.pt")
    False
    """
    return Path(path).exists() or previous_path(path).exists()


def load_checkpoint(path: str | os.PathLike) -> dict:
    """Return the state of the newest complete checkpoint, its tensors on the CPU.

    Args:
        path: the file; if only ``<path>.previous`` is there, that one is read.

    Raises:
        FileNotFoundError: if there is no checkpoint.
        CheckpointError: if the file is damaged or was not written by this library.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "run.pt"
    >>> save_checkpoint(path, {"epoch": 3})
    >>> load_checkpoint(path)["epoch"]
    3
    """
    path, previous = Path(path), previous_path(path)
    if not has_checkpoint(path):
        raise FileNotFoundError(f"checkpoint {path} must exist to be loaded")
    if not path.exists():
        path, previous = previous, path
    try:
        # torch does not look at the check sums inside the file, so look first.
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"wrong check sum of {damaged}")
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _unusable(path, previous, f"is damaged or no checkpoint ({error})") from error
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # of many types, depending on what the file is instead
        reason = str(error).splitlines()[0]
        raise _unusable(path, previous, f"is not a checkpoint of d2lkit ({reason})") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise _unusable(path, previous, "is not a checkpoint of d2lkit")
    if state.get("version") != VERSION:
        raise _unusable(
            path, previous, f"has format version {state.get('version')}, wanted {VERSION}"
        )
    return state


def _unusable(path: Path, previous: Path, what: str) -> CheckpointError:
    cure = (
        f"rename {previous} to {path.name} to go on from the checkpoint before it"
        if previous.exists()
        else "remove it to train from the start"
    )
    return CheckpointError(f"file {path} {what}: {cure}")


def check_plain(value: object, where: str = "state") -> object:
    """Return a state with NumPy's numbers and arrays as Python's and torch's.

    What this returns can be loaded with ``weights_only=True``, on which a reader relies who gets
    a checkpoint from somebody else.

    Args:
        value: dicts, lists and tuples of tensors, numbers and strings.
        where: the name of this part, for the message.

    Raises:
        CheckpointError: if the state holds anything else.

    >>> check_plain({"lr": numpy.float64(0.1)})
    {'lr': 0.1}
    """
    if type(value) in (dict, OrderedDict, Counter):
        plain = type(value)()
        vars(plain).update(vars(value)) if hasattr(value, "__dict__") else None  # torch's versions
        for key, item in value.items():
            key = check_plain(key, f"{where}, a key")
            plain[key] = check_plain(item, f"{where}[{key!r}]")
        return plain
    if type(value) in (list, tuple):
        return type(value)(check_plain(item, where) for item in value)
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, numpy.ndarray) and value.dtype.kind in "biuf":
        value = torch.from_numpy(value)
    if type(value) not in _PLAIN and not isinstance(value, torch.Tensor):
        raise CheckpointError(
            f"{where} must be made of tensors, numbers and strings to be saved, "
            f"got {type(value).__name__}"
        )
    return value


def _flush_folder(folder: Path) -> None:
    # On POSIX systems a new name is safe from a power cut only when its folder is, too.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
