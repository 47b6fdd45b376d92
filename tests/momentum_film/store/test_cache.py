"""Blobs by key: what is damaged is not believed, and what was not used for longest goes first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from momentum_film.plan.jobs import Segment
from momentum_film.store import files
from momentum_film.store.cache import Cache, default_cache

KEYS = [f"{i:02x}" * 32 for i in range(6)]
DATA = bytes(range(256)) * 4
SEGMENT = Segment(
    "zigzag", b"\n{}\x00moov", "ab" * 32, 7, (("one", 0.0, 0.4), ("two", 0.4, 1.0)), ({"a": [1]},)
)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def cache(tmp_path: Path, said: list[str]) -> Cache:
    return Cache(tmp_path / "cache", warn=said.append)


def blob(cache: Cache) -> Path:
    (path,) = cache.folder.glob("*/*.blob")
    return path


def test_what_was_put_is_got(cache: Cache, said: list[str]) -> None:
    for key, data in zip(KEYS, (b"", b"x", DATA), strict=False):
        cache.put(key, data)
    assert [cache.get(key) for key in KEYS[:4]] == [b"", b"x", DATA, None]
    assert said == []


def test_a_segment_comes_back_equal(cache: Cache) -> None:
    cache.put_segment(KEYS[0], SEGMENT)
    assert cache.get_segment(KEYS[0]) == SEGMENT
    assert cache.get_segment(KEYS[1]) is None


def test_nothing_is_written_by_looking(cache: Cache) -> None:
    assert cache.get(KEYS[0]) is None
    assert (cache.stats().blobs, cache.stats().bytes) == (0, 0)
    assert not cache.folder.exists()


DAMAGES = {
    "a bit of the data": lambda old: old[:-5] + bytes([old[-5] ^ 4]) + old[-4:],
    "a bit of the digest": lambda old: bytes([old[0] ^ 1]) + old[1:],
    "cut": lambda old: old[: len(old) // 2],
    "cut in the digest": lambda old: old[:9],
    "empty": lambda old: b"",
    "longer": lambda old: old + b"\0",
    "zeros": lambda old: bytes(len(old)),
    "another blob's data": lambda old: old[:32] + DATA[::-1],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_blob_is_told_once_and_made_again(damage, cache, said: list[str]) -> None:
    cache.put(KEYS[0], DATA)
    path = blob(cache)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get(KEYS[0]) is None
    assert said == [f"{path} is damaged; it is made again"]
    assert cache.get(KEYS[0]) is None
    assert len(said) == 1
    cache.put(KEYS[0], DATA)
    assert cache.get(KEYS[0]) == DATA


def test_the_one_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit_bytes=4 * (32 + 100))
    for age, key in enumerate(KEYS[:4]):
        cache.put(key, bytes(100))
        os.utime(tmp_path / key[:2] / f"{key}.blob", (1000 + age, 1000 + age))
    assert cache.get(KEYS[0]) == bytes(100)  # used just now
    cache.put(KEYS[4], bytes(100))
    assert [cache.get(key) is not None for key in KEYS[:5]] == [True, False, True, True, True]
    assert cache.stats().bytes <= cache.limit_bytes


def test_the_size_counts_not_the_number(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit_bytes=1000)
    for age, key in enumerate(KEYS[:5]):
        cache.put(key, bytes(100))
        os.utime(tmp_path / key[:2] / f"{key}.blob", (1000 + age, 1000 + age))
    cache.put(KEYS[5], bytes(800))
    assert [cache.get(key) is not None for key in KEYS] == [False] * 4 + [True, True]


def test_it_is_not_looked_through_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path, limit_bytes=64 * 1000)
    looks: list[int] = []
    truly = Cache.stats

    def stats(self: Cache):
        looks.append(1)
        return truly(self)

    monkeypatch.setattr(Cache, "stats", stats)
    for i in range(200):
        cache.put(f"{i:04x}" * 16, bytes(468))
    assert 60 <= len(looks) <= 70
    assert truly(cache).bytes <= cache.limit_bytes + 1000 + 500


def test_what_is_larger_than_all_is_still_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit_bytes=10)
    cache.put(KEYS[0], DATA)
    assert cache.get(KEYS[0]) == DATA


KILLED_WHILE_WRITING = """
import os, sys
from pathlib import Path
from momentum_film.store.cache import Cache
os.fsync = lambda handle: os._exit(9)
Cache(Path(sys.argv[1])).put("ab12", b"half of it is written")
"""


def test_what_a_killed_program_left_is_swept_away(cache: Cache) -> None:
    """Though blobs lie in folders inside the cache's."""
    cache.put("ab34", b"whole")
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(cache.folder)])
    assert killed.returncode == 9
    assert len(list(cache.folder.rglob(".tmp-*"))) == 1
    files.sweep(cache.folder)
    assert list(cache.folder.rglob(".tmp-*")) == []
    assert cache.get("ab34") == b"whole"
    assert cache.get("ab12") is None


def test_stats_and_clear(cache: Cache) -> None:
    for key in KEYS[:3]:
        cache.put(key, bytes(68))
    assert (cache.stats().blobs, cache.stats().bytes) == (3, 300)
    assert (cache.clear().blobs, cache.clear().blobs) == (3, 0)
    assert cache.stats().blobs == 0
    assert cache.get(KEYS[0]) is None


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("MOMENTUM_CACHE", str(tmp_path / "there"))
    assert default_cache(said.append).folder == tmp_path / "there"
    monkeypatch.setenv("MOMENTUM_CACHE", "")
    assert default_cache(said.append).folder == Path("build") / ".cache"
    assert said == []
    (tmp_path / "build").touch()
    assert default_cache(said.append).folder == tmp_path / "mine" / "momentum"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache(said.append).folder == tmp_path / ".cache" / "momentum"
    assert all("MOMENTUM_CACHE=FOLDER moves it" in line for line in said)
    assert len(said) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build"]
