"""How far a film is, as logs and terminals are told it."""

from __future__ import annotations

import io
import pickle
import re
import threading

import pytest
from rich.console import Console

from momentum_film.render import progress
from momentum_film.render.progress import Bar, Lines, Progress

PICTURES = {"a": 100, "b": 50, "c": 1}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress.time, "monotonic", clock)
    return clock


def test_frames_are_counted_once() -> None:
    tally = Progress()
    tally.begin(PICTURES, done=["c"])
    assert (tally.drawn, tally.total) == (1, 151)
    tally.frames("a", 40)
    tally.frames("b", 50)
    assert tally.drawn == 91
    tally.frames("a", 10)  # begun once more, elsewhere
    assert tally.drawn == 61
    tally.finished("a", "one")
    tally.frames("b", 5000)
    assert tally.drawn == tally.total == 151


def test_reports_come_from_any_thread() -> None:
    tally = Progress()
    tally.begin({str(i): 1000 for i in range(8)}, done=[])

    def report(key: str) -> None:
        for count in range(1001):
            tally.frames(key, count)

    threads = [threading.Thread(target=report, args=(str(i),)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.drawn == 8000


def test_the_pace_counts_what_is_drawn_now(clock: Clock) -> None:
    tally = Progress()
    tally.begin(PICTURES, done=["b"])
    clock.now += 4
    tally.frames("a", 20)
    assert tally.frames_a_second == 5.0


def test_lines_of_a_film(clock: Clock) -> None:
    said: list[str] = []
    lines = Lines(said.append)
    lines.begin(PICTURES, done=["b"])
    assert said == ["101 frames to draw, 50 known"]
    clock.now += 4
    lines.frames("a", 20)
    assert len(said) == 1
    clock.now += 7
    lines.frames("a", 55)
    assert said[1:] == ["105 of 151 frames, 5 frames/s, 9 s left"]
    lines.finished("a", "descent")
    assert said[2].startswith("150 of 151 frames, 9 frames/s")
    assert said[2].endswith("descent done")
    lines.note("one worker died; trying again")
    assert said[3] == "one worker died; trying again"
    lines.finished("c", "summary")
    assert said[4] == "151 of 151 frames, summary done"


def test_the_first_frame_foretells_nothing(clock: Clock) -> None:
    said: list[str] = []
    lines = Lines(said.append)
    lines.begin({"a": 4588}, done=[])
    clock.now += 18
    lines.frames("a", 1)
    clock.now += 18
    lines.frames("a", 400)
    assert said[1:] == ["1 of 4588 frames", "400 of 4588 frames, 11 frames/s, 377 s left"]


def test_nothing_to_do_is_no_line() -> None:
    said: list[str] = []
    lines = Lines(said.append)
    lines.begin(PICTURES, done=list(PICTURES))
    assert said == []


def test_lines_of_a_batch(clock: Clock) -> None:
    said: list[str] = []
    lines = Lines(said.append)
    lines.begin(PICTURES, done=["c"])
    lines.films(1, 3)
    assert said[-1] == "1 of 3 films, 1 of 3 chapters, 1 of 151 frames"
    clock.now += 10
    lines.finished("b", "zigzag")
    want = "1 of 3 films, 2 of 3 chapters, 51 of 151 frames, 5 frames/s, 20 s left, zigzag done"
    assert said[-1] == want


def test_lines_of_a_batch_that_is_still_planned(clock: Clock) -> None:
    said: list[str] = []
    lines = Lines(said.append)
    lines.begin(PICTURES, done=[], times=4.0)
    lines.films(0, 4)
    lines.finished("b", "zigzag")
    lines.more({"d": 49, "e": 7}, ["e"], times=2.5)
    clock.now += 10
    lines.finished("a", "descent")
    lines.more({"f": 3}, [], times=1.0)
    lines.finished("d", "summary")
    first, begun, *rest = said
    assert first == "about 600 frames to draw, 0 known"
    assert begun == "0 of 4 films, 0 of about 12 chapters, 0 of about 600 frames"
    assert [line.partition(" frames/s")[0].rpartition(",")[0] for line in rest] == [
        "0 of 4 films, 1 of about 12 chapters, 50 of about 600 frames",
        "0 of 4 films, 3 of about 12 chapters, 157 of about 520 frames",
        "0 of 4 films, 4 of 6 chapters, 206 of 210 frames",
    ]
    assert rest[1].endswith(", 15 frames/s, 24 s left, descent done")


def test_what_is_done_is_only_counted() -> None:
    tally = Progress()
    tally.begin({}, done=[], times=1000.0)
    sizes = set()
    for i in range(1000):
        tally.more({f"{i} {k}": 10 for k in range(5)}, [f"{i} 0"], times=1000.0 / (i + 1))
        for k in range(1, 5):
            tally.frames(f"{i} {k}", 3)
            tally.finished(f"{i} {k}", "one")
            tally.frames(f"{i} {k}", 5)  # from a worker that was given up
        sizes.add(len(pickle.dumps({k: v for k, v in vars(tally).items() if k != "_lock"})) // 64)
    assert (tally.drawn, tally.total) == (50_000, 50_000)
    assert len(sizes) <= 2


def test_a_batch_that_is_there_says_only_that() -> None:
    said: list[str] = []
    lines = Lines(said.append)
    lines.begin({}, done=[])
    lines.films(3, 3)
    assert said == ["3 of 3 films"]


def shown(console: Console) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)


def test_a_bar_of_a_batch() -> None:
    console = terminal()
    with Bar(console) as bar:
        bar.begin(PICTURES, done=["c"])
        bar.films(1, 3)
        bar.frames("a", 60)
        bar.finished("b", "zigzag")
        bar.note("one worker died; trying again")
        bar.films(2, 3)
    said = shown(console)
    assert "2 of 3 films, 2 of 3 chapters" in said
    assert "111/151" in said
    assert "frames/s" in said
    assert "one worker died; trying again\n" in said.replace("\r", "")


def test_a_bar_is_not_shown_where_there_is_nothing_to_do() -> None:
    console = terminal()
    with Bar(console) as bar:
        bar.begin(PICTURES, done=list(PICTURES))
    assert "151" not in shown(console)


def test_a_bar_takes_markup_for_text() -> None:
    console = terminal()
    with Bar(console) as bar:
        bar.note("[bold]film[/bold] [1]")
    assert "[bold]film[/bold] [1]" in shown(console)
