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

from momentum_film import faults, make
from momentum_film.cut.film_info import film_info
from momentum_film.deliver import publish
from momentum_film.deliver.manifest import Delivered, delivered, intact_files
from momentum_film.errors import ClusterError, FilmError, RenderError, RequestError
from momentum_film.plan.plan import Plan, Request, plan_film
from momentum_film.render import schedule
from momentum_film.render.progress import Progress
from momentum_film.store import files
from scenes import cache_folder

if TYPE_CHECKING:
    from momentum_film.engines.base import Engine
    from momentum_film.store.cache import Cache
    from momentum_math import Experiment

Settled = dict[str, RenderError | None]
"""Key of a job that needs no more work -> why there is no segment, if there is none."""


@dataclass(frozen=True)
class Looks:
    """How experiments are shown, as in ``Request``: every combination is a film of its own."""

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
    def cost(self) -> int:
        """Pixels that are drawn for it."""
        return sum(job.cost for job in self.plan.jobs)


@dataclass(frozen=True)
class Result:
    """What became of a film: the files in its folder, or a line on why it failed."""

    film: BatchItem
    state: Literal["made", "there", "failed"]  # there: from before
    files: tuple[Delivered, ...] = ()
    why: str = ""


def plan_batch(experiments: Iterable[Experiment], looks: Looks, folder: Path) -> list[BatchItem]:
    """Plan every film of a batch, each in a folder of its own; renders and writes nothing.

    Raises:
        RequestError: There is no such quality, theme, aspect or chapter; two films have one name.
    """
    films: dict[str, BatchItem] = {}
    combinations = itertools.product(experiments, looks.aspects, looks.themes, looks.qualities)
    for experiment, aspect, theme, quality in combinations:
        request = Request(experiment, quality, theme, aspect, looks.chapters, looks.loop)
        name = film_name(request)
        # Some disks do not tell large letters from small ones.
        if name.lower() in films:
            raise RequestError(f"two films would be called {name}: leave one out, or rename it")
        try:
            films[name.lower()] = BatchItem(plan_film(request), folder / name)
        except FilmError:
            raise
        except Exception as error:
            kept, way_out = cache_folder.kept().folder, "without it the others can be made"
            raise faults.in_words(error, kept, f"film {name}", way_out) from error
    return list(films.values())


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
        films: From ``plan_batch``; what became of each is returned in this order.
        engine: Who renders.
        cache: Keeps what was rendered.
        progress: Is told how far all of it is.
        render: What a worker does with a job, if not ``schedule.render_job``.

    Raises:
        ClusterError: There is no cluster to render on.
        OSError: No room, or no right to write.
    """
    render = render or schedule.render_job
    files.make_ready(cache.folder)
    results = {film.folder: known for film in films if (known := _known(film, cache))}
    waiting = sorted((f for f in films if f.folder not in results), key=lambda f: -f.cost)
    jobs = {job.key: job for film in waiting for job in film.plan.jobs}
    settled: Settled = {key: None for key in jobs if cache.get_segment(key) is not None}
    progress.begin({key: job.pictures for key, job in jobs.items()}, done=list(settled))
    progress.films(len(results), len(films))

    def finish_what_is_ready() -> None:
        for ready in [film for film in waiting if all(j.key in settled for j in film.plan.jobs)]:
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
        made = make(film.plan.request, film.folder, engine, cache, _Notes(progress), render)
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
    said = faults.in_words(error, cache.folder, where, "its chapters are kept")
    return Result(film, "failed", why=str(said))


def write_sheet(results: Sequence[Result], folder: Path) -> list[Delivered]:
    """Write the contact sheet of the films that did not fail: a page and a grid of posters."""
    from momentum_film.deliver.web.contact_sheet import Card, contact_grid, contact_page

    cards = []
    for result in results:
        if result.state != "failed":
            files_by_kind = {file.kind: file for file in result.files}
            video, poster = files_by_kind["video"], files_by_kind["poster"]
            where = result.film.folder.relative_to(folder).as_posix()
            cards.append(Card(film_info(result.film.plan), where, video.bytes, poster.path))
    if not cards:
        return []
    cards.sort(key=lambda card: card.film.height / card.film.width)  # like shapes side by side
    made = {"index.html": contact_page(cards).encode(), "contact-sheet.png": contact_grid(cards)}
    files.sweep(folder)
    for name, data in made.items():
        files.atomic_write(folder / name, data)
    return [delivered(folder / name, "contact sheet", data) for name, data in made.items()]


class _Notes(Progress):
    """Passes on what is worth a line, and leaves the counting to the batch's own progress."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def note(self, text: str) -> None:
        self._progress.note(text)
