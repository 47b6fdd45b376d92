"""Exact pictures: a stream without loss, or the last picture alone."""

from __future__ import annotations

import io

import av
import numpy as np
from PIL import Image

from momentum_film.raster.colors import rgb
from momentum_film.raster.encode.base import Stream
from momentum_film.raster.rectangles import Rectangle

# Runs of equal pixels, and only where a picture is not the one before: for drawings as small as
# H.264 without loss, written in half the time, and read in none.
CODEC, OPTIONS = "qtrle", (("g", "1000000"), ("threads", "1"))


class Lossless:
    """Exact RGB, for formats that are made from the pictures themselves."""

    channels = staticmethod(rgb)

    def __init__(self, width: int, height: int, fps: int) -> None:
        self._stream = Stream(CODEC, "rgb24", (width, height), fps, OPTIONS, "mov")
        self._picture = np.empty((height, width, 3), np.uint8)

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        for rectangle in changed:
            self._picture[rectangle.slices] = pixels[rectangle.slices][..., :3]
        self._stream.show(av.VideoFrame.from_ndarray(self._picture, format="rgb24"), frames)

    def finish(self) -> bytes:
        return self._stream.finish()

    def abort(self) -> None:
        """Nothing runs beside."""


class Still:
    """The last picture, as PNG."""

    channels = staticmethod(rgb)
    _pixels: np.ndarray

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        self._pixels = pixels[..., :3].copy()

    def finish(self) -> bytes:
        file = io.BytesIO()
        Image.fromarray(self._pixels).save(file, "PNG")
        return file.getvalue()

    def abort(self) -> None:
        """Nothing runs beside."""
