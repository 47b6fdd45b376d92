"""Plans: a job for each chapter, a loop and a poster; what changed is rendered, and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import av
import pytest

import momentum_film
from momentum_film.engines import engine_named
from momentum_film.errors import RequestError
from momentum_film.plan import plan as planning
from momentum_film.plan.plan import QUALITIES, Request, plan_film
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_math import Experiment, load_experiment, run
from momentum_math.story import Story
from scenes.look import FRAMES, THEMES
from scenes.storyboard import Beat, Storyboard, tell
from tests import ROOT
from tests.momentum_film.fake_work import Painter, lines

EXPERIMENT = load_experiment(ROOT / "experiments" / "momentum.toml")
REQUEST = Request(EXPERIMENT, "draft")


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("aspect", FRAMES)
def test_jobs_have_the_size_that_is_asked_for(quality: str, aspect: str) -> None:
    plan = plan_film(Request(EXPERIMENT, quality, aspect=aspect))
    across, up = map(int, aspect.split(":"))
    for planned in plan.film:
        job = planned.job
        assert min(job.width, job.height) == QUALITIES[quality].short_side
        assert (job.width % 2, job.height % 2) == (0, 0)
        assert abs(job.width - job.height * across / up) < 2
        assert job.fps == QUALITIES[quality].fps


def test_chapters_are_the_storyboards_in_its_order() -> None:
    told = tell(Story(run(EXPERIMENT)))
    plan = plan_film(REQUEST)
    assert [planned.job.chapter for planned in plan.film] == [c.name for c in told.chapters]
    assert [planned.frames for planned in plan.film] == [
        round(sum(beat.seconds for beat in chapter.beats) * 15) for chapter in told.chapters
    ]


@pytest.mark.parametrize("aspect", FRAMES)
@pytest.mark.parametrize("quality", QUALITIES)
def test_long_chapters_are_parted_where_beats_meet(quality: str, aspect: str) -> None:
    told = tell(Story(run(EXPERIMENT)))
    plan = plan_film(Request(EXPERIMENT, quality, aspect=aspect))
    fps = QUALITIES[quality].fps
    assert [name for name, _ in groupby(p.job.chapter for p in plan.film)] == [
        chapter.name for chapter in told.chapters
    ]
    for chapter in told.chapters:
        parts = [planned for planned in plan.film if planned.job.chapter == chapter.name]
        assert sum(part.frames for part in parts) == pytest.approx(chapter.seconds * fps)
        if len(parts) == 1:
            assert parts[0].job.span is None
            continue
        meet = {round(sum(beat.seconds for beat in chapter.beats[:k]) * fps) for k in range(9)}
        spans = [part.job.span for part in parts]
        assert [first for first, _ in spans] == [0, *(end for _, end in spans[:-1])]
        assert all(
            end - first == part.frames for part, (first, end) in zip(parts, spans, strict=True)
        )
        assert {place for span in spans for place in span} <= meet
    counts = {len([p for p in plan.film if p.job.chapter == c.name]) for c in told.chapters}
    if aspect == "16:9":
        assert max(counts) == {"draft": 1, "720p30": 1, "1080p60": 2, "2160p60": 5}[quality]
    assert len({planned.key for planned in plan.film}) == len(plan.film)


def test_the_film_comes_first() -> None:
    plan = plan_film(REQUEST)
    assert plan.jobs == (*plan.film, plan.poster, plan.loop)


def test_only_some_chapters() -> None:
    plan = plan_film(replace(REQUEST, chapters=("summary", "zigzag")))
    assert [planned.job.chapter for planned in plan.film] == ["zigzag", "summary"]
    assert plan.loop is None
    assert plan_film(replace(REQUEST, loop=False)).loop is None


@pytest.mark.parametrize(
    ("field", "known"),
    [("quality", QUALITIES), ("theme", THEMES), ("aspect", FRAMES), ("chapters", ["zigzag"])],
)
def test_what_there_is_not_is_told_with_what_there_is(field: str, known) -> None:
    wrong = ("x",) if field == "chapters" else "x"
    with pytest.raises(RequestError) as caught:
        plan_film(replace(REQUEST, **{field: wrong}))
    assert caught.value.exit_code == 2
    for name in known:
        assert name in str(caught.value)


def test_planning_twice_gives_the_same() -> None:
    assert plan_film(REQUEST) == plan_film(REQUEST)


# --- nothing twice ------------------------------------------------------------------------------


class Studio:
    """Makes one film again and again, in one folder with one cache."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"

    def make(self, request: Request) -> list[tuple[str, str]]:
        """What was rendered for it: (chapter, encoding) of each job."""
        self.log.unlink(missing_ok=True)
        with engine_named("serial") as engine:
            cache = Cache(self.folder / "cache")
            momentum_film.make(
                request, self.folder / "film", engine, cache, Progress(), Painter(self.log)
            )
        return sorted((chapter, kind) for _, chapter, kind, _ in lines(self.log))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


QUICK = replace(REQUEST, loop=False, chapters=("zigzag", "descent", "summary"))
POSTER = ("summary", "still")


def test_an_unchanged_film_renders_nothing(studio: Studio) -> None:
    chapters = [(name, "h264") for name in QUICK.chapters]
    assert studio.make(QUICK) == sorted([*chapters, POSTER])
    assert studio.make(QUICK) == []
    assert studio.make(replace(QUICK, chapters=("zigzag", "summary"))) == []


def test_a_film_of_parts_is_the_same_film(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(folder: Path) -> dict:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return {key: manifest[key] for key in ("frames", "seconds", "chapters", "tracks")}

    studio.make(QUICK)
    monkeypatch.setattr(planning, "MAX_COST", 4e7)
    parted = Studio(tmp_path / "parted")
    parted.folder.mkdir()
    made = parted.make(QUICK)
    assert sorted(set(made)) == sorted([*((name, "h264") for name in QUICK.chapters), POSTER])
    assert len(made) > len(QUICK.chapters) + 3
    assert told(parted.folder / "film") == told(studio.folder / "film")
    with av.open(str(parted.folder / "film" / "momentum.mp4")) as film:
        times = [frame.pts * frame.time_base for frame in film.decode(video=0)]
    assert times == [Fraction(k, 15) for k in range(len(times))]
    assert len(times) == told(studio.folder / "film")["frames"]


def test_one_changed_caption_renders_one_chapter(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.make(QUICK)
    before = plan_film(QUICK)
    truly = planning.storyboard_of

    def otherwise(experiment: Experiment) -> Storyboard:
        told = truly(experiment)
        chapters = []
        for chapter in told.chapters:
            first: Beat = chapter.beats[0]
            other = replace(first, caption=f"{first.caption} So it is.")
            beats = (other, *chapter.beats[1:]) if chapter.name == "zigzag" else chapter.beats
            chapters.append(replace(chapter, beats=beats))
        return Storyboard(told.title, tuple(chapters), told.loop)

    monkeypatch.setattr(planning, "storyboard_of", otherwise)
    after = plan_film(QUICK)
    changed = [
        one.job.chapter
        for one, other in zip(before.film, after.film, strict=True)
        if one.key != other.key
    ]
    assert changed == ["zigzag"]
    assert studio.make(QUICK) == [("zigzag", "h264")]
    assert studio.make(QUICK) == []


def test_another_look_renders_all_anew_and_the_former_is_still_known(studio: Studio) -> None:
    first = studio.make(QUICK)
    night = replace(QUICK, theme="night")
    assert studio.make(night) == first
    assert studio.make(QUICK) == []
    assert studio.make(night) == []


def test_a_damaged_segment_is_rendered_again(studio: Studio) -> None:
    studio.make(QUICK)
    film_before = (studio.folder / "film" / "momentum.mp4").read_bytes()
    key = plan_film(QUICK).film[0].key
    blob = studio.folder / "cache" / key[:2] / f"{key}.blob"
    blob.write_bytes(blob.read_bytes()[:-1])
    assert studio.make(QUICK) == [("zigzag", "h264")]
    assert (studio.folder / "film" / "momentum.mp4").read_bytes() == film_before
