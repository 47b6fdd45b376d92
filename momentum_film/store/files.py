"""Files that are either whole or not there: temporary names, atomic publication, sweeping.

A temporary name holds the number of the process that made it, so that what a killed process left
behind is told from what a living one is working on.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from scenes import cache_folder

LOCK = ".lock"
_TEMPORARY = re.compile(r"\.tmp-(\d+)-[0-9a-f]+")


def sha256_of(data: bytes) -> str:
    """Hexadecimal digest.

    >>> sha256_of(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def write_whole(path: Path, data: bytes, workplace: Path | None = None) -> None:
    """Write a file so that at any moment its name stands for all of it, or for what was before.

    Args:
        path: Its folder is made if need be.
        data: The content.
        workplace: Where it is written before it has its name, and where ``sweep`` finds what is
            left if this process is killed; the file's folder if not given.

    Raises:
        OSError: No room, or no right to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary_name(workplace or path.parent)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        error.filename = str(path)  # the system names the temporary file, or none at all
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextlib.contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A private folder inside ``folder`` for half-made things; it does not outlive the block."""
    path = _temporary_name(folder)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder's lock: other processes that publish into it wait."""
    from filelock import FileLock

    path = folder / LOCK
    with FileLock(path):
        try:
            yield
        finally:
            # Who waits finds that it is gone and makes it anew; Windows removes no open file.
            with contextlib.suppress(OSError):
                path.unlink()


def make_ready(*folders: Path) -> None:
    """Make sure, before there is any work, that folders take files; sweep those that are there.

    Raises:
        OSError: There is no right to write, or no such folder can be made.
    """
    for folder in folders:
        if not cache_folder.can_write(folder):
            raise PermissionError(errno.EACCES, "this folder takes no files", str(folder))
        sweep(folder)


def sweep(folder: Path) -> None:
    """Remove what processes that no longer run left half-made in a folder."""
    for path in folder.glob(".tmp-*"):
        match = _TEMPORARY.fullmatch(path.name)
        if match and not is_running(int(match[1])):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _temporary_name(folder: Path) -> Path:
    return folder / f".tmp-{os.getpid()}-{secrets.token_hex(6)}"


def is_running(pid: int) -> bool:
    """Whether there is a process of this number."""
    import psutil

    return psutil.pid_exists(pid)


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, too, where the system can be asked for that."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
