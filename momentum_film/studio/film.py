"""A film while it is made: rendered in the order in which it is watched, given away as it comes."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from momentum_film import faults
from momentum_film.cut.film_info import film_info
from momentum_film.cut.fragments import (
    Frame,
    Stream,
    beginning,
    fragment,
    frame_of,
    record_of,
    taken_apart,
)
from momentum_film.deliver.video import pictures
from momentum_film.engines.base import Engine
from momentum_film.errors import RenderError
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import Plan, PlannedJob
from momentum_film.render.live import log_of, read_log, render_watched
from momentum_film.render.progress import Progress
from momentum_film.render.schedule import rendered
from momentum_film.store.cache import Cache

LOOK_SECONDS = 0.03
PICTURE_PX, PICTURE_QUALITY = 320, 82
Engines = Callable[[], Engine]
"""Workers of one's own, who can be sent home."""


class LiveFilm:
    """A film's chapters, of which some are there and others are on their way.

    Attributes:
        plan: What is made.
        number: Its own, among all of this studio.
        progress: How far it is.
        failure: Why it ended early, in one line; empty if it did not.
        is_cancelled: Whether somebody wanted no more of it.
    """

    def __init__(self, number: int, plan: Plan, cache: Cache, folder: Path) -> None:
        self.number, self.plan, self.progress, self.failure = number, plan, Progress(), ""
        self._cache, self._folder = cache, folder
        kept = ((job.key, cache.get_segment(job.key)) for job in plan.film)
        self._segments: dict[str, Segment] = {key: segment for key, segment in kept if segment}
        self._starts = list(accumulate((job.frames for job in plan.film), initial=0))
        self._first, self._engine, self._thread = 0, None, None
        self.is_cancelled = False

    _engine: Engine | None
    _thread: threading.Thread | None

    @property
    def is_running(self) -> bool:
        """Whether it is being made."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_whole(self) -> bool:
        """Whether every part is there."""
        return len(self._segments) == len(self.plan.film)

    @property
    def parts_done(self) -> int:
        """How many parts are whole."""
        return len(self._segments)

    def start(self, engines: Engines, chapter: str = "") -> None:
        """Render what is missing, that chapter first and those after it, then those before."""
        names = [job.job.chapter for job in self.plan.film]
        self._first = names.index(chapter) if chapter in names else 0
        self.progress.begin({job.key: job.frames for job in self.plan.film}, [*self._segments])
        missing = [job for job in self._order if job.key not in self._segments]
        if missing:
            self._engine = engines()
            self._thread = threading.Thread(target=self._render, args=(missing,), daemon=True)
            self._thread.start()

    @property
    def _order(self) -> list[PlannedJob]:
        film = self.plan.film
        return [*film[self._first :], *film[: self._first]]

    def _render(self, missing: list[PlannedJob]) -> None:
        assert self._engine is not None
        render = partial(render_watched, self._folder)
        try:
            for job, result in rendered(missing, self._engine, self._cache, self.progress, render):
                if isinstance(result, RenderError):
                    raise result
                self._segments[job.key] = result
                log_of(self._folder, job).unlink(missing_ok=True)
        except Exception as error:
            if not self.is_cancelled:
                said = faults.in_words(error, self._cache.folder, "the studio's film", "try again")
                self.failure = str(said)
        finally:
            self._engine.__exit__()

    def cancel(self) -> None:
        """Send the workers home; what is whole stays in the cache."""
        self.is_cancelled = True
        if self._engine is not None:
            self._engine.__exit__()
        if self._thread is not None:
            self._thread.join()

    def told(self) -> dict[str, Any]:
        """Its chapters and beats, as JSON can hold them; beats with where their pictures are."""
        info = film_info(self.plan)
        return {
            "number": self.number,
            "seconds": info.seconds,
            "fps": info.fps,
            "width": info.width,
            "height": info.height,
            "chapters": [
                {"name": each.name, "title": each.title, "start": each.start, "end": each.end}
                for each in info.chapters
            ],
            "beats": [
                {
                    "chapter": chapter.name,
                    "caption": beat.caption,
                    "start": beat.start,
                    "end": beat.end,
                }
                for chapter in info.chapters
                for beat in chapter.beats
            ],
            "pictures": self.pictures(),
        }

    def pictures(self) -> list[bool]:
        """Of each beat whether its picture is there."""
        return [self._part_at(last)[0].key in self._segments for last in self._lasts]

    def picture(self, beat: int) -> bytes | None:
        """A beat's last picture as WebP, small; None if there is none yet.

        Raises:
            IndexError: There is no such beat.
        """
        part, at = self._part_at(self._lasts[beat])
        segment = self._segments.get(part.key)
        return None if segment is None else _small_picture(segment.sha256, at, segment)

    @cached_property
    def _lasts(self) -> list[int]:
        """The last frame of each beat."""
        info = film_info(self.plan)
        return [info.frame_at(beat.end) - 1 for beat in info.beats]

    def _part_at(self, frame: int) -> tuple[PlannedJob, int]:
        """The part that a frame of the film is in, and which of its frames that is."""
        for part, start in zip(reversed(self.plan.film), self._starts[-2::-1], strict=True):
            if frame >= start:
                return part, frame - start
        raise IndexError(frame)

    async def stream(self) -> AsyncIterator[bytes | str]:
        """The film for a player: its media type, then bytes as they come, to the end.

        It ends early if the film is cancelled, or fails.
        """
        stream: Stream | None = None
        number = 0
        for part in self._order:
            start = self._starts[self.plan.film.index(part)]
            async for now, frames in self._frames(part):
                if stream is None:
                    stream = now
                    yield stream.media_type
                    yield beginning(stream)
                for some in _second_by_second(frames, now.fps):
                    number += 1
                    yield fragment(number, start, some)
                    start += len(some)

    async def _frames(self, part: PlannedJob) -> AsyncIterator[tuple[Stream, list[Frame]]]:
        """A part's frames as they come: of the file that grows, or of the whole."""
        job, offset, sent, stream = part.job, 0, 0, None
        while sent < part.frames:
            segment = self._segments.get(part.key)
            if segment is not None:
                whole, frames = taken_apart(segment, job.fps)
                yield whole, frames[sent:]
                return
            made, offset = read_log(log_of(self._folder, part), offset)
            for each in made[:1] if stream is None else ():
                stream = Stream(job.width, job.height, job.fps, record_of(each.data))
            frames = [frame_of(each.data, each.is_key) for each in made if not each.is_headers]
            if stream and frames:
                sent += len(frames)
                yield stream, frames
            elif not self.is_running and part.key not in self._segments:
                return
            else:
                await asyncio.sleep(LOOK_SECONDS)


def _second_by_second(frames: list[Frame], fps: int) -> Iterator[list[Frame]]:
    return (frames[at : at + fps] for at in range(0, len(frames), fps))


@lru_cache(maxsize=512)
def _small(sha256: str, frame: int) -> list[bytes]:
    """Where a picture is kept, once it was made."""
    return []


def _small_picture(sha256: str, frame: int, segment: Segment) -> bytes:
    kept = _small(sha256, frame)
    if not kept:
        (shown,) = pictures.frames_at(io.BytesIO(segment.data), [frame])
        small = pictures.fitted(shown.to_image(), PICTURE_PX)
        kept.append(pictures.webp(small, PICTURE_QUALITY))
    return kept[0]
