"""Is a film what was planned? Nothing gets its published name before this is answered.

Its segments were looked at where they were made (``momentum_film.render.check``). A film copies
their packets, so it is enough to hold its packets against theirs.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer

from momentum_film.raster import colors
from momentum_film.render.check import Question, ask, opened


def check_film(
    path: Path, size: tuple[int, int], fps: int, packets: list[str], marks: list[tuple[str, int]]
) -> None:
    """Hold a film against the segments it was joined from.

    Args:
        path: The MP4.
        size: Pixels.
        fps: Frames per second.
        packets: Digest of each packet's content, in decoding order.
        marks: (title, first frame) of each chapter.

    Raises:
        VerificationError: It is not what was planned.
    """
    with path.open("rb") as file:
        boxes = [name for name, _ in mp4_boxes(file)]
    with opened(str(path), path.name) as container:
        questions = [
            Question(
                "boxes", [name for name in boxes if name in ("moov", "mdat")], ["moov", "mdat"]
            ),
            *_stream_questions(container, size, fps),
            *_packet_questions(container, fps, packets),
            Question("chapter marks", _marks(container, fps), marks),
        ]
    ask(path.name, questions)


def packet_digest(content: bytes) -> str:
    """What tells a packet's content from another's."""
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


def _stream_questions(
    container: InputContainer, size: tuple[int, int], fps: int
) -> Iterator[Question]:
    streams = [stream.type for stream in container.streams]
    yield Question("video streams", streams.count("video"), 1)
    yield Question("audio streams", streams.count("audio"), 0)
    stream = container.streams.video[0]
    context = stream.codec_context
    yield Question("codec", (context.name, context.profile), ("h264", "High"))
    yield Question("pixels", context.pix_fmt, "yuv420p")
    yield Question("size", (context.width, context.height), size)
    yield Question("frame rate", (stream.average_rate, stream.base_rate), (fps, fps))
    tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
    yield Question("colour tags", tuple(map(int, tags)), tuple(map(int, colors.TAGS)))


def _packet_questions(
    container: InputContainer, fps: int, packets: list[str]
) -> Iterator[Question]:
    stream = container.streams.video[0]
    found = [packet for packet in container.demux(stream) if packet.size]
    times = sorted(packet.pts * stream.time_base for packet in found if packet.pts is not None)
    yield Question("packets", len(found), len(packets))
    yield Question("first picture", found[0].is_keyframe if found else None, True)
    on_time = times == [Fraction(i, fps) for i in range(len(packets))]
    yield Question("pictures on time", on_time, True)
    same = [packet_digest(bytes(packet)) for packet in found] == packets
    yield Question("pictures as rendered", same, True)


def _marks(container: InputContainer, fps: int) -> list[tuple[str, Fraction]]:
    return [
        (mark["metadata"].get("title", ""), mark["start"] * mark["time_base"] * fps)
        for mark in container.chapters()
    ]
