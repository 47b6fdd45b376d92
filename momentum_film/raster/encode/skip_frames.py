"""Held frames in an H.264 stream, without encoding them.

An encoder spends on a picture that did not change about as much time as on one that did. But "the
same picture again" has one fixed spelling, a slice whose macroblocks are all skipped, some dozen
bytes. It is taken once from libx264 itself, from the second of two grey pictures; after that a held
frame is a copy of it with another number.

Every slice carries its frame's number (``frame_num``). As held frames are put in between, the
encoder's own slices are renumbered. That is all that has to change, given what ``SETTINGS`` ask:
one reference picture, no B-frames (then the order of output is that of decoding), no weights.

Source: ITU-T H.264, 7.3.2.1.1 (sequence parameters), 7.3.3 (slice header), 7.4.1 (emulation
prevention), 8.2.1.3 (picture order count type 2).
"""

from __future__ import annotations

import re
from functools import lru_cache

import av
import numpy as np

from momentum_film.raster.encode.x264 import BLOCK, CONSTANT, X264
from momentum_film.raster.planes import views

# What a stream has to be encoded with to be spliced, whatever else is chosen: as above, and every
# frame comes out at once.
SETTINGS: dict[str, object] = {
    "bframes": 0,
    "ref": 1,
    "weightp": 0,
    "scenecut": 0,
    "rc-lookahead": 0,
    "mbtree": 0,
    "force-cfr": 1,
}

SLICE, KEY_SLICE, SEQUENCE = 1, 5, 7
_HIGH_PROFILES = {100, 110, 122, 244}


class Numbering:
    """Numbers the frames of a stream anew.

    Args:
        extradata: the encoder's sequence and picture parameters, with start codes.

    Raises:
        RuntimeError: the stream is not one that can be spliced.
    """

    def __init__(self, extradata: bytes) -> None:
        self._bits, self._next = _frame_number_bits(extradata), 0

    def key(self) -> None:
        """A key frame comes: numbers start again."""
        self._next = 1

    def renumbered(self, packet: bytes) -> bytes:
        """The packet of any other frame, with the next number.

        Args:
            packet: one slice, after its start code.

        Raises:
            RuntimeError: the packet is something else.
        """
        start = packet.index(1) + 1
        unit = packet[start:]
        if unit[0] & 31 != SLICE or b"\0\0\1" in unit:
            raise RuntimeError("libx264 gave a frame of several slices, which cannot be spliced")
        payload = _unescaped(unit)
        reader = _Bits(payload, 8)
        for _ in ("first macroblock", "kind of slice", "picture parameters"):
            reader.golomb()
        size = -(-(reader.at + self._bits) // 8)
        head, shift = int.from_bytes(payload[:size], "big"), 8 * size - reader.at - self._bits
        head &= ~(((1 << self._bits) - 1) << shift)
        head |= (self._next % (1 << self._bits)) << shift
        self._next += 1
        return packet[:start] + _escaped(head.to_bytes(size, "big") + payload[size:])


@lru_cache(maxsize=8)
def held_slice(
    width: int, height: int, fps: int, preset: str, settings: tuple[tuple[str, object], ...]
) -> bytes:
    """A frame that repeats the one before it, in an encoder's spelling.

    Args:
        width: pixels.
        height: pixels.
        fps: frames per second.
        preset: of libx264, as of the stream.
        settings: the same.
    """
    encoder = X264(width, height, fps, preset, dict(settings))
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane in views(frame):
        plane[:] = 128
    blocks = np.full((-(-height // BLOCK), -(-width // BLOCK)), CONSTANT, np.uint8)
    _, held = [encoder.encode(frame, 20, is_key, blocks) for is_key in (True, False)]
    encoder.close()
    return held


def _frame_number_bits(extradata: bytes) -> int:
    """Width of the frame number in slice headers."""
    units = [unit for unit in re.split(b"\0\0\0?\1", extradata) if unit]
    sequence = next(unit for unit in units if unit[0] & 31 == SEQUENCE)
    reader = _Bits(_unescaped(sequence), 8)
    profile = reader.fixed(8)
    reader.fixed(16)  # constraints, level
    reader.golomb()  # the set's name
    if profile in _HIGH_PROFILES:
        for _ in ("chroma format", "bits of luma", "bits of chroma"):
            reader.golomb()
        reader.fixed(2)  # lossless mode, scaling matrices: x264 writes none of its own accord
    bits = reader.golomb() + 4
    order, references = reader.golomb(), reader.golomb()
    if (order, references) != (2, 1):
        raise RuntimeError(
            f"libx264 made a stream with picture order {order} and {references} references,"
            " which cannot be spliced: it needs 2 and 1"
        )
    return bits


class _Bits:
    """Reads a bit string from its beginning.

    Args:
        data: of which the first 64 bytes count.
        at: bit to start at.
    """

    def __init__(self, data: bytes, at: int) -> None:
        self._text = f"{int.from_bytes(data[:64], 'big'):0{8 * len(data[:64])}b}"
        self.at = at

    def fixed(self, count: int) -> int:
        """The next ``count`` bits as a number."""
        self.at += count
        return int(self._text[self.at - count : self.at], 2)

    def golomb(self) -> int:
        """The next Exp-Golomb number: n zeros, then n + 1 bits."""
        zeros = self._text.index("1", self.at) - self.at
        self.at += zeros
        return self.fixed(zeros + 1) - 1


def _unescaped(unit: bytes) -> bytes:
    """Without the bytes that keep start codes out of the stream."""
    return unit.replace(b"\0\0\3", b"\0\0")


def _escaped(payload: bytes) -> bytes:
    """With them.

    >>> _escaped(bytes([9, 0, 0, 1, 0, 0, 0, 0, 4])).hex(" ")
    '09 00 00 03 01 00 00 03 00 00 04'
    """
    return re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", payload)
