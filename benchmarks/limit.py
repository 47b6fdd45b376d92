"""The encoder alone: the film's pictures, already in memory, given to it as fast as it takes them.

No renderer that uses this encoder can be faster. Two limits are measured. ``encode`` gives it every
frame; ``encode_changed`` leaves it those frames that differ from the one before, which is what our
renderer does with held pictures.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from benchmarks.recording import Recording
from momentum_film.plan.plan import PlannedJob

LIMITS = {"encode": False, "encode_changed": True}


def measure(jobs: Sequence[PlannedJob], workers: int) -> dict[str, tuple[float, float]]:
    """Encode a film's chapters in as many processes as are given, longest first.

    Returns:
        Name of the limit -> seconds on the clock, seconds of all cores; drawing the pictures
        beforehand is in neither.
    """
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(workers), context.SimpleQueue()
    processes = [
        context.Process(target=_work, args=(share, barrier, answers), daemon=True)
        for share in _dealt(jobs, workers)
    ]
    for process in processes:
        process.start()
    found = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return {
        name: (max(one[name][0] for one in found), sum(one[name][1] for one in found))
        for name in LIMITS
    }


def _dealt(jobs: Sequence[PlannedJob], workers: int) -> list[list[PlannedJob]]:
    """The jobs in piles, every job on the pile that is lowest then."""
    piles: list[list[PlannedJob]] = [[] for _ in range(workers)]
    for job in sorted(jobs, key=lambda job: -job.cost):
        min(piles, key=lambda pile: sum(one.cost for one in pile)).append(job)
    return piles


def _work(jobs: list[PlannedJob], barrier: Barrier, answers: SimpleQueue) -> None:
    """One process: draw its chapters, wait for the others, encode them, once per limit."""
    from momentum_film.raster.encode.h264 import CHANNELS, H264
    from momentum_film.render.chapter import draw

    recordings = []
    for job in (planned.job for planned in jobs):
        recording = Recording(job.width, job.height, CHANNELS)
        draw(job, recording)
        recordings.append((job, recording))
    took = {}
    for name, splice in LIMITS.items():
        barrier.wait()
        wall, cpu = time.monotonic(), time.process_time()
        for job, recording in recordings:
            recording.play(H264(job.width, job.height, job.fps), splice)
        took[name] = (time.monotonic() - wall, time.process_time() - cpu)
    answers.put(took)
