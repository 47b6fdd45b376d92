"""What every engine is: it takes a function and a job, and gives a future of the result.

Besides a future as ``concurrent.futures`` has it, an engine carries the function's reports of
progress back, and a job can be asked for once more, of another worker.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import time
import traceback
from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, Protocol, Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
Report = Callable[[int], None]
"""Is called with the number of frames so far."""
TaskFunction = Callable[[Job, Report], Result]
"""What a worker does with a job."""
Answer = tuple[str, Any]
"""("done", result) or ("failed", an error that can travel)."""

SILENCE_SECONDS = 120.0  # a worker that reports nothing for so long is given up
REPORT_SECONDS = 0.1
_KILL: signal.Signals = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has but the other


class Task(Future[Result], Generic[Result]):
    """A job's future, which knows what it is about, who works on it and who must not.

    Workers are what the engine calls so; None if there is none, or none yet.
    """

    def __init__(self, function: TaskFunction[Any, Result], job: Any, report: Report) -> None:
        super().__init__()
        self.function, self.job, self.report = function, job, report
        self.avoided: object = None
        self.worker: object = None


class Engine(Protocol):
    """Does jobs; a context manager that leaves no process behind."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """How many jobs it does at once."""

    @property
    def depth(self) -> int:
        """How many jobs it should hold: enough that no worker waits for the next one."""
        return 2 * self.workers

    def prepare(self) -> None:
        """Start now what jobs will need, and do not wait for it; else it starts with them."""
        return

    def submit(
        self,
        function: TaskFunction[Job, Result],
        job: Job,
        report: Report,
        instead_of: Task[Result] | None = None,
    ) -> Task[Result]:
        """Do ``function(job, report)`` somewhere.

        Args:
            function: Can be pickled, as its job and its result.
            job: Its argument.
            report: Is called from any thread.
            instead_of: A try whose result was no good; this one is made by another worker.

        Returns:
            A future of its result. It raises what ``function`` raises, or WorkerLostError.
        """
        task = Task(function, job, report)
        task.avoided = None if instead_of is None else instead_of.worker
        self._begin(task)
        return task

    @abstractmethod
    def _begin(self, task: Task[Any]) -> None:
        """Have it done; on an engine that cannot be had, ClusterError."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """End everything, whatever it is doing."""
        return


def cores() -> int:
    """How many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_task(function: TaskFunction[Job, Result], job: Job, report: Report) -> Answer:
    """Do a job where its worker is; ConnectionError if nobody is there to hear a report."""
    try:
        return "done", function(job, throttled(report))
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
    """A report that is passed on at most every ``REPORT_SECONDS``."""
    last = 0.0

    def tell(frames: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_SECONDS:
            last = now
            report(frames)

    return tell


def block_interrupts() -> None:
    """Have Ctrl-C not come to this thread, nor to processes that are started from it."""
    if sys.platform != "win32":  # which can block none: there, workers are deaf once they run
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def unblock_interrupts() -> None:
    """Have Ctrl-C come to this thread again."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def kill(pid: int) -> None:
    """End a process, whatever it is doing; nothing if it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, _KILL)


def was_killed(exit_code: int | None) -> bool:
    """Whether a process ended as one does that the system kills for want of memory."""
    return exit_code == -_KILL
