"""Packets from file to file without encoding anything again: chapters into a film, and out of it.

A copied stream counts in frames: what is shown from frame k on is shown from k / fps on.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from momentum_film.cut import verify
from momentum_film.cut.film_info import FilmInfo
from momentum_film.cut.subtitles import Cue, add_subtitles
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import HELD, Encoding, Segment

if TYPE_CHECKING:
    from av.container.core import Chapter as Mark

_Settings = tuple[bytes | None, int, int, int]
"""The codec's own, width, height, and how many frames decoding is ahead of showing."""


def join(
    film: FilmInfo,
    segments: Iterable[Segment],
    path: Path,
    encoding: Encoding = "h264",
    comment: str = "",
    cues: Sequence[Cue] = (),
) -> Path:
    """Write a film as MP4: its segments' packets one after the other, with chapter marks.

    Args:
        film: The film.
        segments: In the film's order, all encoded with the same settings.
        path: Where to; is overwritten.
        encoding: Of the segments, or which of several they have.
        comment: For the file's metadata.
        cues: Subtitles that a player can show.

    Returns:
        The path, of a file that was verified.

    Raises:
        VerificationError: The segments do not fit together, or what was written is not the film.
    """
    copied: list[str] = []
    starts: list[int] = []
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as output:
        output.metadata.update({"title": film.title, **({"comment": comment} if comment else {})})
        output.set_chapters(_marks(film))
        stream: _Stream | None = None
        for segment, start in _places(film, segments):
            with av.open(io.BytesIO(segment.data), "r") as file:
                source = _stream_of(file, encoding)
                packets = _packets(file, source)
                settings = _settings(source, packets, film.fps)
                if stream is None:
                    stream = _Stream(output, source, settings, film.fps)
                    if cues:
                        add_subtitles(output, cues)
                if settings != stream.settings or _length(packets, film.fps) != segment.frames:
                    raise VerificationError(
                        f"chapter {segment.chapter} was encoded otherwise than the first one"
                    )
                copied += map(verify.packet_digest, map(bytes, packets))
                starts += sorted(start + _frame(packet, film.fps) for packet in packets)
                stream.copy(packets, start)
    verify.check_film(path, film, copied, encoding, starts if encoding in HELD else ())
    return path


def _places(film: FilmInfo, segments: Iterable[Segment]) -> Iterator[tuple[Segment, int]]:
    """(segment, its first frame) in the film's order."""
    parts = groupby(segments, key=lambda segment: segment.chapter)
    for chapter, (_, own) in zip(film.chapters, parts, strict=True):
        start = film.frame_at(chapter.start)
        for segment in own:
            yield segment, start
            start += segment.frames


def _stream_of(file: InputContainer, encoding: Encoding) -> VideoStream:
    """A segment's stream in an encoding; its first one if it has none, which is found out later."""
    codec, _ = verify.CODECS[encoding]
    streams = file.streams.video
    found = (each for each in streams if each.codec_context.codec.canonical_name == codec)
    return next(found, streams[0])


def _packets(file: InputContainer, source: VideoStream) -> list[Packet]:
    """A stream's packets in decoding order, without the empty one at the end."""
    return [packet for packet in file.demux(source) if packet.size]


def split(film: FilmInfo, video: Path) -> list[bytes]:
    """The chapters of a film's MP4 as files of their own; each of them begins with a key frame.

    Raises:
        ValueError: The file's chapters are not the film's.
    """
    starts = [film.frame_at(chapter.start) for chapter in film.chapters]
    lengths = [film.frame_at(chapter.end - chapter.start) for chapter in film.chapters]
    chapters: list[list[Packet]] = [[] for _ in starts]
    with av.open(video, "r") as file:
        index = -1
        for packet in _packets(file, file.streams.video[0]):
            frame = _frame(packet, film.fps)
            if packet.is_keyframe and frame in starts:
                index = starts.index(frame)
            chapters[index].append(packet)
        if [len(packets) for packets in chapters] != lengths:
            raise ValueError(
                f"{video.name} has other chapters than its manifest: render it once more"
            )
        return [_clip(file.streams.video[0], packets, film.fps) for packets in chapters]


def _clip(source: VideoStream, packets: list[Packet], fps: int) -> bytes:
    """Packets of a video as an MP4 that begins at 0."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        first = min(_frame(packet, fps) for packet in packets)
        stream = _Stream(output, source, _settings(source, packets, fps), fps)
        stream.copy(packets, -first)
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


def _settings(source: VideoStream, packets: list[Packet], fps: int) -> _Settings:
    """What videos that are joined must share."""
    context = source.codec_context
    decoded = min(packet.dts for packet in packets if packet.dts is not None)
    shown = min(packet.pts for packet in packets if packet.pts is not None)
    delay = round((shown - decoded) * (packets[0].time_base or 1) * fps)
    return (context.extradata, context.width, context.height, delay)


class _Stream:
    """A video stream in a file, which takes packets of other streams and counts in frames."""

    def __init__(
        self, output: OutputContainer, first: VideoStream, settings: _Settings, fps: int
    ) -> None:
        self._output, self._fps, self._next = output, fps, 0
        self.settings = settings
        self._stream = output.add_stream_from_template(first, opaque=True)
        self._stream.time_base = Fraction(1, fps)

    def copy(self, packets: list[Packet], shift: int) -> None:
        """Write packets, moved by so many frames; decoding times count on without a gap."""
        *_, delay = self.settings
        for packet in packets:
            packet.pts, frames = _frame(packet, self._fps) + shift, _length([packet], self._fps)
            packet.dts, packet.duration = self._next - delay, frames
            packet.stream, packet.time_base = self._stream, Fraction(1, self._fps)
            self._output.mux_one(packet)
            self._next += frames


def _frame(packet: Packet, fps: int) -> int:
    """The frame that a packet shows, counted from 0.

    Raises:
        VerificationError: It is shown between two frames, or never.
    """
    if packet.pts is None:
        raise VerificationError("a picture has no time")
    return _whole(packet.pts * (packet.time_base or Fraction(1)) * fps)


def _length(packets: Iterable[Packet], fps: int) -> int:
    """For how many frames packets are shown, together."""
    return sum(
        _whole((packet.duration or 0) * (packet.time_base or Fraction(1)) * fps)
        for packet in packets
    )


def _whole(frames: Fraction) -> int:
    if frames.denominator != 1:
        raise VerificationError(f"a picture stands between two frames, at {float(frames):.3f}")
    return int(frames)
