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
import sys
from collections.abc import Iterator
from pathlib import Path

from scenes import cache_folder

_TEMPORARY = re.compile(r"\.tmp-(\d+)-[0-9a-f]+")


def sha256_of(data: bytes) -> str:
    """Hexadecimal digest.

    >>> sha256_of(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def atomic_write(
    path: Path, data: bytes, scratch: Path | None = None, is_lasting: bool = True
) -> None:
    """Write a file so that at any moment its name stands for all of it, or for what was before.

    Before it has its name it is in the folder ``scratch``, where ``sweep`` finds what is left if
    this process is killed; if that is not given, in its own, which is made if need be. What is not
    ``is_lasting`` may be the one before after a power cut, but takes no time.

    Raises:
        OSError: No room, or no right to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = (scratch or path.parent) / f".tmp-{os.getpid()}-{secrets.token_hex(6)}"
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            if is_lasting:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # the system names the temporary file, or none at all
        raise
    if is_lasting and sys.platform != "win32":  # have the name on the disk, too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold a folder's lock: other processes that publish into it wait."""
    from filelock import FileLock

    path = folder / ".lock"
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
        if match := _TEMPORARY.fullmatch(path.name):
            import psutil

            if not psutil.pid_exists(int(match[1])):
                path.unlink(missing_ok=True)
