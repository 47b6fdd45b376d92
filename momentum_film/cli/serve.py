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
        """Send the headers; the file at the first byte that is wanted, None if it has none."""
        self._length = sys.maxsize
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if wanted is None or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        part = span(wanted[1], wanted[2], size)
        if part:
            self.send_response(HTTPStatus.PARTIAL_CONTENT)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Range", f"bytes {part[0]}-{part[-1]}/{size}")
            self.send_header("Accept-Ranges", "bytes")
        else:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
        self._length = len(part)
        self.send_header("Content-Length", str(self._length))
        self.end_headers()
        if not part:
            return None
        file = path.open("rb")
        file.seek(part.start)
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

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def span(first: str, last: str, size: int) -> range:
    """Return which bytes a Range asks for, of a file's: the digits before and after its dash.

    Source:
        RFC 9110, section 14.1.2.

    >>> span("5", "", 10), span("", "3", 10), span("0", "99", 10), span("10", "", 10)
    (range(5, 10), range(7, 10), range(0, 10), range(10, 10))
    """
    if not first:
        return range(size)[max(size - int(last or 0), 0) :]
    return range(size)[int(first) : int(last) + 1 if last else size]


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder on this machine alone, at any free port if none is given.

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
