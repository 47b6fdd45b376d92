"""Kills the command at random moments, and looks whether that costs more than time.

    python -m tests.momentum_film.torture 100 7

disturbs 100 renders of one short chapter, at moments made from seed 7: kills a worker or the whole
program, asks it to end, presses Ctrl-C once or twice; then gives the same command again. At no time
may a file under its final name be anything but the whole file of an undisturbed run.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

from tests import ROOT

RENDER = ("render", "--quality", "draft", "--only", "zigzag", "--no-gif", "--out", "film")
DRAWN = ("-m", "momentum_film", *RENDER, "--workers", "2")
PAINTED = ("-m", "tests.momentum_film.raster.painted", *RENDER, "--workers", "1")
END_SECONDS = 3.0
KINDS = ("worker killed", "program killed", "SIGTERM", "Ctrl-C", "Ctrl-C twice")
CODES = {"worker killed": 0, "program killed": 137, "SIGTERM": 143}
ENGINES = ("processes", "dask")

Digests = dict[str, str]


@dataclass(frozen=True)
class Case:
    """What is done to a run, and when: at a share of the time that an undisturbed run takes."""

    kind: str
    engine: str
    moment: float
    pause: float


def cases(count: int, seed: int) -> list[Case]:
    """Cases whose kinds and engines are all met, at random moments."""
    rng = random.Random(seed)
    return [
        Case(
            KINDS[i % len(KINDS)],
            ENGINES[i // len(KINDS) % len(ENGINES)],
            rng.uniform(0.05, 1.0),
            rng.uniform(0.005, 0.3),
        )
        for i in range(count)
    ]


@dataclass(frozen=True)
class Bench:
    """Where runs are disturbed.

    Attributes:
        folder: For everything.
        command: What Python is given.
        final: Name -> digest of an undisturbed run's files.
        seconds: Engine -> how long such a run takes.
    """

    folder: Path
    command: tuple[str, ...]
    final: Digests
    seconds: dict[str, float]


def set_up(folder: Path, command: tuple[str, ...]) -> Bench:
    """Run undisturbed, once with each engine; the files must be the same, and decode."""
    seconds, found = {}, []
    for engine in ENGINES:
        begun = time.monotonic()
        place = folder / f"undisturbed-{engine}"
        process = start(command, engine, place)
        _, said = process.communicate()
        assert process.returncode == 0, said
        seconds[engine] = time.monotonic() - begun
        found.append(digests(place / "film"))
    assert found[0] == found[1] != {}
    for path in (folder / f"undisturbed-{ENGINES[0]}" / "film").iterdir():
        decode(path)
    return Bench(folder, command, found[0], seconds)


def decode(path: Path) -> None:
    if path.suffix == ".png":
        Image.open(path).load()
    elif path.suffix == ".mp4":
        with av.open(str(path)) as film:
            assert sum(1 for _ in film.decode(video=0)) > 0


def start(command: tuple[str, ...], engine: str, place: Path) -> subprocess.Popen[str]:
    """The command in a session of its own, as a terminal would start it."""
    place.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, *command, "--engine", engine],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MOMENTUM_CACHE": "cache"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def disturb(case: Case, bench: Bench, place: Path) -> str:
    """Disturb a run and repeat it.

    Returns:
        What became of the first run: ``"ended"``, or ``"was ready"`` if that came too late.

    Raises:
        AssertionError: It cost more than time.
    """
    process = start(bench.command, case.engine, place)
    with watched(place / "film", bench.final) as seen:
        time.sleep(case.moment * bench.seconds[case.engine])
        strike(case, process)
        patience = 60.0 if case.kind == "worker killed" else END_SECONDS
        _, said = process.communicate(timeout=patience)
        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
        assert code in (0, CODES.get(case.kind, 130)), f"exit code {code}: {said}"
        assert "Traceback" not in said or case.kind.startswith("Ctrl-C"), said
        wait_for_silence(process.pid)
        if case.kind in ("SIGTERM", "Ctrl-C"):
            assert half_made(place) == []
        again = start(bench.command, case.engine, place)
        _, said = again.communicate()
        assert again.returncode == 0, said
        wait_for_silence(again.pid)
    assert digests(place / "film") == bench.final
    assert half_made(place) == []
    assert seen == set(), f"files that are not whole: {seen}"
    return "was ready" if code == 0 and case.kind != "worker killed" else "ended"


def strike(case: Case, process: subprocess.Popen[str]) -> None:
    """Do what the case says, if the program is still there."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if case.kind == "worker killed":
            workers = workers_of(process.pid)
            if workers:
                os.kill(workers[int(case.pause * 1e6) % len(workers)], signal.SIGKILL)
        elif case.kind == "program killed":
            process.kill()
        elif case.kind == "SIGTERM":
            process.terminate()
        else:
            os.killpg(process.pid, signal.SIGINT)
            if case.kind == "Ctrl-C twice":
                time.sleep(case.pause)
                os.killpg(process.pid, signal.SIGINT)


def workers_of(pid: int) -> list[int]:
    """Child processes that were started to work."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in thread.read_text().split()]
    return sorted(child for child in set(found) if "spawn_main" in command_of(child))


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def session(leader: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, _, sid = (entry / "stat").read_text().rpartition(") ")[2].split()[:4]
            if int(sid) == leader and state != "Z":
                found.append(int(entry.name))
    return found


def wait_for_silence(leader: int) -> None:
    """See the last process of a session end; AssertionError if one stays."""
    until = time.monotonic() + END_SECONDS
    while left := session(leader):
        assert time.monotonic() < until, f"orphans: {[command_of(pid) for pid in left]}"
        time.sleep(0.02)


def digests(folder: Path) -> Digests:
    """Name -> digest of the files under final names."""
    found = {}
    for path in folder.glob("[!.]*"):
        with contextlib.suppress(FileNotFoundError):
            found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def half_made(place: Path) -> list[str]:
    return [str(path.relative_to(place)) for path in place.rglob(".tmp-*")]


@contextlib.contextmanager
def watched(folder: Path, final: Digests) -> Iterator[set[str]]:
    """Look all the time; gives the names of files that were ever anything but whole."""
    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.02):
            found = digests(folder)
            seen.update(name for name in found if found[name] != final.get(name))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def main() -> None:
    """Run from the command line: how many cases, and the seed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**6)
    print(f"{count} disturbed renders, seed {seed}", flush=True)
    fates: collections.Counter[tuple[str, str, str]] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        bench = set_up(Path(folder), DRAWN)
        for number, case in enumerate(cases(count, seed)):
            place = Path(folder) / str(number)
            try:
                fates[case.kind, case.engine, disturb(case, bench, place)] += 1
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, case {number}: {case}") from error
    for (kind, engine, fate), times in sorted(fates.items()):
        print(f"{kind} ({engine}): {times} {fate}")
    print(f"{count} of {count} gave the files of the undisturbed run, byte for byte")


if __name__ == "__main__":
    main()
