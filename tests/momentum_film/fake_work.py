"""What workers do in tests of the machinery: true segments of one colour, and faults on demand.

Every work here is a frozen value that can be called, so that it can be sent to any worker, and
leaves a line in a file for each try.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from momentum_film.plan import plan
from momentum_film.plan.jobs import RenderJob, Segment
from momentum_film.plan.plan import PlannedJob
from momentum_film.raster.encode.exact import Lossless, Still
from momentum_film.raster.encode.h264 import H264
from momentum_film.raster.rectangles import Rectangle
from momentum_film.render.gif import EVERY, loop
from momentum_math import run
from momentum_math.story import Story
from scenes.storyboard import tell
from tests.momentum_film.small_film import flat_svg

Report = Callable[[int], None]


def segment_of(planned: PlannedJob) -> Segment:
    """A segment as planned: every frame has the one colour that the job's key says."""
    job, frames = planned.job, planned.frames
    if job.encoding == "svg":
        flat = flat_svg(job.width, job.height, f"#{planned.key[:6]}")
        data = flat * len(plan.stills_of(job))
        digest = hashlib.sha256(data).hexdigest()
        return Segment(job.chapter, data, digest, frames, beats_of(job), ())
    encoder = encoder_of(job)
    picture = np.full((job.height, job.width, 4), 255, np.uint8)
    picture[..., :3] = list(bytes.fromhex(planned.key[:6]))
    beats, every = beats_of(job), EVERY if job.encoding == "gif" else 1
    encoder.show(picture, [Rectangle(0, 0, job.width, job.height)], len(range(0, frames, every)))
    data = encoder.finish()
    if job.encoding == "gif":
        data = loop(data, beats, ())
    digest = hashlib.sha256(data).hexdigest()
    return Segment(job.chapter, data, digest, frames, beats, ())


def beats_of(job: RenderJob) -> tuple[tuple[str, float, float], ...]:
    beats, at = [], 0.0
    for beat in tell(Story(run(job.experiment)))[job.chapter].beats:
        beats.append((beat.name, at, at + beat.seconds))
        at += beat.seconds
    return tuple(beats)


def encoder_of(job: RenderJob) -> Any:
    if job.encoding == "still":
        return Still()
    kind = H264 if job.encoding == "h264" else Lossless
    return kind(job.width, job.height, job.fps)


@dataclass(frozen=True)
class Painter:
    """Makes segments, and notes each try in ``log``: the chapter, its encoding and the process."""

    log: Path

    def __call__(self, planned: PlannedJob, report: Report) -> Segment:
        note(self.log, planned)
        report(planned.pictures)
        return segment_of(planned)


@dataclass(frozen=True)
class Slow:
    """Makes segments, and takes some time for each, with reports all the way."""

    seconds: float

    def __call__(self, planned: PlannedJob, report: Report) -> Segment:
        for i in range(20):
            report(planned.pictures * i // 20)
            time.sleep(self.seconds / 20)
        return segment_of(planned)


@dataclass(frozen=True)
class Faulty:
    """Makes segments, but something happens to the first tries of one chapter.

    Attributes:
        log: See ``Painter``.
        chapter: Whose film segment it is.
        fault: Key of ``FAULTS``.
        times: How many tries go wrong.
    """

    log: Path
    chapter: str
    fault: str
    times: int

    def __call__(self, planned: PlannedJob, report: Report) -> Segment:
        note(self.log, planned)
        struck = planned.job.chapter == self.chapter and planned.job.encoding == "h264"
        report(0)
        if struck and len(tries(self.log, self.chapter)) <= self.times:
            time.sleep(0.2)
            return FAULTS[self.fault](planned)
        return segment_of(planned)


def killed(_: PlannedJob) -> Segment:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def stopped(_: PlannedJob) -> Segment:
    os.kill(os.getpid(), signal.SIGSTOP)
    raise AssertionError("went on")


def damaged(planned: PlannedJob) -> Segment:
    segment = segment_of(planned)
    return replace(segment, data=segment.data[:-1] + bytes([segment.data[-1] ^ 1]))


def deterministic(_: PlannedJob) -> Segment:
    raise ZeroDivisionError("float division by zero")


class UnsendableError(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def unsendable(_: PlannedJob) -> Segment:
    raise UnsendableError(1, 2)


FAULTS = {
    "killed": killed,
    "stopped": stopped,
    "damaged": damaged,
    "deterministic": deterministic,
    "unsendable": unsendable,
}


def note(log: Path, planned: PlannedJob) -> None:
    job = planned.job
    line = f"{job.experiment.name} {job.chapter} {job.encoding} {os.getpid()}\n"
    with log.open("a") as file:  # short appends are not mixed up
        file.write(line)


def lines(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text().splitlines()] if log.is_file() else []


def tries(log: Path, chapter: str) -> list[int]:
    """The processes that tried a chapter's film segment, in order."""
    return [int(pid) for _, name, kind, pid in lines(log) if (name, kind) == (chapter, "h264")]
