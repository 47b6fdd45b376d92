"""Pictures in, AV1 out: the film once more, smaller, for players that know it.

A picture that stands is encoded once more, so that it is not coarse, and is shown for as long as it
stands: frames differ in length.
"""

from __future__ import annotations

import contextlib
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from momentum_film.raster import colors
from momentum_film.raster.encode.base import Stream
from momentum_film.raster.encode.h264 import CHANNELS, STANDING_SECONDS
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.yuv import YuvPicture

PIXELS = "yuv420p"
KEY_FRAME_SECONDS = 5  # of pictures that move: so much is decoded at most where one seeks to
# Drawn as for H.264, so that one drawing is enough for both; but yellows and blues come out a
# little paler than from it, and are stored a little stronger.
BLUE = 1.017
# Measured on the default film: a third of the H.264's bytes. The preset before takes half as long
# again for little, the one after takes as long and is coarse. ``lp=1`` keeps to one core, because
# chapters are encoded side by side; ``scm=1`` says that these are drawings; pictures that lean on
# few others (``hierarchical-levels``) are less coarse where things move. Drawings have no noise
# that could be filtered out over time (``enable-tf``): that takes a tenth of the time, and mixes
# what fades with what stands.
OPTIONS = (("preset", "10"), ("svtav1-params", "lp=1:scm=1:hierarchical-levels=3:enable-tf=0"))
# Short side in pixels, and how coarse: things of few pixels are to keep their colours, too.
CRF = ((1080, 40), (720, 28), (0, 16))


class Av1:
    """AV1 from the exact pictures, whose sides are even.

    The same pictures give the same bytes, whatever the number of cores.
    """

    channels = staticmethod(CHANNELS)

    def __init__(self, width: int, height: int, fps: int) -> None:
        os.environ.setdefault("SVT_LOG", "1")  # errors alone; it would describe itself otherwise
        crf = next(crf for side, crf in CRF if min(width, height) >= side)
        options = (*OPTIONS, ("crf", str(crf)))
        self._stream = Stream("libsvtav1", PIXELS, (width, height), fps, options)
        colors.tag(self._stream.context)
        self._stream.context.gop_size = KEY_FRAME_SECONDS * fps
        self._stream.context.open()
        share_cores()
        self._picture, self._standing = YuvPicture(width, height, BLUE), STANDING_SECONDS * fps
        self._worker = ThreadPoolExecutor(1, "av1")
        self._last: Future[None] | None = None

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        self._wait()
        is_new, stands = bool(self._picture.follow(pixels, changed)), frames >= self._standing
        self._last = self._worker.submit(self._hold, frames, is_new, stands)

    def finish(self) -> bytes:
        try:
            self._wait()
            return self._stream.finish()
        finally:
            self.abort()

    def abort(self) -> None:
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _hold(self, frames: int, is_new: bool, stands: bool) -> None:
        """A picture for so many frames; one that stands is seen well from its second frame on."""
        frame = self._picture.planes.frame
        if is_new and stands:
            self._stream.hold(frame, 1)
            frames -= 1
        self._stream.hold(frame if is_new or stands else None, frames)

    def _wait(self) -> None:
        """Until the encoder has taken the picture before; its error is raised here."""
        if self._last is not None:
            self._last.result()


def share_cores() -> None:
    """Take from libsvtav1 the real-time priority it gets where root runs it: all else waits."""
    if sys.platform == "linux":
        for task in Path("/proc/self/task").iterdir():
            thread = int(task.name)
            with contextlib.suppress(ProcessLookupError):
                if os.sched_getscheduler(thread) == os.SCHED_FIFO:
                    os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))
