"""How alike two films are: structural similarity, and the worst block of eight by eight pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BLOCK = 8


@dataclass(frozen=True)
class Likeness:
    """Two films side by side.

    Attributes:
        frames: how many pairs were compared.
        mean_ssim: over all pairs, of red, green and blue.
        least_ssim: of the pair that is least alike.
        worst_block: the largest difference of the means of two blocks, of 255.
    """

    frames: int
    mean_ssim: float
    least_ssim: float
    worst_block: float


def likeness(one: Path, other: Path, every: int) -> Likeness:
    """Compare two films of the same length, every so many frames.

    Args:
        one: a film whose tags tell how its colours are stored.
        other: the same.
        every: 1 compares all frames.

    Raises:
        ValueError: one of them is longer.
    """
    similar, blocks, meter = [], [], None
    for number, frames in enumerate(zip(_frames(one), _frames(other), strict=True)):
        if number % every:
            continue
        a, b = map(_rgb, frames)
        meter = meter or Meter(a.shape[1], a.shape[0])
        similar.append(meter.ssim(a, b))
        blocks.append(worst_block(a, b))
    return Likeness(len(similar), float(np.mean(similar)), min(similar), max(blocks))


def _frames(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        yield from container.decode(video=0)


def _rgb(frame: av.VideoFrame) -> np.ndarray:
    """(height, width, 3) uint8; the frame's own tags choose the matrix."""
    return frame.to_ndarray(format="rgb24")


def worst_block(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference between the means of two blocks; edges that fill none are left out."""
    height, width = (length // BLOCK * BLOCK for length in one.shape[:2])
    difference = one[:height, :width].astype(np.int16) - other[:height, :width]
    if not difference.any():
        return 0.0
    tiles = difference.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3)
    return float(np.abs(tiles.mean(axis=(1, 3))).max())


class Meter:
    """Structural similarity of pairs of pictures, by FFmpeg's filter.

    Args:
        width: pixels.
        height: pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._graph = av.filter.Graph()
        shape, tick = av.VideoFormat("gbrp", width, height), Fraction(1, 1)
        sources = [
            self._graph.add_buffer(width=width, height=height, format=shape, time_base=tick)
            for _ in range(2)
        ]
        meter, sink = self._graph.add("ssim"), self._graph.add("buffersink")
        for index, source in enumerate(sources):
            source.link_to(meter, 0, index)
        meter.link_to(sink)
        self._graph.configure()
        self._sources, self._sink, self._count = sources, sink, 0

    def ssim(self, one: np.ndarray, other: np.ndarray) -> float:
        """Of two pictures, (height, width, 3) uint8: 1 where they are equal."""
        for source, pixels in zip(self._sources, (one, other), strict=True):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="gbrp")
            frame.pts, frame.time_base = self._count, Fraction(1, 1)
            source.push(frame)
        self._count += 1
        return float(self._sink.pull().metadata["lavfi.ssim.All"])
