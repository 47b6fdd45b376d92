"""What is handed over: from a request to files, in four steps.

plan
    A request (an experiment, a quality, a look) becomes jobs, one per chapter, each under a key
    made from everything that decides its pixels.
render
    Each job becomes a segment: from the cache where its key is known (``store``), else from a
    worker (``engines``), who draws it (``raster``).
cut
    The segments become one film, without being encoded again.
deliver
    The film becomes files, each made aside, verified, and then given its name in one step;
    the manifest comes last.
studio
    A page on this machine: an experiment is changed, and its film plays while it is made.
cli
    The command ``momentum``.

Whatever ends this early, finished chapters are kept, and what was published before stays whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

# Imported where they are used: what only asks for words need not load encoders.
if TYPE_CHECKING:
    from momentum_film.deliver.manifest import Delivered
    from momentum_film.engines.base import Engine
    from momentum_film.plan.plan import Plan, Request
    from momentum_film.render.progress import Progress
    from momentum_film.render.schedule import RenderFunction
    from momentum_film.store.cache import Cache


def make(
    request: Request,
    folder: Path,
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: RenderFunction | None = None,
) -> list[Delivered]:
    """Make a film, or what is missing of it.

    Args:
        request: What somebody wants.
        folder: Where the files go; they are returned, the manifest last.
        engine: Who renders.
        cache: Keeps what was rendered.
        progress: Is told how far it is.
        render: What a worker does with a job, if not ``schedule.render_job``.

    Raises:
        RequestError: Nobody can make what is asked for; nothing was written.
        FilmError: Rendering or verification failed; what was published before is still there.
        OSError: No room, or no right to write.
    """
    from momentum_film.plan.plan import plan_film

    return make_planned(plan_film(request), folder, engine, cache, progress, render)


def make_planned(
    plan: Plan,
    folder: Path,
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: RenderFunction | None = None,
) -> list[Delivered]:
    """Make a film that is planned already; see ``make``."""
    from momentum_film.deliver import publish
    from momentum_film.render import schedule
    from momentum_film.store import files

    files.make_ready(folder, cache.folder)
    folder.mkdir(parents=True, exist_ok=True)
    render = render or schedule.render_job
    segments = schedule.render_all(plan.jobs, engine, cache, progress, render)
    return publish.publish(plan, segments, cache, folder)
