"""A small web server for previews and tests: static files, with Range, so that players can seek."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

CHUNK = 1 << 16
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder; a part of a file where a part is asked for."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".vtt": "text/vtt",
        ".webp": "image/webp",
        ".md": "text/markdown",
    }
    _length = sys.maxsize  # how many bytes of the open file are sent

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the headers and return the file at the first byte that is wanted.

        Returns:
            None where there are no such bytes, or no such file.
        """
        self._length = sys.maxsize
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if wanted is None or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        part = span(wanted[1], wanted[2], size)
        if part is None:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        first, last = part
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self._length = last - first + 1
        self.send_header("Content-Length", str(self._length))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        file = path.open("rb")
        file.seek(first)
        return file

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Copy what is wanted, or until the player has enough; it hangs up when it seeks."""
        left = self._length
        try:
            while data := source.read(min(left, CHUNK)):
                outputfile.write(data)
                left -= len(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def end_headers(self) -> None:
        """Send the headers, with one that forbids to keep the answer."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """A thread for each request; players that hang up are nothing to speak of."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """Return which bytes a Range asks for.

    Args:
        first: Digits before the dash, or nothing.
        last: Digits after it, or nothing.
        size: Of the file.

    Returns:
        (first, last), both included; None where there are no such bytes.

    Source:
        RFC 9110, section 14.1.2.

    >>> span("5", "", 10), span("", "3", 10), span("0", "99", 10), span("10", "", 10)
    ((5, 9), (7, 9), (0, 9), None)
    """
    if not first:
        return (max(size - int(last), 0), size - 1) if last and int(last) and size else None
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end else None


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder on this machine alone, as long as the block lasts.

    Args:
        folder: What is served.
        port: Where; a free one if not given.

    Yields:
        The address, ending in a slash.
    """
    server = _Server(("127.0.0.1", port), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
