"""The engine ``processes``: as many worker processes as there are cores.

Each worker has a pipe of its own, so that one that is killed, at whatever moment, takes nothing
down but its own job.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from typing import Any

from momentum_film.engines.base import (
    SILENCE_SECONDS,
    Engine,
    Result,
    Task,
    block_interrupts,
    cores,
    run_task,
    unblock_interrupts,
    was_killed,
)
from momentum_film.errors import ClusterError, RequestError, WorkerKilledError, WorkerLostError

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

DYING_SECONDS = 1.0  # who closed the pipe is about to end, and with which code is worth knowing
# What is imported once, by the process that workers are forked from.
WARM = (
    "momentum_film.raster.manim.quick_import",
    "momentum_film.render.schedule",
    "momentum_film.raster.manim.renderer",
    "momentum_film.raster.encode.h264",
    "scenes.kit.stage",
)
START_VARIABLE = "MOMENTUM_START"
# How a worker may start, the usual way first. Libraries of macOS do not survive a fork, and Windows
# has none: where workers are spawned, each imports everything for itself.
STARTS = ("forkserver", "spawn") if sys.platform == "linux" else ("spawn",)


class Processes(Engine):
    """Worker processes that live as long as the engine.

    Those that are forked come from one process, which has imported Manim if there was time to
    ``prepare``; it ends with this program.

    Args:
        workers: How many; by default one per core.
        silence_seconds: A worker that reports nothing for so long is killed, and its job lost.

    Raises:
        RequestError: Workers cannot start as ``$MOMENTUM_START`` says, which is in ``STARTS``.
    """

    def __init__(
        self, workers: int | None = None, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self._workers = workers or cores()
        self._silence_seconds = silence_seconds
        self._start = os.environ.get(START_VARIABLE) or STARTS[0]
        if self._start not in STARTS:
            known = ", ".join(STARTS)
            raise RequestError(f"workers cannot start by {self._start!r}; there is {known}")
        self._tasks: queue.SimpleQueue[Task[Any] | None] = queue.SimpleQueue()
        self._team: list[_Worker] = []
        self._closed, self._lock = False, threading.Lock()  # another thread may close it

    @property
    def workers(self) -> int:
        return self._workers

    def prepare(self) -> None:
        if self._start == "forkserver":
            from multiprocessing import forkserver

            multiprocessing.set_forkserver_preload(list(WARM))
            block_interrupts()
            try:
                forkserver.ensure_running()
            finally:
                unblock_interrupts()

    def _begin(self, task: Task[Any]) -> None:
        with self._lock:  # so that every worker is told of the end, after all that it has to do
            if self._closed:
                raise ClusterError("the workers were sent home")
            if isinstance(task.avoided, _Worker):
                task.avoided.retire()
            if len(self._team) < self._workers:
                self._team.append(_Worker(self._start, self._tasks, self._silence_seconds))
            self._tasks.put(task)

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._closed = True
            for worker in self._team:
                worker.close()
            for _ in self._team:
                self._tasks.put(None)
        for worker in self._team:
            worker.join()


class _Worker(threading.Thread):
    """One worker process and the thread that talks to it; a lost process is replaced."""

    def __init__(
        self, start: str, tasks: queue.SimpleQueue[Task[Any] | None], silence_seconds: float
    ) -> None:
        super().__init__(name="worker", daemon=True)
        context = multiprocessing.get_context(start)  # whose type leaves out what all of them have
        self._new_process: Callable[..., BaseProcess] = context.Process  # type: ignore[attr-defined]
        self._tasks, self._silence_seconds = tasks, silence_seconds
        self._lock, self._closed, self._retired = threading.Lock(), False, False
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.start()

    def run(self) -> None:
        block_interrupts()  # they are for the main thread
        while (task := self._tasks.get()) is not None:
            task.worker = self
            if self._retired:
                self._discard()
            try:
                task.set_result(self._ask(task))
            except Exception as error:
                task.set_exception(error)
        self._discard()

    def retire(self) -> None:
        """Have another process do the jobs after the present one."""
        self._retired = True

    def close(self) -> None:
        """Kill the process, whatever it is doing, and start no other."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _ask(self, task: Task[Result]) -> Result:
        """Have the process do a job; WorkerLostError if it does not come to an end."""
        try:
            pipe = self._living_pipe()
            with self._heard():
                pipe.send((task.function, task.job))
            while pipe.poll(self._silence_seconds):
                with self._heard():
                    kind, value = pipe.recv()
                if kind != "frames":
                    break
                task.report(value)
            else:
                raise TimeoutError
        except TimeoutError as error:
            self._discard()
            text = f"a worker said nothing for {self._silence_seconds:g} s"
            raise WorkerLostError(text) from error
        except (EOFError, ConnectionError) as error:
            raise self._death() from error
        if kind == "failed":
            raise value
        return value

    @contextlib.contextmanager
    def _heard(self) -> Iterator[None]:
        """EOFError where the process ends amid a message, TimeoutError where it stops there.

        That one is killed, since nothing else ends the message.
        """
        assert self._process is not None
        timer = threading.Timer(self._silence_seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (EOFError, OSError) as error:
            raise (TimeoutError if timer.finished.is_set() else EOFError) from error
        finally:
            timer.cancel()

    def _living_pipe(self) -> Connection:
        """The pipe to the process, which is started if there is none."""
        with self._lock:
            if self._closed:
                raise ConnectionError("the engine is closed")
            if self._pipe is None:
                mine, theirs = multiprocessing.Pipe()
                process = self._new_process(target=_worker_main, args=(theirs,), daemon=True)
                process.start()  # or not, where what starts processes was interrupted
                self._pipe, self._process = mine, process
                theirs.close()
            return self._pipe

    def _death(self) -> WorkerLostError:
        """The error that says how the process came to its end."""
        code = self._discard(DYING_SECONDS)
        if was_killed(code) and not self._closed:
            return WorkerKilledError("a worker died (killed, as happens where memory runs out)")
        return WorkerLostError(f"a worker died (exit code {code})")

    def _discard(self, patience_seconds: float = 0.0) -> int | None:
        """Kill the process, if it does not end by itself; its exit code, negative for a signal."""
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


def _worker_main(pipe: Connection) -> None:
    """Do jobs and send their results, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            function, job = pipe.recv()
            pipe.send(run_task(function, job, lambda frames: pipe.send(("frames", frames))))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
