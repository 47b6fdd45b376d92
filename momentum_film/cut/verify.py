"""Segments and films held against what was planned, before anything gets its published name.

Every segment is decoded once, in the worker that made it, and some of its pictures are held against
the exact ones. A film copies its segments' packets, so for the film it is enough to hold its
packets against theirs.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer

from momentum_film.cut.film_info import FilmInfo
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import Encoding, RenderJob, Segment
from momentum_film.raster.samples import Sample, differences
from momentum_film.render import gif

BT709, LIMITED = 1, 1
CODECS = {"h264": ("h264", "High"), "av1": ("av1", "Main")}
PIXELS = {"h264": "yuv420p", "av1": "yuv420p10le", "lossless": "gbrp"}
# How far a block's mean may be from the exact picture's, of 255: about twice what was met in the
# default film, in all looks and sizes. Light and colour; a loop has few colours, others are exact.
TOLERANCES = {
    "h264": (10.0, 5.0),
    "av1": (12.0, 8.0),
    "lossless": (0.0, 0.0),
    "gif": (24.0, 24.0),
    "still": (0.0, 0.0),
}
AS_DRAWN = "as drawn"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Question:
    """A fact about a file: what it is about, as it was found, and as it must be."""

    what: str
    found: object
    wanted: object


def check_segment(
    segment: Segment, job: RenderJob, frames: int, samples: Sequence[Sample] = ()
) -> None:
    """Decode a rendered chapter.

    Args:
        segment: What was rendered.
        job: What was asked for.
        frames: How many frames the chapter must have.
        samples: Some of its exact pictures.

    Raises:
        VerificationError: It is not what was planned.
    """
    questions = [Question("frames", segment.frames, frames)]
    if job.encoding == "still":
        size = (job.width, job.height)
        questions.append(Question("size", png_size(segment.data), size))
        _ask(job.chapter, questions)
    ask = _loop_questions if job.encoding == "gif" else _picture_questions
    with _opened(io.BytesIO(segment.data), job.chapter) as container:
        try:
            questions += ask(container, segment, job, samples)
        except av.FFmpegError as error:
            raise VerificationError(f"{job.chapter} cannot be decoded: {error.strerror}") from error
    _ask(job.chapter, questions)


def check_film(path: Path, film: FilmInfo, packets: list[str], encoding: Encoding = "h264") -> None:
    """Hold a film against the segments it was joined from.

    Args:
        path: The MP4.
        film: What it is to be.
        packets: Digest of each packet's content, in decoding order.
        encoding: Of its pictures.

    Raises:
        VerificationError: It is not what was planned.
    """
    with path.open("rb") as file:
        boxes = [name for name, _ in mp4_boxes(file) if name in ("moov", "mdat")]
    marks = [(chapter.title, film.frame_at(chapter.start)) for chapter in film.chapters]
    with _opened(str(path), path.name) as container:
        questions = [
            Question("boxes", boxes, ["moov", "mdat"]),
            *_stream_questions(container, film, encoding),
            *_packet_questions(container, film, packets),
            Question("chapter marks", _marks(container, film.fps), marks),
        ]
    _ask(path.name, questions)


def packet_digest(content: bytes) -> str:
    """Hexadecimal digest of a packet's content."""
    return hashlib.sha256(content).hexdigest()


def mp4_boxes(file: BinaryIO) -> Iterator[tuple[str, int]]:
    """(name, bytes) of the boxes at the top of an MP4 file."""
    while len(head := file.read(8)) == 8:
        size, name = struct.unpack(">I4s", head)
        body = size - 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            body = size - 16
        yield name.decode("latin-1"), size
        if size == 0:
            return
        file.seek(body, io.SEEK_CUR)


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG file; (0, 0) if it is none."""
    if len(data) < 24 or not data.startswith(PNG_HEAD):
        return (0, 0)
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _opened(source: str | BinaryIO, name: str) -> InputContainer:
    try:
        container = av.open(source, "r")
    except av.FFmpegError as error:
        raise VerificationError(f"{name} cannot be opened: {error.strerror}") from error
    if not container.streams.video:
        raise VerificationError(f"{name} has no pictures")
    return container


def _picture_questions(
    container: InputContainer, segment: Segment, job: RenderJob, samples: Sequence[Sample]
) -> Iterator[Question]:
    stream = container.streams.video[0]
    by_frame = {sample.frame: sample for sample in samples}
    shown, colors = _looked_at(container, job, by_frame)
    if job.encoding != "still":
        yield Question("decoded frames", len(shown), segment.frames)
        yield Question("frame rate", stream.average_rate, job.fps)
        yield Question("size", (stream.width, stream.height), (job.width, job.height))
        yield Question("pixels", stream.pix_fmt, PIXELS[job.encoding])
    yield Question("colours", colors, AS_DRAWN)


def _loop_questions(
    container: InputContainer, segment: Segment, job: RenderJob, samples: Sequence[Sample]
) -> Iterator[Question]:
    first = gif.first_shown(segment.beats)
    by_frame = {sample.frame - first: sample for sample in samples}
    shown, colors = _looked_at(container, job, by_frame)
    wanted = gif.times(segment.frames, segment.beats)
    yield Question("format", container.format.name, "gif")
    yield Question("pictures", len(shown), len(wanted))
    yield Question("pictures on time", shown == wanted, True)
    yield Question("colours", colors, AS_DRAWN)


def _looked_at(
    container: InputContainer, job: RenderJob, samples: dict[int, Sample]
) -> tuple[list[Fraction], str]:
    """(times, colours): when the pictures are shown, seconds, and what is wrong with their colours.

    Args:
        container: Is decoded.
        job: What was asked for.
        samples: Exact pictures, by the place of theirs in the file.
    """
    times: list[Fraction] = []
    said = AS_DRAWN
    for number, frame in enumerate(container.decode(video=0)):
        times.append(_seconds(frame.pts, frame.time_base))
        if number in samples and said == AS_DRAWN:
            said = _colors_said(frame, job, samples[number])
    return times, said


def _colors_said(frame: av.VideoFrame, job: RenderJob, sample: Sample) -> str:
    """What is wrong with a picture's colours, or ``AS_DRAWN``."""
    size, comparable = (job.width, job.height), (frame.width, frame.height)
    if job.encoding == "gif":
        comparable = size  # it may be smaller
    if comparable != size or frame.format.name != PIXELS.get(job.encoding, frame.format.name):
        return AS_DRAWN  # which is said otherwise
    light, color = TOLERANCES[job.encoding]
    wrong = [
        difference
        for difference in differences(frame, sample, size)
        if difference.off > (light if difference.channel == "Y" else color)
    ]
    if not wrong:
        return AS_DRAWN
    channel, off, x, y = max(wrong, key=lambda difference: difference.off)
    number = sample.frame * (gif.EVERY if job.encoding == "gif" else 1)
    number += job.span[0] if job.span else 0
    return f"in frame {number} {channel} is {off:.0f} off near ({x}, {y})"


def _stream_questions(
    container: InputContainer, film: FilmInfo, encoding: Encoding
) -> Iterator[Question]:
    streams = [stream.type for stream in container.streams]
    yield Question("video streams", streams.count("video"), 1)
    yield Question("audio streams", streams.count("audio"), 0)
    stream = container.streams.video[0]
    context = stream.codec_context
    codec = (context.codec.canonical_name, context.profile)
    yield Question("codec", codec, CODECS[encoding])
    yield Question("pixels", context.pix_fmt, PIXELS[encoding])
    yield Question("size", (context.width, context.height), (film.width, film.height))
    yield Question("frame rate", (stream.average_rate, stream.base_rate), (film.fps, film.fps))
    tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
    yield Question("colour tags", tuple(map(int, tags)), (BT709, BT709, BT709, LIMITED))


def _packet_questions(
    container: InputContainer, film: FilmInfo, packets: list[str]
) -> Iterator[Question]:
    stream = container.streams.video[0]
    found = [packet for packet in container.demux(stream) if packet.size]
    times = sorted(_seconds(packet.pts, stream.time_base) for packet in found)
    yield Question("packets", (len(found), len(packets)), (film.frames, film.frames))
    yield Question("first picture", found[0].is_keyframe if found else None, True)
    on_time = times == [Fraction(i, film.fps) for i in range(film.frames)]
    yield Question("pictures on time", on_time, True)
    same = [packet_digest(bytes(packet)) for packet in found] == packets
    yield Question("pictures as rendered", same, True)


def _marks(container: InputContainer, fps: int) -> list[tuple[str, Fraction]]:
    return [
        (mark["metadata"].get("title", ""), _seconds(mark["start"], mark["time_base"]) * fps)
        for mark in container.chapters()
    ]


def _seconds(time: int | None, unit: Fraction | None) -> Fraction:
    """A time that a container gives, in seconds; what has none comes before everything."""
    return Fraction(-1) if time is None or unit is None else time * unit


def _ask(name: str, questions: list[Question]) -> None:
    wrong = [q for q in questions if q.found != q.wanted]
    if wrong:
        said = "; ".join(f"{q.what}: {q.found}, not {q.wanted}" for q in wrong)
        raise VerificationError(f"{name} is not as planned: {said}")
