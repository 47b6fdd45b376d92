"""``momentum deliver``, ``still`` and ``play``, as somebody types them."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from momentum_film.cli.main import main
from momentum_film.deliver import order as delivery
from momentum_film.deliver.formats import AROUND, FORMATS
from momentum_film.plan.plan import Request
from tests.momentum_film import small_film as small

MOMENTUM = (sys.executable, "-m", "momentum_film")


def momentum(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOMENTUM, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


# --- deliver ------------------------------------------------------------------------------------


def test_every_kind_has_its_flag() -> None:
    said = CliRunner().invoke(main, ["deliver", "--help"]).output
    for name in AROUND:
        assert re.search(rf"^  --{name}\b", said, re.MULTILINE)
        assert FORMATS[name].about[1:] in " ".join(said.split())


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[delivery.Order, Path]]:
    """What would be delivered, and where to."""
    given: list[tuple[delivery.Order, Path]] = []

    def note(order: delivery.Order, folder: Path, *_: object) -> list[object]:
        given.append((order, folder))
        return []

    monkeypatch.setattr(delivery, "deliver", note)
    monkeypatch.chdir(tmp_path)
    return given


PLAIN = frozenset(AROUND) - {"gif"}


@pytest.mark.parametrize(
    ("words", "formats", "loops"),
    [
        *((f"--{name}", {name}, ()) for name in sorted(PLAIN)),
        ("--embed --lecture", {"embed", "lecture"}, ()),
        ("--gif descent --gif zigzag", set(), ("descent", "zigzag")),
        ("--all", PLAIN, ()),
        ("--all --gif memory", PLAIN, ("memory",)),
    ],
)
def test_what_is_said_is_what_is_ordered(words: str, formats: set, loops: tuple, orders) -> None:
    result = CliRunner().invoke(main, ["deliver", *words.split()])
    assert result.exit_code == 0, result.output
    [(order, folder)] = orders
    assert (order.formats, order.loops) == (formats, loops)
    assert folder == Path("build/momentum")
    assert order.request == Request(small.experiment())


@pytest.mark.parametrize(
    ("words", "look"),
    [
        ([], ("draft", "paper", "16:9")),
        (["--theme", "night"], ("draft", "night", "16:9")),
        # What somebody says counts even where it is what counts if nobody says anything.
        (["--quality", "1080p60"], ("1080p60", "paper", "16:9")),
    ],
)
def test_the_look_is_that_of_the_film_in_the_folder(
    words: list[str], look: tuple[str, str, str], orders, tmp_path: Path
) -> None:
    manifest = {**small.manifest_of(small.experiment()), "width": 854, "height": 480}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = CliRunner().invoke(main, ["deliver", "--lecture", "--out", str(tmp_path), *words])
    assert result.exit_code == 0, result.output
    [(order, folder)] = orders
    assert folder == tmp_path
    assert (order.request.quality, order.request.theme, order.request.aspect) == look


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["deliver"], "say what to deliver: --captions"),
        (["deliver", "--gif"], "requires an argument"),
        (["deliver", "--gif", "nowhere"], "there is no chapter 'nowhere'; there is ravine"),
        (["deliver", "--lecture", "--theme", "pink"], "'pink' is not one of 'paper'"),
        (["deliver", "--lecture", "--engine", "steam"], "'steam' is not one of"),
        (["deliver", "nothing.toml", "--lecture"], "nothing.toml"),
        (["deliver", "--lecture", "--karaoke"], "No such option"),
        (["play"], "there is no build/momentum/lecture.html: run momentum deliver momentum --lec"),
        (["play", "forms"], "there is no build/forms/lecture.html: run momentum deliver forms"),
        (["play", "."], "run momentum deliver EXPERIMENT --out . --lecture"),
        (["play", "--port", "99999"], "99999 is not in the range"),
        (["still", "--chapter", "end"], "there is no chapter 'end'; there is ravine, zigzag"),
        (["still", "--beat", "x"], "there is no beat 'x' in summary; there is assemble, hold"),
        (["still", "--format", "jpg"], "'jpg' is not one of 'png', 'svg', 'pdf'"),
        (["still", "--output", "a.jpg"], "a.jpg: there is no format 'jpg'; there is png, svg, pdf"),
        (["still", "--output", "a.png", "--format", "pdf"], "a.png does not end in .pdf"),
        (["still", "--output", "."], "is a directory"),
        (["still", "--theme", "pink"], "'pink' is not one of 'paper'"),
        (["still", "nothing"], "nothing: no such file and no shipped experiment"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    words: list[str], said: str, tmp_path: Path
) -> None:
    done = momentum(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (done.stdout, list(tmp_path.iterdir())) == ("", [])


# --- still --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "path", "begins"),
    [
        ("", "build/tuned/tuned.summary.png", b"\x89PNG"),
        ("--format pdf --beat hold", "build/tuned/tuned.summary.hold.pdf", b"%PDF-"),
        ("--chapter summary --output new/a.svg", "new/a.svg", b"<?xml"),
    ],
)
def test_a_still_is_written_and_named(
    words: str, path: str, begins: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOMENTUM_CACHE", str(tmp_path / "cache"))
    result = CliRunner().invoke(main, ["still", "tuned", *words.split(), "--quality", "draft"])
    assert result.exit_code == 0, result.output
    assert result.output == f"{path}\n"
    assert (tmp_path / path).read_bytes().startswith(begins)
    assert [file.name for file in (tmp_path / path).parent.iterdir()] == [Path(path).name]


# --- play ---------------------------------------------------------------------------------------


@contextmanager
def playing(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """The running command, and the address that it prints."""
    command = [*MOMENTUM, "play", "--no-open", *words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=folder, text=True, **streams) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_play_serves_the_lecture_with_ranges_until_it_is_interrupted(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "momentum"
    folder.mkdir(parents=True)
    (folder / "lecture.html").write_text("<title>the lecture</title>")
    with playing(tmp_path) as (process, address):
        assert address.startswith("http://127.0.0.1:") and address.endswith("/lecture.html")
        asked = urllib.request.Request(address, headers={"Range": "bytes=7-9"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert (answer.status, answer.read()) == (206, b"the")
        taken = re.search(r":(\d+)/", address)[1]
        other = momentum(tmp_path, "play", "--no-open", "--port", taken)
        assert other.returncode == 3
        assert "already in use; choose another with --port" in other.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
        assert process.stderr.read().splitlines() == ["Ctrl-C ends it"]


def test_play_takes_a_folder_and_a_port(tmp_path: Path) -> None:
    (tmp_path / "lecture.html").write_text("here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with playing(tmp_path, str(tmp_path), "--port", str(port)) as (process, address):
        assert address == f"http://127.0.0.1:{port}/lecture.html"
        assert urllib.request.urlopen(address, timeout=10).read() == b"here"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 143


def test_play_opens_a_browser(tmp_path: Path) -> None:
    (tmp_path / "lecture.html").write_text("here")
    note = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {note}.new && mv {note}.new {note}\n')
    browser.chmod(0o755)
    with subprocess.Popen(
        [*MOMENTUM, "play", str(tmp_path)],
        env={"BROWSER": f"{browser} %s"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        address = process.stdout.readline().strip()
        process.stderr.readline()
        for _ in range(100):
            if note.exists():
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
        assert note.read_text().strip() == address
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
