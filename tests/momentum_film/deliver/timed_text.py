"""Reads the subtitles in an MP4 from its bytes, without the library that wrote them.

Source: ISO/IEC 14496-12 (boxes and sample tables), 3GPP TS 26.245 (timed text).
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

Cue = tuple[Fraction, Fraction, str]


def subtitles(path: Path) -> list[Cue]:
    """(start, end, text) of each cue of the file's only timed-text track, seconds."""
    data = path.read_bytes()
    (track,) = [t for t in boxes(child(data, "moov"), "trak") if is_timed_text(t)]
    media = child(track, "mdia")
    scale = struct.unpack_from(">I", child(media, "mdhd"), 12)[0]
    table = child(child(media, "minf"), "stbl")
    sizes, offsets = sample_sizes(table), sample_offsets(table)
    found, at = [], 0
    for length, size, offset in zip(durations(table), sizes, offsets, strict=True):
        text_bytes = struct.unpack_from(">H", data, offset)[0]
        assert text_bytes + 2 <= size
        text = data[offset + 2 : offset + 2 + text_bytes].decode()
        if text:  # an empty sample fills a pause
            found.append((Fraction(at, scale), Fraction(at + length, scale), text))
        at += length
    return found


def boxes(data: bytes, name: str) -> list[bytes]:
    """The content of every box of this name, on one level."""
    found, at = [], 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        if kind == name.encode():
            found.append(data[at + head : at + size])
        at += size
    return found


def child(data: bytes, name: str) -> bytes:
    (only,) = boxes(data, name)
    return only


def is_timed_text(track: bytes) -> bool:
    described = child(child(child(child(track, "mdia"), "minf"), "stbl"), "stsd")
    return described[12:16] == b"tx3g"


def durations(table: bytes) -> list[int]:
    entries = child(table, "stts")
    found: list[int] = []
    for index in range(struct.unpack_from(">I", entries, 4)[0]):
        count, length = struct.unpack_from(">II", entries, 8 + 8 * index)
        found += [length] * count
    return found


def sample_sizes(table: bytes) -> list[int]:
    entries = child(table, "stsz")
    every, count = struct.unpack_from(">II", entries, 4)
    return [every] * count if every else list(struct.unpack_from(f">{count}I", entries, 12))


def sample_offsets(table: bytes) -> list[int]:
    """Where each sample begins in the file: chunks hold one sample after the other."""
    chunks = child(table, "stco")
    starts = struct.unpack_from(f">{struct.unpack_from('>I', chunks, 4)[0]}I", chunks, 8)
    rule = child(table, "stsc")
    runs = [
        struct.unpack_from(">II", rule, 8 + 12 * i)
        for i in range(struct.unpack_from(">I", rule, 4)[0])
    ]
    sizes, found = iter(sample_sizes(table)), []
    for number, start in enumerate(starts, start=1):
        (per_chunk,) = [count for first, count in runs if first <= number][-1:]
        for _ in range(per_chunk):
            found.append(start)
            start += next(sizes)
    return found
