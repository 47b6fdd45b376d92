"""The same pictures to several encoders: what is drawn once becomes several streams."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import ExitStack

import av
import numpy as np

from momentum_film.raster.colors import Channels
from momentum_film.raster.encode.base import Encoder
from momentum_film.raster.rectangles import Rectangle


class Several:
    """Encoders of MP4 files side by side; the file has the video stream of each, in their order.

    Args:
        encoders: of pictures that are drawn in the same channels.
    """

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        self._encoders = encoders

    @property
    def channels(self) -> Channels:
        return self._encoders[0].channels

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        for encoder in self._encoders:
            encoder.show(pixels, changed, frames)

    def finish(self) -> bytes:
        return together([encoder.finish() for encoder in self._encoders])

    def abort(self) -> None:
        for encoder in self._encoders:
            encoder.abort()


def together(files: Sequence[bytes]) -> bytes:
    """An MP4 file with the video stream of each of some others, packet by packet."""
    whole = io.BytesIO()
    with ExitStack() as stack:
        output = stack.enter_context(av.open(whole, "w", format="mp4"))
        sources = [stack.enter_context(av.open(io.BytesIO(file), "r")) for file in files]
        pairs = []
        for source in sources:
            stream = output.add_stream_from_template(source.streams.video[0], opaque=True)
            stream.time_base = source.streams.video[0].time_base
            pairs.append((source, stream))
        for source, stream in pairs:
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    output.mux_one(packet)
    return whole.getvalue()
