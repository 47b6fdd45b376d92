"""segments -> one film: each chapter with its pictures, ready to be delivered in any format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from momentum_film.cut.film_info import FilmInfo, film_info
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import Plan


@dataclass(frozen=True)
class Cut:
    """A film with its pictures.

    Attributes:
        film: Its chapters and beats.
        comment: Which experiment, sources and toolchain it was made from.
        parts: The segments of each chapter, in one part or several.
        loop: One chapter as GIF, if it is wanted.
        poster: One still.
    """

    film: FilmInfo
    comment: str
    parts: tuple[tuple[Segment, ...], ...]
    loop: Segment | None
    poster: Segment


def edit(plan: Plan, segments: dict[str, Segment]) -> Cut:
    """Put a plan's segments, by key, in their places."""
    film = film_info(plan)
    return Cut(
        film=film,
        comment=f"momentum {plan.fingerprint}",
        parts=tuple(
            tuple(segments[part.key] for part in plan.film if part.job.chapter == chapter.name)
            for chapter in film.chapters
        ),
        loop=segments[plan.loop.key] if plan.loop else None,
        poster=segments[plan.poster.key],
    )


def tracks(cut: Cut) -> list[dict[str, Any]]:
    """Where particles stand in the film, and when, in seconds from its start."""
    film, found = cut.film, []
    for chapter, parts in zip(film.chapters, cut.parts, strict=True):
        start = film.frame_at(chapter.start) / film.fps
        for track in parts[0].tracks:
            steps = [[step, round(seconds + start, 6)] for step, seconds in track["steps"]]
            found.append({"chapter": chapter.name, **track, "steps": steps})
    return found
