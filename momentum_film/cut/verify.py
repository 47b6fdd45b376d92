"""Films held against what was planned, before anything gets its published name.

Its segments were looked at where they were made (``momentum_film.render.check``). A film copies
their packets, so it is enough to hold its packets against theirs.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer

from momentum_film.cut.film_info import FilmInfo
from momentum_film.plan.jobs import HELD, Encoding
from momentum_film.raster import colors
from momentum_film.render.check import PIXELS, Question, ask, opened

CODECS = {"h264": ("h264", "High"), "web": ("h264", "High"), "av1": ("av1", "Main")}
"""Encoding -> the codec's name and profile."""


def check_film(
    path: Path,
    film: FilmInfo,
    packets: list[str],
    encoding: Encoding = "h264",
    starts: Sequence[int] = (),
) -> None:
    """Hold an MP4 against the film, and against its segments.

    Args:
        path: Of the MP4.
        film: What it must show.
        packets: The digests of the segments' packets, in decoding order.
        encoding: Of the segments.
        starts: The frames from which the pictures are shown, if there is not one for each.

    Raises:
        VerificationError: It is not what was planned.
    """
    with path.open("rb") as file:
        boxes = [name for name, _ in mp4_boxes(file) if name in ("moov", "mdat")]
    marks = [(chapter.title, film.frame_at(chapter.start)) for chapter in film.chapters]
    with opened(str(path), path.name) as container:
        found = [
            (mark["metadata"].get("title", ""), mark["start"] * (mark["time_base"] or 1) * film.fps)
            for mark in container.chapters()
        ]
        questions = [
            Question("boxes", boxes, ["moov", "mdat"]),
            *_stream_questions(container, film, encoding),
            *_packet_questions(container, film, packets, starts or range(film.frames)),
            Question("chapter marks", found, marks),
        ]
    ask(path.name, questions)


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


def _stream_questions(
    container: InputContainer, film: FilmInfo, encoding: Encoding
) -> list[Question]:
    kinds = [stream.type for stream in container.streams]
    stream = container.streams.video[0]
    context = stream.codec_context
    tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
    rates = (stream.average_rate, stream.base_rate)
    if encoding in HELD:  # it has as many pictures as change
        rates = (Fraction(film.fps), Fraction(film.fps))
    return [
        Question("video streams", kinds.count("video"), 1),
        Question("audio streams", kinds.count("audio"), 0),
        Question("codec", (context.codec.canonical_name, context.profile), CODECS[encoding]),
        Question("pixels", context.pix_fmt, PIXELS[encoding]),
        Question("size", (context.width, context.height), (film.width, film.height)),
        Question("frame rate", rates, (film.fps, film.fps)),
        Question("colour tags", tuple(map(int, tags)), tuple(map(int, colors.TAGS))),
    ]


def _packet_questions(
    container: InputContainer, film: FilmInfo, packets: list[str], starts: Sequence[int]
) -> list[Question]:
    found = [packet for packet in container.demux(video=0) if packet.size]
    unit = container.streams.video[0].time_base or Fraction(1)
    # What has no time comes before everything.
    times = sorted(
        (Fraction(-1) if packet.pts is None else packet.pts * unit, (packet.duration or 0) * unit)
        for packet in found
    )
    on_time = times == [
        (Fraction(start, film.fps), Fraction(end - start, film.fps))
        for start, end in pairwise([*starts, film.frames])
    ]
    same = [packet_digest(bytes(packet)) for packet in found] == packets
    return [
        Question("packets", (len(found), len(packets)), (len(starts), len(starts))),
        Question("first picture", found[0].is_keyframe if found else None, True),
        Question("pictures on time", on_time, True),
        Question("pictures as rendered", same, True),
    ]
