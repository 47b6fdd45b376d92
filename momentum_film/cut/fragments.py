"""A film in fragments, for players that are given it while it is made.

A beginning tells what the stream is, each fragment holds some frames and says from which frame of
the film on they are shown, so that they can be given in any order.

Source:
    ISO/IEC 14496-12 (boxes), 14496-15, 5.3.3 (H.264 in them); W3C, "ISO BMFF Byte Stream Format".
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from typing import NamedTuple

import av

from momentum_film.plan.jobs import Segment

TRACK = 1
_UNITY = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_ALONE, _DEPENDENT = 0x02000000, 0x01010000  # of a frame: whether it needs others
_HIGH = 100
_4_2_0, _8_BITS = 0xFC | 1, 0xF8
_BASE_IS_MOOF, _DURATION_GIVEN = 0x020000, 0x000008
_OFFSET, _SIZES, _FLAGS = 0x001, 0x200, 0x400


class Frame(NamedTuple):
    """A frame's packet, each unit after its length, and whether a player can start from it."""

    is_key: bool
    data: bytes


class Stream(NamedTuple):
    """What a player must know of a stream: its size, frames per second, and the codec's record."""

    width: int
    height: int
    fps: int
    record: bytes

    @property
    def media_type(self) -> str:
        """As browsers want to hear it."""
        return f'video/mp4; codecs="avc1.{self.record[1:4].hex()}"'


def record_of(headers: bytes) -> bytes:
    """The decoder's configuration record of parameters with start codes, a sequence's first.

    >>> record_of(bytes.fromhex("00000001 67640020aa 00000001 68ee"))[:8].hex()
    '01640020ffe10005'
    """
    sequence, picture = _units(headers)[:2]
    lengths = [struct.pack(">H", len(unit)) for unit in (sequence, picture)]
    record = b"\1" + sequence[1:4] + b"\xff\xe1" + lengths[0] + sequence + b"\1"
    record += lengths[1] + picture
    if sequence[1] >= _HIGH:
        record += bytes([_4_2_0, _8_BITS, _8_BITS, 0])
    return record


def frame_of(packet: bytes, is_key: bool) -> Frame:
    """A frame of a packet with start codes."""
    units = (struct.pack(">I", len(unit)) + unit for unit in _units(packet))
    return Frame(is_key, b"".join(units))


def _units(stream: bytes) -> list[bytes]:
    """Units between start codes, none of which can end in a zero."""
    return [unit.rstrip(b"\0") for unit in re.split(b"\0\0\1", stream)[1:]]


def taken_apart(segment: Segment, fps: int) -> tuple[Stream, list[Frame]]:
    """The stream and the frames of a rendered chapter."""
    with av.open(io.BytesIO(segment.data), "r") as container:
        context = container.streams.video[0].codec_context
        stream = Stream(context.width, context.height, fps, context.extradata or b"")
        packets = (packet for packet in container.demux(video=0) if packet.size)
        return stream, [Frame(packet.is_keyframe, bytes(packet)) for packet in packets]


def beginning(stream: Stream) -> bytes:
    """What a player is given first."""
    size = struct.pack(">HH", stream.width, stream.height)
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + size
    entry += struct.pack(">IIIH", 72 << 16, 72 << 16, 0, 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    described = _full("stsd", 0, _number(1), _box("avc1", entry, _box("avcC", stream.record)))
    empty = [_full(name, 0, _number(0)) for name in ("stts", "stsc")]
    empty += [_full("stsz", 0, bytes(8)), _full("stco", 0, _number(0))]
    here = _box("dinf", _full("dref", 0, _number(1), _full("url ", 1)))
    media = _box("minf", _full("vmhd", 1, bytes(8)), here, _box("stbl", described, *empty))
    handler = _full("hdlr", 0, bytes(4), b"vide", bytes(12), b"\0")
    times = struct.pack(">4I", 0, 0, stream.fps, 0)
    undetermined = struct.pack(">HH", 0x55C4, 0)
    mdia = _box("mdia", _full("mdhd", 0, times, undetermined), handler, media)
    shown = struct.pack(">II", stream.width << 16, stream.height << 16)
    about = struct.pack(">5I", 0, 0, TRACK, 0, 0) + bytes(16) + _UNITY + shown
    track = _box("trak", _full("tkhd", 7, about), mdia)
    movie = times + struct.pack(">IH", 1 << 16, 1 << 8) + bytes(10) + _UNITY + bytes(24)
    extends = _box("mvex", _full("trex", 0, struct.pack(">5I", TRACK, 1, 1, 0, 0)))
    head = _box("moov", _full("mvhd", 0, movie, _number(TRACK + 1)), track, extends)
    return _box("ftyp", b"iso5", _number(512), b"iso5iso6mp41") + head


def fragment(number: int, start: int, frames: Sequence[Frame]) -> bytes:
    """Some frames that follow each other.

    Args:
        number: Of the fragment, from 1.
        start: The frame of the film that the first of them is.
        frames: One at least.
    """
    rows = b"".join(
        struct.pack(">II", len(frame.data), _ALONE if frame.is_key else _DEPENDENT)
        for frame in frames
    )

    def head(offset: int) -> bytes:
        run = _full("trun", _OFFSET | _SIZES | _FLAGS, _number(len(frames)), _number(offset), rows)
        own = _full("tfhd", _BASE_IS_MOOF | _DURATION_GIVEN, _number(TRACK), _number(1))
        time = _full("tfdt", 1 << 24, struct.pack(">Q", start))
        return _box("moof", _full("mfhd", 0, _number(number)), _box("traf", own, time, run))

    return head(len(head(0)) + 8) + _box("mdat", *(frame.data for frame in frames))


def _number(value: int) -> bytes:
    return struct.pack(">I", value)


def _box(name: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, name.encode()) + body


def _full(name: str, version_and_flags: int, *content: bytes) -> bytes:
    return _box(name, _number(version_and_flags), *content)
