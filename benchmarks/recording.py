"""A chapter's pictures kept in memory, to be encoded again and again without being drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momentum_film.raster.colors import Channels
from momentum_film.raster.encode.base import Encoder
from momentum_film.raster.rectangles import Rectangle


@dataclass(frozen=True)
class _Picture:
    """What changed, with its pixels, and for how many frames the picture stands."""

    changed: tuple[Rectangle, ...]
    pixels: tuple[np.ndarray, ...]
    frames: int


class Recording:
    """Takes a chapter's pictures as an encoder does, and plays them to other encoders.

    Args:
        width: pixels.
        height: pixels.
        channels: what colours are drawn as.
    """

    def __init__(self, width: int, height: int, channels: Channels) -> None:
        self.channels = channels
        self._size = (height, width)
        self._pictures: list[_Picture] = []

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        """Keep a picture; see ``momentum_film.raster.encode.base.Encoder``."""
        parts = tuple(pixels[b.top : b.bottom, b.left : b.right].copy() for b in changed)
        self._pictures.append(_Picture(tuple(changed), parts, frames))

    def finish(self) -> bytes:
        """Nothing was encoded."""
        return b""

    def abort(self) -> None:
        """Nothing runs beside."""

    def play(self, encoder: Encoder, splice: bool = True) -> bytes:
        """Encode the pictures.

        Args:
            encoder: a new one of the right size.
            splice: tell it which frames are the same as the one before; otherwise it is given
                every frame as one that changed, in a corner of two pixels.

        Returns:
            What the encoder made of them.
        """
        canvas = np.zeros((*self._size, 4), np.uint8)
        for picture in self._pictures:
            for box, part in zip(picture.changed, picture.pixels, strict=True):
                canvas[box.top : box.bottom, box.left : box.right] = part
            if splice:
                encoder.show(canvas, list(picture.changed), picture.frames)
                continue
            for number in range(picture.frames):
                canvas[CORNER.slices] ^= 1
                encoder.show(canvas, [*(picture.changed if number == 0 else ()), CORNER], 1)
        return encoder.finish()


CORNER = Rectangle(0, 0, 2, 2)
