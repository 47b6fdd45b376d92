"""A few exact pictures of a chapter, made small on their way to its encoder.

What is decoded later is held against them. A block's mean is kept for each channel: a thing that
stands a pixel beside its place changes some of them, and an encoder's little errors next to none.
Of pictures that stand the luma is kept as it is: what an encoder leaves dirty is seen there.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import av
import numpy as np
from PIL import Image

from momentum_film.raster.colors import Channels
from momentum_film.raster.encode.base import Encoder
from momentum_film.raster.planes import views
from momentum_film.raster.rectangles import Rectangle

BLOCK = 16  # pixels; of planes with half the rows and columns, half as many
SMALL_BLOCK = 8  # pixels: scratches and ghosts would be lost in the mean of larger ones
# Pictures in motion are encoded more coarsely than those that stand. Of the latter, which are what
# is seen longest, so many are kept, with the first picture.
STANDING_FRAMES, MAX_KEPT = 4, 5
SMALL_BLOCKS = f"Y of {SMALL_BLOCK} x {SMALL_BLOCK} pixels"  # what is said of them


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture, made small.

    Attributes:
        frame: the last one that shows it, counted as the encoder was given them.
        frames: how many show it.
        blocks: (rows, columns, 3) uint8, as drawn: means of blocks of ``BLOCK`` pixels a
            side; at the right and at the bottom of what is left.
        luma: (height, width) uint8, exact, if it is to be compared too.
    """

    frame: int
    frames: int
    blocks: np.ndarray
    luma: np.ndarray | None


class Difference(NamedTuple):
    """By how much of 255 a channel of a picture is off, at most, in the block around (x, y)."""

    channel: str
    off: float
    x: int
    y: int


class Samples:
    """Takes the pictures of a chapter that are worth it, on their way to an encoder.

    Args:
        exact_from: of pictures that stand for so many frames, drawn as Y, Cb and Cr, the luma is
            kept as well; there are ``MAX_KEPT`` at most.

    Attributes:
        kept: the first picture, and the ones that stand longest.
    """

    def __init__(self, exact_from: float = inf) -> None:
        self.kept: list[Sample] = []
        self._exact_from, self._count = exact_from, 0

    def watching(self, encoder: Encoder) -> Encoder:
        """An encoder that does what the given one does."""
        return _Watched(encoder, self)

    def take(self, pixels: np.ndarray, frames: int) -> None:
        """Look at the next picture, (height, width, 4) uint8, that stands for some frames."""
        self._count += frames
        if self.kept and frames < STANDING_FRAMES:
            return
        if len(self.kept) == MAX_KEPT:
            shortest = min(self.kept[1:], key=lambda sample: sample.frames)
            if frames <= shortest.frames:
                return
            self.kept.remove(shortest)
        luma = pixels[..., 0].copy() if frames >= self._exact_from else None
        self.kept.append(Sample(self._count - 1, frames, blocks(pixels), luma))


def blocks(pixels: np.ndarray) -> np.ndarray:
    """Means, (rows, columns, 3) uint8, of a picture's blocks; a fourth channel does not count."""
    height, width, channels = pixels.shape
    mode = "RGBX" if channels == 4 else "RGB"
    exact = np.ascontiguousarray(pixels)
    image = Image.frombuffer(mode, (width, height), exact, "raw", mode, 0, 1)
    return np.asarray(image.reduce(BLOCK))[..., :3]


def differences(frame: av.VideoFrame, sample: Sample, size: tuple[int, int]) -> list[Difference]:
    """How far a decoded picture is from an exact one of a width and height, per channel.

    Where the exact luma is known, small blocks of it come last.

    The frame is in yuv420p or yuv420p10le of BT.709 in limited range; or in RGB, perhaps smaller.
    """
    if frame.format.name.startswith("yuv"):
        names = ("Y", "Cb", "Cr")
        bits = 2 if frame.format.name.endswith("10le") else 0  # more than eight
        planes = [Image.fromarray((plane >> bits).astype(np.uint8)) for plane in views(frame)]
        sides = (BLOCK, BLOCK // 2, BLOCK // 2)
        found = [np.asarray(plane.reduce(n)) for plane, n in zip(planes, sides, strict=True)]
    else:
        names = ("red", "green", "blue")
        image = Image.fromarray(frame.to_ndarray(format="rgb24"))
        small = blocks(np.asarray(image if image.size == size else image.resize(size)))
        found = list(np.moveaxis(small, 2, 0))
    wanted = np.moveaxis(sample.blocks, 2, 0)
    all_found = [
        _worst(name, np.abs(one.astype(float) - other), BLOCK)
        for name, one, other in zip(names, found, wanted, strict=True)
    ]
    if sample.luma is not None:
        all_found.append(worst_block(views(frame)[0], sample.luma))
    return all_found


def worst_block(one: np.ndarray, other: np.ndarray) -> Difference:
    """Where two planes, (height, width) uint8, differ most: the largest mean absolute difference.

    Means are of blocks of ``SMALL_BLOCK`` pixels a side; at the right and at the bottom of what is
    left.
    """
    off: np.ndarray = np.maximum(one, other) - np.minimum(one, other)
    areas = np.ones((1, 1))
    for axis, length in enumerate(off.shape):
        starts = np.arange(0, length, SMALL_BLOCK)
        off = np.add.reduceat(off, starts, axis, dtype=np.uint16)
        areas = areas * np.expand_dims(np.diff(starts, append=length), 1 - axis)
    return _worst(SMALL_BLOCKS, off / areas, SMALL_BLOCK)


def _worst(name: str, off: np.ndarray, side: int) -> Difference:
    row, column = np.unravel_index(off.argmax(), off.shape)
    x, y = (int(place) * side + side // 2 for place in (column, row))
    return Difference(name, float(off[row, column]), x, y)


@dataclass(frozen=True)
class _Watched:
    """An encoder whose pictures are looked at."""

    encoder: Encoder
    samples: Samples

    @property
    def channels(self) -> Channels:
        return self.encoder.channels

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        self.samples.take(pixels, frames)
        self.encoder.show(pixels, changed, frames)

    def finish(self) -> bytes:
        return self.encoder.finish()

    def abort(self) -> None:
        self.encoder.abort()
