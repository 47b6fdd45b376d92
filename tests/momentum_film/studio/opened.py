"""A studio that is served to a test, and what the test says to it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import psutil

from momentum_film.studio.app import application
from momentum_film.studio.crew import Crew
from momentum_film.studio.guard import Guard
from momentum_film.studio.serving import serving_app
from momentum_film.studio.studio import Studio, open_studio
from scenes import cache_folder

TOKEN = "a-token-that-nobody-guesses"


@dataclass
class Served:
    """A studio and where it is."""

    studio: Studio
    base: str

    @property
    def address(self) -> str:
        """What the command prints."""
        return f"{self.base}?token={TOKEN}"

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """A request with the token, unless ``token`` is given; underlines in names are dashes."""
        token = headers.pop("token", TOKEN)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection(self.host, timeout=60)
        try:
            joint = "&" if "?" in path else "?"
            address = f"{path}{joint}token={token}" if token else path
            connection.request(method, address, body=body, headers=said)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, path: str, **told: Any) -> dict[str, Any]:
        """What is answered to JSON, with its status."""
        status, data = self.ask(path, "POST", json.dumps(told).encode())
        return {"status": status, **json.loads(data)}

    def set(self, *path: str | int, value: Any) -> dict[str, Any]:
        """One value is changed."""
        edit = {"kind": "set", "path": list(path), "value": value}
        return self.post("/edit", base=self.studio.desk.revision, edits=[edit])


@contextmanager
def served(path: Path, here: Path, cache: Path) -> Iterator[Served]:
    """A studio with a file on its desk, and one worker, who comes when there is something to do."""
    with (
        patch.object(Crew, "stand_by"),
        patch.dict("os.environ", {cache_folder.VARIABLE: str(cache)}),
        open_studio(path, here, workers=1) as studio,
        serving_app(lambda _: Guard(application(studio), TOKEN)) as base,
    ):
        try:
            yield Served(studio, base)
        finally:
            studio.end()


def workers() -> list[psutil.Process]:
    """Who renders for this process: forked by its fork server, or spawned by itself."""
    found = []
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            line = " ".join(each.cmdline())  # of one that has ended nothing
            is_forked = "forkserver" in line and each.ppid() != os.getpid()
            found += [each] if is_forked or "spawn_main" in line else []
    return found


def workers_come() -> list[psutil.Process]:
    """The same, as soon as there are some: they start beside the answer."""
    limit = time.monotonic() + 60
    while not (found := workers()):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return found


def gone(processes: list[psutil.Process]) -> bool:
    """Whether they end."""
    _, alive = psutil.wait_procs(processes, timeout=60)
    return alive == []
