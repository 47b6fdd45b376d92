"""What takes the pictures of a chapter, and a file in memory that streams are written to."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

import av
import numpy as np

from momentum_film.raster.colors import Channels
from momentum_film.raster.rectangles import Rectangle

Options = tuple[tuple[str, str], ...]
HEADERS, KEY, OTHER = 0, 1, 2
Listener = Callable[[int, bytes], None]
"""Is told what an encoder makes as soon as it is made, with start codes: ``HEADERS`` (the stream's
parameters) first, then each frame's packet, ``KEY`` if a player can start from it, else ``OTHER``.
"""


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

    def hold(self, frame: av.VideoFrame | None, frames: int) -> None:
        """Encode a frame once and show it for so long; if there is none, the one before."""
        end = self.next + frames
        if frame is not None:
            self._container.mux(self.encode(frame))
        self.next = end

    def finish(self) -> bytes:
        """The file."""
        packets = self._stream.encode()
        for packet in packets[-1:]:
            packet.duration = self.next - (packet.pts or 0)  # else it is as long as the one before
        self._container.mux(packets)
        self._container.close()
        return self._file.getvalue()
