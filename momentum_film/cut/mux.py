"""Packets from file to file without encoding anything again: chapters into a film, and out of it.

A copied stream counts in frames: packet k of a film is shown from k / fps on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from momentum_film.cut import verify
from momentum_film.cut.film_info import FilmInfo
from momentum_film.cut.subtitles import Cue, add_subtitles
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import Encoding, Segment

if TYPE_CHECKING:
    from av.container.core import Chapter as Mark


def join(
    film: FilmInfo,
    parts: Sequence[Sequence[Segment]],
    path: Path,
    encoding: Encoding = "h264",
    comment: str = "",
    cues: Sequence[Cue] = (),
) -> Path:
    """Write a film as MP4: its segments' packets one after the other, with chapter marks.

    Args:
        film: The film.
        parts: The segments of each chapter, all encoded with the same settings.
        path: Where to; is overwritten.
        encoding: Of the segments.
        comment: For the file's metadata.
        cues: Subtitles that a player can show.

    Returns:
        The path, of a file that was verified.

    Raises:
        VerificationError: The segments do not fit together, or what was written is not the film.
    """
    copied: list[str] = []
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        output.metadata.update({"title": film.title, **({"comment": comment} if comment else {})})
        output.set_chapters(_marks(film))
        stream: _Stream | None = None
        for segment, start, video, packets in _segments(film, parts):
            if stream is None:
                stream = _Stream(output, video, packets, film.fps)
                if cues:
                    add_subtitles(output, cues)
            if not stream.fits(video, packets) or len(packets) != segment.frames:
                raise VerificationError(
                    f"chapter {segment.chapter} was encoded otherwise than the first one"
                )
            copied += map(verify.packet_digest, map(bytes, packets))
            stream.copy(packets, start)
    verify.check_film(path, film, copied, encoding)
    return path


def _segments(
    film: FilmInfo, parts: Sequence[Sequence[Segment]]
) -> Iterator[tuple[Segment, int, av.VideoStream, list[Packet]]]:
    """(segment, its first frame, its stream, its packets) in the film's order."""
    for chapter, segments in zip(film.chapters, parts, strict=True):
        start = film.frame_at(chapter.start)
        for segment in segments:
            with av.open(io.BytesIO(segment.data), "r") as source:
                stream = source.streams.video[0]
                yield segment, start, stream, _packets(source, stream)
            start += segment.frames


def _packets(source: InputContainer, stream: av.VideoStream) -> list[Packet]:
    """A stream's packets in decoding order, without the empty one at the end."""
    return [packet for packet in source.demux(stream) if packet.size]


def split(film: FilmInfo, video: Path) -> list[bytes]:
    """The chapters of a film as MP4 files of their own; each of them begins with a key frame.

    Args:
        film: The film.
        video: Its MP4.

    Raises:
        ValueError: The file's chapters are not the film's.
    """
    starts = [film.frame_at(chapter.start) for chapter in film.chapters]
    lengths = [film.frame_at(chapter.end - chapter.start) for chapter in film.chapters]
    chapters: list[list[Packet]] = [[] for _ in starts]
    with av.open(str(video), "r") as file:
        stream, index = file.streams.video[0], -1
        for packet in _packets(file, stream):
            frame = _frame(packet, film.fps)
            if packet.is_keyframe and frame in starts:
                index = starts.index(frame)
            chapters[index].append(packet)
        if [len(packets) for packets in chapters] != lengths:
            raise ValueError(
                f"{video.name} has other chapters than its manifest: render it once more"
            )
        return [_clip(stream, packets, film.fps) for packets in chapters]


def _clip(template: av.VideoStream, packets: list[Packet], fps: int) -> bytes:
    """Packets of a stream as an MP4 that begins at 0."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        first = min(_frame(packet, fps) for packet in packets)
        _Stream(output, template, packets, fps).copy(packets, -first)
    return file.getvalue()


def _marks(film: FilmInfo) -> list[Mark]:
    """The chapters as a container holds them."""
    return [
        {
            "id": number,
            "start": film.frame_at(chapter.start),
            "end": film.frame_at(chapter.end),
            "time_base": Fraction(1, film.fps),
            "metadata": {"title": chapter.title},
        }
        for number, chapter in enumerate(film.chapters)
    ]


class _Stream:
    """A video stream in a file, which takes packets of other streams and counts in frames."""

    def __init__(
        self, output: OutputContainer, template: av.VideoStream, packets: list[Packet], fps: int
    ) -> None:
        self._output, self._fps, self._next = output, fps, 0
        self._settings = self._settings_of(template, packets)
        self._stream = output.add_stream_from_template(template, opaque=True)
        self._stream.time_base = Fraction(1, fps)

    def fits(self, source: av.VideoStream, packets: list[Packet]) -> bool:
        """Whether a stream was encoded like the first one."""
        return self._settings_of(source, packets) == self._settings

    def copy(self, packets: list[Packet], shift: int) -> None:
        """Write packets, moved by so many frames; decoding times count on without a gap."""
        *_, delay = self._settings
        for packet in packets:
            packet.pts = _frame(packet, self._fps) + shift
            packet.dts, packet.duration = self._next - delay, 1
            packet.stream, packet.time_base = self._stream, Fraction(1, self._fps)
            self._output.mux_one(packet)
            self._next += 1

    def _settings_of(
        self, source: av.VideoStream, packets: list[Packet]
    ) -> tuple[bytes | None, int, int, int]:
        """What streams that are joined must share; last, how many frames decoding is ahead."""
        context = source.codec_context
        decoded = min(packet.dts for packet in packets if packet.dts is not None)
        shown = min(packet.pts for packet in packets if packet.pts is not None)
        delay = round((shown - decoded) * _base(packets[0]) * self._fps)
        return (context.extradata, context.width, context.height, delay)


def _frame(packet: Packet, fps: int) -> int:
    """The frame that a packet shows, counted from 0.

    Raises:
        VerificationError: It is shown between two frames, or never.
    """
    if packet.pts is None:
        raise VerificationError("a picture has no time")
    frame = packet.pts * _base(packet) * fps
    if frame.denominator != 1:
        raise VerificationError(f"a picture stands between two frames, at {float(frame):.3f}")
    return int(frame)


def _base(packet: Packet) -> Fraction:
    """The unit of a packet's times, seconds."""
    return packet.time_base or Fraction(1)
