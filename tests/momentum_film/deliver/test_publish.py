"""Final names: each stands for a whole file at any moment, and what went wrong changes none."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import momentum_film
from momentum_film.deliver.formats import FORMATS
from momentum_film.deliver.kit import Kit
from momentum_film.engines import engine_named
from momentum_film.errors import FilmError, RenderError, VerificationError
from momentum_film.plan.plan import Request
from momentum_film.render.progress import Progress
from momentum_film.store import files
from momentum_film.store.cache import Cache
from momentum_math import load_experiment
from tests import ROOT
from tests.momentum_film.fake_work import Faulty, Painter, lines

FORMER = Request(
    load_experiment(ROOT / "experiments" / "momentum.toml"),
    "draft",
    chapters=("zigzag",),
    loop=False,
)
WANTED = replace(FORMER, theme="night")
NAMES = {"momentum.mp4", "momentum.png", "manifest.json"}


@dataclass(frozen=True)
class Place:
    """A folder for films, a cache beside it."""

    folder: Path

    @property
    def film(self) -> Path:
        return self.folder / "film"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def make(self, request: Request, work=None) -> None:
        cache = Cache(self.folder / "cache")
        with engine_named("serial") as engine:
            momentum_film.make(
                request, self.film, engine, cache, Progress(), work or Painter(self.log)
            )

    def found(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.film.iterdir()}

    def half_made(self) -> list[Path]:
        return list(self.folder.rglob(".tmp-*"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of the former and of the wanted film, made undisturbed."""
    made = []
    for request in (FORMER, WANTED):
        place = Place(tmp_path_factory.mktemp("film"))
        place.make(request)
        made.append(place.found())
    assert set(made[0]) == set(made[1]) == NAMES
    assert all(made[0][name] != made[1][name] for name in NAMES)
    return made[0], made[1]


def test_a_film_gives_way_to_another(place: Place, films) -> None:
    place.make(FORMER)
    assert place.found() == films[0]
    place.make(WANTED)
    assert place.found() == films[1]
    assert place.half_made() == []


# --- nothing before everything ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["video", "poster"])
def test_no_name_is_given_before_everything_is_made(
    kind: str, place: Place, films, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.make(FORMER)
    form = FORMATS[kind]

    def make(kit: Kit) -> Iterable[bytes]:
        seen.append(place.found())
        return form.make(kit)

    seen: list[dict[str, bytes]] = []
    monkeypatch.setitem(FORMATS, kind, replace(form, make=make))
    place.make(WANTED)
    assert seen == [films[0]]


@pytest.mark.parametrize("kind", ["video", "poster"])
@pytest.mark.parametrize("error", [VerificationError("not as planned"), OSError(28, "no room")])
def test_a_format_that_fails_leaves_the_former_film(
    kind: str, error: Exception, place: Place, films, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.make(FORMER)

    def fail(kit: Kit) -> Iterator[bytes]:
        yield b"half of"
        raise error

    monkeypatch.setitem(FORMATS, kind, replace(FORMATS[kind], make=fail))
    with pytest.raises(type(error)):
        place.make(WANTED)
    assert place.found() == films[0]
    assert place.half_made() == []


def test_a_chapter_that_fails_leaves_the_former_film(place: Place, films) -> None:
    place.make(FORMER)
    with pytest.raises(RenderError):
        place.make(WANTED, Faulty(place.log, "zigzag", "deterministic", 9))
    assert place.found() == films[0]


# --- whatever fails on the disk -----------------------------------------------------------------


class Disk:
    """Lets every call of a function on the disk pass, but for one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner, name: str, failing: int) -> None:
        self.calls, true = 0, getattr(owner, name)

        def call(*args, **kwargs):
            self.calls += 1
            if self.calls == failing:
                raise OSError(5, "Input/output error")
            return true(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)


@pytest.mark.parametrize(("owner", "name"), [(Path, "replace"), (os, "fsync")], ids=str)
def test_every_failure_of_the_disk_leaves_whole_files(
    owner, name: str, tmp_path: Path, films, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = 0
    while True:
        failing += 1
        place = Place(tmp_path / str(failing))
        place.make(FORMER)
        with monkeypatch.context() as patch:
            disk = Disk(patch, owner, name, failing)
            try:
                place.make(WANTED)
            except OSError:
                pass
            else:
                break
        found = place.found()
        assert set(found) == NAMES
        for file, data in found.items():
            assert data in (films[0][file], films[1][file]), (name, failing, file)
        assert place.half_made() == []
        place.make(WANTED)
        assert place.found() == films[1]
    assert disk.calls == failing - 1 >= 5


# --- nothing twice ------------------------------------------------------------------------------


def test_an_unchanged_film_is_neither_rendered_nor_encoded_nor_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(kit: Kit) -> Iterable[bytes]:
        raise AssertionError("encoded again")

    place.make(FORMER)
    times = {path.name: path.stat().st_mtime_ns for path in place.film.iterdir()}
    for kind, form in list(FORMATS.items()):
        monkeypatch.setitem(FORMATS, kind, replace(form, make=refuse))
    place.log.unlink()
    place.make(FORMER)
    assert lines(place.log) == []
    assert {path.name: path.stat().st_mtime_ns for path in place.film.iterdir()} == times


@pytest.mark.parametrize("name", sorted(NAMES))
@pytest.mark.parametrize("harm", ["damaged", "removed"])
def test_a_published_file_that_was_harmed_is_restored(name, harm, place: Place, films) -> None:
    place.make(FORMER)
    path = place.film / name
    if harm == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    place.log.unlink()
    place.make(FORMER)
    assert place.found() == films[0]
    assert lines(place.log) == []


# --- files --------------------------------------------------------------------------------------


def test_what_the_dead_left_is_swept_and_the_living_are_let_work(tmp_path: Path) -> None:
    gone = next(pid for pid in range(4_000_000, 5_000_000) if not Path(f"/proc/{pid}").exists())
    dead, living = tmp_path / f".tmp-{gone}-ab12", tmp_path / f".tmp-{os.getpid()}-ab12"
    for path in (dead, living, tmp_path / ".tmp-mine", tmp_path / "film.mp4"):
        path.write_bytes(b"x")
    files.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        living.name,
        ".tmp-mine",
        "film.mp4",
    }


def test_publishers_wait_for_each_other(tmp_path: Path) -> None:
    order: list[str] = []

    def other() -> None:
        with files.lock(tmp_path):
            order.append("second")

    with files.lock(tmp_path):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_films_side_by_side_in_one_folder_both_end_well(place: Place, films) -> None:
    errors: list[FilmError] = []

    def make(request: Request) -> None:
        try:
            place.make(request)
        except FilmError as error:
            errors.append(error)

    threads = [threading.Thread(target=make, args=(each,)) for each in (FORMER, WANTED) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert place.found() in films
    assert place.half_made() == []
