"""Many films in one go: one queue of jobs for whichever engine, and each film as soon as it can be.

The chapters of one film stand together in the queue, the longest first, and the largest film comes
first: so no worker is idle at the end, and a batch that is interrupted leaves finished films.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from momentum_film import faults, make_planned
from momentum_film.cut.film_info import film_info
from momentum_film.deliver import publish
from momentum_film.deliver.manifest import Delivered, delivered, intact_files
from momentum_film.errors import ClusterError, FilmError, RenderError, RequestError
from momentum_film.plan.plan import Plan, Request, plan_film
from momentum_film.render import schedule
from momentum_film.render.progress import Progress, Tally
from momentum_film.store import files
from scenes import cache_folder

if TYPE_CHECKING:
    from momentum_film.deliver.web.contact_sheet import Card
    from momentum_film.engines.base import Engine
    from momentum_film.store.cache import Cache
    from momentum_math import Experiment

WAY_OUT = "its chapters are kept"
State = Literal["made", "there", "failed"]
Settled = dict[str, RenderError | None]
"""Key of a job that needs no more work -> why there is no segment, if there is none."""


@dataclass(frozen=True)
class Looks:
    """How each experiment is shown: every combination of the first three is a film of its own.

    Attributes:
        qualities: Names in ``momentum_film.plan.plan.QUALITIES``.
        themes: Names in ``scenes.look.THEMES``.
        aspects: Names in ``scenes.look.FRAMES``.
        chapters: Only these; empty for all.
        loop: Whether GIFs are wanted.
    """

    qualities: Sequence[str]
    themes: Sequence[str]
    aspects: Sequence[str]
    chapters: tuple[str, ...] = ()
    loop: bool = True


@dataclass(frozen=True)
class BatchItem:
    """A film of a batch: what is rendered for it, and where it goes."""

    plan: Plan
    folder: Path

    @property
    def keys(self) -> set[str]:
        """Names of the segments it is made of."""
        return {job.key for job in self.plan.jobs}

    @property
    def cost(self) -> int:
        """Pixels that are drawn for it."""
        return sum(job.cost for job in self.plan.jobs)


@dataclass(frozen=True)
class Result:
    """What became of a film.

    Attributes:
        film: The film.
        state: ``"made"`` now, ``"there"`` from before, or ``"failed"``.
        files: What is in its folder now, if it did not fail.
        why: One line, if it failed.
    """

    film: BatchItem
    state: State
    files: tuple[Delivered, ...] = ()
    why: str = ""


def plan_batch(experiments: Iterable[Experiment], looks: Looks, folder: Path) -> list[BatchItem]:
    """Plan every film of a batch; renders nothing and writes nothing.

    Args:
        experiments: What happens in them.
        looks: How they are shown.
        folder: Each film gets a folder of its own in it.

    Raises:
        RequestError: There is no such quality, theme, aspect or chapter, or two films
                have one name.
    """
    films: dict[str, BatchItem] = {}
    combinations = itertools.product(experiments, looks.aspects, looks.themes, looks.qualities)
    for experiment, aspect, theme, quality in combinations:
        request = Request(experiment, quality, theme, aspect, looks.chapters, looks.loop)
        name = film_name(request)
        # Some disks do not tell large letters from small ones.
        if name.lower() in films:
            raise RequestError(f"two films would be called {name}: leave one out, or rename it")
        films[name.lower()] = BatchItem(_planned(request, name), folder / name)
    return list(films.values())


def _planned(request: Request, name: str) -> Plan:
    """A film's plan, or in a line for which film there is none."""
    try:
        return plan_film(request)
    except FilmError:
        raise
    except Exception as error:
        kept = cache_folder.kept().folder
        said = faults.in_words(error, kept, f"film {name}", "without it the others can be made")
        raise FilmError(said.line, said.exit_code) from error


def film_name(request: Request) -> str:
    """Name of a film's folder.

    >>> from momentum_math import load_experiment
    >>> film_name(Request(load_experiment("experiments/noisy.toml"), "draft"))
    'noisy_16x9_paper_draft'
    """
    look = (request.aspect.replace(":", "x"), request.theme, request.quality)
    return "_".join((request.experiment.name, *look))


def make_batch(
    films: Sequence[BatchItem],
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: schedule.RenderFunction | None = None,
) -> list[Result]:
    """Make films, or what is missing of them. One that fails does not keep the others.

    Args:
        films: From ``plan_batch``.
        engine: Who renders.
        cache: Keeps what was rendered.
        progress: Is told how far all of it is.
        render: What a worker does with a job, if not ``schedule.render_job``.

    Returns:
        What became of each film, in the order given.

    Raises:
        ClusterError: There is no cluster to render on.
        OSError: No room, or no right to write.
    """
    render = render or schedule.render_job
    files.make_ready(cache.folder)
    results = {film.folder: known for film in films if (known := _known(film, cache))}
    waiting = [film for film in films if film.folder not in results]
    waiting.sort(key=lambda film: -film.cost)
    jobs = {job.key: job for film in waiting for job in film.plan.jobs}
    settled: Settled = {key: None for key in jobs if cache.get_segment(key) is not None}
    progress.begin({key: job.pictures for key, job in jobs.items()}, done=list(settled))
    progress.films(len(results), len(films))

    def finish_what_is_ready() -> None:
        for ready in [film for film in waiting if film.keys <= set(settled)]:
            waiting.remove(ready)
            results[ready.folder] = _finished(ready, settled, engine, cache, progress, render)
            progress.films(len(results), len(films))

    missing = [job for key, job in jobs.items() if key not in settled]
    for job, result in schedule.rendered(missing, engine, cache, progress, render):
        settled[job.key] = result if isinstance(result, RenderError) else None
        finish_what_is_ready()
    finish_what_is_ready()
    return [results[film.folder] for film in films]


def _finished(
    film: BatchItem,
    settled: Settled,
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: schedule.RenderFunction,
) -> Result:
    """Make a film of its segments, which are in the cache."""
    errors = [error for job in film.plan.jobs if (error := settled[job.key])]
    try:
        if errors:
            raise errors[0]
        made = make_planned(film.plan, film.folder, engine, cache, _Notes(progress), render)
    except ClusterError:
        raise
    except Exception as error:
        failed = _failed(film, error, cache)
        progress.note(failed.why)
        return failed
    return Result(film, "made", tuple(made))


def _known(film: BatchItem, cache: Cache) -> Result | None:
    """What became of a film before there is any work: it is there, or has nowhere to go."""
    if publish.is_there(film.folder, film.plan):
        return Result(film, "there", tuple(intact_files(film.folder, film.plan)))
    try:
        files.make_ready(film.folder)
    except OSError as error:
        return _failed(film, error, cache)
    return None


def _failed(film: BatchItem, error: Exception, cache: Cache) -> Result:
    where = f"film {film.plan.request.experiment.name}"
    return Result(film, "failed", why=faults.in_words(error, cache.folder, where, WAY_OUT).line)


def write_sheet(results: Sequence[Result], folder: Path) -> list[Delivered]:
    """Write the contact sheet of the films that did not fail: a page and a grid of posters."""
    from momentum_film.deliver.web.contact_sheet import contact_grid, contact_page

    cards = [_card(result, folder) for result in results if result.state != "failed"]
    cards.sort(key=lambda card: card.film.height / card.film.width)  # like shapes side by side
    if not cards:
        return []
    made = {"index.html": contact_page(cards).encode(), "contact-sheet.png": contact_grid(cards)}
    files.sweep(folder)
    for name, data in made.items():
        files.write_whole(folder / name, data)
    return [delivered(folder / name, "contact sheet", data) for name, data in made.items()]


def _card(result: Result, folder: Path) -> Card:
    from momentum_film.deliver.web.contact_sheet import Card

    kinds = {file.kind: file for file in result.files}
    return Card(
        film=film_info(result.film.plan),
        folder=result.film.folder.relative_to(folder).as_posix(),
        bytes=kinds["video"].bytes,
        poster=kinds["poster"].path,
    )


class _Notes(Tally):
    """Passes on what is worth a line, and leaves the counting to the batch's own progress."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def note(self, text: str) -> None:
        self._progress.note(text)
