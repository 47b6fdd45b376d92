"""The one server, on this machine alone: of a folder for players that seek, or of the studio."""

from __future__ import annotations

import mimetypes
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from momentum_film.studio.guard import Guard

HERE = "127.0.0.1"
GRACE_SECONDS = 1
_ONE_PART = re.compile(rb"bytes=(?:(\d+)-(\d*)|-\d+)")
_TYPES = {"text/vtt": ".vtt", "image/webp": ".webp", "text/markdown": ".md"}
for _kind, _ending in _TYPES.items():
    mimetypes.add_type(_kind, _ending)


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder, at any free port if none is given.

    Yields:
        The address, ending in a slash.
    """
    with serving_app(lambda _: Guard(Files(folder)), port) as address:
        yield address


class Files:
    """The files of a folder; a part of a file where one part is asked for."""

    def __init__(self, folder: Path) -> None:
        self._files = StaticFiles(directory=folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["headers"] = [
            (name, value)
            for name, value in scope["headers"]
            if name != b"range" or _is_range(value)
        ]
        try:
            await self._files(scope, receive, send)
        except HTTPException as error:
            said = PlainTextResponse("there is no such file\n", error.status_code)
            await said(scope, receive, send)


def _is_range(value: bytes) -> bool:
    """Whether a header asks for one part; what else it says is passed over, as RFC 9110 has it."""
    part = _ONE_PART.fullmatch(value)
    return part is not None and not (part[2] and int(part[2]) < int(part[1]))


@contextmanager
def serving_app(app: Callable[[int], ASGIApp], port: int = 0) -> Iterator[str]:
    """Serve what ``app`` makes of the port; at the end nobody is connected any more.

    Yields:
        The address, ending in a slash.

    Raises:
        OSError: The port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((HERE, port))
        own = line.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                app(own),
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        thread = threading.Thread(target=server.run, args=([line],), daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield f"http://{HERE}:{own}/"
        finally:
            server.should_exit = True
            thread.join()
