"""Blobs by key, each with its own digest: nothing is made twice, and nothing damaged is believed.

A blob is one file: the SHA-256 of the rest, then the rest. A file that does not match its digest
counts as missing, so it is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from momentum_film.plan.jobs import Segment
from momentum_film.store import files
from scenes import cache_folder

LIMIT_BYTES = 4 * 1024**3
_DIGEST_BYTES = 32
_LOOKS = 64  # of how many parts of the limit one may come before it is looked at again


@dataclass(frozen=True)
class Stats:
    """How full a cache is."""

    blobs: int
    bytes: int


@dataclass
class Cache:
    """A folder of blobs; the ones not used for longest go first when it is full.

    It is looked through now and then, so it may hold a little more than its limit.
    """

    folder: Path  # is made when the first blob comes
    limit_bytes: int = LIMIT_BYTES
    warn: Callable[[str], None] = print  # is told, in one line, of each damaged blob
    _unseen_bytes: float = math.inf  # put since it was looked through

    def get(self, key: str) -> bytes | None:
        """A blob, or None if there is none or it is damaged."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        data = content[_DIGEST_BYTES:]
        if hashlib.sha256(data).digest() != content[:_DIGEST_BYTES]:
            self.warn(f"{path} is damaged; it is made again")
            path.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep a blob; OSError if there is no room, or no right to write."""
        path = self._path(key)
        files.atomic_write(path, hashlib.sha256(data).digest() + data, scratch=self.folder)
        self._unseen_bytes += len(data)
        if self._unseen_bytes >= self.limit_bytes / _LOOKS:
            self._make_room(path)
            self._unseen_bytes = 0

    def _make_room(self, newest: Path) -> None:
        """Remove what was not used for longest, but never the newest, until there is room."""
        total = self.stats().bytes
        if total <= self.limit_bytes:
            return
        for _, size, other in sorted(self._blobs()):
            if total > self.limit_bytes and other != newest:
                other.unlink(missing_ok=True)
                total -= size

    def get_segment(self, key: str) -> Segment | None:
        """A rendered chapter, or None."""
        packed = self.get(key)
        if packed is None:
            return None
        head, _, data = packed.partition(b"\n")
        values = json.loads(head)
        values["beats"] = tuple(map(tuple, values["beats"]))
        values["tracks"] = tuple(values["tracks"])
        return Segment(data=data, **values)

    def put_segment(self, key: str, segment: Segment) -> None:
        """Keep a rendered chapter: one line of JSON, then its data."""
        values = asdict(segment)
        data = values.pop("data")
        self.put(key, json.dumps(values).encode() + b"\n" + data)

    def stats(self) -> Stats:
        """How full it is."""
        blobs, total = 0, 0
        for _, size, _ in self._blobs():
            blobs, total = blobs + 1, total + size
        return Stats(blobs, total)

    def clear(self) -> Stats:
        """Remove every blob; what there was."""
        before = self.stats()
        for _, _, path in self._blobs():
            path.unlink(missing_ok=True)
        return before

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.blob"

    def _blobs(self) -> Iterator[tuple[float, int, Path]]:
        """Yield (last use, bytes, path) of each, so that many take no memory."""
        for path in self.folder.glob("*/*.blob"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path


def default_cache(tell: Callable[[str], None]) -> Cache:
    """The cache of this command; if it is not in the usual place, ``tell`` is told so in a line."""
    kept = cache_folder.kept()
    if kept.because:
        tell(kept.because)
    return Cache(kept.folder, warn=tell)
