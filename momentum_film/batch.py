"""Many films in one go: one queue of jobs for whichever engine, and each film as soon as it can be.

Films are planned while others are rendered, a few ahead of the one that is begun, so that the first
begins at once however many there are. Of those few the largest comes first, and its chapters stand
together in the queue, the longest first: so no worker is idle at the end, and a batch that is
interrupted leaves finished films.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from momentum_film import faults, make_planned
from momentum_film.cut.film_info import film_info
from momentum_film.deliver import publish
from momentum_film.deliver.manifest import Delivered, delivered, intact_files
from momentum_film.deliver.web.card import Card, card_of
from momentum_film.errors import ClusterError, FilmError, RenderError, RequestError
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import Plan, PlannedJob, Request, plan_film
from momentum_film.render import schedule
from momentum_film.render.progress import Progress
from momentum_film.store import files
from momentum_math import ExperimentError
from scenes import cache_folder

if TYPE_CHECKING:
    from momentum_film.engines.base import Engine
    from momentum_film.store.cache import Cache
    from momentum_math import Sweep, Variant

AHEAD = 8
"""So many films are planned, but not begun; a batch of no more is planned before anything else."""

TOLD = 100
"""So many films that are there already are told at once."""


@dataclass(frozen=True)
class Looks:
    """How experiments are shown, as in ``Request``: every combination is a film of its own."""

    qualities: Sequence[str]
    themes: Sequence[str]
    aspects: Sequence[str]
    chapters: tuple[str, ...] = ()
    loop: bool = True

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Yield each combination as (aspect, theme, quality), the last one turning fastest."""
        return itertools.product(self.aspects, self.themes, self.qualities)


@dataclass(frozen=True)
class Batch:
    """Which films are wanted; to look through it makes no experiment.

    Attributes:
        sweeps: Of each file, its experiments.
        looks: How each is shown.
        folder: Where the films' folders are.

    Raises:
        RequestError: Two films have one name.
    """

    sweeps: tuple[Sweep, ...]
    looks: Looks
    folder: Path

    def __post_init__(self) -> None:
        names: set[str] = set()
        for film in self:
            # Some disks do not tell large letters from small ones.
            if film.name.lower() in names:
                said = f"two films would be called {film.name}: leave one out, or rename it"
                raise RequestError(said)
            names.add(film.name.lower())

    def __len__(self) -> int:
        return sum(map(len, self.sweeps)) * len(list(self.looks))

    def __iter__(self) -> Iterator[Wanted]:
        for sweep in self.sweeps:
            for variant, (aspect, theme, quality) in itertools.product(sweep, self.looks):
                yield Wanted(self, variant, aspect, theme, quality)


@dataclass(frozen=True)
class Wanted:
    """A film of a batch that is still to be planned."""

    batch: Batch
    variant: Variant
    aspect: str
    theme: str
    quality: str

    @property
    def name(self) -> str:
        """Name of its folder, such as noisy_16x9_paper_draft."""
        look = (self.aspect.replace(":", "x"), self.theme, self.quality)
        return "_".join((self.variant.name, *look))

    @property
    def folder(self) -> Path:
        """Where its files go."""
        return self.batch.folder / self.name

    def planned(self) -> Plan:
        """Plan it; renders and writes nothing.

        Raises:
            ExperimentError: Its values make no experiment.
            RequestError: There is no such quality, theme, aspect or chapter.
        """
        looks = self.batch.looks
        shown = (self.quality, self.theme, self.aspect, looks.chapters, looks.loop)
        return plan_film(Request(self.variant.experiment(), *shown))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a film; so little that thousands can be kept.

    Attributes:
        folder: Where it is, or would be.
        state: Whether it was made, was there from before, or failed.
        card: What a sheet shows of it; None if it could not be planned.
        why: A line on why it failed.
    """

    folder: Path
    state: Literal["made", "there", "failed"]
    card: Card | None = None
    why: str = ""


@dataclass(eq=False)
class _Film:
    """A film that is planned; ``place`` is its place in the batch."""

    place: int
    plan: Plan
    folder: Path
    missing: set[str] = field(default_factory=set)  # keys of jobs that are still to be done
    error: RenderError | None = None  # of one of them

    @property
    def cost(self) -> int:
        return sum(job.cost for job in self.plan.jobs)


def make_batch(
    batch: Batch,
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: schedule.RenderFunction | None = None,
) -> list[Result]:
    """Make films, or what is missing of them. One that fails does not keep the others.

    Args:
        batch: Which; what became of each is returned in this order.
        engine: Who renders.
        cache: Keeps what was rendered.
        progress: Is told how far all of it is.
        render: What a worker does with a job, if not ``schedule.render_job``.

    Raises:
        ExperimentError: The first film, or one of few, cannot be made of its values.
        FilmError: It cannot be planned; nothing was written.
        ClusterError: There is no cluster to render on.
        OSError: No room, or no right to write.
    """
    work = _Work(batch, engine, cache, progress, render or schedule.render_job)
    for job, result in schedule.rendered(work.jobs(), engine, cache, progress, work.render):
        work.settle(job.key, result)
    work.tell()
    return [work.results[place] for place in range(len(batch))]


class _Work:
    """A batch under way: what waits, what is begun, and what became of the rest."""

    def __init__(
        self,
        batch: Batch,
        engine: Engine,
        cache: Cache,
        progress: Progress,
        render: schedule.RenderFunction,
    ) -> None:
        self.engine, self.cache, self.progress, self.render = engine, cache, progress, render
        self.total, self.wanted = len(batch), enumerate(batch)
        self.waiting: list[_Film] = []
        self.begun: list[_Film] = []
        self.asked: set[str] = set()  # keys of jobs that were handed out
        self.results: dict[int, Result] = {}
        self.told, self.admitted = -1, 0

    def jobs(self) -> Iterator[PlannedJob]:
        """Every job that has to be done, each once, film by film; planned as they are asked for."""
        self._plan_first()
        while self.waiting or self._plan_ahead():
            film = max(self.waiting, key=lambda each: each.cost)
            self.waiting.remove(film)
            self.begun.append(film)
            for job in schedule.longest_first(film.plan.jobs):
                if job.key in film.missing and job.key not in self.asked:
                    self.asked.add(job.key)
                    yield job
            self._finish()
            self._plan_ahead()

    def settle(self, key: str, result: Segment | RenderError) -> None:
        """A job was done or failed; films that waited for it alone are made."""
        self.asked.discard(key)
        for film in (*self.begun, *self.waiting):
            if key in film.missing:
                film.missing.remove(key)
                if isinstance(result, RenderError):
                    film.error = film.error or result
        self._finish()

    def tell(self) -> None:
        """Say how many films are ready, if that is new."""
        if self.told != len(self.results):
            self.told = len(self.results)
            self.progress.films(self.told, self.total)

    def _plan_first(self) -> None:
        """Plan all of few films, else the first, before anything is written; none may fail."""
        first = []
        are_few = self.total <= AHEAD
        for place, wanted in itertools.islice(self.wanted, AHEAD if are_few else 1):
            try:
                first.append(_Film(place, wanted.planned(), wanted.folder))
            except (FilmError, ExperimentError):
                raise
            except Exception as error:
                kept, way_out = cache_folder.kept().folder, "without it the others can be made"
                raise faults.in_words(error, kept, f"film {wanted.name}", way_out) from error
        files.make_ready(self.cache.folder)
        pictures: dict[str, int] = {}
        done: list[str] = []
        for film in first:
            new, known = self._admitted(film)
            pictures |= new
            done += known
        self.progress.begin(pictures, done, self._times(len(first)))
        self.tell()

    def _plan_ahead(self) -> bool:
        """Plan films until enough wait to be begun, if any does; what cannot be planned failed."""
        while len(self.waiting) < AHEAD and (following := next(self.wanted, None)):
            place, wanted = following
            try:
                film = _Film(place, wanted.planned(), wanted.folder)
            except Exception as error:
                why = _why(error, self.cache, f"film {wanted.name}")
                self.results[place] = Result(wanted.folder, "failed", why=why)
                self.progress.note(why)
            else:
                self.progress.more(*self._admitted(film), self._times(place + 1))
            if len(self.results) - self.told >= TOLD:
                self.tell()
        return bool(self.waiting)

    def _times(self, planned: int) -> float:
        """How many times as many jobs there will be as now, when so many films are planned."""
        return 1.0 + (self.total - planned) / (self.admitted or 1)

    def _admitted(self, film: _Film) -> tuple[dict[str, int], list[str]]:
        """Have a film wait, unless it is there, or has nowhere to go.

        Returns:
            The pictures of each job that no other film has that waits, and which of these are done.
        """
        if publish.is_there(film.folder, film.plan):
            there = intact_files(film.folder, film.plan)
            self.results[film.place] = Result(film.folder, "there", _card(film, there))
            return {}, []
        try:
            files.make_ready(film.folder)
        except OSError as error:
            self._fail(film, error)
            return {}, []
        others = {job.key for other in (*self.begun, *self.waiting) for job in other.plan.jobs}
        jobs = {job.key: job.pictures for job in film.plan.jobs}
        film.missing = {key for key in jobs if self.cache.get_segment(key) is None}
        new = {key: count for key, count in jobs.items() if key not in others}
        self.waiting.append(film)
        self.admitted += 1
        return new, [key for key in new if key not in film.missing]

    def _finish(self) -> None:
        """Make those of the films that were begun for which all is there."""
        for film in [film for film in self.begun if not film.missing]:
            self.begun.remove(film)
            try:
                if film.error:
                    raise film.error
                how = (self.engine, self.cache, _Notes(self.progress), self.render)
                made = make_planned(film.plan, film.folder, *how)
            except ClusterError:
                raise
            except Exception as error:
                self._fail(film, error)
            else:
                self.results[film.place] = Result(film.folder, "made", _card(film, made))
            self.tell()

    def _fail(self, film: _Film, error: Exception) -> None:
        why = _why(error, self.cache, f"film {film.plan.request.experiment.name}")
        self.results[film.place] = Result(film.folder, "failed", _card(film, ()), why)
        self.progress.note(why)


def _card(film: _Film, made: Iterable[Delivered]) -> Card:
    size = sum(file.bytes for file in made if file.kind == "video")
    return card_of(film_info(film.plan), film.folder, size)


def _why(error: Exception, cache: Cache, where: str) -> str:
    if isinstance(error, ExperimentError):
        return "; ".join(error.messages)
    return str(faults.in_words(error, cache.folder, where, "its chapters are kept"))


def write_sheet(results: Sequence[Result], folder: Path) -> list[Delivered]:
    """Write the contact sheet of the films that did not fail: pages, each with a grid of posters.

    They are made one after the other; the first page is index.html.
    """
    from momentum_film.deliver.web.contact_sheet import contact_sheet

    cards = [result.card for result in results if result.state != "failed" and result.card]
    made = []
    files.sweep(folder)
    for name, data in contact_sheet(cards, folder):
        files.atomic_write(folder / name, data)
        made.append(delivered(folder / name, "contact sheet", data))
    return made


class _Notes(Progress):
    """Passes on what is worth a line, and leaves the counting to the batch's own progress."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def note(self, text: str) -> None:
        self._progress.note(text)
