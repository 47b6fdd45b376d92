"""What stands around a film: made from the film that is there, and entered in its manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import momentum_film
from momentum_film.deliver import order
from momentum_film.deliver.formats import AROUND, FORMATS
from momentum_film.deliver.order import Order, deliver, request_for
from momentum_film.engines.base import Task
from momentum_film.engines.serial import Serial
from momentum_film.errors import RenderError, RequestError
from momentum_film.plan import fingerprint, plan
from momentum_film.plan.plan import QUALITIES, Request
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from scenes.look import FRAMES, THEMES
from tests.conftest import DraftFilm
from tests.momentum_film import small_film as small


class Idle(Serial):
    """An engine that must not be asked."""

    def submit(self, work: Any, job: Any, report: Any, instead_of: Any = None) -> Task:
        raise AssertionError(f"{job.job.chapter} was rendered")


REQUEST = Request(small.experiment(), "draft")


@pytest.fixture
def rendered(small_film: small.SmallFilm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small film that stands for the one that is asked for."""
    monkeypatch.setattr(order, "film_info", lambda plan: small_film.film)
    folder = tmp_path / "film"
    folder.mkdir()
    for name in ("momentum.mp4", "momentum.png"):
        shutil.copy(small_film.folder / name, folder)
    (folder / "momentum.gif").write_bytes(b"GIF89a")
    kinds = {"momentum.mp4": "video", "momentum.gif": "gif", "momentum.png": "poster"}
    manifest = {
        **small_film.manifest,
        "versions": {
            "film": plan.plan_film(REQUEST).fingerprint,
            "delivery": fingerprint.delivery_sources(),
        },
        "files": [entry(folder / name, kind) for name, kind in kinds.items()],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def entry(path: Path, kind: str) -> dict[str, Any]:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return {"path": path.name, "kind": kind, "bytes": len(data), "sha256": digest}


def around(folder: Path, *kinds: str, engine: Any = None, **more: Any) -> list[Any]:
    wanted = Order(more.pop("request", REQUEST), frozenset(kinds), **more)
    cache = Cache(folder.parent / "cache", warn=print)
    return deliver(wanted, folder, engine or Idle(), cache, Progress())


def listed(folder: Path) -> dict[str, str]:
    """Path -> kind of every file in the manifest, after a look at each of them."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for file in manifest["files"]:
        assert file == entry(folder / file["path"], file["kind"])
    return {file["path"]: file["kind"] for file in manifest["files"]}


OWN = {"momentum.mp4": "video", "momentum.gif": "gif", "momentum.png": "poster"}
QUIET = {
    name for name in AROUND if not any(FORMATS[n].renders for n in (name, *FORMATS[name].needs))
}


def test_nothing_of_a_film_that_is_there_is_rendered_again(rendered: Path) -> None:
    before = {path: path.read_bytes() for path in rendered.iterdir() if path.suffix != ".json"}
    made = around(rendered, *QUIET)
    assert {path: path.read_bytes() for path in before} == before
    files = listed(rendered)
    assert OWN.items() <= files.items()
    assert set(files) == {path.name for path in rendered.iterdir()} - {"manifest.json"}
    assert [file.path.name for file in made] == [*list(files)[len(OWN) :], "manifest.json"]
    assert all(file.bytes == file.path.stat().st_size for file in made)


def test_what_was_made_before_stays_in_the_manifest(rendered: Path) -> None:
    around(rendered, "captions")
    around(rendered, "lecture")
    assert {"lecture.html", "transcript.md", *OWN} <= set(listed(rendered))


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_text("changed")])
def test_a_file_that_somebody_changed_leaves_the_manifest(rendered: Path, harm: Any) -> None:
    around(rendered, "captions")
    harm(rendered / "alt.txt")
    around(rendered, "lecture")
    assert "alt.txt" not in listed(rendered)
    assert "momentum.vtt" in listed(rendered)


def test_the_rest_of_the_manifest_stays_as_it_was(rendered: Path) -> None:
    before = json.loads((rendered / "manifest.json").read_text(encoding="utf-8"))
    around(rendered, "captions")
    after = json.loads((rendered / "manifest.json").read_text(encoding="utf-8"))
    assert list(after) == list(before)
    assert {**after, "files": before["files"]} == before


@pytest.mark.parametrize("name", ["momentum.mp4", "momentum.gif", "momentum.png"])
def test_a_film_of_which_something_is_missing_is_made_again(rendered: Path, name: str) -> None:
    (rendered / name).unlink()
    with pytest.raises(AssertionError, match="was rendered"):
        around(rendered, "captions")


def test_what_nobody_can_make_writes_nothing(tmp_path: Path) -> None:
    for wrong in ({"loops": ("nowhere",)}, {"request": replace(REQUEST, theme="pink")}):
        with pytest.raises(RequestError, match="there is no"):
            around(tmp_path / "film", "lecture", **wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_chapter_that_is_wanted_twice_is_rendered_once(tmp_path: Path) -> None:
    class Refusing(Serial):
        depth = 100

        def __init__(self) -> None:
            self.asked: list[tuple[str, str]] = []

        def submit(self, work: Any, job: Any, report: Any, instead_of: Any = None) -> Task:
            self.asked.append((job.job.chapter, job.job.encoding))
            refused = Task(work, job, report)
            refused.set_exception(ValueError("not today"))
            return refused

    engine = Refusing()
    with pytest.raises(RenderError, match="not today"):
        around(tmp_path / "film", "av1", "web", engine=engine, loops=("descent", "zigzag"))
    assert len(engine.asked) == len(set(engine.asked))
    chapters = [chapter["name"] for chapter in small.manifest_of(REQUEST.experiment)["chapters"]]
    assert set(engine.asked) == {
        *((name, encoding) for name in chapters for encoding in ("h264", "browsers")),
        *(("descent", "gif"), ("zigzag", "gif"), ("loop", "gif"), ("summary", "still")),
    }


# --- rendering again ----------------------------------------------------------------------------


def test_rendering_keeps_what_was_made_around_the_same_film(
    draft_film: DraftFilm, tmp_path: Path
) -> None:
    folder, cache = tmp_path / "film", Cache(draft_film.folder.parent / "cache", warn=print)
    momentum_film.make(REQUEST, folder, Idle(), cache, Progress())
    plain = (folder / "manifest.json").read_bytes()
    assert set(listed(folder)) == set(OWN)
    deliver(Order(REQUEST, frozenset({"captions", "lecture"})), folder, Idle(), cache, Progress())
    rich = (folder / "manifest.json").read_bytes()
    momentum_film.make(REQUEST, folder, Idle(), cache, Progress())
    assert (folder / "manifest.json").read_bytes() == rich
    assert {"lecture.html", "transcript.md"} <= set(listed(folder))
    # Without its GIF it is the same film; and what stood around another film is not of this one.
    momentum_film.make(replace(REQUEST, loop=False), folder, Idle(), cache, Progress())
    assert set(listed(folder)) >= {"lecture.html", "momentum.mp4", "momentum.png"}
    assert "momentum.gif" not in listed(folder)
    manifest = json.loads(rich)
    manifest["versions"]["film"] = "of another film"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    momentum_film.make(REQUEST, folder, Idle(), cache, Progress())
    assert (folder / "manifest.json").read_bytes() == plain


# --- the film that is there ---------------------------------------------------------------------


def write_manifest(folder: Path, **changes: Any) -> None:
    manifest = {**small.manifest_of(small.experiment()), **changes}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("aspect", FRAMES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("quality", QUALITIES)
def test_the_look_is_that_of_the_film_unless_somebody_says_otherwise(
    quality: str, theme: str, aspect: str, tmp_path: Path
) -> None:
    width, height = FRAMES[aspect].pixels(QUALITIES[quality].short_side)
    fps = QUALITIES[quality].fps
    write_manifest(tmp_path, width=width, height=height, fps=fps, theme=theme, aspect=aspect)
    asked = Request(small.experiment(), "720p30", "contrast", "4:5")
    found = request_for(tmp_path, asked, set())
    assert (found.quality, found.theme, found.aspect) == (quality, theme, aspect)
    assert request_for(tmp_path, asked, {"quality", "aspect"}) == replace(
        found, quality="720p30", aspect="4:5"
    )


def test_chapters_and_loop_are_those_of_the_film(tmp_path: Path) -> None:
    asked = Request(small.experiment())
    assert request_for(tmp_path, asked, set()) == asked
    whole = small.manifest_of(small.experiment())
    gif = {"path": "momentum.gif", "kind": "gif", "bytes": 1, "sha256": ""}
    write_manifest(tmp_path, files=[gif])
    assert request_for(tmp_path, asked, set()).chapters == ()
    assert request_for(tmp_path, asked, set()).loop
    write_manifest(tmp_path, chapters=whole["chapters"][1:3])
    assert request_for(tmp_path, asked, set()).chapters == ("zigzag", "memory")
    assert not request_for(tmp_path, asked, set()).loop
    write_manifest(tmp_path, chapters=whole["chapters"][1:3], experiment={"name": "another"})
    assert request_for(tmp_path, asked, set()).chapters == ()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"versions": {}}'])
def test_a_manifest_that_says_nothing_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    asked = Request(small.experiment(), "720p30", "night")
    assert request_for(tmp_path, asked, set()) == asked
