"""Only the page itself, with its token, can read or change anything; no text ends the server."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from momentum_film.studio import checked
from tests import ROOT
from tests.momentum_film.studio.opened import TOKEN, Served, served
from tests.momentum_math.toml.fuzzing import damaged, soup

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("studio")
    (folder / "secret.txt").write_text("secret")
    path = folder / "mine.toml"
    path.write_bytes((ROOT / "experiments" / "momentum.toml").read_bytes())
    with served(path, folder, folder / "cache") as there:
        yield there


def is_refused(studio: Served, status: int, data: bytes, wanted: int = 403) -> None:
    """Refused in one line, and alive."""
    assert status == wanted
    assert data.count(b"\n") == 1 and data.endswith(b"\n") and len(data) < 120
    assert studio.ask("/state")[0] == 200


@pytest.mark.parametrize("path", ["/", "/state", "/events", "/film/1", "/files/a/b", "/edit"])
@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ü"])
def test_without_the_token_nothing_is_answered(studio: Served, path: str, token: str) -> None:
    is_refused(studio, *studio.ask(path, token=quote(token)))


@pytest.mark.parametrize("cookie", ["", "momentum=x", f"momentum={TOKEN}", "=;;=\x7f", "a" * 4000])
def test_a_cookie_of_another_name_or_value_is_none(studio: Served, cookie: str) -> None:
    is_refused(studio, *studio.ask("/state", token="", Cookie=cookie))


def test_the_cookie_does_what_the_token_does(studio: Served) -> None:
    port = studio.host.partition(":")[2]
    cookie = f"momentum-{port}={TOKEN}"
    assert studio.ask("/state", token="", Cookie=cookie)[0] == 200
    wrong = f"momentum-{port}={TOKEN}x"
    is_refused(studio, *studio.ask("/state", token="", Cookie=wrong))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", ""])
def test_another_host_is_refused(studio: Served, host: str) -> None:
    is_refused(studio, *studio.ask("/state", Host=host))


def test_two_hosts_are_refused(studio: Served) -> None:
    name, port = studio.host.split(":")
    with socket.create_connection((name, int(port)), timeout=20) as line:
        hosts = f"Host: {studio.host}\r\nHost: evil.example\r\n"
        line.sendall(f"GET /state?token={TOKEN} HTTP/1.1\r\n{hosts}\r\n".encode())
        assert line.recv(64).split()[1] in (b"400", b"403")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://{}", "http://{}.evil"])
def test_another_origin_is_refused(studio: Served, origin: str) -> None:
    said = origin.format(studio.host)
    is_refused(studio, *studio.ask("/state", Origin=said))
    body = json.dumps({"step": -1}).encode()
    is_refused(studio, *studio.ask("/edit", "POST", body, Origin=said))


def test_the_pages_own_origin_is_answered(studio: Served) -> None:
    assert studio.ask("/state", Origin=f"http://{studio.host}")[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_embeds_is_refused(studio: Served, site: str) -> None:
    is_refused(studio, *studio.ask("/state", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors"))


@pytest.mark.parametrize(
    "path",
    [
        "/files/../../secret.txt",
        "/files/%2e%2e/secret.txt",
        "/files/..%2f/secret.txt",
        "/files/.%2e/%2e%2e%2fsecret.txt",
        "/files/momentum/..%2f..%2fsecret.txt",
        "/files/%2fetc/passwd",
        "/files/a%00b/c",
        "/secret.txt",
        "//secret.txt",
        "/film/9999",
        "/film/1/beat/99999",
        "/film/-1",
    ],
)
def test_other_files_are_out_of_reach(studio: Served, path: str) -> None:
    status, data = studio.ask(path)
    assert b"secret" not in data.replace(b"secret.txt", b"")
    is_refused(studio, status, data, 404)


@pytest.mark.parametrize("path", ["/edit", "/open", "/save-as", "/play", "/make", "/command"])
def test_ten_megabytes_are_refused(studio: Served, path: str) -> None:
    name, port = studio.host.split(":")
    with socket.create_connection((name, int(port)), timeout=60) as line:
        size = 10 * MEGABYTE
        head = f"POST {path}?token={TOKEN} HTTP/1.1\r\nHost: {studio.host}\r\n"
        line.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode() + bytes(1000))
        assert line.recv(64).split()[1] == b"413"
    assert studio.ask("/state")[0] == 200


def test_ten_megabytes_whose_length_is_not_said_are_refused(studio: Served) -> None:
    name, port = studio.host.split(":")
    with socket.create_connection((name, int(port)), timeout=60) as line:
        head = f"POST /edit?token={TOKEN} HTTP/1.1\r\nHost: {studio.host}\r\n"
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        answer = b""
        try:
            for _ in range(10):
                line.sendall(f"{MEGABYTE:x}\r\n".encode() + bytes(MEGABYTE) + b"\r\n")
            answer = line.recv(64)
        except (BrokenPipeError, ConnectionResetError):
            answer = line.recv(64)
        assert answer.split()[1] == b"413"
    assert studio.ask("/state")[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"base": "x", "text": "a"}',
        b'{"base": 1, "edits": 3}',
        b'{"edits": []}',
        b"[" * 100_000,
        b'{"text": 1e999}',
        "ü".encode("latin-1"),
        b'{"step": 7}',
    ],
)
@pytest.mark.parametrize("path", ["/edit", "/open", "/save-as"])
def test_what_is_no_question_is_refused(studio: Served, path: str, body: bytes) -> None:
    before = studio.studio.desk.sheet
    status, data = studio.ask(path, "POST", body)
    assert status in (400, 409, 422)
    assert set(json.loads(data)) == {"error"} and "\n" not in json.loads(data)["error"]
    assert studio.studio.desk.sheet == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_changes_something(studio: Served, method: str) -> None:
    is_refused(studio, *studio.ask("/edit", method), 405)


def test_a_look_that_there_is_not_is_refused(studio: Served) -> None:
    assert "quality is one of draft" in studio.post("/make", quality="8k")["error"]
    assert studio.post("/play", theme=["paper"])["status"] in (400, 422)
    assert "formats are" in studio.post("/make", formats=["gif"])["error"]


def test_a_thousand_hostile_texts_are_kept_but_not_written(
    studio: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "ring_paths", lambda _: [])  # dear, and others draw hostile maps
    rng, desk = random.Random(3), studio.studio.desk
    assert desk.sheet.path is not None
    written = desk.sheet.path.read_bytes()
    wrong = 0
    for number in range(1000):
        data = (soup if number % 2 else damaged)(rng)
        text = data.decode("utf-8", "replace")
        told = studio.post("/edit", base=desk.revision, text=text, gesture="fuzz")
        if told["status"] == 422:
            assert "larger than 64 KiB" in told["error"]
            continue
        assert told["status"] == 200
        assert told["text"].replace("\r\n", "\n") == text.replace("\r\n", "\n")
        assert all("\n" not in problem["text"] for problem in told["problems"])
        wrong += bool(told["problems"])
        if told["problems"]:
            assert desk.sheet.path.read_bytes() == written
        else:
            written = desk.sheet.path.read_bytes()
            assert written.decode() == told["text"]
    assert wrong > 500
    assert studio.ask("/")[0] == 200
