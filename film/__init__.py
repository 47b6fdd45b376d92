"""What is handed over: from a request to files, in four steps.

plan
    A request (an experiment, a quality, a look) becomes jobs, one per chapter, each under a key
    made from everything that decides its pixels (``film.plan``, ``film.sources``).
render
    Each job becomes a segment: from the cache where its key is known, else from a worker
    (``film.rendering``, ``film.cache``, ``film.engines``; only ``film.render`` touches Manim).
cut
    The segments become one film, without being encoded again (``film.cut``, ``film.verify``).
deliver
    The film becomes files, each made aside, verified, and then given its name in one step;
    the manifest comes last (``film.deliver``, ``film.manifest``, ``film.publish``).

Whatever ends this early, finished chapters are kept, and what was published before stays whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

# Imported where they are used: what only asks for words need not load encoders.
if TYPE_CHECKING:
    from film.cache import Cache
    from film.engines import Engine
    from film.manifest import Delivered
    from film.plan import Plan, Request
    from film.progress import Progress
    from film.rendering import Work


def make(
    request: Request,
    folder: Path,
    engine: Engine,
    cache: Cache,
    progress: Progress,
    work: Work | None = None,
) -> list[Delivered]:
    """Make a film, or what is missing of it.

    Args:
        request: What somebody wants.
        folder: Where the files go.
        engine: Who renders.
        cache: Keeps what was rendered.
        progress: Is told how far it is.
        work: What a worker does with a job, if not ``film.rendering.work``.

    Returns:
        The files, the manifest last.

    Raises:
        RequestError: Nobody can make what is asked for; nothing was written.
        FilmError: Rendering or verification failed; what was published before is still there.
        OSError: No room, or no right to write.
    """
    from film.plan import plan_film

    return make_planned(plan_film(request), folder, engine, cache, progress, work)


def make_planned(
    planned: Plan,
    folder: Path,
    engine: Engine,
    cache: Cache,
    progress: Progress,
    work: Work | None = None,
) -> list[Delivered]:
    """Make a film that is planned already; see ``make``."""
    from film import cut, files, publish, rendering

    files.make_ready(folder, cache.folder)
    folder.mkdir(parents=True, exist_ok=True)
    segments = rendering.render_all(planned.jobs, engine, cache, progress, work or rendering.work)
    edited = cut.edit(planned, segments)
    return publish.publish(planned, edited, cache, folder)
