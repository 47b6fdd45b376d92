"""A film is given away while it is made, in any order, and what is cancelled is gone."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import av
import pytest

from momentum_film.cut.fragments import taken_apart
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import Request, plan_film
from momentum_film.store.cache import Cache
from momentum_film.studio.film import LiveFilm
from momentum_film.studio.work import Look
from tests import ROOT
from tests.conftest import DraftFilm
from tests.momentum_film import small_film as small
from tests.momentum_film.studio.opened import Served, gone, served, workers_come

Answer = TypeVar("Answer")


@pytest.fixture(scope="module")
def cache(draft_film: DraftFilm) -> Path:
    """Where the default film's chapters are, at draft quality."""
    return draft_film.folder.parent / "cache"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A studio that knows no chapter yet."""
    path = tmp_path / "momentum.toml"
    path.write_bytes((ROOT / "experiments" / "momentum.toml").read_bytes())
    with served(path, tmp_path, tmp_path / "cache") as there:
        yield there


def awaited(answer: Coroutine[Any, Any, Answer]) -> Answer:
    """What it gives; in a thread of its own, since a browser's tests leave a loop in this one."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, answer).result()


def streamed(film: LiveFilm) -> tuple[str, bytes]:
    async def read() -> tuple[str, bytes]:
        kind, *data = [chunk async for chunk in film.stream()]
        assert isinstance(kind, str)
        return kind, b"".join(chunk for chunk in data if isinstance(chunk, bytes))

    return awaited(read())


def times(data: bytes) -> list[int]:
    """Which frames an MP4 has, in the order in which they come, by FFmpeg."""
    with av.open(io.BytesIO(data), "r") as container:
        unit = container.streams.video[0].time_base
        packets = [packet for packet in container.demux(video=0) if packet.size]
        return [round(packet.pts * unit * 15) for packet in packets]


def test_a_film_that_is_there_is_streamed_whole(cache: Path, tmp_path: Path) -> None:
    plan = plan_film(Request(small.experiment(), "draft"))
    film = LiveFilm(1, plan, Cache(cache), tmp_path)
    kind, data = streamed(film)
    assert kind.startswith('video/mp4; codecs="avc1.64')
    total = sum(part.frames for part in plan.film)
    assert times(data) == list(range(total))
    assert film.pictures() == [True] * len(film.told()["beats"])


def test_the_pictures_are_the_beats_last(
    cache: Path, tmp_path: Path, draft_film: DraftFilm
) -> None:
    from PIL import Image, ImageChops

    from momentum_film.deliver.video.pictures import fitted, frames_at

    film = LiveFilm(1, plan_film(Request(small.experiment(), "draft")), Cache(cache), tmp_path)
    beats = film.told()["beats"]
    for beat in (0, 7, len(beats) - 1):
        last = round(beats[beat]["end"] * 15) - 1
        (wanted,) = frames_at(draft_film.path("video"), [last])
        made = film.picture(beat)
        assert made is not None
        with Image.open(io.BytesIO(made)) as shown:
            off = ImageChops.difference(shown.convert("RGB"), fitted(wanted.to_image(), 320))
        assert max(high for _, high in off.getextrema()) < 80
    with pytest.raises(IndexError):
        film.picture(len(beats))


def test_what_is_missing_is_made_from_the_chapter_on_that_is_watched(
    cache: Path, tmp_path: Path
) -> None:
    """Two chapters are missing; a renderer that is slow gives the one that is watched first."""
    plan = plan_film(Request(small.experiment(), "draft"))
    other = Cache(tmp_path / "cache")
    known = Cache(cache)
    for part in plan.film:
        segment = known.get_segment(part.key)
        assert segment is not None
        if part.job.chapter not in ("zigzag", "summary"):
            other.put_segment(part.key, segment)
    from momentum_film.engines.processes import Processes

    film = LiveFilm(1, plan, other, tmp_path)
    film.start(lambda: Processes(1), "summary")
    _, data = streamed(film)
    starts = {part.job.chapter: at for part, at in zip(plan.film, film._starts, strict=False)}
    total = sum(part.frames for part in plan.film)
    first = starts["summary"]
    assert times(data) == [*range(first, total), *range(first)]
    assert not film.failure
    for part in plan.film:  # what was streamed is what was kept, and the same as ever
        limit = time.monotonic() + 20
        while (mine := other.get_segment(part.key)) is None and time.monotonic() < limit:
            time.sleep(0.05)  # it is kept beside the stream
        theirs = known.get_segment(part.key)
        assert isinstance(mine, Segment) and isinstance(theirs, Segment)
        assert taken_apart(mine, 15) == taken_apart(theirs, 15)


def test_the_first_pictures_come_before_the_chapter_is_whole(empty: Served) -> None:
    told = empty.post("/play", quality="draft")
    film = empty.studio.film_numbered(told["number"])
    assert film is not None

    async def first() -> int:
        async for chunk in film.stream():
            if isinstance(chunk, bytes) and b"moof" in chunk:
                return film.parts_done
        return -1

    assert awaited(first()) == 0
    assert film.is_running


def test_a_change_ends_the_film_and_leaves_no_process(empty: Served) -> None:
    told = empty.post("/play", quality="draft")
    film = empty.studio.film_numbered(told["number"])
    assert film is not None and film.is_running
    empty.set("contenders", 0, "lr", value=0.1)
    other = empty.post("/play", quality="draft")
    assert other["number"] != told["number"]
    assert not film.is_running and not film.failure
    empty.post("/stop")
    status, _ = empty.ask(f"/film/{other['number']}")
    assert status in (200, 410)
    again = empty.post("/play", quality="draft")
    assert again["number"] not in (other["number"], told["number"])
    busy = workers_come()
    empty.studio.end()
    assert gone(busy)


def test_news_are_told(empty: Served) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection(empty.host, timeout=20)
    connection.request("GET", empty.address.replace(empty.base, "/").replace("?", "events?"))
    answer = connection.getresponse()
    assert answer.headers["Content-Type"].startswith("text/event-stream")

    def news() -> dict:
        while True:
            line = answer.readline()
            if line.startswith(b"data: "):
                return json.loads(line[6:])

    before = news()["revision"]
    empty.set("steps", value=100)
    assert news()["revision"] == before + 1
    assert empty.studio.desk.sheet.path is not None
    time.sleep(0.2)
    text = empty.studio.desk.sheet.text.replace("steps = 100", "steps = 90")
    empty.studio.desk.sheet.path.write_text(text, encoding="utf-8")
    assert news()["revision"] == before + 2
    assert json.loads(empty.ask("/state")[1])["values"]["steps"] == 90
    connection.close()


def test_render_and_deliver_end_with_files_that_are_the_films(
    cache: Path, tmp_path: Path, draft_film: DraftFilm
) -> None:
    """From chapters that are known, so that it takes little: published, verified, linked."""
    path = tmp_path / "momentum.toml"
    path.write_bytes((ROOT / "experiments" / "momentum.toml").read_bytes())
    with served(path, tmp_path, cache) as there:
        assert there.post("/make", quality="draft", formats=["captions"])["status"] == 200
        work = there.studio.work
        assert work is not None
        work._thread.join(120)
        told = work.told()
        assert (told["failure"], told["is_running"]) == ("", False)
        names = {each["name"] for each in told["files"]}
        assert {"momentum.mp4", "momentum.vtt", "transcript.md"} <= names
        for name in ("momentum.mp4", "momentum.vtt"):
            status, data = there.ask(f"/files/momentum/{name}")
            assert status == 200
            assert data == (tmp_path / "build" / "momentum" / name).read_bytes()
        assert there.ask("/files/momentum/momentum.mp4", Range="bytes=4-7") == (206, b"ftyp")
        assert (tmp_path / "build" / "momentum" / "momentum.mp4").read_bytes() == (
            draft_film.path("video").read_bytes()
        )
        said = there.post("/command", quality="draft", formats=["captions"])["command"]
    from click.testing import CliRunner

    from momentum_film.cli.main import main

    words = said.split()
    assert words[0] == "momentum"
    assert main.commands[words[1]].make_context(words[1], words[2:]).args == []
    assert CliRunner().invoke(main, ["show", words[2]]).exit_code == 0


def test_a_draft_has_no_command_yet(empty: Served) -> None:
    empty.set("steps", value=-1)
    assert empty.post("/command")["error"] == "save it first: the command reads the file"
    assert empty.post("/make")["error"] == "mend what is wrong first"


def test_looks_are_those_of_the_command() -> None:
    from momentum_film.plan.plan import QUALITIES
    from scenes.look import FRAMES, THEMES

    assert Look.options() == {
        "quality": list(QUALITIES),
        "theme": list(THEMES),
        "aspect": list(FRAMES),
    }
