"""jobs -> segments: from the cache if they are known, else from an engine, until all are good."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from functools import partial

from momentum_film import errors, faults
from momentum_film.engines.base import Engine, Report, Task
from momentum_film.errors import RenderError
from momentum_film.plan import plan
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import PlannedJob
from momentum_film.raster.encode.base import Listener
from momentum_film.render import check
from momentum_film.render.progress import Progress
from momentum_film.store import files
from momentum_film.store.cache import Cache

MAX_TRIES = 3
SLACK = 0.02
WAY_OUT = "chapters that are done are kept; `momentum render --only` makes a film of others"
RenderFunction = Callable[[PlannedJob, Report], Segment]
Segments = dict[str, Segment]


def render_job(planned: PlannedJob, report: Report, listener: Listener | None = None) -> Segment:
    """Render a job where a worker runs, and hold the result against the plan.

    ``listener`` is told of what is not yet looked at, see ``chapter.render``.

    Raises:
        RenderError: The sources or libraries are not those the job was planned with.
        VerificationError: The segment is not what was planned.
    """
    from momentum_film.render.chapter import render

    if plan.key_of(planned.job) != planned.key:
        raise RenderError(
            "a worker has other sources or libraries than the film was planned with: run the same "
            "command again, on a cluster after the same version was installed on each machine"
        )
    samples = check.samples_of(planned.job)
    segment = render(planned.job, report, samples, listener)
    check.check_segment(segment, planned.job, planned.frames, samples.kept)
    return segment


def render_all(
    jobs: Iterable[PlannedJob],
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: RenderFunction = render_job,
) -> Segments:
    """Every job's segment by its key; the engine is asked only for those the cache has not.

    Jobs are given in the order in which somebody would look at them, see ``in_turn``.

    Raises:
        RenderError: A job failed; the message names chapter and experiment.
    """
    jobs = list(jobs)
    segments = {job.key: segment for job in jobs if (segment := cache.get_segment(job.key))}
    missing = [job for job in jobs if job.key not in segments]
    progress.begin({job.key: job.pictures for job in jobs}, done=list(segments))
    turns = in_turn(missing, engine.workers)
    for job, result in rendered(turns, engine, cache, progress, render):
        if isinstance(result, RenderError):
            raise result
        segments[job.key] = result
    return segments


def longest_first(jobs: Iterable[PlannedJob]) -> list[PlannedJob]:
    """Jobs in the order in which workers come to an end nearly together."""
    return sorted(jobs, key=lambda planned: -planned.cost)


def in_turn(jobs: Sequence[PlannedJob], workers: int) -> list[PlannedJob]:
    """Jobs in the order in which they are begun: as given, where that costs nothing.

    So who watches what is there need not wait for the end. A job that is given later comes sooner
    only where so many workers would else end later than if the longest came first, by more than
    costs can tell.
    """
    best = _end(longest_first(jobs), workers) * (1.0 + SLACK)
    begun: list[PlannedJob] = []
    left, others = list(jobs), longest_first(jobs)
    while left:
        for job in left:
            rest = [other for other in others if other is not job]
            if _end([*begun, job, *rest], workers) <= best:
                break
        begun.append(job)
        left.remove(job)
        others.remove(job)
    return begun


def _end(jobs: Iterable[PlannedJob], workers: int) -> int:
    """When the last of so many workers is ready, each of which takes the next job; as a cost."""
    ends = [0] * workers
    for job in jobs:
        heapq.heapreplace(ends, ends[0] + job.cost)
    return max(ends)


def rendered(
    jobs: Iterable[PlannedJob],
    engine: Engine,
    cache: Cache,
    progress: Progress,
    render: RenderFunction = render_job,
) -> Iterator[tuple[PlannedJob, Segment | RenderError]]:
    """Render jobs in their order, and keep each segment in the cache before it is handed out.

    A job is taken from ``jobs`` only when there is room for it, so they may still be thought out.

    So whatever ends this early costs no more than the chapters that were being drawn. A job whose
    worker was lost, or whose segment came damaged, is given to another worker, up to three times in
    all. An error of the job itself would only come again, so it is the job's result.

    Yields:
        Each job with its segment or with why there is none, in the order in which they end.

    Raises:
        ClusterError: There is nobody left to render.
    """
    first, again = map(_Try, jobs), deque[_Try]()
    running: dict[Task[Segment], _Try] = {}
    while True:
        while len(running) < engine.depth:
            turn = again.popleft() if again else next(first, None)
            if turn is None:
                break
            if not running:
                engine.prepare()
            report = partial(progress.frames, turn.job.key)
            running[engine.submit(render, turn.job, report, turn.instead_of)] = turn
        if not running:
            return
        wait(running, return_when=FIRST_COMPLETED)
        for task in [task for task in running if task.done()]:
            turn = running.pop(task)
            result = _result(task, turn, cache, progress)
            if result is None:
                again.appendleft(_Try(turn.job, turn.number + 1, task))
                continue
            if isinstance(result, Segment):
                cache.put_segment(turn.job.key, result)
                progress.finished(turn.job.key, turn.job.job.name)
            yield turn.job, result


@dataclass(frozen=True)
class _Try:
    """A job that is given to a worker: for which time, and after which failure."""

    job: PlannedJob
    number: int = 1
    instead_of: Task[Segment] | None = None


def _result(
    task: Task[Segment], turn: _Try, cache: Cache, progress: Progress
) -> Segment | RenderError | None:
    """The segment, or what is wrong with the job, or None if another try is worth it."""
    where = f"chapter {turn.job.job.chapter} of {turn.job.job.experiment.name}"
    error: BaseException | None = task.exception()
    if error is None:
        segment = task.result()
        if files.sha256_of(segment.data) == segment.sha256:
            return segment
        error = errors.WorkerLostError("its segment came damaged")
    if isinstance(error, errors.ClusterError):
        raise error
    if not isinstance(error, errors.WorkerLostError | errors.VerificationError):
        said = faults.in_words(error, cache.folder, where, WAY_OUT)
        failure = RenderError(str(said), said.exit_code)
    elif turn.number < MAX_TRIES:
        progress.note(f"{where}: {error}; trying again")
        return None
    else:
        hint = f"; {faults.LESS_MEMORY}" if isinstance(error, errors.WorkerKilledError) else ""
        failure = RenderError(f"{where}: {error}, {MAX_TRIES} times{hint}; {WAY_OUT}")
    failure.__cause__ = error
    return failure
