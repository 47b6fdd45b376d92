"""Where the time of a chapter goes: processor seconds of each thread, by what it is doing.

Every two milliseconds each thread's processor time since the last look is put down to what its
stack says. No function is wrapped, so nothing is slowed down but by the looking itself.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from types import FrameType, TracebackType
from typing import Self

LOOK_SECONDS = 0.002
# What a file on the stack says, from the innermost call outwards; the first that speaks decides.
KINDS = (
    ("<frozen importlib", "import"),
    ("/scenes/tex.py", "TeX"),
    ("/scenes/formulas.py", "TeX"),
    ("/film/raster/yuv.py", "conversion"),
    ("/film/raster/encoders.py", "encoding"),
    ("/film/raster/manim_renderer.py", "drawing"),
    ("/film/raster/canvas.py", "drawing"),
    ("/film/raster/shapes.py", "drawing"),
    ("/film/raster/outlines.py", "drawing"),
    ("/scenes/", "scene"),
    ("/momentum_math/", "scene"),
    ("/manim/", "scene"),
)
NAMES = ("import", "TeX", "scene", "drawing", "conversion", "encoding", "other")


class Shares:
    """Looks while its block runs.

    Attributes:
        seconds: kind of work -> processor seconds.
    """

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter(dict.fromkeys(NAMES, 0.0))
        self._clocks: dict[int, float] = {}
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._clocks[threading.get_ident()] = time.thread_time()
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
            ident = thread.ident
            if thread is self._watcher or ident not in stacks:
                continue
            clock = time.clock_gettime(time.pthread_getcpuclockid(ident))
            self.seconds[kind_of(stacks[ident])] += clock - self._clocks.get(ident, 0.0)
            self._clocks[ident] = clock


def kind_of(frame: FrameType | None) -> str:
    """What a stack is about."""
    while frame is not None:
        name = frame.f_code.co_filename
        for part, kind in KINDS:
            if part in name:
                return kind
        frame = frame.f_back
    return "other"
