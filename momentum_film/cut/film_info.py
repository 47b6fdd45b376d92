"""A film as chapters and beats with their places in time: what every format but pixels needs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from momentum_film.plan.plan import Plan
from momentum_math import Experiment
from scenes import storyboard


@dataclass(frozen=True)
class Beat:
    """One thing that happens, with what is said of it; seconds from the film's start."""

    name: str
    start: float
    end: float
    caption: str


@dataclass(frozen=True)
class Chapter:
    """A chapter with its beats in order; seconds from the film's start."""

    name: str
    title: str
    start: float
    end: float
    beats: tuple[Beat, ...]


@dataclass(frozen=True)
class FilmInfo:
    """What the formats need to know of a film, whether it was made just now or long ago.

    Its name is the experiment's, its size is in pixels, theme and aspect are names in ``look``.
    """

    name: str
    title: str
    theme: str
    aspect: str
    width: int
    height: int
    fps: int
    frames: int
    experiment: Experiment
    chapters: tuple[Chapter, ...]

    @property
    def seconds(self) -> float:
        """How long the film is."""
        return self.frames / self.fps

    @property
    def beats(self) -> tuple[Beat, ...]:
        """Every beat of every chapter, in order."""
        return tuple(beat for chapter in self.chapters for beat in chapter.beats)

    def frame_at(self, seconds: float) -> int:
        """The frame that begins at a chapter's or a beat's end or start, counted from 0."""
        return round(seconds * self.fps)


def film_info(plan: Plan) -> FilmInfo:
    """The film that a plan makes: a chapter lasts as long as the storyboard says, to a frame."""
    job, request, frames, chapters = plan.film[0].job, plan.request, 0, []
    for told in plan.storyboard.chapters:
        start = frames
        frames += sum(part.frames for part in plan.film if part.job.chapter == told.name)
        chapters.append(_chapter(told, start / job.fps, frames / job.fps))
    return FilmInfo(
        *(request.experiment.name, plan.storyboard.title, request.theme, request.aspect),
        *(job.width, job.height, job.fps, frames),
        request.experiment,
        tuple(chapters),
    )


def _chapter(told: storyboard.Chapter, start: float, end: float) -> Chapter:
    """A chapter in its place; times are as exact as a manifest holds them."""
    times = pairwise(accumulate((beat.seconds for beat in told.beats), initial=start))
    beats = (
        Beat(beat.name, round(begins, 6), round(ends, 6), beat.caption)
        for beat, (begins, ends) in zip(told.beats, times, strict=True)
    )
    return Chapter(told.name, told.title, round(start, 6), round(end, 6), tuple(beats))
