"""What stands around a film: every kind, read back by something that did not write it."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pypdf import PdfReader

from momentum_film.cut.film_info import Chapter, FilmInfo
from momentum_film.cut.mux import join
from momentum_film.cut.verify import mp4_boxes
from momentum_film.deliver.formats import AROUND, FORMATS, with_needs
from momentum_film.deliver.video.pictures import LARGEST_POSTER, fitted, small_poster
from momentum_film.deliver.video.teaser import CHAPTERS, HOLD_SECONDS, plan
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import RenderJob, Segment
from momentum_film.render.chapter import render
from momentum_math import run
from momentum_math.story import Story
from scenes.look import FRAMES, THEMES
from scenes.storyboard import tell
from tests import ROOT
from tests.momentum_film.deliver.timed_text import subtitles
from tests.momentum_film.small_film import (
    BEAT_SECONDS,
    FPS,
    SmallFilm,
    beat_color,
    experiment,
    film_of,
    make,
    manifest_of,
)

EXPERIMENTS = sorted(path.stem for path in (ROOT / "experiments").iterdir())
HOSTILE = (
    "</script><b>&amp; --> ]]>",
    "a\u202eb\u0000c\ud800",
    "🙂 καὶ 中文 ⁻¹ 10⁻³",
    "(/Type /Page) \\ % {x}",
    "long " * 120,
)
BT709, LIMITED = 1, 1
TASKS = Path("/proc/self/task")


def frames_of(data: bytes | Path, format_: str = "rgb24") -> list[np.ndarray]:
    with av.open(str(data) if isinstance(data, Path) else io.BytesIO(data)) as file:
        return [frame.to_ndarray(format=format_) for frame in file.decode(video=0)]


def starts_at_once(data: bytes) -> bool:
    """Whether a player finds the index before the pictures."""
    names = [name for name, _ in mp4_boxes(io.BytesIO(data))]
    return names.index("moov") < names.index("mdat")


def near(color: np.ndarray, wanted: tuple[int, int, int], by: int = 6) -> bool:
    return bool(np.abs(color.astype(float) - wanted).max() <= by)


def made(film: SmallFilm, kind: str) -> bytes:
    (data,) = FORMATS[kind].make(film.kit)
    return data


# --- subtitles in the film's MP4 ---------------------------------------------------------------


def test_the_films_own_subtitles_are_the_manifests_beats(draft_film):
    cues = subtitles(draft_film.path("video"))
    beats = [beat for chapter in draft_film.manifest["chapters"] for beat in chapter["beats"]]
    assert [" ".join(text.split("\n")) for _, _, text in cues] == [b["caption"] for b in beats]
    assert [float(start) for start, _, _ in cues] == pytest.approx(
        [beat["start_seconds"] for beat in beats], abs=1e-3
    )
    assert [float(end) for _, end, _ in cues] == pytest.approx(
        [beat["end_seconds"] for beat in beats], abs=1e-3
    )


# --- AV1 ---------------------------------------------------------------------------------------

SHOWN = ("zigzag", "summary")


def rendered(encoding: str, fps: int = 15, theme: str = "paper") -> dict[str, Segment]:
    width, height = FRAMES["16:9"].pixels(180)
    jobs = (
        RenderJob(experiment(), name, theme, "16:9", width, height, fps, encoding) for name in SHOWN
    )
    return {job.chapter: render(job) for job in jobs}


@pytest.fixture(scope="module")
def short_film() -> FilmInfo:
    """A film of two chapters with the storyboard's own seconds."""
    told, chapters, at = tell(Story(run(experiment()))), [], 0.0
    for name in SHOWN:
        chapters.append(Chapter(name, told[name].title, at, at + told[name].seconds, ()))
        at += told[name].seconds
    return FilmInfo(
        *("momentum", "M", "paper", "16:9", 320, 180, 15, round(at * 15)),
        experiment(),
        tuple(chapters),
    )


@pytest.fixture(scope="module")
def av1_segments() -> dict[str, Segment]:
    return rendered("av1")


@pytest.fixture(scope="module")
def av1_film(short_film, av1_segments, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("av1") / "momentum.av1.mp4"
    return join(short_film, av1_segments.values(), path, "av1").read_bytes()


def test_av1_is_the_film_for_players(av1_film, short_film):
    assert starts_at_once(av1_film)
    with av.open(io.BytesIO(av1_film)) as file:
        stream = file.streams.video[0]
        context = stream.codec_context
        assert context.codec.canonical_name == "av1"
        tags = (context.colorspace, context.color_primaries, context.color_trc)
        assert [int(tag) for tag in tags] == [BT709] * 3
        assert int(context.color_range) == LIMITED
        assert (stream.width, stream.height) == (short_film.width, short_film.height)
        times = shown(file)
        assert [start for start, _ in times] == [0, *(end for _, end in times[:-1])]
        assert times[-1][1] == short_film.frames > 1.5 * len(times)  # what stands is there once
        assert file.duration / av.time_base == pytest.approx(short_film.seconds, abs=1e-3)
        marks = [(m["start"] * m["time_base"], m["metadata"]["title"]) for m in file.chapters()]
    assert [title for _, title in marks] == [chapter.title for chapter in short_film.chapters]
    assert [float(at) for at, _ in marks] == pytest.approx([c.start for c in short_film.chapters])


def shown(file: av.container.InputContainer) -> list[tuple[int, int]]:
    """The first frame that shows each picture, and the one after the last, of 15 a second."""
    stream = file.streams.video[0]
    unit = 15 * stream.time_base
    times = [(f.pts * unit, (f.pts + f.duration) * unit) for f in file.decode(stream)]
    assert all(time.denominator == 1 for pair in times for time in pair)
    return [(int(start), int(end)) for start, end in times]


def luma(picture: np.ndarray) -> np.ndarray:
    """BT.709 luma of an RGB picture, as a code in the limited range."""
    return 16 + 219 / 255 * (picture @ np.array([0.2126, 0.7152, 0.0722]))


def test_av1_shows_the_exact_pictures_in_their_places(av1_film):
    wanted = [f for segment in rendered("lossless").values() for f in frames_of(segment.data)]
    with av.open(io.BytesIO(av1_film)) as file:
        pictures = [frame.to_ndarray()[:180].astype(float) for frame in file.decode(video=0)]
    with av.open(io.BytesIO(av1_film)) as file:
        times = shown(file)
    found = [y for y, (start, end) in zip(pictures, times, strict=True) for _ in range(start, end)]
    assert len(found) == len(wanted)

    def away(frames: list[np.ndarray]) -> float:
        pairs = zip(frames, wanted, strict=False)
        return float(np.mean([np.abs(y - luma(picture)).mean() for y, picture in pairs]))

    # Of 256 codes; a frame too early or too late is further away.
    assert away(found) < 2
    assert away(found) < away(found[1:])
    for y, picture in zip(found, wanted, strict=True):
        assert abs(y[:12, :24].mean() - luma(picture)[:12, :24].mean()) < 1  # half is rounding


@pytest.mark.parametrize("encoding", ["av1", "web"])
def test_chapters_of_films_for_the_web_start_on_key_frames(encoding, short_film, tmp_path):
    segments = rendered(encoding).values()
    with av.open(str(join(short_film, segments, tmp_path / "film.mp4", encoding))) as file:
        unit = file.streams.video[0].time_base
        keys = {p.pts * unit for p in file.demux(video=0) if p.size and p.is_keyframe}
    assert keys >= {Fraction(short_film.frame_at(c.start), 15) for c in short_film.chapters}


def test_av1_leaves_the_cores_to_others():
    """Root's encoder threads would run in real time, and everything else would wait for them."""
    from momentum_film.raster.encode.av1 import Av1

    encoder = Av1(320, 180, 15)
    policies = {os.sched_getscheduler(int(task.name)) for task in TASKS.iterdir()}
    encoder.abort()
    assert policies == {os.SCHED_OTHER}


def test_av1_with_a_chapter_too_few_frames_is_refused(short_film, av1_segments, tmp_path):
    swapped = reversed(av1_segments.values())
    with pytest.raises(VerificationError, match="pictures on time: False"):
        join(short_film, swapped, tmp_path / "x.mp4", "av1")


# --- GIF ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def looped() -> dict[str, Segment]:
    """Two chapters at a rate that a GIF can have."""
    return rendered("gif", fps=25, theme="night")


@pytest.mark.parametrize("chapter", SHOWN)
def test_any_chapter_is_a_loop_in_exact_colors(small_film, looped, chapter):
    kit = replace(small_film.kit, rendered={"gif": [looped[chapter]]})
    (file,) = FORMATS["gif"].names("momentum", [chapter])
    (data,) = FORMATS["gif"].make(kit)
    assert (file.name, file.kind) == (f"momentum.{chapter}.gif", "gif")
    assert len(data) <= 1_000_000
    theme = THEMES["night"]
    with Image.open(io.BytesIO(data)) as gif:
        assert gif.info["loop"] == 0
        delays, first = set(), np.asarray(gif.convert("RGB"))
        for index in range(gif.n_frames):
            gif.seek(index)
            delays.add(gif.info["duration"])
        last = np.asarray(gif.convert("RGB")).astype(int)
    assert delays == {80}
    for color in (theme.background, theme.panel):
        exactly = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        assert (first == exactly).all(axis=2).any(), color
    # It ends where it begins.
    assert np.abs(last - first).mean() < 6


# --- posters -----------------------------------------------------------------------------------


def test_the_small_poster_is_the_poster_and_small(draft_film):
    with Image.open(draft_film.path("poster")) as poster:
        data = small_poster(poster)
        with Image.open(io.BytesIO(data)) as small:
            assert small.format == "WEBP"
            assert small.width >= 1280
            shown = np.asarray(small.convert("RGB"), dtype=float)
            wanted = np.asarray(fitted(poster, small.width), dtype=float)
    assert len(data) <= LARGEST_POSTER == 60_000
    assert np.abs(shown - wanted).mean() < 2


def test_a_poster_that_cannot_be_small_is_refused():
    noise = np.random.default_rng(1).integers(0, 256, (640, 640, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="calmer"):
        small_poster(Image.fromarray(noise))


# --- teaser ------------------------------------------------------------------------------------


def true_length(name: str) -> FilmInfo:
    """An experiment's film with the storyboard's own seconds."""
    loaded = experiment(name)
    told, at, manifest = tell(Story(run(loaded))), 0.0, manifest_of(loaded)
    for chapter, beats in zip(manifest["chapters"], told.chapters, strict=True):
        chapter["start_seconds"] = at
        for entry, beat in zip(chapter["beats"], beats.beats, strict=True):
            entry["start_seconds"], at = at, round(at + beat.seconds, 6)
            entry["end_seconds"] = at
        chapter["end_seconds"] = at
    return film_of({**manifest, "frames": round(at * FPS), "seconds": at})


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_teaser_lasts_15_to_20_seconds_and_shows_both_races(name):
    film = true_length(name)
    frames = [round(frame) for frame in plan(film)]
    assert 15 <= len(frames) / film.fps <= 20
    told = {chapter.name: chapter for chapter in film.chapters}
    hold = round(HOLD_SECONDS * film.fps)
    for chapter in (told[name] for name in CHAPTERS if name in told):
        first, last = round(chapter.start * film.fps), round(chapter.end * film.fps) - 1
        own = [frame for frame in frames if first <= frame <= last]
        assert own == sorted(own)
        assert own[-hold:] == [last] * hold
        frames = [frame for frame in frames if frame not in own]
    assert frames == []


def test_the_teaser_shows_the_frames_that_are_planned(small_film):
    data = made(small_film, "teaser")
    assert starts_at_once(data)
    with av.open(io.BytesIO(data)) as file:
        context = file.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc)
        assert [int(tag) for tag in tags] == [BT709] * 3
        assert file.streams.video[0].average_rate == FPS
    shown, planned = frames_of(data), [round(frame) for frame in plan(small_film.film)]
    assert len(shown) == len(planned)
    for picture, frame in zip(shown, planned, strict=True):
        assert near(picture.mean(axis=(0, 1)), beat_color(frame // round(BEAT_SECONDS * FPS)), 8)


# --- slides ------------------------------------------------------------------------------------


def movies(slide) -> list:
    return [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.MEDIA]


def test_slides_hold_each_chapters_clip_poster_and_words(small_film):
    deck = Presentation(io.BytesIO((small_film.folder / "slides.pptx").read_bytes()))
    film, beat = small_film.film, 0
    assert len(deck.slides) == len(film.chapters)
    assert deck.slide_width / deck.slide_height == pytest.approx(film.width / film.height, rel=1e-4)
    assert deck.core_properties.title == film.title
    for slide, chapter in zip(deck.slides, film.chapters, strict=True):
        (movie,) = movies(slide)
        assert (movie.left, movie.top) == (0, 0)
        assert (movie.width, movie.height) == (deck.slide_width, deck.slide_height)
        (media,) = {r.target_part.blob for r in slide.part.rels.values() if "media" in r.reltype}
        pictures = frames_of(media)
        assert len(pictures) == round((chapter.end - chapter.start) * film.fps)
        assert near(pictures[0].mean(axis=(0, 1)), beat_color(beat))
        with Image.open(io.BytesIO(movie.poster_frame.blob)) as poster:
            assert poster.size == (film.width, film.height)
            assert near(np.asarray(poster.convert("RGB")).mean(axis=(0, 1)), beat_color(beat), 8)
        assert slide.shapes.title.text == chapter.title
        notes = slide.notes_slide.notes_text_frame.text.split("\n")
        assert [line.split("  ", 1)[1] for line in notes] == [b.caption for b in chapter.beats]
        beat += len(chapter.beats)


# --- handout -----------------------------------------------------------------------------------


def text_of(page) -> str:
    return re.sub(r"\s+", "", page.extract_text())


def test_the_handout_has_a_page_per_beat_with_selectable_words(small_film):
    reader = PdfReader(small_film.folder / "handout.pdf")
    film = small_film.film
    assert len(reader.pages) == len(film.beats)
    assert reader.metadata.title == film.title
    titles = [chapter.title for chapter in film.chapters for _ in chapter.beats]
    for number, page in enumerate(reader.pages):
        wanted = f"{titles[number]}{number + 1}/{len(film.beats)}{film.beats[number].caption}"
        # The font has no superscript minus; a raised minus stands for it.
        assert text_of(page) == re.sub(r"\s+", "", wanted).replace("⁻", "−")
        assert not page.images  # the picture is vectors, filled with its one colour
        fills = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", page.get_contents().get_data())
        assert [round(255 * float(share)) for share in fills[1]] == list(beat_color(number))
    bookmarks = [entry.title for entry in reader.outline]
    assert bookmarks == [chapter.title for chapter in film.chapters]


# --- every kind --------------------------------------------------------------------------------


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_leave_slides_and_handout_readable(words, tmp_path):
    film = make(tmp_path, experiment(), title=words, caption=words)
    deck = Presentation(io.BytesIO(made(film, "slides")))
    assert len(deck.slides) == len(film.film.chapters)
    assert len(PdfReader(io.BytesIO(made(film, "handout"))).pages) == len(film.film.beats)


def test_what_is_referred_to_is_made_first():
    order = list(FORMATS)
    for name, form in FORMATS.items():
        assert all(order.index(needed) < order.index(name) for needed in form.needs)
    assert with_needs(frozenset(FORMATS)) == tuple(FORMATS)
    assert {"video", "loop", "poster", *AROUND} == set(FORMATS)
