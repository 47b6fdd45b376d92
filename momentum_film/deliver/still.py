"""A picture out of a film, for a paper or a slide: the last one of a beat, as pixels or vectors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from momentum_film.errors import RequestError
from momentum_film.plan.jobs import Encoding
from momentum_film.plan.plan import POSTER_CHAPTER, Request, plan_still
from momentum_film.render.schedule import render_all
from momentum_film.store import files

if TYPE_CHECKING:
    from momentum_film.engines.base import Engine
    from momentum_film.render.progress import Progress
    from momentum_film.store.cache import Cache

ENCODINGS: dict[str, Encoding] = {"png": "still", "svg": "svg", "pdf": "pdf"}
"""How a file's name ends -> how its picture is drawn."""

CHAPTER = POSTER_CHAPTER
"""Whose picture it is if nobody says."""


def draw_still(
    request: Request,
    place: tuple[str, str | None],
    path: Path,
    engine: Engine,
    cache: Cache,
    progress: Progress,
) -> None:
    """Write the last picture of a beat as the file's name ends.

    Args:
        request: The experiment, and how its film looks.
        place: A chapter and a beat of it; its last one if it is None.
        path: Where to.
        engine: Who draws.
        cache: Keeps what was drawn.
        progress: Is told how far it is.

    Raises:
        RequestError: There is no such look, chapter, beat or format; nothing was written.
        FilmError: Drawing failed.
        OSError: No room, or no right to write.
    """
    ending = path.suffix.removeprefix(".")
    if ending not in ENCODINGS:
        known = ", ".join(ENCODINGS)
        raise RequestError(f"{path}: there is no format {ending!r}; there is {known}")
    planned = plan_still(request, *place, ENCODINGS[ending])
    segments = render_all([planned], engine, cache, progress)
    files.atomic_write(path, segments[planned.key].data)
