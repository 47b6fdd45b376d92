"""``NAME.av1.mp4``: the film once more, joined from chapters that were encoded as AV1."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet

from momentum_film.deliver.film_info import Film
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import Segment


def av1(film: Film, segments: Sequence[Segment], path: Path) -> Path:
    """Join AV1 chapters without encoding again.

    Args:
        film: The film.
        segments: Its chapters as AV1, in order.
        path: Where to.

    Raises:
        VerificationError: What was written has not the film's frames and chapters.
    """
    frames = [segment.frames for segment in segments]
    marks = [round(chapter.start * film.fps) for chapter in film.chapters]
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        output.metadata["title"] = film.title
        output.set_chapters(_marks(film))
        with av.open(io.BytesIO(segments[0].data)) as first:
            stream = output.add_stream_from_template(first.streams.video[0], opaque=True)
        stream.time_base = Fraction(1, film.fps)
        for segment, start in zip(segments, marks, strict=True):
            for packet in _packets(segment, film.fps):
                packet.stream, packet.pts, packet.dts = (
                    stream,
                    packet.pts + start,
                    packet.dts + start,
                )
                output.mux_one(packet)
    _check(path, film, sum(frames))
    return path


def _marks(film: Film) -> list[dict]:
    base = Fraction(1, film.fps)
    return [
        {
            "id": number,
            "start": round(chapter.start * film.fps),
            "end": round(chapter.end * film.fps),
            "time_base": base,
            "metadata": {"title": chapter.title},
        }
        for number, chapter in enumerate(film.chapters)
    ]


def _packets(segment: Segment, fps: int) -> Iterator[Packet]:
    """A chapter's packets, counted in frames."""
    with av.open(io.BytesIO(segment.data)) as source:
        stream = source.streams.video[0]
        for packet in source.demux(stream):
            if packet.size:
                frame = packet.pts * stream.time_base * fps
                packet.time_base, packet.pts, packet.dts = Fraction(1, fps), int(frame), int(frame)
                packet.duration = 1
                yield packet


def _check(path: Path, film: Film, frames: int) -> None:
    """Hold the file against the film; every picture was decoded where it was made."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        times = [p.pts * stream.time_base * film.fps for p in file.demux(stream) if p.size]
        size = (stream.width, stream.height)
        chapters = len(file.chapters())
    wanted = (list(range(film.frames)), (film.width, film.height), len(film.chapters))
    if frames != film.frames or (times, size, chapters) != wanted:
        raise VerificationError(f"{path.name} is not the film: make it once more")
