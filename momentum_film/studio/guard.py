"""Whom the server answers: this machine, this page, with the token; and how much it listens to."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LIMIT_BYTES = 512 * 1024
TOKEN = "token"
NAMES = ("127.0.0.1", "localhost")
_KEPT_OUT = {"cross-site", "same-site"}
_ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Around an application: refuses, in one line, what does not come from its own page.

    A page of another origin can neither read nor change anything here, and a name that is made to
    point to this machine leads nowhere. The token comes in the address once, then in a cookie.

    Args:
        app: What is guarded.
        token: What must be known; if not given, nothing but the names.
        limit_bytes: Of what is sent here.
    """

    def __init__(
        self, app: ASGIApp, token: str | None = None, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        self._app, self._token, self._limit_bytes = app, token, limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        cookie = f"momentum-{scope['server'][1]}"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                if self._is_told(scope):
                    said = f"{cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
                    headers.append("Set-Cookie", said)
            await send(message)

        if refusal := self._refusal(scope, cookie):
            await PlainTextResponse(f"{refusal[1]}\n", refusal[0])(scope, receive, answer)
            return
        body = await self._body(receive) if scope["method"] == "POST" else b""
        if body is None:
            said = f"more than {self._limit_bytes // 1024} KiB were sent; send less\n"
            await PlainTextResponse(said, 413)(scope, receive, answer)
            return
        read = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def listen() -> Message:
            return next(read, None) or await receive()

        await self._app(scope, listen, answer)

    def _is_told(self, scope: Scope) -> bool:
        """Whether the token is in the address."""
        told = parse_qs(scope["query_string"].decode("latin-1")).get(TOKEN, [""])
        return self._token is not None and secrets.compare_digest(
            told[0].encode(), self._token.encode()
        )

    def _refusal(self, scope: Scope, cookie: str) -> tuple[int, str] | None:
        """A status and why, if this is not to be answered."""
        headers, port = Headers(scope=scope), scope["server"][1]
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in {f"{name}:{port}" for name in NAMES}:
            return 403, "this server answers only to 127.0.0.1; open the address it printed"
        if any(origin != f"http://{hosts[0]}" for origin in headers.getlist("origin")):
            return 403, "another site asked; open the address that momentum printed"
        navigates = headers.get("sec-fetch-mode") == "navigate" and scope["method"] == "GET"
        if headers.get("sec-fetch-site") in _KEPT_OUT and not navigates:
            return 403, "another site asked; open the address that momentum printed"
        if self._token is not None and not self._is_told(scope):
            try:
                found = SimpleCookie(headers.get("cookie", "")).get(cookie)
            except CookieError:
                found = None
            known = found.value if found else ""
            if not secrets.compare_digest(known.encode(), self._token.encode()):
                return 403, "the token is missing or old; open the address that momentum printed"
        if int(headers.get("content-length", "0") or 0) > self._limit_bytes:
            return 413, f"more than {self._limit_bytes // 1024} KiB were sent; send less"
        return None

    async def _body(self, receive: Receive) -> bytes | None:
        """All that was sent; None if it is too much."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit_bytes:
                return None
        return body
