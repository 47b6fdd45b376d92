"""Engines: the same results, reports and errors from each, and faults that cost only time."""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster, get_worker

import momentum_film
from momentum_film.engines import ENGINES, dask, engine_named
from momentum_film.engines.base import Engine
from momentum_film.engines.dask import Dask
from momentum_film.engines.processes import Processes
from momentum_film.errors import ClusterError, RenderError, RequestError, WorkerLostError
from momentum_film.plan.plan import Request
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_math import load_experiment
from tests import ROOT
from tests.momentum_film.fake_work import Faulty, Painter, UnsendableError, lines, tries

SILENCE = 4.0
PATIENCE = 60.0
parallel = pytest.mark.parametrize("engine", ["processes", "dask"], indirect=True)


@pytest.fixture(scope="module")
def engines() -> Iterator[Callable[[str], Engine]]:
    """Every engine of the table, started once, with little patience for silent workers."""
    impatient = {
        "serial": partial(engine_named, "serial"),
        "processes": partial(Processes, 2, silence_seconds=SILENCE),
        "dask": partial(Dask, 2, None, silence_seconds=SILENCE),
    }
    opened: dict[str, Engine] = {}
    with ExitStack() as stack:

        def engine(name: str) -> Engine:
            if name not in opened:
                opened[name] = stack.enter_context(impatient[name]())
            return opened[name]

        yield engine


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, engines: Callable[[str], Engine]) -> Engine:
    """One that is whole again, should the test before have cost it a worker."""
    engine = engines(request.param)
    get_whole(engine, 1 if request.param == "serial" else 4)
    return engine


def get_whole(engine: Engine, depth: int) -> None:
    """Wait until it has all its workers."""
    assert engine.submit(square, 1, ignore).result(PATIENCE) == 1
    until = time.monotonic() + PATIENCE
    while engine.depth < depth:
        assert time.monotonic() < until
        time.sleep(0.05)


# --- works --------------------------------------------------------------------------------------


def square(job: int, report: Callable[[int], None]) -> int:
    for i in range(job):
        report(i)
    return job * job


def counted(job: int, report: Callable[[int], None]) -> int:
    for i in range(job):
        time.sleep(0.15)
        report(i)
    return job


def absurd(job: int, report: Callable[[int], None]) -> int:
    raise ValueError(f"no work for {job}")


def untold(job: int, report: Callable[[int], None]) -> int:
    raise UnsendableError(job, job)


def process_number(job: float, report: Callable[[int], None]) -> int:
    time.sleep(job)
    return os.getpid()


def leave(job: int, report: Callable[[int], None]) -> int:
    """Have the worker that does this say goodbye to its cluster, for good."""
    worker = get_worker()
    worker.loop.call_later(0.1, worker.close)
    return job


def stop_while_sending(job: int, report: Callable[[int], None]) -> int:
    """Have the process that does this stop when half of its answer is on its way."""

    def half(pipe: Connection, header_and_data: bytes) -> None:
        os.write(pipe.fileno(), header_and_data[: len(header_and_data) // 2])
        os.kill(os.getpid(), signal.SIGSTOP)

    Connection._send = half
    return job


def ignore(frames: int) -> None:
    pass


# --- the same from each -------------------------------------------------------------------------


def test_results_are_those_of_the_work(engine: Engine) -> None:
    tasks = [engine.submit(square, job, ignore) for job in range(12)]
    assert [task.result() for task in tasks] == [job * job for job in range(12)]


def test_reports_travel_back(engine: Engine) -> None:
    heard: list[int] = []
    assert engine.submit(counted, 5, heard.append).result() == 5
    assert heard == sorted(heard)
    assert {2, 3} <= set(heard) <= set(range(5))


def test_errors_travel_back(engine: Engine) -> None:
    error = engine.submit(absurd, 3, ignore).exception()
    assert type(error) is ValueError
    assert str(error) == "no work for 3"
    assert engine.submit(square, 3, ignore).result() == 9


def test_an_error_that_cannot_travel_is_told(engine: Engine) -> None:
    error = engine.submit(untold, 7, ignore).exception()
    assert "7 and 7" in str(error)


def test_it_wants_enough_jobs_for_its_workers(engine: Engine) -> None:
    engine.submit(square, 1, ignore).result()
    assert engine.depth == (1 if isinstance(engine, type(engine_named("serial"))) else 4)


@parallel
def test_two_jobs_at_a_time_in_two_processes_that_stay(engine: Engine) -> None:
    first = {engine.submit(process_number, 0.3, ignore) for _ in range(8)}
    wait(first)
    pids = {task.result() for task in first}
    assert len(pids) == 2
    assert os.getpid() not in pids


@parallel
def test_another_worker_does_what_one_did_badly(engine: Engine) -> None:
    bad = engine.submit(process_number, 0, ignore)
    first = bad.result()
    again = engine.submit(process_number, 0, ignore, instead_of=bad).result()
    assert again != first


# --- a film -------------------------------------------------------------------------------------


def made(engine: Engine, work, folder: Path) -> dict[str, bytes]:
    """A short film's files; at a first sight of trouble the progress keeps its notes in a file."""

    class Notes(Progress):
        def note(self, text: str) -> None:
            with (folder / "notes").open("a") as file:
                file.write(f"{text}\n")

    request = Request(
        load_experiment(ROOT / "experiments" / "momentum.toml"), "draft", chapters=("zigzag",)
    )
    files = momentum_film.make(
        request, folder / "film", engine, Cache(folder / "cache"), Notes(), work
    )
    return {file.path.name: file.path.read_bytes() for file in files}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("serial")
    return made(engine_named("serial"), Painter(folder / "log"), folder)


def test_every_engine_makes_the_same_bytes(engine: Engine, expected, tmp_path: Path) -> None:
    assert made(engine, Painter(tmp_path / "log"), tmp_path) == expected
    kinds = sorted((chapter, kind) for _, chapter, kind, _ in lines(tmp_path / "log"))
    assert kinds == [("zigzag", "h264"), ("zigzag", "still")]


@parallel
@pytest.mark.parametrize(
    ("fault", "times", "said"),
    [
        ("killed", 2, "a worker died"),
        ("stopped", 1, "a worker said nothing for 4 s"),
        ("damaged", 2, "its segment came damaged"),
    ],
)
def test_a_lost_segment_is_made_elsewhere(
    engine: Engine, fault: str, times: int, said: str, expected, tmp_path: Path
) -> None:
    work = Faulty(tmp_path / "log", "zigzag", fault, times)
    assert made(engine, work, tmp_path) == expected
    pids = tries(tmp_path / "log", "zigzag")
    assert len(pids) == times + 1
    assert all(one != next_ for one, next_ in pairwise(pids))
    notes = (tmp_path / "notes").read_text().splitlines()
    assert len(notes) == times
    for note in notes:
        assert note.startswith("chapter zigzag of momentum: ")
        assert said in note
        assert note.endswith("; trying again")


@parallel
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("killed", r"a worker died.*, 3 times; fewer --workers or a lower --quality need less mem"),
        ("damaged", r"its segment came damaged, 3 times"),
    ],
)
def test_three_lost_segments_are_enough(
    engine: Engine, fault: str, said: str, tmp_path: Path
) -> None:
    work = Faulty(tmp_path / "log", "zigzag", fault, 3)
    with pytest.raises(RenderError, match=f"^chapter zigzag of momentum: {said}.*--only"):
        made(engine, work, tmp_path)
    assert len(tries(tmp_path / "log", "zigzag")) == 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [("deterministic", "ZeroDivisionError: float division by zero"), ("unsendable", "1 and 2")],
)
def test_an_error_of_the_chapter_is_not_tried_again(
    engine: Engine, fault: str, said: str, tmp_path: Path
) -> None:
    work = Faulty(tmp_path / "log", "zigzag", fault, 9)
    with pytest.raises(RenderError, match=rf"^chapter zigzag of momentum: .*{said}\)"):
        made(engine, work, tmp_path)
    assert len(tries(tmp_path / "log", "zigzag")) == 1
    assert not list((tmp_path / "film").iterdir())


@parallel
def test_an_engine_lives_on_after_all_that(engine: Engine) -> None:
    tasks = [engine.submit(square, job, ignore) for job in range(8)]
    assert [task.result() for task in tasks] == [job * job for job in range(8)]


def test_a_worker_that_stops_while_it_answers(engines: Callable[[str], Engine]) -> None:
    task = engines("processes").submit(stop_while_sending, 7, ignore)
    with pytest.raises(WorkerLostError, match="a worker said nothing for 4 s"):
        task.result(PATIENCE)


def test_workers_that_leave_for_good_are_started_anew(engines: Callable[[str], Engine]) -> None:
    engine = engines("dask")
    get_whole(engine, 4)
    assert [engine.submit(leave, 7, ignore).result(PATIENCE) for _ in range(2)] == [7, 7]
    get_whole(engine, 4)


# --- clean ends ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", [lambda: Processes(2), lambda: Dask(2)], ids=["processes", "dask"]
)
def test_no_process_is_left_and_nobody_waits_for_a_job(start) -> None:
    with start() as engine:
        pids = {
            task.result() for task in [engine.submit(process_number, 0.5, ignore) for _ in range(2)]
        }
        engine.submit(process_number, 600, ignore)
        time.sleep(0.2)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_who_sends_workers_home_while_another_thread_gives_a_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, may_go_on = threading.Event(), threading.Event()

    class Hesitant(queue.SimpleQueue):
        """Takes a job only after a while, in which the workers could be sent home."""

        def put(self, task: Any) -> None:
            if task is not None:
                asked.set()
                may_go_on.wait(0.5)
            super().put(task)

    monkeypatch.setattr(queue, "SimpleQueue", Hesitant)
    engine = Processes(2)
    with ThreadPoolExecutor(1) as other:
        given = other.submit(engine.submit, square, 7, ignore)
        assert asked.wait(PATIENCE)
        ended = threading.Thread(target=engine.__exit__, daemon=True)
        ended.start()
        ended.join(0.2)
        may_go_on.set()
        ended.join(PATIENCE)
        assert not ended.is_alive()
        assert isinstance(given.result(PATIENCE).exception(PATIENCE), WorkerLostError)
    with pytest.raises(ClusterError, match="sent home"):
        engine.submit(square, 7, ignore)


# --- what cannot be had -------------------------------------------------------------------------


def test_there_is_no_such_engine() -> None:
    with pytest.raises(RequestError, match="no engine 'dusk'; there is processes, serial, dask"):
        engine_named("dusk")


def test_what_does_not_go_together() -> None:
    with pytest.raises(RequestError, match="needs --engine dask"):
        engine_named("processes", None, "tcp://127.0.0.1:8786")
    with pytest.raises(RequestError, match="has its own"):
        engine_named("dask", 3, "tcp://127.0.0.1:8786")


def test_dask_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "momentum_film.engines.dask")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'momentum\[cluster\]'") as caught:
        engine_named("dask")
    assert caught.value.exit_code == 3


@pytest.fixture
def tidy() -> Iterator[None]:
    """No client of a cluster is left for the garbage collector, which may come at a bad moment."""

    def clients() -> set[int]:
        objects = (o for o in gc.get_objects() if issubclass(type(o), Client))
        return {id(client) for client in objects if client.status != "closed"}

    before = clients()
    yield
    assert clients() <= before


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere://x", "127.0.0.1:notaport"])
def test_there_is_no_scheduler(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 0.5)
    with Dask(scheduler=address) as engine, pytest.raises(ClusterError, match=address) as caught:
        engine.submit(square, 1, ignore)
    assert caught.value.exit_code == 3
    assert "dask scheduler" in str(caught.value)


def test_a_worker_that_dies_while_it_starts_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    starts: list[int] = []

    class Dying(LocalCluster):
        """Its first workers end as soon as they begin."""

        def __init__(self, **options: Any) -> None:
            starts.append(len(starts))
            if len(starts) < how_often:
                options["preload"] = "import os; os._exit(9)"
            super().__init__(**options)

    monkeypatch.setattr(dask, "LocalCluster", Dying)
    how_often = 2
    with Dask(1) as engine:
        assert engine.submit(square, 7, ignore).result() == 49
    assert starts == [0, 1]
    how_often, starts[:] = 9, []
    with (
        Dask(1) as engine,
        pytest.raises(ClusterError, match="no workers can be started") as caught,
    ):
        engine.submit(square, 7, ignore)
    assert caught.value.exit_code == 3
    assert starts == [0, 1, 2]


# --- clusters that were there before ------------------------------------------------------------


@pytest.fixture(scope="module")
def others() -> Iterator[Callable[[int, int], LocalCluster]]:
    with ExitStack() as stack:

        def start(workers: int, threads: int) -> LocalCluster:
            return stack.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=threads,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=50,
                )
            )

        yield start


@pytest.mark.usefixtures("tidy")
def test_a_cluster_by_its_address(others, expected, tmp_path: Path) -> None:
    started = others(2, 1)
    with Dask(scheduler=started.scheduler_address) as engine:
        work = Faulty(tmp_path / "log", "zigzag", "damaged", 1)
        assert made(engine, work, tmp_path) == expected
        assert engine.depth == 4
    assert len(started.workers) == 2


@pytest.mark.usefixtures("tidy")
def test_a_cluster_whose_workers_have_threads(others) -> None:
    with (
        Dask(scheduler=others(1, 2).scheduler_address) as engine,
        pytest.raises(ClusterError, match=r"2 threads.*--nthreads 1"),
    ):
        engine.submit(square, 1, ignore)


@pytest.mark.usefixtures("tidy")
def test_a_cluster_without_workers(others, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 0.5)
    with (
        Dask(scheduler=others(0, 1).scheduler_address) as engine,
        pytest.raises(ClusterError, match="has no worker: run `dask worker tcp"),
    ):
        engine.submit(square, 1, ignore)


@pytest.mark.usefixtures("tidy")
def test_a_cluster_whose_workers_are_lost(others) -> None:
    with Dask(scheduler=others(1, 1).scheduler_address, silence_seconds=1.0) as engine:
        assert engine.submit(leave, 7, ignore).result(PATIENCE) == 7
        time.sleep(0.5)
        with pytest.raises(ClusterError, match=r"the scheduler tcp.* had no worker for 1 s"):
            engine.submit(square, 7, ignore).result(PATIENCE)


@pytest.mark.usefixtures("tidy")
def test_a_cluster_that_is_lost(others) -> None:
    started = others(1, 1)
    with Dask(scheduler=started.scheduler_address) as engine:
        running = engine.submit(process_number, 600, ignore)
        time.sleep(0.3)
        started.close()
        assert isinstance(running.exception(timeout=10), WorkerLostError)
        with pytest.raises(ClusterError, match="was lost"):
            engine.submit(square, 1, ignore)
