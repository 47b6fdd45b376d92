"""The preview server: whole files, parts of files, nothing else, and silence about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from momentum_film.studio.serving import serving

DATA = bytes(range(256)) * 4
SIZE = len(DATA)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(DATA)
    (folder / "empty.mp4").write_bytes(b"")
    (tmp_path / "secret.txt").write_text("secret")
    with serving(folder) as at:
        yield at


def ask(address: str, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=5)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=5-9", 5, 9),
        ("bytes=1000-99999", 1000, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=-99999", 0, SIZE - 1),
    ],
)
def test_a_part_is_what_was_asked_for(address: str, asked: str, first: int, last: int) -> None:
    answer, data = ask(address, "/film.mp4", Range=asked)
    assert answer.status == 206
    assert data == DATA[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Type"] == "video/mp4"
    head, nothing = ask(address, "/film.mp4", "HEAD", Range=asked)
    assert (head.status, nothing) == (206, b"")
    assert head.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(address: str, asked: str) -> None:
    answer, data = ask(address, "/film.mp4", Range=asked)
    assert (answer.status, data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,4-5", "pages=1-2", "bytes", "bytes=a-b", "bytes=9-5", "bytes=-"]
)
def test_what_is_no_range_gets_the_whole_file(address: str, asked: str) -> None:
    answer, data = ask(address, "/film.mp4", Range=asked)
    assert (answer.status, data) == (200, DATA)


def test_nothing_of_an_empty_file_can_be_asked_for(address: str) -> None:
    assert ask(address, "/empty.mp4", Range="bytes=0-")[0].status == 416
    assert ask(address, "/empty.mp4")[0].status == 200


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/none"])
def test_other_folders_are_out_of_reach(address: str, path: str) -> None:
    answer, data = ask(address, path)
    assert answer.status == 404
    assert b"secret" not in data


def test_only_this_machine_is_answered(address: str) -> None:
    assert urlsplit(address).hostname == "127.0.0.1"


def test_one_who_hangs_up_is_nothing_to_speak_of(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    place = urlsplit(address)
    for _ in range(3):
        with socket.create_connection((place.hostname, place.port)) as line:
            # A reset instead of a goodbye, in the middle of a request.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            line.sendall(b"GET /film.mp4 HT")
    assert ask(address, "/film.mp4")[0].status == 200
    assert capfd.readouterr() == ("", "")
