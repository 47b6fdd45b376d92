"""``momentum studio``, as somebody types it: its address, its end, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests import ROOT
from tests.momentum_film.studio.opened import Served, gone

MOMENTUM = (sys.executable, "-m", "momentum_film", "studio", "--no-browser", "--workers", "1")


@contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [*MOMENTUM, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().rstrip("\n")
    finally:
        process.kill()
        process.communicate()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    there = psutil.Process(process.pid)
    return [there, *there.children(recursive=True)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = (ROOT / "experiments" / "momentum.toml").read_bytes()
    (tmp_path / "mine.toml").write_bytes(text)
    return tmp_path


def test_the_address_stands_alone_and_ctrl_c_ends_everything(folder: Path) -> None:
    with running(folder, "mine.toml") as (process, address):
        place = urlsplit(address)
        assert (place.scheme, place.hostname, place.path) == ("http", "127.0.0.1", "/")
        base = f"http://{place.netloc}/"
        there = Served(None, base)  # type: ignore[arg-type]
        token = place.query.removeprefix("token=")
        assert there.ask("/state", token=token)[0] == 200
        assert there.ask("/state")[0] == 403  # with another studio's token
        body = b'{"quality": "draft"}'
        assert there.ask("/play", "POST", body, token=token)[0] == 200
        limit = time.monotonic() + 30
        while len(processes := family(process)) < 2:  # its workers start beside the answer
            assert time.monotonic() < limit
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
        assert (out, process.returncode) == ("", 130)
        assert said.splitlines()[0] == "Ctrl-C ends it"
        assert gone(processes)


def test_who_is_killed_leaves_no_process_and_the_next_goes_on(folder: Path) -> None:
    with running(folder, "mine.toml") as (process, address):
        place = urlsplit(address)
        there = Served(None, f"http://{place.netloc}/")  # type: ignore[arg-type]
        token = place.query.removeprefix("token=")
        edit = b'{"base": 1, "text": "steps = "}'
        assert there.ask("/edit", "POST", edit, token=token)[0] == 200
        assert there.ask("/play", "POST", b"{}", token=token)[0] == 422
        processes = family(process)
        process.kill()
        assert gone(processes)
    with running(folder, "mine.toml") as (_, again):
        place = urlsplit(again)
        there = Served(None, f"http://{place.netloc}/")  # type: ignore[arg-type]
        _, data = there.ask("/state", token=place.query.removeprefix("token="))
        assert json.loads(data)["text"] == "steps = "


def test_a_port_that_is_taken_is_said_in_one_line(folder: Path) -> None:
    with running(folder, "mine.toml") as (_, address):
        port = str(urlsplit(address).port)
        done = subprocess.run(
            [*MOMENTUM, "mine.toml", "--port", port],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"port {port}: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("none.toml", None, "none.toml: no such file"),
        ("odd.toml", b"\xff", "odd.toml: byte 1 is not UTF-8"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(
    folder: Path, name: str, data: bytes | None, said: str
) -> None:
    if data is not None:
        (folder / name).write_bytes(data)
    started = time.monotonic()
    with running(folder, name) as (process, nothing):
        _, error = process.communicate(timeout=120)
    assert (process.returncode, nothing) == (2, "")
    assert error.startswith(said) and error.count("\n") == 1, error
    assert time.monotonic() - started < 120


def test_the_command_line_does_not_wait_for_a_server() -> None:
    code = "import momentum_film.cli.main, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({"starlette", "uvicorn", "tomlkit", "numpy", "av"})
