"""How the cost of a film grows: with its seconds, its pixels, its contenders, and the cores."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import runs
from momentum_film.engines.base import Report, cores
from momentum_film.engines.processes import Processes
from momentum_film.plan.jobs import RenderJob
from momentum_film.plan.plan import PlannedJob, plan_film
from momentum_film.render.chapter import render
from momentum_film.render.progress import Progress
from momentum_film.render.schedule import render_all
from momentum_film.store.cache import Cache
from momentum_math import Experiment, load_experiment, read_experiment
from scenes.look import FRAMES

BETAS = (0.9, 0.99, 0.5, 0.8, 0.95)
SHORT_SIDES = (360, 480, 720, 1080, 1440, 2160)
ROUNDS = 3
CHAPTER, ASPECT = "descent", "16:9"


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        along: what grows.
        amount: to what, in words.
        seconds: what that costs: processor seconds, or seconds on the clock along the cores.
        unit: what the cost is divided by.
        cost: seconds per unit, times 1000; along the cores how many times faster than the first.
    """

    along: str
    amount: str
    seconds: float
    unit: str
    cost: float


def growth(quality: str) -> Iterator[Row]:
    """Measure, row by row."""
    yield from _along_film(quality)
    yield from _along_pixels()
    yield from _along_contenders()
    yield from _along_cores(quality)


def _processor_seconds(job: RenderJob) -> float:
    began = time.process_time()
    render(job)
    return time.process_time() - began


def _along_film(quality: str) -> Iterator[Row]:
    """The film's beginning, one chapter more each time."""
    cost, frames = 0.0, 0
    for planned in runs.jobs(quality, ()):
        cost += _processor_seconds(planned.job)
        frames += planned.frames
        seconds = frames / planned.job.fps
        yield Row("film", f"{seconds:.0f} s at {quality}", cost, "second", 1000 * cost / seconds)


def _along_pixels() -> Iterator[Row]:
    (planned,) = runs.jobs("draft", (CHAPTER,))
    for side in SHORT_SIDES:
        width, height = FRAMES[ASPECT].pixels(side)
        cost = _processor_seconds(replace(planned.job, width=width, height=height))
        pixels = width * height * planned.frames / 1e6
        amount = f"{width}×{height}, {planned.frames} frames"
        yield Row("pixels", amount, cost, "megapixel", 1000 * cost / pixels)


def with_contenders(count: int) -> Experiment:
    """The default experiment with another number of contenders, 1 to 6."""
    values = load_experiment(runs.EXPERIMENT).to_dict()
    contenders = [{"optimizer": "gd", "lr": 0.18}]
    contenders += [
        {"optimizer": "ema-momentum", "lr": 0.18, "beta": beta} for beta in BETAS[: count - 1]
    ]
    del values["name"]  # a file has it from its path
    return read_experiment(values | {"contenders": contenders}, "growth.toml")


def _along_contenders() -> Iterator[Row]:
    (planned,) = runs.jobs("720p30", (CHAPTER,))
    for count in range(1, len(BETAS) + 2):
        cost = _processor_seconds(replace(planned.job, experiment=with_contenders(count)))
        yield Row("contenders", f"{count}", cost, "contender", 1000 * cost / count)


def _along_cores(quality: str) -> Iterator[Row]:
    """One worker on one core, one on all cores (it encodes beside drawing), one per core.

    In turns, three times: what counts is how they compare, and machines drift.
    """
    ways = [("1 worker on 1 core", 1, 1), (f"1 worker on {cores()} cores", 1, cores())]
    ways.append((f"{cores()} workers on {cores()} cores", cores(), cores()))
    rounds = []
    for _ in range(ROUNDS):
        took = []
        for _amount, workers, allowed in ways:
            with _confined(allowed):
                took.append(runs.pace(quality, workers))
        rounds.append(took)
    for way, (amount, *_) in enumerate(ways):
        seconds = median(took[way] for took in rounds)
        times = median(took[0] / took[way] for took in rounds)
        yield Row("cores", f"{amount}, {quality}", seconds, "times as fast", times)


def film_seconds(quality: str, workers: int) -> float:
    """On the clock, for a whole film, with workers that have started already.

    Workers have the cores of the first that this process started.
    """
    film = plan_film(runs.film_request(quality, ())).film
    (small,) = runs.jobs("draft", ("ravine",))
    with TemporaryDirectory() as folder, Processes(workers) as engine:
        for ready in [engine.submit(_warm, small, _ignore) for _ in range(workers)]:
            ready.result()
        began = time.monotonic()
        render_all(film, engine, Cache(Path(folder)), Progress())
        return time.monotonic() - began


def _warm(planned: PlannedJob, _report: Report) -> None:
    """Have a worker import everything; no worker is quick enough to do two of these."""
    render(planned.job)


def _ignore(_frames: int) -> None:
    """Report to nobody."""


@contextmanager
def _confined(count: int) -> Iterator[None]:
    """Let this process, and those it starts, use so many cores."""
    if sys.platform != "linux":
        raise OSError("only Linux confines a process to some cores; measure the rest without it")
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
