"""How clean a film is: its luma against the exact pictures, where they stand and where they move.

Each film is held against its own pictures before encoding: ours are drawn as Y at once, stock
Manim's are converted by what converts them for its film; the two differ by Cairo's rounding only.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import numpy as np

from benchmarks import runs
from momentum_film.engines.base import cores
from momentum_film.plan.jobs import RenderJob
from momentum_film.plan.plan import PlannedJob
from momentum_film.raster.encode.h264 import CHANNELS, STANDING_SECONDS
from momentum_film.raster.planes import views
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.samples import worst_block
from momentum_film.render.chapter import draw


@dataclass(frozen=True)
class Cleanness:
    """What was found of a film, or of a part of it.

    Attributes:
        frames: how many were judged, or stand for those that were not.
        squared: mean squared error of luma over them.
        standing: the worst block (mean absolute error of 255) where a picture stands.
        moving: the same where it moves.
    """

    frames: int
    squared: float
    standing: float
    moving: float

    @property
    def psnr(self) -> float:
        """Peak signal to noise ratio of luma, dB; infinite if nothing is off."""
        return 10 * math.log10(255**2 / self.squared) if self.squared else math.inf


def together(parts: Collection[Cleanness]) -> Cleanness:
    """Several parts as one."""
    frames = sum(part.frames for part in parts)
    return Cleanness(
        frames,
        sum(part.squared * part.frames for part in parts) / frames,
        max(part.standing for part in parts),
        max(part.moving for part in parts),
    )


class Judge:
    """Takes exact pictures in order, and holds a film's frames against them.

    A picture that stands is judged by its last frame. Of the others only every so many is judged,
    and stands for those since the one before.

    Args:
        film: the luma of its frames, (height, width) uint8; as many are taken as the pictures have.
        fps: frames per second.
        every: 1 judges all pictures.
    """

    channels = staticmethod(CHANNELS)

    def __init__(self, film: Iterator[np.ndarray], fps: int, every: int) -> None:
        self._film, self._stands, self._every = film, STANDING_SECONDS * fps, every
        self._luma, self._frames = np.empty((0, 0), np.uint8), 0
        self._moved, self._unjudged = 0, 0
        self._found: list[Cleanness] = []

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        """Take a drawn picture; see ``momentum_film.raster.encode.base.Encoder``."""
        self.take(pixels[..., 0] if changed else self._luma, frames)

    def take(self, luma: np.ndarray, frames: int) -> None:
        """Take a picture, or more of the one before if nothing has changed."""
        if luma is not self._luma and not np.array_equal(luma, self._luma):
            self._judge()
            self._luma = luma.copy()
        self._frames += frames

    def finish(self) -> bytes:
        """Judge the last picture; nothing was encoded."""
        self._judge()
        return b""

    def abort(self) -> None:
        """Nothing runs beside."""

    @property
    def found(self) -> Cleanness:
        """Of all pictures, when they have ended."""
        return together(self._found)

    def _judge(self) -> None:
        """The picture that has ended.

        Raises:
            ValueError: The film has fewer frames.
        """
        frames, self._frames = self._frames, 0
        if not frames:
            return
        last = next(islice(self._film, frames - 1, None), None)
        if last is None:
            raise ValueError("a film is shorter than its exact pictures")
        if frames >= self._stands:
            self._found.append(_judged(last, self._luma, frames, stands=True))
            return
        self._unjudged += frames
        if self._moved % self._every == 0:
            self._found.append(_judged(last, self._luma, self._unjudged, stands=False))
            self._unjudged = 0
        self._moved += 1


def _judged(found: np.ndarray, exact: np.ndarray, frames: int, stands: bool) -> Cleanness:
    worst = worst_block(found, exact).off
    squared = float(np.square(found.astype(np.float32) - exact).mean(dtype=np.float64))
    return Cleanness(frames, squared, worst if stands else 0.0, 0.0 if stands else worst)


def lumas(path: Path) -> Iterator[np.ndarray]:
    """Y of each frame of a film in yuv420p, (height, width) uint8."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield views(frame)[0]


def compare(
    chapters: Sequence[PlannedJob], folder: Path, every: int
) -> Iterator[tuple[str, dict[str, Cleanness]]]:
    """Judge both films of a round.

    Args:
        chapters: what they show.
        folder: that of ``runs.one_round``; stock Manim renders once more there, exactly.
        every: of so many moving pictures one is judged.

    Yields:
        Each chapter's name, and what was found of ``stock`` and ``ours``.

    Raises:
        ValueError: A film has not as many frames as there are exact pictures.
    """
    jobs, our_film = [planned.job for planned in chapters], lumas(folder / "ours.mp4")
    beside = ThreadPoolExecutor(cores())
    try:
        exact = [
            beside.submit(runs.stock, job, folder / "exact" / job.chapter, exact=True)
            for job in jobs
        ]
        for job, rendered in zip(jobs, exact, strict=True):
            ours = Judge(our_film, job.fps, every)
            draw(job, ours)
            ours.finish()
            _, pictures = rendered.result()
            stock = _judge_stock(job, folder / "stock", pictures, every)
            pictures.unlink()
            yield job.chapter, {"stock": stock, "ours": ours.found}
    finally:
        beside.shutdown(cancel_futures=True)
    _must_have_ended(our_film)


def _judge_stock(job: RenderJob, folder: Path, exact: Path, every: int) -> Cleanness:
    film = lumas(runs.stock_film(job, folder))
    judge = Judge(film, job.fps, every)
    for luma in lumas(exact):
        judge.take(luma, 1)
    judge.finish()
    _must_have_ended(film)
    return judge.found


def _must_have_ended(film: Iterator[np.ndarray]) -> None:
    if next(film, None) is not None:
        raise ValueError("a film is longer than its exact pictures")
