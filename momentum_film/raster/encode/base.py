"""What takes the pictures of a chapter, and a file in memory that streams are written to."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Protocol

import av
import numpy as np

from momentum_film.raster.colors import Channels
from momentum_film.raster.rectangles import Rectangle

Options = tuple[tuple[str, str], ...]


class Encoder(Protocol):
    """What takes the pictures of a chapter, in order."""

    @property
    def channels(self) -> Channels:
        """What the pictures' colours are to be drawn as."""

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        """Take a picture.

        Args:
            pixels: (height, width, 4) uint8, the channels and opacity; not kept by the encoder.
            changed: outside of these the picture is the one before.
            frames: for how many frames it stands.
        """

    def finish(self) -> bytes:
        """The file, after all frames."""

    def abort(self) -> None:
        """Drop everything."""


class Stream:
    """A file in memory with one video stream, of a codec of libavcodec with its options."""

    def __init__(
        self,
        codec: str,
        pix_fmt: str,
        size: tuple[int, int],
        fps: int,
        options: Options,
        container: str = "mp4",
    ) -> None:
        self._file = io.BytesIO()
        self._container = av.open(self._file, "w", format=container)
        stream = self._container.add_stream(codec, rate=fps, options=dict(options))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        self._stream, self._time_base, self.next = stream, Fraction(1, fps), 0
        self.context = stream.codec_context
        self.context.time_base = self._time_base

    def encode(self, frame: av.VideoFrame) -> list[av.Packet]:
        """Give the next frame to the encoder; what comes out of it."""
        frame.pts, frame.time_base = self.next, self._time_base
        self.next += 1
        return self._stream.encode(frame)

    def show(self, frame: av.VideoFrame, times: int) -> None:
        """Encode a frame so many times, and write what comes out."""
        for _ in range(times):
            self._container.mux(self.encode(frame))

    def write(self, data: bytes, at: int, is_key: bool) -> None:
        """Write a frame that is encoded already, at its number."""
        packet = av.Packet(data)
        packet.stream, packet.time_base = self._stream, self._time_base
        packet.pts = packet.dts = at
        packet.duration, packet.is_keyframe = 1, is_key
        self._container.mux_one(packet)

    def finish(self) -> bytes:
        """The file."""
        self._container.mux(self._stream.encode())
        self._container.close()
        return self._file.getvalue()
