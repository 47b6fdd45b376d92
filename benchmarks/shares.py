"""Where the time of a chapter goes: processor seconds of each thread, by what it is doing.

Every two milliseconds each thread's processor time since the last look is put down to what its
stack says. No function is wrapped, so nothing is slowed down but by the looking itself.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from types import FrameType, TracebackType
from typing import Self

LOOK_SECONDS = 0.002
# What a file on the stack says, from the innermost call outwards; the first that speaks decides.
KINDS = (
    ("<frozen importlib", "import"),
    ("/scenes/kit/formulas/latex.py", "TeX"),
    ("/scenes/kit/formulas/outlines.py", "TeX"),
    ("/momentum_film/raster/yuv.py", "conversion"),
    ("/momentum_film/raster/encode/h264.py", "encoding"),
    # x264 encodes for stock Manim in threads of its own, which are not seen here; what is left to
    # do for the thread that gives it the pictures is to copy and to convert them.
    ("/manim/scene/video_segment_encoder.py", "conversion"),
    ("/momentum_film/raster/manim/renderer.py", "drawing"),
    ("/momentum_film/raster/canvas.py", "drawing"),
    ("/momentum_film/raster/shapes.py", "drawing"),
    ("/momentum_film/raster/paths.py", "drawing"),
    ("/manim/camera/", "drawing"),
    ("/scenes/", "scene"),
    ("/momentum_math/", "scene"),
    ("/manim/", "scene"),
)
# What an encoder takes, and what a process takes once.
ASIDE = {"encoding", "import"}
NAMES = ("import", "TeX", "scene", "drawing", "conversion", "encoding", "other")


class Shares:
    """Looks while its block runs.

    Attributes:
        seconds: kind of work -> processor seconds.
    """

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter(dict.fromkeys(NAMES, 0.0))
        self._clocks: dict[threading.Thread, float] = {}
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._clocks[threading.current_thread()] = time.thread_time()
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._look()
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._done.wait(LOOK_SECONDS):
            self._look()

    def _look(self) -> None:
        stacks = sys._current_frames()
        for thread in threading.enumerate():
            if thread is self._watcher or thread.ident not in stacks or not thread.native_id:
                continue
            try:
                clock = time.clock_gettime(_clock_of(thread.native_id))
            except OSError:  # it has ended
                continue
            self.seconds[kind_of(stacks[thread.ident])] += clock - self._clocks.get(thread, 0.0)
            self._clocks[thread] = clock


def _clock_of(thread: int) -> int:
    """Linux's clock of a thread's processor time; an ended one has none.

    Source: clock_getcpuclockid(3), include/linux/posix-timers.h.
    """
    return ~thread << 3 | 6


def outside(chapters: Iterable[Mapping[str, float]]) -> float:
    """Processor seconds of chapters outside the encoder, imports not counted."""
    return sum(seconds for one in chapters for name, seconds in one.items() if name not in ASIDE)


def kind_of(frame: FrameType | None) -> str:
    """What a stack is about."""
    while frame is not None:
        name = frame.f_code.co_filename
        for part, kind in KINDS:
            if part in name:
                return kind
        frame = frame.f_back
    return "other"
