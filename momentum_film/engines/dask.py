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
import tempfile
import threading
import time
from concurrent.futures import CancelledError, InvalidStateError, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import dask
from distributed import Client, KilledWorker, LocalCluster, get_worker
from distributed import Future as Promise
from distributed.core import Status

from momentum_film.engines.base import (
    SILENCE_SECONDS,
    Engine,
    Job,
    Result,
    Task,
    TaskFunction,
    block_interrupts,
    cores,
    kill,
    run_task,
)
from momentum_film.errors import ClusterError, WorkerKilledError, WorkerLostError

Opened = TypeVar("Opened", Client, LocalCluster)
CONNECT_SECONDS = 5.0
SOON_SECONDS = 1.0
START_SECONDS = 15.0  # a worker that is no worker by then is started anew
LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")
# What takes turns with a worker's drawing, every 10 and 20 ms, and a tenth of its time.
QUIET = {"distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "1s"}
MAX_STARTS = 3
MAX_SENDS = 3  # of a job that was waiting for workers that died


class Dask(Engine):
    """Workers of a Dask cluster; nothing is started or called before the first job.

    Args:
        workers: How many are started here; by default one per core.
        scheduler: Address of a cluster's scheduler; if none is given, workers are started here.
        silence_seconds: A worker that reports nothing for so long is given up, and its job lost.
            A cluster that has no worker for so long is given up too, with a ClusterError.
    """

    def __init__(
        self,
        workers: int | None = None,
        scheduler: str | None = None,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._workers, self._scheduler = workers or cores(), scheduler
        self._silence_seconds = silence_seconds
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._local: LocalCluster | None = None
        self._client: Client | None = None
        self._topic = f"momentum-{secrets.token_hex(8)}"
        self._numbers = itertools.count()
        self._calls: dict[int, _Call] = {}
        self._closed = threading.Event()

    @property
    def workers(self) -> int:
        return self._workers if self._client is None else max(1, len(self._addresses()))

    @property
    def depth(self) -> int:
        return 1 if self._client is None else super().depth

    def _begin(self, task: Task[Any]) -> None:
        self._send(_Call(next(self._numbers), task))

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        seconds = SOON_SECONDS if any(error) else CONNECT_SECONDS
        for nanny in self._local.workers.values() if self._local is not None else ():
            nanny.auto_restart = False
            if nanny.pid is not None:
                kill(nanny.pid)
        for each in (self._client, self._local):
            # What is left ends with this process; Dask asserts that no worker is just starting.
            with contextlib.suppress(TimeoutError, OSError, AssertionError):
                if each is not None:
                    each.close(timeout=seconds)
        if self._folder is not None:
            self._folder.cleanup()

    def _send(self, call: _Call) -> None:
        """Give a job to the cluster."""
        client, avoided = self._connected(), call.task.avoided
        call.sent += 1
        call.others = [] if avoided is None else [a for a in self._addresses() if a != avoided]
        self._calls[call.number] = call
        call.promise = client.submit(
            _work_there,
            *(call.task.function, call.task.job, self._topic, call.number),
            pure=False,
            key=f"{self._topic}-{call.number}-{call.sent}",
            workers=call.others or None,
        )
        call.promise.add_done_callback(partial(self._settle, call))

    def _connected(self) -> Client:
        """The connection, made when the first job comes; ClusterError if there is none."""
        if self._client is None:
            # In a thread that does not hear Ctrl-C: processes started from it inherit that.
            starter = ThreadPoolExecutor(1, "start of the cluster", block_interrupts)
            connecting = starter.submit(self._connect)
            starter.shutdown(wait=False)
            self._client = connecting.result()
            self._client.subscribe_topic(self._topic, self._hear)
            threading.Thread(target=self._watch, name="watch", daemon=True).start()
        if self._client.status != "running":
            raise ClusterError(f"{self._name} was lost; start it again")
        return self._client

    def _connect(self) -> Client:
        for name in LOGGERS:  # what matters of it comes as an error, in one line
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if self._scheduler is None:
            self._folder = tempfile.TemporaryDirectory("", "momentum-", ignore_cleanup_errors=True)
            self._local = _local_cluster(self._workers, self._folder.name, self._silence_seconds)
            return Client(self._local, set_as_default=False)
        try:
            client = _opened(Client, self._scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
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
        """The workers that there are; none where the scheduler was lost."""
        if self._client is None or self._client.status != "running":
            return []
        with contextlib.suppress(OSError, TimeoutError):
            return list(self._client.nthreads())
        return []

    def _hear(self, event: tuple[float, list[Any]]) -> None:
        """A report came."""
        number, frames, address, pid = event[1]
        call = self._calls.get(number)
        if call is not None:
            call.task.worker, call.pid, call.heard_at = address, pid, time.monotonic()
            call.task.report(frames)

    def _settle(self, call: _Call, promise: Promise) -> None:
        """A job ended, one way or the other."""
        if self._calls.get(call.number) is not call or call.promise is not promise:
            return
        del self._calls[call.number]
        try:
            result = self._result(call, promise)
        except Exception as error:
            with contextlib.suppress(InvalidStateError):
                call.task.set_exception(error)
        else:
            if call.number not in self._calls:
                call.task.set_result(result)
        promise.release()

    def _result(self, call: _Call, promise: Promise) -> Any:
        """What the function gave or raised; a job that had not begun is sent again instead."""
        try:
            kind, value, call.task.worker = promise.result()
        except KilledWorker as error:
            if call.heard_at is not None or call.sent == MAX_SENDS:
                raise WorkerKilledError("a worker died") from error
            return self._send(call)
        except CancelledError as error:
            raise WorkerLostError("the cluster forgot a job") from error
        if kind == "failed":
            raise value
        return value

    def _watch(self) -> None:
        """Give up workers that began a job and fell silent, or that are gone."""
        peopled_at = time.monotonic()
        while not self._closed.wait(min(SOON_SECONDS, self._silence_seconds / 4)):
            now, addresses = time.monotonic(), self._addresses()
            if addresses:
                peopled_at = now
            if self._local is not None and self._local.loop and len(addresses) < self._workers:
                self._local.loop.add_callback(_start_anew, self._local)
            for call in list(self._calls.values()):
                if call.heard_at is not None:  # it began, and ends as a result or as a loss
                    if now - call.heard_at > self._silence_seconds:
                        self._give_up(call, WorkerLostError(self._silent("a worker said nothing")))
                elif now - peopled_at > self._silence_seconds:
                    self._give_up(call, ClusterError(self._silent(f"{self._name} had no worker")))
                elif call.others and not set(call.others) & set(addresses):
                    self._send(call)

    def _silent(self, what: str) -> str:
        return f"{what} for {self._silence_seconds:g} s"

    @property
    def _name(self) -> str:
        return f"the scheduler {self._scheduler or 'that was started here'}"

    def _give_up(self, call: _Call, error: Exception) -> None:
        self._calls.pop(call.number, None)
        if call.promise is not None:
            call.promise.cancel()
        if self._local is not None and call.pid is not None:
            kill(call.pid)
        with contextlib.suppress(InvalidStateError):
            call.task.set_exception(error)


def _opened(kind: type[Opened], *args: Any, **options: Any) -> Opened:
    """A client or cluster; one that does not come up is closed.

    Left to the garbage collector, it would be closed by whichever thread the collector came in.
    That waits for a lock of ``distributed``, which another cluster's start may hold meanwhile.
    """
    opened = kind.__new__(kind)
    try:
        kind.__init__(opened, *args, **options)
    except BaseException:
        with contextlib.suppress(Exception):
            opened.close(timeout=SOON_SECONDS)
        raise
    return opened


@dataclass(eq=False)
class _Call:
    """A job on its way."""

    number: int
    task: Task[Any]  # whose workers are addresses
    sent: int = 0  # how often the cluster was given it
    others: list[str] = field(default_factory=list)  # who may do it; empty for all
    promise: Promise | None = None  # of the answer
    pid: int | None = None  # of the worker that began it
    heard_at: float | None = None  # the last time, by ``time.monotonic``


def _local_cluster(workers: int, folder: str, silence_seconds: float) -> LocalCluster:
    """A cluster of single-thread processes on this machine."""
    with dask.config.set(QUIET):
        for _ in range(MAX_STARTS):
            try:
                return _opened(
                    LocalCluster,
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    memory_limit=0,
                    silence_logs=logging.CRITICAL,
                    local_directory=folder,
                    death_timeout=START_SECONDS,
                    # We count the tries; a worker that stops before its first report is Dask's to
                    # notice.
                    scheduler_kwargs={"allowed_failures": 0, "worker_ttl": silence_seconds},
                )
            except RuntimeError as error:  # a worker died before it was one
                last = error
    raise ClusterError(f"no workers can be started here, {MAX_STARTS} times: {last}") from last


def _start_anew(cluster: LocalCluster) -> None:
    """Have workers where Dask gave one up, as it does with those that die while they start.

    In the cluster's own thread, which alone changes its table of workers.
    """
    for name, nanny in list(cluster.workers.items()):
        if nanny.status in (Status.failed, Status.closed):
            del cluster.workers[name]
    cluster.scale(len(cluster.worker_spec))


def _work_there(
    function: TaskFunction[Job, Result], job: Job, topic: str, number: int
) -> tuple[str, Any, str]:
    """Do a job in a worker, with reports; its answer and the worker's own address."""
    worker = get_worker()

    def tell(frames: int) -> None:
        worker.log_event(topic, [number, frames, worker.address, os.getpid()])

    tell(0)
    return *run_task(function, job, tell), worker.address
