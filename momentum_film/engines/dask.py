"""The engine ``dask``: the workers of a Dask cluster, or of one that is started here for a film.

Each worker has one thread, since Manim's configuration belongs to the process. Jobs and segments
travel as bytes, so that the machines of a cluster need nothing in common but this program.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import secrets
import signal
import tempfile
import threading
import time
from concurrent.futures import CancelledError, Future, InvalidStateError
from functools import partial
from types import TracebackType
from typing import Any, Self

import dask
from distributed import Client, KilledWorker, LocalCluster, get_worker
from distributed import Future as Promise

from momentum_film.engines import SILENCE_SECONDS, Report, Task, Work, answer, cores, throttled
from momentum_film.errors import ClusterError, WorkerKilledError, WorkerLostError

CONNECT_SECONDS = 5.0
SOON_SECONDS = 1.0
LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")
# What takes turns with a worker's drawing, every 10 and 20 ms, and a tenth of its time.
QUIET = {"distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "1s"}
MOST_STARTS = 3
MOST_SENT = 3  # of a job that was waiting for workers that died


class Dask:
    """Workers of a Dask cluster; nothing is started or called before the first job.

    Args:
        workers: How many are started here; by default one per core.
        scheduler: Address of a cluster's scheduler; if none is given, workers are started here.
        silence_seconds: A worker that reports nothing for so long is given up, and its job lost.
    """

    def __init__(
        self,
        workers: int | None = None,
        scheduler: str | None = None,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._workers, self._scheduler = workers or cores(), scheduler
        self._silence_seconds = silence_seconds
        self._local: _Local | None = None
        self._client: Client | None = None
        self._topic = f"momentum-{secrets.token_hex(8)}"
        self._numbers = itertools.count()
        self._calls: dict[int, _Call] = {}
        self._closed = threading.Event()

    @property
    def depth(self) -> int:
        return 1 if self._client is None else 2 * max(1, len(self._addresses()))

    def prepare(self) -> None:
        """A cluster is there already, or is started with the first job."""

    def submit(self, work: Work, job: Any, report: Report, instead_of: Task | None = None) -> Task:
        self._connected()
        former = None if instead_of is None else instead_of.worker
        call = _Call((work, job), report, former)
        self._send(next(self._numbers), call)
        return call.task

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        seconds = CONNECT_SECONDS if error is None else SOON_SECONDS
        if self._local is not None:
            self._local.kill()
        with contextlib.suppress(TimeoutError, OSError):  # what is left ends with this process
            if self._client is not None:
                self._client.close(timeout=seconds)
            if self._local is not None:
                self._local.close(seconds)

    def _send(self, number: int, call: _Call) -> None:
        """Give a job to the cluster."""
        client = self._connected()
        call.sent += 1
        call.others = self._others(call.avoided)
        self._calls[number] = call
        call.promise = client.submit(
            _work_there,
            *(*call.message, self._topic, number),
            pure=False,
            key=f"{self._topic}-{number}-{call.sent}",
            workers=call.others or None,
        )
        call.promise.add_done_callback(partial(self._settle, number))

    def _others(self, avoided: str | None) -> list[str]:
        """Where a job must be done, if there is somewhere that it should not."""
        return [] if avoided is None else [a for a in self._addresses() if a != avoided]

    def _connected(self) -> Client:
        """The connection, made when the first job comes; ClusterError if there is none."""
        if self._client is None:
            self._client = _beside_signals(self._connect)
            self._client.subscribe_topic(self._topic, self._hear)
            threading.Thread(target=self._watch, name="watch", daemon=True).start()
        if self._client.status != "running":
            raise ClusterError(f"the scheduler {self._address} was lost; start it again")
        return self._client

    @property
    def _address(self) -> str:
        return self._scheduler or "that was started here"

    def _connect(self) -> Client:
        for name in LOGGERS:  # what matters of it comes as an error, in one line
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if self._scheduler is None:
            self._local = _Local(self._workers, self._silence_seconds)
            return Client(self._local.cluster, set_as_default=False)
        try:
            client = _OwnClient(self._scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"there is no scheduler at {self._scheduler}: run `dask scheduler` and give the "
                "address that it prints"
            ) from error
        try:
            self._check_workers(client)
        except ClusterError:
            client.close()
            raise
        return client

    def _check_workers(self, client: Client) -> None:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise ClusterError(
                f"the scheduler {self._scheduler} has no worker: run "
                f"`dask worker {self._scheduler} --nthreads 1` on each machine"
            ) from error
        for address, threads in client.nthreads().items():
            if threads != 1:
                raise ClusterError(
                    f"the worker {address} has {threads} threads, films need one per process: "
                    f"run `dask worker {self._scheduler} --nworkers {threads} --nthreads 1`"
                )

    def _addresses(self) -> list[str]:
        return list(self._client.nthreads()) if self._client is not None else []

    def _hear(self, event: tuple[float, list[Any]]) -> None:
        """A report came."""
        number, frames, address, pid = event[1]
        call = self._calls.get(number)
        if call is not None:
            call.task.worker, call.pid, call.heard_at = address, pid, time.monotonic()
            call.report(frames)

    def _settle(self, number: int, promise: Promise) -> None:
        """A job ended, one way or the other."""
        call = self._calls.get(number)
        if call is None or call.promise is not promise:
            return
        del self._calls[number]
        try:
            result = self._result(number, call, promise)
        except Exception as error:
            with contextlib.suppress(InvalidStateError):
                call.task.set_exception(error)
        else:
            if number not in self._calls:
                call.task.set_result(result)
        promise.release()

    def _result(self, number: int, call: _Call, promise: Promise) -> Any:
        """What the work gave or raised; a job that had not begun is sent again instead."""
        try:
            kind, value, call.task.worker = promise.result()
        except KilledWorker as error:
            if call.heard_at is not None or call.sent == MOST_SENT:
                raise WorkerKilledError("a worker died") from error
            return self._send(number, call)
        except CancelledError as error:
            raise WorkerLostError("the cluster forgot a job") from error
        if kind == "failed":
            raise value
        return value

    def _watch(self) -> None:
        """Give up workers that began a job and fell silent, or that are gone."""
        while not self._closed.wait(min(SOON_SECONDS, self._silence_seconds / 4)):
            now = time.monotonic()
            for number, call in list(self._calls.items()):
                if call.heard_at is not None:  # it began, and ends as a result or as a loss
                    if now - call.heard_at > self._silence_seconds:
                        self._give_up(number, call)
                elif call.others and not set(call.others) & set(self._addresses()):
                    self._send(number, call)

    def _give_up(self, number: int, call: _Call) -> None:
        self._calls.pop(number, None)
        if call.promise is not None:
            call.promise.cancel()
        if self._local is not None:
            _kill(call.pid)
        text = f"a worker said nothing for {self._silence_seconds:g} s"
        with contextlib.suppress(InvalidStateError):
            call.task.set_exception(WorkerLostError(text))


class _Closing:
    """Closes what could not be made.

    Left to the garbage collector, it would be closed by whichever thread the collector came in.
    That waits for a lock of ``distributed``, which another cluster's start may hold meanwhile.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            with contextlib.suppress(Exception):
                self.close(timeout=SOON_SECONDS)  # type: ignore[attr-defined]
            raise


class _OwnClient(_Closing, Client):
    """A client that is closed if it cannot connect."""


class _OwnCluster(_Closing, LocalCluster):
    """A cluster that is taken down if it does not come up."""


class _Call:
    """A job on its way."""

    def __init__(self, message: tuple[Work, Any], report: Report, avoided: str | None) -> None:
        self.message, self.report, self.avoided = message, report, avoided
        self.task, self.sent = Task(), 0
        self.others: list[str] = []
        self.promise: Promise | None = None
        self.pid: int | None = None
        self.heard_at: float | None = None


class _Local:
    """A cluster of single-thread processes on this machine."""

    def __init__(self, workers: int, silence_seconds: float) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="momentum-", ignore_cleanup_errors=True)
        for number in range(1, MOST_STARTS + 1):
            try:
                self.cluster = self._started(workers, silence_seconds)
            except RuntimeError as error:  # a worker died before it was one
                if number == MOST_STARTS:
                    self._folder.cleanup()
                    raise ClusterError(
                        f"no workers can be started here, {number} times: {error}"
                    ) from error
            else:
                break

    def _started(self, workers: int, silence_seconds: float) -> LocalCluster:
        with dask.config.set(QUIET):
            return _OwnCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                memory_limit=0,
                silence_logs=logging.CRITICAL,
                local_directory=self._folder.name,
                # We count the tries; a worker that stops before its first report is Dask's to
                # notice.
                scheduler_kwargs={"allowed_failures": 0, "worker_ttl": silence_seconds},
            )

    def kill(self) -> None:
        """End the workers, whatever they are doing."""
        for nanny in self.cluster.workers.values():
            nanny.auto_restart = False
            _kill(nanny.pid)

    def close(self, seconds: float) -> None:
        """Take everything down."""
        self.cluster.close(timeout=seconds)
        self._folder.cleanup()


def _kill(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _beside_signals(start: Any) -> Any:
    """Call in a thread that does not hear Ctrl-C: processes started from it inherit that."""
    done: Future = Future()

    def call() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            done.set_result(start())
        except Exception as error:
            done.set_exception(error)

    threading.Thread(target=call, name="start of the cluster", daemon=True).start()
    return done.result()


def _work_there(work: Work, job: Any, topic: str, number: int) -> tuple[str, Any, str]:
    """What a worker does: the job, with reports; returns its own address, too."""
    worker = get_worker()

    def tell(frames: int) -> None:
        worker.log_event(topic, [number, frames, worker.address, os.getpid()])

    tell(0)
    return *answer(work, job, throttled(tell)), worker.address
