"""request -> jobs: which chapters, at which size, each under the name of its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from math import ceil

from momentum_film.errors import RequestError
from momentum_film.plan import fingerprint
from momentum_film.plan.drawable import undrawable
from momentum_film.plan.jobs import LOOP_FPS, VECTORS, Encoding, RenderJob
from momentum_math import Experiment, run
from momentum_math.story import Story
from scenes.look import FRAMES, THEMES
from scenes.storyboard import Storyboard, tell


@dataclass(frozen=True)
class Quality:
    """Pixels of the short side, and frames per second."""

    short_side: int
    fps: int


QUALITIES: dict[str, Quality] = {
    "draft": Quality(480, 15),
    "720p30": Quality(720, 30),
    "1080p60": Quality(1080, 60),
    "2160p60": Quality(2160, 60),
}

LOOP = Quality(450, LOOP_FPS)
POSTER_CHAPTER, POSTER = "summary", Quality(1080, 60)

# A chapter that costs more than this is split at beats, so that many workers have something to do;
# it is so much that beginning a chapter once more does not count. See ``PlannedJob.drawing``.
MAX_COST = 3.7e9

# What costs as much as drawing and encoding so many pixels (measured): to begin a job, and beside
# its pixels a picture, which in some chapters shows much that moves.
BEGINNING, PICTURE, FULL_PICTURE = 200_000_000, 800_000, 2_600_000
FULL = frozenset({"ravine", "springs", "descent", "loss_race", "dial", "summary", "loop"})
# How much longer than the film's own some encodings take (measured on the default film).
EFFORT: dict[Encoding, float] = {"browsers": 2.3, "gif": 1.4}


@dataclass(frozen=True)
class Request:
    """What somebody wants.

    Attributes:
        experiment: What happens.
        quality: A key of ``QUALITIES``.
        theme: A key of ``scenes.look.THEMES``.
        aspect: A key of ``scenes.look.FRAMES``.
        chapters: Only these; empty for all.
        loop: Whether the GIF is wanted.
    """

    experiment: Experiment
    quality: str = "1080p60"
    theme: str = "paper"
    aspect: str = "16:9"
    chapters: tuple[str, ...] = ()
    loop: bool = True


@dataclass(frozen=True)
class PlannedJob:
    """A job, the key of its result, and how many frames the chapter has, or its part."""

    job: RenderJob
    key: str
    frames: int

    @property
    def pictures(self) -> int:
        """How many frames are drawn."""
        stills = stills_of(self.job)
        return self.frames if stills is None else len(stills)

    @property
    def drawing(self) -> int:
        """Pixels that are drawn, and the rest as so many pixels: how jobs compare in time."""
        beside = FULL_PICTURE if self.job.chapter in FULL else PICTURE
        return BEGINNING + self.pictures * (self.job.width * self.job.height + beside)

    @property
    def cost(self) -> int:
        """Of drawing and encoding: what takes longer is begun sooner."""
        return round(self.drawing * EFFORT.get(self.job.encoding, 1))


@dataclass(frozen=True)
class Plan:
    """Everything that is rendered for a request.

    Attributes:
        request: What somebody wants.
        storyboard: The chapters that are delivered.
        film: One job per chapter, or several for parts of a long one, in the film's order.
        loop: The GIF's job, if it is wanted and the film has all its chapters.
        poster: The poster's job.
    """

    request: Request
    storyboard: Storyboard
    film: tuple[PlannedJob, ...]
    loop: PlannedJob | None
    poster: PlannedJob

    @property
    def jobs(self) -> tuple[PlannedJob, ...]:
        """All of them, the film first."""
        return (*self.film, self.poster, *([self.loop] if self.loop else []))

    @property
    def fingerprint(self) -> str:
        """Digest of the experiment, the sources and the toolchain: of all that decides the film."""
        return fingerprint.digest([planned.key for planned in self.film])


@lru_cache(maxsize=16)
def story_of(experiment: Experiment) -> Story:
    """The facts of an experiment; found out once, however often it is planned or rendered."""
    return Story(run(experiment))


@lru_cache(maxsize=16)
def storyboard_of(experiment: Experiment) -> Storyboard:
    """What is told of an experiment."""
    return tell(story_of(experiment))


def plan_film(request: Request) -> Plan:
    """Plan what is to be rendered; renders nothing and writes nothing.

    Raises:
        RequestError: There is no such quality, theme, aspect or chapter, or no font for a text.
    """
    told = _told(request)
    for name in request.chapters:
        _known("chapter", name, (chapter.name for chapter in told.chapters))
    kept = tuple(c for c in told.chapters if not request.chapters or c.name in request.chapters)
    names = [chapter.name for chapter in kept]
    quality = QUALITIES[request.quality]
    sharp = replace(POSTER, short_side=max(POSTER.short_side, quality.short_side))
    cover = POSTER_CHAPTER if POSTER_CHAPTER in names else names[-1]
    loop = request.loop and kept == told.chapters
    return Plan(
        request=request,
        storyboard=replace(told, chapters=kept),
        film=_film(request, names, quality, "h264"),
        loop=_planned(request, told.loop.name, LOOP, "gif") if loop else None,
        poster=_planned(request, cover, sharp, "still"),
    )


def plan_still(request: Request, name: str, beat: str | None, encoding: Encoding) -> PlannedJob:
    """Plan the last picture of one beat.

    Args:
        request: How the film looks; which chapters it has does not matter.
        name: The chapter's.
        beat: The beat's name; the chapter's last one if not given.
        encoding: ``"still"``, ``"svg"`` or ``"pdf"``.

    Raises:
        RequestError: There is no such quality, theme, aspect, chapter or beat, or no font.
    """
    told = _told(request)
    _known("chapter", name, (chapter.name for chapter in told.chapters))
    names = [each.name for each in told[name].beats]
    beat = names[-1] if beat is None else beat
    _known("beat", beat, names, f" in {name}")
    whole = _planned(request, name, QUALITIES[request.quality], encoding)
    start, end = list(pairwise([0, *beat_ends(whole.job)]))[names.index(beat)]
    job = replace(whole.job, span=(start, end))
    return PlannedJob(job, key_of(job), end - start)


def _told(request: Request) -> Storyboard:
    """What is told of an experiment, if its look is known and its words can be drawn."""
    _known("quality", request.quality, QUALITIES)
    _known("theme", request.theme, THEMES)
    _known("aspect", request.aspect, FRAMES)
    for line in undrawable(request.experiment):
        raise RequestError(line)
    return storyboard_of(request.experiment)


def plan_again(
    request: Request, encoding: Encoding, chapters: tuple[str, ...] = ()
) -> tuple[PlannedJob, ...]:
    """Plan a film's chapters once more, in another encoding.

    Args:
        request: The film.
        encoding: ``"gif"`` at the size and rate of a loop, else at the film's.
        chapters: Only these; empty for all that the film has.

    Raises:
        RequestError: The film has no such chapter.
    """
    names = [chapter.name for chapter in plan_film(request).storyboard.chapters]
    for name in chapters:
        _known("chapter", name, names)
    if encoding == "gif":
        return tuple(_planned(request, name, LOOP, encoding) for name in chapters or names)
    return _film(request, chapters or names, QUALITIES[request.quality], encoding)


def _film(
    request: Request, names: Iterable[str], quality: Quality, encoding: Encoding
) -> tuple[PlannedJob, ...]:
    """One job per chapter, or several for parts of a long one, in the film's order."""
    whole = (_planned(request, name, quality, encoding) for name in names)
    return tuple(part for chapter in whole for part in _parts(chapter))


def _parts(whole: PlannedJob) -> Iterator[PlannedJob]:
    """A chapter's job, or several if it costs too much for one, parted where beats meet."""
    job = whole.job
    borders = beat_ends(job)[:-1]
    count = ceil(whole.drawing / MAX_COST) if borders else 1
    ideal = (whole.frames * k / count for k in range(1, count))
    cuts = sorted({min(borders, key=lambda border: abs(border - place)) for place in ideal})
    if not cuts:
        yield whole
        return
    for span in pairwise([0, *cuts, whole.frames]):
        part = replace(job, span=span)
        yield PlannedJob(part, key_of(part), span[1] - span[0])


def beat_ends(job: RenderJob) -> list[int]:
    """The frame after the last one of each beat, counted from the chapter's first."""
    ends = accumulate(beat.seconds for beat in storyboard_of(job.experiment)[job.chapter].beats)
    return [round(end * job.fps) for end in ends]


def stills_of(job: RenderJob) -> frozenset[int] | None:
    """The frames that are drawn of a job that is a picture, or one for each beat; else None."""
    ends = beat_ends(job)
    if job.encoding in VECTORS:
        first, last = job.span or (0, ends[-1])
        return frozenset(end - 1 for end in ends if first < end <= last)
    last = job.span[1] if job.span else ends[-1]
    return frozenset({last - 1}) if job.encoding == "still" else None


def key_of(job: RenderJob) -> str:
    """The key of a job where this runs: with the sources and libraries that are here."""
    return fingerprint.job_key(job, storyboard_of(job.experiment))


def _known(what: str, name: str, names: Iterable[str], where: str = "") -> None:
    known = list(names)
    if name not in known:
        raise RequestError(f"there is no {what} {name!r}{where}; there is {', '.join(known)}")


def _planned(request: Request, name: str, quality: Quality, encoding: Encoding) -> PlannedJob:
    size = FRAMES[request.aspect].pixels(quality.short_side)
    look = (request.theme, request.aspect)
    job = RenderJob(request.experiment, name, *look, *size, quality.fps, encoding)
    seconds = storyboard_of(request.experiment)[name].seconds
    return PlannedJob(job, key_of(job), round(seconds * quality.fps))
