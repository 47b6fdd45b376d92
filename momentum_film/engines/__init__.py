"""Who does the work: this process, as many as there are cores, or a cluster.

An engine takes a function and a job and gives a future, as ``concurrent.futures`` does; besides,
it carries the function's reports of progress back. Each worker process has a pipe of its own, so
that a worker that is killed, at whatever moment, takes nothing down but its own job. The engine of
clusters is in ``momentum_film.engines.dask``, which is loaded only when it is asked for.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol, Self

from momentum_film.errors import ClusterError, RequestError, WorkerKilledError, WorkerLostError

Report = Callable[[int], None]
Work = Callable[[Any, Report], Any]

SILENCE_SECONDS = 120.0  # a worker that reports nothing for so long is given up
REPORT_SECONDS = 0.1
DYING_SECONDS = 1.0  # who closed the pipe is about to end, and with which code is worth knowing
# What is imported once, by the process that workers are forked from. Where libraries do not survive
# that, as on macOS, each worker imports it for itself.
WARM = (
    "momentum_film.raster.manim.quick_import",
    "momentum_film.render.schedule",
    "momentum_film.raster.manim.renderer",
    "momentum_film.raster.encode.encoders",
    "scenes.kit.stage",
)
CAN_FORK = sys.platform == "linux"


class Task(Future):
    """A job's future, which knows who works on it.

    Attributes:
        worker: In the engine's own terms; None before it is begun.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worker: Any = None


class Engine(Protocol):
    """Does jobs; a context manager that leaves no process behind."""

    @property
    def depth(self) -> int:
        """How many jobs it should hold: enough that no worker waits for the next one."""

    def prepare(self) -> None:
        """Start now what jobs will need, and do not wait for it; else it starts with them."""

    def submit(self, work: Work, job: Any, report: Report, instead_of: Task | None = None) -> Task:
        """Do ``work(job, report)`` somewhere.

        Args:
            work: Can be pickled, as its job and its result.
            job: Its argument.
            report: Is called with the number of frames so far, from any thread.
            instead_of: A try whose result was no good; this one is made by another worker.

        Returns:
            A future of its result. It raises what ``work`` raises, or WorkerLostError.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Serial:
    """One job after the other, here."""

    depth = 1

    def prepare(self) -> None:
        """Nothing is started."""

    def submit(self, work: Work, job: Any, report: Report, instead_of: Task | None = None) -> Task:
        task = Task()
        try:
            task.set_result(work(job, report))
        except Exception as error:
            task.set_exception(error)
        return task

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""


class Processes:
    """Worker processes that live as long as the engine.

    They are forked from one process, which has imported Manim if there was time to ``prepare``; it
    ends with this program.

    Args:
        workers: How many; by default one per core.
        silence_seconds: A worker that reports nothing for so long is killed, and its job lost.
    """

    def __init__(
        self, workers: int | None = None, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self._workers = workers or cores()
        self._silence_seconds = silence_seconds
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._posts: list[_Post] = []

    @property
    def depth(self) -> int:
        return 2 * self._workers

    def prepare(self) -> None:
        if CAN_FORK:
            multiprocessing.set_forkserver_preload(list(WARM))
            with _unheard(signal.SIGINT):
                forkserver.ensure_running()

    def submit(self, work: Work, job: Any, report: Report, instead_of: Task | None = None) -> Task:
        if instead_of is not None and instead_of.worker is not None:
            instead_of.worker.retire()
        if len(self._posts) < self._workers:
            self._posts.append(_Post(self._calls, self._silence_seconds))
        call = _Call(work, job, report)
        self._calls.put(call)
        return call.task

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for post in self._posts:
            post.close()
        for _ in self._posts:
            self._calls.put(None)
        for post in self._posts:
            post.join()


def _dask(workers: int | None, scheduler: str | None) -> Engine:
    try:
        from momentum_film.engines.dask import Dask
    except ImportError as error:
        raise ClusterError(
            f"the engine dask is not installed ({error}): pip install 'momentum[cluster]'"
        ) from error
    return Dask(workers, scheduler)


ENGINES: dict[str, Callable[[int | None, str | None], Engine]] = {
    "processes": lambda workers, _scheduler: Processes(workers),
    "serial": lambda _workers, _scheduler: Serial(),
    "dask": _dask,
}


def engine_named(name: str, workers: int | None = None, scheduler: str | None = None) -> Engine:
    """An engine.

    Args:
        name: A key of ``ENGINES``.
        workers: How many; one per core if not given.
        scheduler: Address of a Dask scheduler, for the engine ``dask`` only.

    Raises:
        RequestError: There is no such engine, or it does not go with the rest.
        ClusterError: The libraries for it are not installed.
    """
    if name not in ENGINES:
        raise RequestError(f"there is no engine {name!r}; there is {', '.join(ENGINES)}")
    if scheduler is not None and name != "dask":
        raise RequestError(f"--scheduler {scheduler} needs --engine dask, not {name}")
    if scheduler is not None and workers is not None:
        raise RequestError(f"--workers {workers}: the cluster at {scheduler} has its own, leave it")
    return ENGINES[name](workers, scheduler)


def cores() -> int:
    """How many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Call:
    """A job on its way."""

    def __init__(self, work: Work, job: Any, report: Report) -> None:
        self.message, self.report = (work, job), report
        self.task = Task()


class _Post(threading.Thread):
    """One worker process and the thread that talks to it; a lost process is replaced."""

    def __init__(self, calls: queue.SimpleQueue[_Call | None], silence_seconds: float) -> None:
        super().__init__(name="worker post", daemon=True)
        self._calls, self._silence_seconds = calls, silence_seconds
        self._lock, self._closed, self._retired = threading.Lock(), False, False
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self.start()

    def run(self) -> None:
        # A Ctrl-C is for the main thread; processes started from here inherit that it is blocked.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while (call := self._calls.get()) is not None:
            call.task.worker = self
            if self._retired:
                self._bury()
            try:
                call.task.set_result(self._ask(call))
            except Exception as error:
                call.task.set_exception(error)
        self._bury()

    def retire(self) -> None:
        """Have another process do the jobs after the present one."""
        self._retired = True

    def close(self) -> None:
        """End the worker, whatever it is doing, and start no other."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _ask(self, call: _Call) -> Any:
        """Have the worker do a job; WorkerLostError if it does not come to an end."""
        try:
            pipe = self._living_pipe()
            pipe.send(call.message)
            while pipe.poll(self._silence_seconds):
                kind, value = pipe.recv()
                if kind == "frames":
                    call.report(value)
                elif kind == "failed":
                    raise value
                else:
                    return value
        except (EOFError, ConnectionError) as error:
            raise self._death() from error
        self._bury()
        raise WorkerLostError(f"a worker said nothing for {self._silence_seconds:g} s")

    def _living_pipe(self) -> Connection:
        """The pipe to the worker, which is started if there is none."""
        with self._lock:
            if self._closed:
                raise ConnectionError("the engine is closed")
            if self._pipe is None:
                context = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
                self._pipe, theirs = context.Pipe()
                self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
                self._process.start()
                theirs.close()
            return self._pipe

    def _death(self) -> WorkerLostError:
        """How a worker came to its end."""
        code = self._bury(DYING_SECONDS)
        if code == -signal.SIGKILL and not self._closed:
            return WorkerKilledError("a worker died (killed, as happens where memory runs out)")
        return WorkerLostError(f"a worker died (exit code {code})")

    def _bury(self, patience_seconds: float = 0.0) -> int | None:
        """Be done with a worker, which may end by itself; its exit code, negative for a signal."""
        with self._lock:
            process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
            self._retired = False
        if process is None or pipe is None:
            return None
        pipe.close()
        process.join(patience_seconds)
        process.kill()
        process.join()
        return process.exitcode


def _serve(pipe: Connection) -> None:
    """The life of a worker: jobs in, results out, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            work, job = pipe.recv()
            report = throttled(lambda frames: pipe.send(("frames", frames)))
            pipe.send(answer(work, job, report))


@contextlib.contextmanager
def _unheard(number: signal.Signals) -> Iterator[None]:
    """Block a signal; processes that are started meanwhile inherit that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def answer(work: Work, job: Any, report: Report) -> tuple[str, Any]:
    """("done", result), or ("failed", an error that can travel)."""
    try:
        return "done", work(job, report)
    except ConnectionError:
        raise
    except Exception as error:
        return "failed", _sendable(error)


def _sendable(error: Exception) -> Exception:
    """The error, or what can be said of it if it does not survive the journey."""
    trace = traceback.format_exc()
    try:
        error = pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(trace)
    return error


def throttled(report: Report) -> Report:
    """Reports, but not more often than anybody can look."""
    last = 0.0

    def tell(frames: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_SECONDS:
            last = now
            report(frames)

    return tell
